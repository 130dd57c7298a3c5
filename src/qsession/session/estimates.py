"""Estimates of work before it is sent: `Estimates`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from qsession.circuits.checks import read_shots
from qsession.errors import InvalidInputError, QSessionError
from qsession.forecast.estimate import Estimate
from qsession.forecast.executions import MOST_INSTRUCTIONS, forecast_of_pubs
from qsession.forecast.usage import Forecast, rescaled
from qsession.model.ids import read_id
from qsession.session.records import nothing_ran, unknown_job

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2

    from qsession.circuits.programs import Programs
    from qsession.circuits.pubs import PubRequest
    from qsession.circuits.transpile import TranspileCache
    from qsession.session.renewal import Renewal


class Estimates:
    """Tells about what work would use and cost. Nothing is sent, and nothing is transpiled."""

    def __init__(
        self,
        renewal: Renewal,
        backend: BackendV2,
        programs: Programs,
        transpiled: TranspileCache,
    ) -> None:
        self._renewal = renewal
        self._backend = backend
        self._programs = programs
        self._transpiled = transpiled

    def of_request(self, request: PubRequest) -> Estimate:
        """About what circuits or PUBs that were read will use and cost."""
        self._renewal.engine.read_target()
        circuits = self._as_they_will_run(
            [pub.circuit for pub in request.pubs], request.optimization_level
        )
        forecast = forecast_of_pubs(request.pubs, self._backend, request.options, circuits=circuits)
        return self._beside_what_is_left(forecast)

    def _as_they_will_run(
        self, circuits: list[QuantumCircuit], level: int | None
    ) -> list[QuantumCircuit]:
        """The first circuits, transpiled if they were earlier: to know one again takes time."""
        found: dict[int, QuantumCircuit] = {}
        first: list[QuantumCircuit] = []
        walked = 0
        for circuit in circuits:
            if id(circuit) not in found:
                if walked > MOST_INSTRUCTIONS:
                    break
                walked += len(circuit.data)
                fitting = self._transpiled.fitted_before(circuit, level)
                found[id(circuit)] = circuit if fitting is None else fitting
            first.append(found[id(circuit)])
        return first

    def of_program(
        self, name: str, *, shots: int | None = None, precision: float | None = None
    ) -> Estimate:
        """About what a program will use and cost, whatever the values of its parameters.

        Raises:
            InvalidInputError: If there is none of this name, or shots or precision do not fit it.
        """
        request = self._programs.find(name).request
        if shots is not None:
            request = request.with_shots(shots)
        if precision is not None:
            request = request.with_precision(precision)
        return self.of_request(request)

    def of_job_again(self, job_id: str | None = None, *, shots: int | None = None) -> Estimate:
        """About what an earlier job will use and cost once more; None is the last one.

        Raises:
            UnknownJobError: If there is no such job.
            InvalidInputError: If that cannot be an id, nothing is known of what it uses, or the
                shots cannot be used.
        """
        journal = self._renewal.journal
        if job_id is not None:
            job_id = read_id("job_id", job_id)
        checked = None if shots is None else read_shots(shots)
        with journal.lock:
            jobs = journal.state.jobs
            wanted = next(reversed(jobs), None) if job_id is None else job_id
            record = None if wanted is None else jobs.get(wanted)
        if record is None:
            raise nothing_ran() if wanted is None else unknown_job(wanted)
        expected = (record.forecast_s, record.service_forecast_s, record.qpu_seconds)
        seconds = next((each for each in expected if each is not None), None)
        if seconds is None:
            raise InvalidInputError(f"How much QPU time job {record.job_id} takes is not known.")
        if checked is not None and record.shots:
            seconds = rescaled(seconds, shots=checked, before=record.shots)
        return self._beside_what_is_left(seconds)

    def refresh(self, *, asks: bool = True) -> Estimates:
        """Have what the instance may use be known first, if that can be; at most once a minute."""
        if asks:
            with contextlib.suppress(QSessionError):  # an estimate does without
                self._renewal.engine.refresh_quota()
        return self

    def _beside_what_is_left(self, forecast: Forecast | float) -> Estimate:
        journal = self._renewal.journal
        with journal.lock:
            return Estimate.of(forecast, journal.state, journal.clock.now())
