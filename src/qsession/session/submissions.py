"""Running work in a session without IBM's primitives: `WorkingSession`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qsession.circuits.backends import gives_counts
from qsession.circuits.checks import read_circuits, read_name, read_run_options, read_shots
from qsession.circuits.pubs import PubRequest, read_request
from qsession.circuits.transpile import TranspileCache
from qsession.engines.jobs import note_result
from qsession.errors import UnknownJobError, shown
from qsession.model.ids import read_id
from qsession.session.cancellation import stop_if_wanted
from qsession.session.records import ObservedSession

if TYPE_CHECKING:
    from qsession.circuits.programs import Program
    from qsession.engines.base import Job, Journal


class WorkingSession(ObservedSession):
    """Circuits, PUBs and programs in; jobs out."""

    def __init__(self, journal: Journal, name: str | None) -> None:
        super().__init__(journal, name)
        self._transpiled = TranspileCache(self._backend)

    def run(
        self,
        circuits_or_pubs: object,
        *,
        shots: int | None = None,
        precision: float | None = None,
        name: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Job:
        """Submit work and return its job at once.

        Circuits are transpiled to the backend if they need it, once per circuit and session.

        Args:
            circuits_or_pubs: A circuit, several, a PUB, or several. Observables make it an
                estimator job, anything else a sampler job.
            shots: Shots of each sampler PUB that names none.
            precision: Precision of each estimator PUB that names none.
            name: A word for people; otherwise the circuit's name.
            options: Options of the primitive, such as ``{"simulator": {"seed_simulator": 42}}``.

        Returns:
            The job; its result is a `PrimitiveResult`.

        Raises:
            InvalidInputError: If the work cannot be run; nothing has been submitted then.
            SessionEndedError: If the session takes no jobs.
        """
        request = read_request(
            circuits_or_pubs, shots=shots, precision=precision, name=name, options=options
        )
        return self._submit(request)

    def run_circuits(self, circuits: object, *, name: str | None = None, **run_options: Any) -> Job:
        """Submit circuits to ``backend.run``; the result is a `qiskit.result.Result`.

        Circuits are transpiled as in `run`. Options such as ``shots`` go to the backend.

        Raises:
            InvalidInputError: If the circuits cannot be run; nothing has been submitted then.
            SessionEndedError: If the session takes no jobs.
        """
        own_name, options = read_name(name), read_run_options(run_options)
        self._prepare_for_job()
        checked = read_circuits(circuits, must_measure=gives_counts(self._backend))
        self._engine.read_target()
        fitting = [self._transpiled.fit_for_run(circuit) for circuit in checked]
        return self._hand_over(
            lambda: self._engine.run_circuits(fitting, options, own_name, mode=self)
        )

    def run_program(
        self,
        name: str,
        *,
        shots: int | None = None,
        precision: float | None = None,
        parameters: Mapping[str, float] | Sequence[float] | None = None,
    ) -> Job:
        """Submit a program that `add_program` made.

        Args:
            name: Its name.
            shots: Other shots than it was given, of a sampler's.
            precision: Another precision than it was given, of an estimator's.
            parameters: Values of its circuits' parameters: by name, or all of them in the order of
                ``circuit.parameters``. Those that it was given a value need none.

        Raises:
            InvalidInputError: If no program has this name, if shots, precision or parameters do
                not fit it, or if values of parameters lack.
            SessionEndedError: If the session takes no jobs.
        """
        program = self.programs.find(name)
        request = program.request_with(shots=shots, precision=precision, parameters=parameters)
        return self._submit(request, program.name)

    def run_again(self, job_id: str | None = None, *, shots: int | None = None) -> Job:
        """Submit the work of an earlier job once more, of the last one if none is named.

        Raises:
            InvalidInputError: If that cannot be an id.
            UnknownJobError: If there is no such job.
            SessionEndedError: If the session takes no jobs.
        """
        if job_id is not None:
            job_id = read_id("job_id", job_id)
        self._prepare_for_job()
        if job_id is None:
            records = self.jobs
            if not records:
                raise UnknownJobError("Nothing ran in this session yet. Run a circuit first.")
            job_id = records[-1].job_id
        again, checked = job_id, None if shots is None else read_shots(shots)
        return self._hand_over(lambda: self._engine.run_again(again, shots=checked))

    def add_program(
        self,
        work: object,
        *,
        name: str | None = None,
        shots: int | None = None,
        precision: float | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Program:
        """Keep work under a name, for the Run button and `run_program`.

        The arguments are those of `run`; without a name the circuit's is taken. Circuits may lack
        values of their parameters: each run then gives them. A program of the same name is
        replaced.

        Raises:
            InvalidInputError: If the work cannot be run or the name cannot be used.
        """
        program = self.programs.add(
            work, name=name, shots=shots, precision=precision, options=options
        )
        self._journal.note_change()
        return program

    def _submit(self, request: PubRequest, name: str | None = None) -> Job:
        self._prepare_for_job()
        self._engine.read_target()
        fitting = self._transpiled.fit_request(request)
        named = fitting if name is None else fitting.named(name)
        return self._hand_over(lambda: self._engine.run_pubs(named, mode=self))

    def _prepare_for_job(self) -> None:
        """Refuse work early: before it is transpiled.

        Raises:
            SessionEndedError: If the session takes no jobs.
            CellCancelled: If the background cell that submits it was cancelled.
        """
        stop_if_wanted()
        self._journal.require_accepting_jobs()

    def _hand_over(self, submit: Callable[[], Job]) -> Job:
        """Let the engine submit a job."""
        return submit()

    def job(self, job_id: str) -> Job:
        """The live job with this id.

        Raises:
            InvalidInputError: If that cannot be an id.
            UnknownJobError: If the session has none.
        """
        job = self._engine.job(read_id("job_id", job_id))
        if job is None:
            raise _unknown(job_id)
        return job

    def note_result(self, job_id: str, result: object) -> None:
        """Keep the expectation values of a result that was fetched, for the trend over jobs."""
        note_result(self._journal, job_id, result)

    def cancel_job(self, job_id: str) -> bool:
        """Cancel one job; False if it can no longer be cancelled.

        Raises:
            InvalidInputError: If that cannot be an id.
            UnknownJobError: If the session has no such job.
            ServiceError: If IBM Quantum could not be told.
        """
        # The records say whether there is such a job. Its handle may have to be fetched from the
        # service first, which takes time, and fails when the service does.
        job_id = read_id("job_id", job_id)
        with self._journal.lock:
            is_known = job_id in self._journal.state.jobs
        if not is_known:
            raise _unknown(job_id)
        return self._engine.cancel_job(job_id)


def _unknown(job_id: str) -> UnknownJobError:
    return UnknownJobError(f"No job {shown(job_id)} in this session. The ids are in session.jobs.")
