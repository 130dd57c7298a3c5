"""The local engine: plays IBM's service for a backend of this process."""

from __future__ import annotations

import copy
import warnings
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

from qsession.circuits.pub_checks import check_numbers
from qsession.client_errors import SessionNotFoundError
from qsession.compat.ibm import QiskitRuntimeLocalService, semantic_role
from qsession.engines.base import RunningOptions, SimulationCounts
from qsession.engines.local.details import session_details
from qsession.engines.local.job import LocalJob
from qsession.engines.local.options import estimator_options, sampler_options
from qsession.engines.local.pending_work import find_lost_work
from qsession.engines.local.scheduler import Scheduler
from qsession.engines.local.target_cache import with_kept_target
from qsession.engines.local.work import (
    CircuitWork,
    EstimatorWork,
    ExecutorWork,
    SamplerWork,
    Work,
    own_pub,
)
from qsession.engines.local.workers.hybrid_runner import BesideKernel
from qsession.errors import InvalidInputError
from qsession.model.durations import SYSTEM_MAX_TIME_S
from qsession.model.session_state import Limits
from qsession.model.submissions import note_submission

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2

    from qsession.circuits.pubs import PubRequest
    from qsession.engines.journal import Journal, Keeper
    from qsession.engines.local.workers.runner import Place

_PRIMITIVE_OF_ROLE = {"sampler_v2": "sampler", "estimator_v2": "estimator"}


class LocalEngine:
    """Runs a session's jobs on a backend of this process: turns requests into units of work."""

    longest_max_time_s: ClassVar[int] = SYSTEM_MAX_TIME_S
    outlives_process: ClassVar[bool] = False
    is_owed: ClassVar[bool] = False
    """Its sessions end here, at once."""
    instance: str | None = None
    is_paid = False

    def __init__(
        self, backend: BackendV2, journal: Journal, running: RunningOptions | None = None
    ) -> None:
        self.service = SessionLocalService(self)
        self._backend = backend
        self._journal = journal
        self._scheduler = Scheduler(journal, _place_for(backend, running or RunningOptions()))

    def succeed(self, journal: Journal) -> LocalEngine:
        """The engine of the session that continues this one, with the jobs of both."""
        engine = copy.copy(self)
        engine._journal = journal  # noqa: SLF001 - one of its own
        engine._scheduler = self._scheduler.succeed(journal)  # noqa: SLF001
        # Primitives that were made for the session hold its service: their next jobs go on here.
        self.service.continue_with(engine)
        return engine

    @property
    def goes_on_in_forks(self) -> bool:
        """True unless jobs go to an executor, which belongs to its owner in the parent."""
        return self._scheduler.place.can_be_made_anew

    def begin_anew_in_child(self) -> None:
        """In a forked child: run what comes with threads and workers of its own."""
        self._scheduler.begin_anew_in_child()

    @classmethod
    def limits(cls, max_time_s: int | None) -> Limits:
        """The rules of IBM's service, whose maximum holds where none was asked for."""
        return Limits(max_time_s or SYSTEM_MAX_TIME_S)

    def open(self) -> None:
        """Open the session at once, with an id of its own."""
        self._scheduler.open()
        self._journal.keep()

    def attach(self, session_id: str) -> None:
        """A local session lives in its process alone: there is nothing to take up."""
        raise SessionNotFoundError(f"No local session {session_id!r} can be taken up again.")

    def read_target(self) -> None:
        """Nothing has to be fetched."""

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
        pubs = tuple(map(own_pub, inputs.get("pubs", ())))
        for index, pub in enumerate(pubs):
            check_numbers(index, pub)
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

    def run_program_alone(
        self, program_id: str, inputs: Mapping[str, Any], options: Mapping[str, Any], **extra: Any
    ) -> LocalJob:
        """Submit it: whether its jobs are in a session is said by the engine's journal."""
        return self.run_program(program_id, inputs, options, **extra)

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
        work = CircuitWork(self._backend, tuple(circuits), dict(run_options))
        return self._submit(work, name)

    def run_again(self, job_id: str, *, shots: int | None = None) -> LocalJob:
        """Submit the work of an earlier job once more, or of one that another process left."""
        earlier = self._scheduler.job(job_id)
        if earlier is None:
            record, work = find_lost_work(job_id, self._backend)
        else:
            record, work = earlier.record, earlier.work
        if shots is not None:
            work = work.with_shots(shots)
        return self._submit(work, record.name, tags=record.tags)

    def _submit(self, work: Work, name: str | None, tags: tuple[str, ...] = ()) -> LocalJob:
        """Queue a unit of work; its id is on disk before anybody has it."""
        return self._scheduler.submit(work, name, tags, queued=self._put_down)

    def _put_down(self, job: LocalJob) -> None:
        note_submission(job.job_id())
        keeper = self._journal.keeper
        if keeper is not None:
            keeper.note_work(job.job_id(), job.work)
            # First: the disk may be slow, and Ctrl-C end the wait for it.
            job.when_done(partial(_keep_result, keeper, job.job_id()))
            keeper.keep()

    def job(self, job_id: str) -> LocalJob | None:
        """The live job with this id, None if there is none."""
        return self._scheduler.job(job_id)

    def catch_up(self, within_s: float) -> None:
        """Nothing to do: what becomes of a job here is known before its result is."""

    @property
    def backend(self) -> BackendV2:
        """The backend, as IBM's primitives are to see it."""
        return with_kept_target(self._backend)

    @property
    def can_cancel_running(self) -> bool:
        """True if a job that takes long can be stopped; short ones end by themselves."""
        return self._scheduler.place.can_stop_running

    @property
    def simulation_counts(self) -> SimulationCounts:
        """The number of jobs that the fast path computed, and that it could not."""
        with self._journal.lock:
            return self._scheduler.tally.counts

    def cancel_job(self, job_id: str, why: str | None = None) -> bool:
        """Cancel a job, queued or running; False if it has ended or cannot be stopped."""
        return self._scheduler.cancel_job(job_id, why)

    def cancel(self, reason: str, *, running: bool = False) -> None:
        """End the session; queued jobs are cancelled, running ones finish unless told."""
        self._scheduler.cancel(reason, running=running)

    def close(self, reason: str) -> None:
        """Take no new jobs; the session ends with the last one it has."""
        self._scheduler.close(reason)

    def close_within(self, seconds: float, reason: str) -> None:  # noqa: ARG002 - it is quick
        """Take no new jobs."""
        self.close(reason)

    @property
    def leaving(self) -> LocalEngine:
        """The object that ends the session at exit: this engine."""
        return self

    def refresh_quota(self) -> None:
        """Nobody is charged for what runs here."""

    def details(self) -> dict[str, Any] | None:
        """The session in IBM's shape."""
        with self._journal.lock:
            state, now = self._journal.state, self._journal.clock.now()
            return session_details(state, self._backend.name, state.usage_seconds(now))


def _keep_result(keeper: Keeper, job_id: str, done: Future[object]) -> None:
    if not done.cancelled() and done.exception() is None:
        keeper.note_result(job_id, done.result())


def _place_for(backend: BackendV2, running: RunningOptions) -> Place:
    if running.executor is not None:
        from qsession.engines.local.workers.executor_runner import (  # noqa: PLC0415 - few have one
            ElsewhereInOrder,
        )

        return ElsewhereInOrder(running.executor, width=running.parallel)
    return BesideKernel(backend, width=running.parallel, memory_limit=running.memory_limit)


def _warn_of_dry_run(*, dry_run: bool) -> None:
    if dry_run:
        warnings.warn("dry_run has no effect on a local backend.", UserWarning, stacklevel=2)


HandOver: TypeAlias = "Callable[[Callable[[], LocalJob]], LocalJob]"
"""Calls what submits a job, once the session takes it."""


class SessionLocalService(QiskitRuntimeLocalService):
    """IBM's local service, whose jobs run in the session that owns it.

    The client-side primitives of a local session bypass ``Session._run`` and come here.
    """

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine
        self._hand_over: Callable[[], HandOver | None] = lambda: None

    def hand_over_by(self, hand_over: HandOver) -> None:
        """Let the session see to it that it takes jobs, each time before one is submitted.

        Args:
            hand_over: A bound method, which is not kept alive.
        """
        self._hand_over = weakref.WeakMethod(hand_over)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy of a primitive hands its jobs to the same session."""
        return self

    def continue_with(self, engine: LocalEngine) -> None:
        """Hand jobs to another engine from now on."""
        self._engine = engine

    def _run(
        self, program_id: str, inputs: dict[str, Any], options: dict[str, Any], **extra: Any
    ) -> LocalJob:
        return self._submit(lambda: self._engine.run_program(program_id, inputs, options, **extra))

    def _run_executor(
        self,
        backend: BackendV2,  # noqa: ARG002 - the engine's own, as the primitive took it from there
        options: Any,
        inputs: Any,
        dry_run: bool = False,
    ) -> LocalJob:
        return self._submit(
            lambda: self._engine.run_quantum_program(inputs, options, dry_run=dry_run)
        )

    def _submit(self, submit: Callable[[], LocalJob]) -> LocalJob:
        hand_over = self._hand_over()
        return submit() if hand_over is None else hand_over(submit)
