"""Work that goes to the engine, and the jobs that come of it: `Submissions`."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qsession.circuits.backends import gives_counts
from qsession.circuits.checks import (
    read_circuits,
    read_name,
    read_optimization_level,
    read_run_options,
    read_shots,
)
from qsession.circuits.pubs import PubRequest
from qsession.circuits.transpile import TranspileCache
from qsession.client_errors import SessionEndedError
from qsession.model.ids import read_id
from qsession.render.circuit_names import name_of_all
from qsession.session.cancellation import stop_if_wanted
from qsession.session.records import nothing_ran, unknown_job

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.circuits.programs import Program, Programs
    from qsession.engines.base import Job
    from qsession.session.records import SessionRecords
    from qsession.session.renewal import Renewal


class Submissions:
    """Circuits, PUBs and programs in; jobs out. `Session` describes the arguments.

    A session that is to be renewed, and has expired, is renewed before it is given a job.

    Attributes:
        programs: The work that is kept under names.
        transpiled: The circuits that were made to fit the backend.
    """

    def __init__(
        self,
        renewal: Renewal,
        records: SessionRecords,
        backend: BackendV2,
        programs: Programs,
        mode: weakref.ref[Any],
    ) -> None:
        """Prepare to submit.

        Args:
            renewal: The session that the jobs go to.
            records: The jobs that it has.
            backend: The backend that circuits are made to fit.
            programs: The work that is kept under names.
            mode: The `Session`, as IBM's primitives take it; whoever submits holds it.
        """
        self.programs = programs
        self.transpiled = TranspileCache(backend)
        self._renewal = renewal
        self._records = records
        self._backend = backend
        self._mode = mode

    # --- ways to submit ---------------------------------------------------------------------------

    def run(self, request: PubRequest) -> Job:
        """Submit circuits or PUBs that were read, transpiled to the backend if they need it."""
        return self._submit(request)

    def run_program(
        self,
        name: str,
        *,
        shots: int | None = None,
        precision: float | None = None,
        parameters: Mapping[str, float] | Sequence[float] | None = None,
    ) -> Job:
        """Submit a program that was kept under a name."""
        program = self.programs.find(name)
        request = program.request_with(shots=shots, precision=precision, parameters=parameters)
        return self._submit(request, program.name)

    def _submit(self, request: PubRequest, name: str | None = None) -> Job:
        self._prepare()
        self._renewal.engine.read_target()
        fitting = self.transpiled.fit_request(request)
        named = fitting if name is None else fitting.named(name)
        return self._hand_over(lambda: self._renewal.engine.run_pubs(named, mode=self._mode()))

    def run_circuits(
        self,
        circuits: object,
        run_options: dict[str, Any],
        *,
        name: str | None,
        optimization_level: int | None = None,
    ) -> Job:
        """Submit circuits to ``backend.run``, transpiled to the backend if they need it."""
        own_name, options = read_name(name), read_run_options(run_options)
        level = read_optimization_level(optimization_level)
        self._prepare()
        checked = read_circuits(circuits, must_measure=gives_counts(self._backend))
        # As they were handed in: nobody knows the transpiled ones.
        own_name = own_name or name_of_all(checked)
        self._renewal.engine.read_target()
        fitting = [self.transpiled.fit_for_run(circuit, level) for circuit in checked]
        return self._hand_over(
            lambda: self._renewal.engine.run_circuits(fitting, options, own_name, self._mode())
        )

    def run_again(self, job_id: str | None = None, *, shots: int | None = None) -> Job:
        """Submit the work of an earlier job once more, of the last one if none is named."""
        if job_id is not None:
            job_id = read_id("job_id", job_id)
        self._prepare()
        if job_id is None:
            newest = self._records.newest(1)
            if not newest:
                raise nothing_ran()
            job_id = newest[0].job_id
        again, checked = job_id, None if shots is None else read_shots(shots)
        return self._hand_over(lambda: self._renewal.engine.run_again(again, shots=checked))

    def run_primitive(
        self, program_id: str, inputs: dict[str, Any], options: dict[str, Any], **extra: Any
    ) -> Any:
        """Submit what one of IBM's primitives hands over."""
        self._prepare()
        return self._hand_over(
            lambda: self._renewal.engine.run_program(program_id, inputs, options, **extra)
        )

    def hand_in(self, submit: Callable[[], Any]) -> Any:
        """Submit what client-side primitives hand to the session's local service."""
        self._prepare()
        return self._hand_over(submit)

    def add_program(self, work: object, **given: Any) -> Program:
        """Keep work under a name, as `Programs.add` does; views are told of it."""
        program = self.programs.add(work, **given)
        self._renewal.journal.note_change()
        return program

    # --- what was submitted -----------------------------------------------------------------------

    def job(self, job_id: str) -> Job:
        """The live job with this id."""
        job = self._renewal.engine.job(read_id("job_id", job_id))
        if job is None:
            raise unknown_job(job_id)
        return job

    def cancel_job(self, job_id: str) -> bool:
        """Cancel one job; False if it can no longer be cancelled."""
        # The records say whether there is such a job. Its handle may have to be fetched from the
        # service first, which takes time, and fails when the service does.
        job_id = read_id("job_id", job_id)
        if not self._records.has(job_id):
            raise unknown_job(job_id)
        return self._renewal.engine.cancel_job(job_id)

    # --- handing over -----------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Refuse work early: before it is transpiled.

        Raises:
            SessionEndedError: If the session takes no jobs.
            CellCancelled: If the background cell that submits it was cancelled.
        """
        self._renewal.renew_if_expired()
        stop_if_wanted()
        try:
            self._renewal.journal.require_accepting_jobs()
        except SessionEndedError:
            # It may have expired this very moment.
            self._renewal.renew_if_expired()
            self._renewal.journal.require_accepting_jobs()

    def _hand_over(self, submit: Callable[[], Job]) -> Job:
        """Submit, in a new session if the old one has expired meanwhile."""
        if not self._renewal.is_wanted:
            return submit()
        self._renewal.renew_if_expired()
        refusing = self._renewal.journal
        try:
            return submit()
        except SessionEndedError:
            if not self._renewal.renew_once_known_why(refusing):
                raise
            return submit()
