"""The local engine: one job at a time, in order, with the rules of IBM's service."""

from __future__ import annotations

import copy
import uuid
import warnings
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from qsession.client_errors import SessionNotFoundError
from qsession.engines.local import rules
from qsession.engines.local.details import session_details
from qsession.engines.local.job import LocalJob
from qsession.engines.local.options import estimator_options, sampler_options
from qsession.engines.local.service import SessionLocalService
from qsession.engines.local.timekeeper import Timekeeper
from qsession.engines.local.work import (
    CircuitWork,
    EstimatorWork,
    ExecutorWork,
    SamplerWork,
    Work,
    run_work,
)
from qsession.errors import InvalidInputError, UnknownJobError
from qsession.ibm_client import semantic_role
from qsession.model.durations import SYSTEM_MAX_TIME_S
from qsession.model.events import JobFinished, JobQueued, JobStarted, SessionMoved, SessionOpened
from qsession.model.records import JobRecord
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus, State

if TYPE_CHECKING:
    from datetime import datetime

    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2

    from qsession.engines.base import Journal
    from qsession.pubs import PubRequest

_PRIMITIVE_OF_ROLE = {"sampler_v2": "sampler", "estimator_v2": "estimator"}


class LocalEngine:
    """Runs a session's jobs on a backend of this process.

    The order is kept here and one unit of work at a time is handed to the executor, so any
    `concurrent.futures.Executor` will do: what travels is a picklable `Work`.
    """

    longest_max_time_s: ClassVar[int] = SYSTEM_MAX_TIME_S
    can_cancel_running = False

    def __init__(
        self, backend: BackendV2, journal: Journal, executor: Executor | None = None
    ) -> None:
        self.service = SessionLocalService(self)
        self._backend = backend
        self._journal = journal
        self._owns_executor = executor is None
        self._executor = executor or ThreadPoolExecutor(1, thread_name_prefix="qsession-local")
        self._jobs: dict[str, LocalJob] = {}
        self._queue: deque[LocalJob] = deque()
        self._running: LocalJob | None = None
        self._is_pumping = False
        self._timekeeper = Timekeeper(self, journal.clock)

    @classmethod
    def limits(cls, max_time_s: int | None) -> Limits:
        """The rules of IBM's service, whose maximum holds where none was asked for."""
        return Limits(max_time_s or SYSTEM_MAX_TIME_S)

    # --- what the session asks for -----------------------------------------------------------

    def open(self) -> None:
        """Open the session at once, with an id of its own."""
        with self._journal.lock:
            self._journal.require_accepting_jobs()
            if self._journal.state.state is State.NOT_STARTED:
                self._journal.record(SessionOpened(self._now(), str(uuid.uuid4())))
        self._timekeeper.look()

    def attach(self, session_id: str) -> None:
        """A local session lives in its process alone: there is nothing to take up."""
        raise SessionNotFoundError(f"No local session {session_id!r} can be taken up again.")

    def run_pubs(self, request: PubRequest, mode: Any = None) -> LocalJob:  # noqa: ARG002
        """Submit PUBs that are ready for the backend."""
        if request.program == "sampler":
            work: Work = SamplerWork(
                self._backend, request.sampler_pubs, sampler_options(request.options)
            )
        else:
            options, precision = estimator_options(request.options)
            work = EstimatorWork(self._backend, request.estimator_pubs, precision, options)
        return self._submit(work, request.name)

    def run_program(
        self, program_id: str, inputs: Mapping[str, Any], options: Mapping[str, Any], **extra: Any
    ) -> LocalJob:
        """Submit what IBM's ``SamplerV2`` or ``EstimatorV2`` hands to ``Session._run``."""
        _warn_of_dry_run(dry_run=bool(extra.get("dry_run")))
        if "resilience_level" in inputs:
            warnings.warn(
                "resilience_level has no effect on a local backend.", UserWarning, stacklevel=2
            )
        # The caller may change its circuits and arrays while the job waits.
        pubs = tuple(copy.deepcopy(inputs.get("pubs", ())))
        primitive_options = inputs.get("options") or {}
        if program_id == "sampler":
            work: Work = SamplerWork(self._backend, pubs, sampler_options(primitive_options))
        elif program_id == "estimator":
            own_options, precision = estimator_options(primitive_options)
            work = EstimatorWork(self._backend, pubs, precision, own_options)
        else:
            raise InvalidInputError(
                f"The program {program_id!r} cannot run on the local backend "
                f"{self._backend.name}. A local session runs samplers, estimators and executors."
            )
        return self._submit(work, None, tags=tuple(options.get("job_tags") or ()))

    def run_quantum_program(self, program: Any, options: Any, *, dry_run: bool) -> LocalJob:
        """Submit what IBM's ``Executor`` hands to its service."""
        _warn_of_dry_run(dry_run=dry_run)
        role = semantic_role(program)
        if role is None:
            # The user's own, who may go on changing them; a primitive makes new ones each run.
            program, options = copy.deepcopy((program, options))
        primitive = _PRIMITIVE_OF_ROLE.get(role or "", "executor")
        work = ExecutorWork(self._backend, program, options, primitive)  # type: ignore[arg-type]
        return self._submit(work, None)

    def run_circuits(
        self,
        circuits: Sequence[QuantumCircuit],
        run_options: Mapping[str, Any],
        name: str | None,
        mode: Any = None,  # noqa: ARG002 - the engine runs them itself
    ) -> LocalJob:
        """Submit circuits to ``backend.run``."""
        return self._submit(CircuitWork(self._backend, tuple(circuits), dict(run_options)), name)

    def run_again(self, job_id: str, *, shots: int | None = None) -> LocalJob:
        """Submit the work of an earlier job once more."""
        earlier = self._jobs.get(job_id)
        if earlier is None:
            raise UnknownJobError(f"No job {job_id!r} was submitted in this session.")
        work = earlier.work if shots is None else earlier.work.with_shots(shots)
        return self._submit(work, earlier.record.name, tags=earlier.record.tags)

    def job(self, job_id: str) -> LocalJob | None:
        """The live job with this id, None if there is none."""
        return self._jobs.get(job_id)

    def cancel_job(self, job_id: str) -> bool:
        """Cancel a queued job; one that runs in this process cannot be stopped."""
        with self._journal.lock:
            job = self._jobs.get(job_id)
            if job is None or job not in self._queue:
                return False
            self._queue.remove(job)
            self._journal.record(
                JobFinished(self._now(), job_id, JobStatus.CANCELLED, "Cancelled by the user.")
            )
            self._end_if_drained()
        self._timekeeper.look()
        job.drop()
        return True

    def cancel(self, reason: str) -> None:
        """End the session; its queued jobs are cancelled, the running one finishes."""
        with self._journal.lock:
            if self._journal.state.state.is_terminal:
                return
            dropped = self._end(SessionMoved(self._now(), State.CANCELLED, reason))
        self._after_end(dropped)

    def close(self, reason: str) -> None:
        """Take no new jobs; the session ends with the last one it has."""
        with self._journal.lock:
            state = self._journal.state
            if not state.state.accepts_jobs:
                return
            to = State.CLOSING if state.pending else State.CLOSED
            self._journal.record(SessionMoved(self._now(), to, reason))
        self._after_end([])

    def details(self) -> dict[str, Any] | None:
        """The session in IBM's shape."""
        with self._journal.lock:
            state = self._journal.state
            return session_details(state, self._backend.name, state.usage_seconds(self._now()))

    # --- what its jobs and its timekeeper ask for -----------------------------------------------

    @property
    def session_id(self) -> str | None:
        """The session's id; None for work that belongs to no session."""
        state = self._journal.state
        return None if state.mode == "job" else state.session_id

    def record_of(self, job_id: str) -> JobRecord:
        """What is known of a job."""
        with self._journal.lock:
            return self._journal.state.jobs[job_id]

    def tick(self) -> tuple[datetime | None, bool]:
        """Do what is due by now.

        Returns:
            When to look again (None: when told to), and whether nothing can follow.
        """
        with self._journal.lock:
            dropped = self._apply_what_is_due()
            deadline = rules.next_deadline(self._journal.state)
            has_ended = self._journal.state.state.is_terminal
            is_over = has_ended and self._running is None
        for job in dropped:
            job.drop()
        if is_over and self._owns_executor:
            self._executor.shutdown(wait=False)
        return deadline, has_ended

    # --- the queue ------------------------------------------------------------------------------

    def _submit(self, work: Work, name: str | None, tags: tuple[str, ...] = ()) -> LocalJob:
        job = LocalJob(work, self)
        job_id = job.job_id()
        # Odd options make these fail: before anything was taken in.
        name, shots = name or _name_of(work.circuits), work.shots
        # A late timekeeper must not let a job into a session whose time is over.
        self.tick()
        with self._journal.lock:
            self._journal.require_accepting_jobs()
            now = self._now()
            if self._journal.state.state is State.NOT_STARTED:
                self._journal.record(SessionOpened(now, job_id))
            self._jobs[job_id] = job
            self._queue.append(job)
            self._journal.record(
                JobQueued(
                    now,
                    JobRecord(
                        job_id=job_id,
                        name=name,
                        primitive=work.primitive,
                        status=JobStatus.QUEUED,
                        created=now,
                        shots=shots,
                        tags=tags,
                    ),
                )
            )
        self._pump()
        return job

    def _pump(self) -> None:
        """Start what can start; one thread at a time is in here, others leave it to that one."""
        with self._journal.lock:
            if self._is_pumping:
                return
            self._is_pumping = True
        while (job := self._take_next()) is not None:
            try:
                future = self._executor.submit(run_work, job.work)
            except Exception as error:  # noqa: BLE001 - see below
                # It is shutting down, or it cannot send this work; that must not stop the queue.
                future = Future()
                future.set_exception(error)
            self._timekeeper.look()
            future.add_done_callback(partial(self._finish, job))

    def _take_next(self) -> LocalJob | None:
        with self._journal.lock:
            if self._running is not None or not self._queue:
                self._is_pumping = False
                return None
            job = self._running = self._queue.popleft()
            now = self._now()
            if self._journal.state.state in (State.OPEN, State.INACTIVE):
                self._journal.record(SessionMoved(now, State.ACTIVE))
            self._journal.record(JobStarted(now, job.job_id()))
            return job

    def _finish(self, job: LocalJob, future: Future[object]) -> None:
        error = _failure_of(future)
        with self._journal.lock:
            now = self._now()
            started = self.record_of(job.job_id()).started or now
            self._journal.record(
                JobFinished(
                    now,
                    job.job_id(),
                    JobStatus.DONE if error is None else JobStatus.ERROR,
                    error=None if error is None else f"{type(error).__name__}: {error}",
                    qpu_seconds=max((now - started).total_seconds(), 0.0),
                )
            )
            self._running = None
            self._end_if_drained()
        # The next job first: whoever waits for this one may take its time.
        self._pump()
        self._timekeeper.look()
        if error is None:
            job.settle(future.result())
        else:
            job.fail(error)

    def _end_if_drained(self) -> None:
        state = self._journal.state
        if state.state is State.CLOSING and not state.pending:
            reason = state.lifecycle.history[-1].reason
            self._journal.record(SessionMoved(self._now(), State.CLOSED, reason))

    def _apply_what_is_due(self) -> list[LocalJob]:
        move = rules.due(self._journal.state, self._now())
        if move is None:
            return []
        if move.to.is_terminal:
            return self._end(move)
        self._journal.record(move)
        return []

    def _end(self, move: SessionMoved) -> list[LocalJob]:
        dropped = list(self._queue)
        self._queue.clear()
        ids = [job.job_id() for job in dropped]
        self._journal.record(move, *rules.end_queued_jobs(self._journal.state, ids, move))
        return dropped

    def _after_end(self, dropped: list[LocalJob]) -> None:
        self._timekeeper.look()
        for job in dropped:
            job.drop()

    def _now(self) -> datetime:
        return self._journal.clock.now()


def _failure_of(future: Future[object]) -> BaseException | None:
    if future.cancelled():  # by an executor that somebody shut down
        return RuntimeError("The executor dropped the job before it ran.")
    return future.exception()


def _name_of(circuits: Sequence[QuantumCircuit]) -> str | None:
    if not circuits:
        return None
    more = f" +{len(circuits) - 1}" if len(circuits) > 1 else ""
    return f"{circuits[0].name}{more}"


def _warn_of_dry_run(*, dry_run: bool) -> None:
    if dry_run:
        warnings.warn("dry_run has no effect on a local backend.", UserWarning, stacklevel=2)
