"""Forecasts of jobs on their way to the service: noted with the job, and refused if too large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qsession.client_errors import UsageLimitError
from qsession.forecast.estimate import Estimate
from qsession.forecast.executions import forecast_of_inputs
from qsession.model.events import JobForecast

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.journal import Journal
    from qsession.forecast.usage import Forecast


def forecast_for(
    journal: Journal,
    inputs: Mapping[str, Any],
    options: Mapping[str, Any],
    backend: BackendV2,
    circuit_s: float | None,
) -> Forecast | None:
    """The forecast of what is about to be submitted; None if it cannot be told.

    Raises:
        UsageLimitError: If the session refuses what does not fit, and this does not.
    """
    forecast = forecast_of_inputs(inputs, options, backend, circuit_s)
    if forecast is None or not journal.state.budget.refuses_unfitting:
        return forecast
    with journal.lock:
        estimate = Estimate.of(forecast, journal.state, journal.clock.now())
    if estimate.excess is not None:
        raise UsageLimitError(
            f"The job was not submitted: {estimate.excess}. Use fewer shots, or submit it to a "
            "session without refuse_over_budget."
        )
    return forecast


def note_forecast(journal: Journal, job_id: str, forecast: Forecast | None) -> None:
    """Keep a forecast with its job, to stand beside the bill."""
    if forecast is not None:
        journal.record(JobForecast(journal.clock.now(), job_id, forecast.qpu_s))
