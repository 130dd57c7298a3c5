"""Forecasts of jobs on their way to the service: noted with the job, and refused if too large."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qsession.client_errors import UsageLimitError
from qsession.forecast.estimate import Estimate
from qsession.forecast.executions import forecast_of_inputs, mean_length_of
from qsession.model.events import JobForecast

if TYPE_CHECKING:
    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit.primitives.containers.sampler_pub import SamplerPub
    from qiskit.providers import BackendV2

    from qsession.engines.journal import Journal
    from qsession.forecast.usage import Forecast


_log = logging.getLogger("qsession")


def length_for(pubs: Iterable[SamplerPub | EstimatorPub], backend: BackendV2) -> float | None:
    """The length of the circuits of PUBs, in seconds; None if it cannot be told."""
    try:
        return mean_length_of(pubs, backend.target)
    except Exception:  # noqa: BLE001 - no forecast is worth a job
        _log.debug("The lengths of circuits could not be told.", exc_info=True)
        return None


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
    try:
        forecast = forecast_of_inputs(inputs, options, backend, circuit_s)
    except Exception:  # noqa: BLE001 - primitives may hand over what IBM has not thought of yet
        _log.debug("What a job will use could not be forecast.", exc_info=True)
        return None
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
