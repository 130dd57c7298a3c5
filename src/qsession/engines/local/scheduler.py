"""Lines up the jobs of a local session by the rules of IBM's service: `Scheduler`."""

from __future__ import annotations

import threading
import uuid
import weakref
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from qsession.engines.local import rules
from qsession.engines.local.job import LocalJob
from qsession.engines.local.recording import Recorder
from qsession.engines.local.running.place import StoppedError
from qsession.engines.local.shelf import Kept, Shelf
from qsession.engines.local.tally import Tally
from qsession.engines.local.timekeeper import Timekeeper
from qsession.engines.measuring import note_result
from qsession.model.events import SessionMoved
from qsession.model.records import JobRecord
from qsession.model.states import State
from qsession.summaries import expectation_values

if TYPE_CHECKING:
    from datetime import datetime

    from qiskit import QuantumCircuit

    from qsession.engines.base import Journal
    from qsession.engines.local.running.place import Place
    from qsession.engines.local.work import Outcome, Work

_BY_THE_USER = "Cancelled by the user."


class Scheduler:
    """Runs units of work in order until the session ends, one at a time or as many as fit.

    The order is kept here: a place gets no more units than it runs at once. Handles of jobs that
    have ended are held weakly, what they need is on the shelf.
    """

    def __init__(self, journal: Journal, place: Place, shelf: Shelf | None = None) -> None:
        self.tally = Tally()
        self._journal = journal
        self._recorder = Recorder(journal)
        self._place = place
        self._closing = threading.Lock()
        self._has_successor = False
        self._shelf = shelf or Shelf()
        self._pending: dict[str, LocalJob] = {}
        self._handles: weakref.WeakValueDictionary[str, LocalJob] = weakref.WeakValueDictionary()
        self._queue: deque[LocalJob] = deque()
        self._running: dict[str, LocalJob] = {}
        self._why_stopped: dict[str, str] = {}
        self._is_pumping = False
        self._earlier: Scheduler | None = None
        self._timekeeper = Timekeeper(self, journal.clock)

    def succeed(self, journal: Journal) -> Scheduler:
        """A scheduler for the session that continues this one; it knows the jobs of both."""
        scheduler = Scheduler(journal, self._place, self._shelf)
        scheduler._earlier = self
        with self._closing:
            self._has_successor = True
        return scheduler

    # --- the session ----------------------------------------------------------------------------

    def open(self) -> None:
        """Open the session at once, with an id of its own."""
        with self._journal.lock:
            self._journal.require_accepting_jobs()
            self._recorder.open(str(uuid.uuid4()))
        self._timekeeper.look()

    def cancel(self, reason: str, *, running: bool = False) -> None:
        """End the session; its queued jobs are cancelled, running ones finish unless told."""
        with self._journal.lock:
            dropped = []
            if not self._journal.state.state.is_terminal:
                dropped = self._end(SessionMoved(self._now(), State.CANCELLED, reason))
            stopped = list(self._running.values()) if running else []
        for job in stopped:
            self._stop(job, f"Cancelled because the session was cancelled: {reason}.")
        self._after_end(dropped)

    def close(self, reason: str) -> None:
        """Take no new jobs; the session ends with the last one it has."""
        with self._journal.lock:
            if not self._journal.state.state.accepts_jobs:
                return
            self._recorder.close(reason)
        self._after_end([])

    # --- its jobs ---------------------------------------------------------------------------------

    def job(self, job_id: str) -> LocalJob | None:
        """The job with this id, None if there is none: the handle that is held, else a new one."""
        job = self._handles.get(job_id)
        if job is None and (kept := self._shelf.get(job_id)) is not None:
            job = LocalJob.revived(kept, self, job_id)
            with self._journal.lock:
                job = self._handles.setdefault(job_id, job)
        if job is None and self._earlier is not None:
            return self._earlier.job(job_id)
        return job

    def cancel_job(self, job_id: str, why: str | None = None) -> bool:
        """Cancel a job, queued or running; False if it has ended or cannot be stopped."""
        why = why or _BY_THE_USER
        with self._journal.lock:
            job = self._pending.get(job_id)
            is_queued = job in self._queue
            if job is not None and is_queued:
                self._queue.remove(job)
                self._recorder.cancel(job, why)
        if job is None:
            return self._earlier is not None and self._earlier.cancel_job(job_id, why)
        if not is_queued:
            return self._stop(job, why)
        self._timekeeper.look()
        self._drop(job)
        return True

    def _stop(self, job: LocalJob, why: str) -> bool:
        """Stop a running job. Its turn is over when its place says so."""
        job_id = job.job_id()
        with self._journal.lock:
            self._why_stopped[job_id] = why
        if not self._place.stop(job_id):
            with self._journal.lock:
                self._why_stopped.pop(job_id, None)
            return False
        with self._journal.lock:
            is_first = self._recorder.cancel(job, why)
        if is_first:
            self._timekeeper.look()
            self._drop(job)
        return True

    @property
    def session_id(self) -> str | None:
        """The session's id; None for work that belongs to no session."""
        state = self._journal.state
        return None if state.mode == "job" else state.session_id

    def note_result(self, job_id: str, result: object) -> None:
        """Keep the expectation values of a result that the job's handle decoded."""
        note_result(self._journal, job_id, result)

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
            self._pending[job_id] = self._handles[job_id] = job
            self._queue.append(job)
            self._recorder.queue(job, name, shots, tags)
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
            self._place.start(job.job_id(), job.work, partial(self._finish, job))
            self._timekeeper.look()

    def _take_next(self) -> LocalJob | None:
        with self._journal.lock:
            if len(self._running) >= self._place.width or not self._queue:
                self._is_pumping = False
                return None
            job = self._queue.popleft()
            self._running[job.job_id()] = job
            self._recorder.start(job)
            return job

    def _finish(self, job: LocalJob, outcome: Outcome | None, error: BaseException | None) -> None:
        job_id = job.job_id()
        values = () if outcome is None else expectation_values(outcome.result)
        with self._journal.lock:
            why = self._why_stopped.pop(job_id, _BY_THE_USER)
            if isinstance(error, StoppedError):
                is_settled = not self._recorder.cancel(job, why)
            else:
                is_settled = False
                self._recorder.finish(job, error, values)
            del self._running[job_id]
            self.tally.add(outcome)
            self._recorder.end_if_drained()
        # The next job first: whoever waits for this one may take its time.
        self._pump()
        self._timekeeper.look()
        if is_settled:
            return
        if isinstance(error, StoppedError):
            self._drop(job)
            return
        result = None if outcome is None else outcome.result
        if error is None:
            job.settle(result)
        else:
            job.fail(error)
        self._put_away(job, Kept(job.work, result, error))

    def _drop(self, job: LocalJob) -> None:
        job.drop()
        self._put_away(job, Kept(job.work))

    def _put_away(self, job: LocalJob, kept: Kept) -> None:
        self._shelf.put(job.job_id(), kept)
        with self._journal.lock:
            self._pending.pop(job.job_id(), None)

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
            is_over = has_ended and not self._running
        for job in dropped:
            self._drop(job)
        if is_over:
            with self._closing:
                # Its successor uses the place, and closes it.
                if not self._has_successor:
                    self._place.close()
        return deadline, has_ended

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
        self._recorder.end(move, dropped)
        return dropped

    def _after_end(self, dropped: list[LocalJob]) -> None:
        self._timekeeper.look()
        for job in dropped:
            self._drop(job)

    def _now(self) -> datetime:
        return self._journal.clock.now()


def _name_of(circuits: Sequence[QuantumCircuit]) -> str | None:
    if not circuits:
        return None
    more = f" +{len(circuits) - 1}" if len(circuits) > 1 else ""
    return f"{circuits[0].name}{more}"
