"""Lines up the jobs of a local session by the rules of IBM's service: `Scheduler`."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from qsession.engines.local import rules
from qsession.engines.local.job import LocalJob
from qsession.engines.local.timekeeper import Timekeeper
from qsession.engines.local.work import Outcome, Work, run_work
from qsession.model.events import JobFinished, JobQueued, JobStarted, SessionMoved, SessionOpened
from qsession.model.records import JobRecord
from qsession.model.states import JobStatus, State

if TYPE_CHECKING:
    from datetime import datetime

    from qiskit import QuantumCircuit

    from qsession.engines.base import Journal


class Scheduler:
    """Runs one unit of work at a time, in order, until the session ends.

    The order is kept here and one unit is handed to the executor at a time, so any
    `concurrent.futures.Executor` will do: what travels is a picklable `Work`.
    """

    def __init__(self, journal: Journal, executor: Executor | None = None) -> None:
        self._journal = journal
        self._owns_executor = executor is None
        self._executor = executor or ThreadPoolExecutor(1, thread_name_prefix="qsession-local")
        self._jobs: dict[str, LocalJob] = {}
        self._queue: deque[LocalJob] = deque()
        self._running: LocalJob | None = None
        self._is_pumping = False
        self._timekeeper = Timekeeper(self, journal.clock)

    # --- the session ----------------------------------------------------------------------------

    def open(self) -> None:
        """Open the session at once, with an id of its own."""
        with self._journal.lock:
            self._journal.require_accepting_jobs()
            if self._journal.state.state is State.NOT_STARTED:
                self._journal.record(SessionOpened(self._now(), str(uuid.uuid4())))
        self._timekeeper.look()

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

    # --- its jobs ---------------------------------------------------------------------------------

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

    @property
    def session_id(self) -> str | None:
        """The session's id; None for work that belongs to no session."""
        state = self._journal.state
        return None if state.mode == "job" else state.session_id

    def record_of(self, job_id: str) -> JobRecord:
        """What is known of a job."""
        with self._journal.lock:
            return self._journal.state.jobs[job_id]

    def submit(self, work: Work, name: str | None, tags: tuple[str, ...] = ()) -> LocalJob:
        """Queue a unit of work; it starts at once if nothing runs.

        Raises:
            SessionEndedError: If the session takes no jobs.
        """
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

    # --- the queue ------------------------------------------------------------------------------

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
                future = Future[Outcome]()
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

    def _finish(self, job: LocalJob, future: Future[Outcome]) -> None:
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
            job.settle(future.result().result)
        else:
            job.fail(error)

    # --- time and the end -----------------------------------------------------------------------

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


def _failure_of(future: Future[Outcome]) -> BaseException | None:
    if future.cancelled():  # by an executor that somebody shut down
        return RuntimeError("The executor dropped the job before it ran.")
    return future.exception()


def _name_of(circuits: Sequence[QuantumCircuit]) -> str | None:
    if not circuits:
        return None
    more = f" +{len(circuits) - 1}" if len(circuits) > 1 else ""
    return f"{circuits[0].name}{more}"
