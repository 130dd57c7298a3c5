"""Lines up the jobs of a local session by the rules of IBM's service: `Scheduler`."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from qsession.engines.jobs import note_result
from qsession.engines.local import transitions
from qsession.engines.local.job import LocalJob
from qsession.engines.local.job_handles import Handles
from qsession.engines.local.job_store import Kept, Shelf
from qsession.engines.local.tally import Tally
from qsession.engines.local.timekeeper import Timekeeper
from qsession.engines.local.transitions import Transitions
from qsession.engines.local.work import as_submitted
from qsession.engines.local.workers.runner import StoppedError
from qsession.errors import JobFailedError, in_words, is_interrupt
from qsession.forks import begins_anew_in_child
from qsession.model.events import SessionMoved
from qsession.model.job import JobRecord
from qsession.model.states import JobStatus, State
from qsession.render.circuit_names import name_of_all
from qsession.render.summaries import expectation_values

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from qsession.engines.journal import Journal
    from qsession.engines.local.work import Outcome, Work
    from qsession.engines.local.workers.runner import Place

_log = logging.getLogger("qsession")

_BY_THE_USER = "Cancelled by the user."


class Scheduler:
    """Runs units of work in order until the session ends, one at a time or as many as fit.

    The order is kept here: a place gets no more units than it runs at once. Handles of jobs that
    have ended are held weakly, what they need is on the shelf.

    How a job ends is decided once, under the journal's lock, by whoever comes first: its place, a
    cancel, or the end of the session. What comes later changes nothing but that its turn is over.
    """

    def __init__(self, journal: Journal, place: Place, shelf: Shelf | None = None) -> None:
        self.tally = Tally()
        self._journal = journal
        self._transitions = Transitions(journal)
        self._place = place
        self._handles = Handles(shelf)
        self._closing = threading.Lock()
        self._queue: deque[LocalJob] = deque()
        self._running: dict[str, LocalJob] = {}
        """Those whose turn it is, cancelled ones included as long as their place is at it."""
        self._taken: LocalJob | None = None
        """The one of them that its place has not been given yet."""
        self._why_stopped: dict[str, str] = {}
        self._is_pumping = False
        self._earlier: Scheduler | None = None
        self._successor: Scheduler | None = None
        self._timekeeper = Timekeeper(self, journal.clock)
        self._pid = os.getpid()
        begins_anew_in_child(self)

    def succeed(self, journal: Journal) -> Scheduler:
        """A scheduler for the session that continues this one; it knows the jobs of both."""
        scheduler = Scheduler(journal, self._place, self._handles.shelf)
        scheduler._earlier = self
        with self._closing:
            self._successor = scheduler
        return scheduler

    @property
    def place(self) -> Place:
        """The place where units of work run."""
        return self._place

    def begin_anew_in_child(self) -> None:
        """In a forked child: leave all that is pending to the parent, whose threads are at it.

        What comes runs with threads of this process: in another session, which continues this one,
        if this one was opened.
        """
        if self._pid == os.getpid():
            return  # its session was quicker
        self._pid = os.getpid()
        if self._earlier is not None:
            self._earlier.begin_anew_in_child()
        self._place, self._closing = self._place.made_anew(), threading.Lock()
        self._queue.clear()
        self._running.clear()
        self._taken, self._is_pumping = None, False
        self._timekeeper = Timekeeper(self, self._journal.clock)
        self._journal.leave_to_parent()
        self._handles.begin_anew_in_child()

    # --- the session ----------------------------------------------------------------------------

    def open(self) -> None:
        """Open the session at once, with an id of its own."""
        with self._journal.lock:
            self._journal.require_accepting_jobs()
            self._transitions.open(str(uuid.uuid4()))
        self.look()

    def cancel(self, reason: str, *, running: bool = False) -> None:
        """End the session; its queued jobs are cancelled, running ones finish unless told."""
        with self._journal.lock:
            dropped = []
            if not self._journal.state.state.is_terminal:
                dropped = self._end(SessionMoved(self._now(), State.CANCELLED, reason))
            stopped = self.running_ids() if running else []
        self._after_end(dropped)
        for job_id in stopped:
            self.cancel_job(job_id, f"Cancelled because the session was cancelled: {reason}.")

    def close(self, reason: str) -> None:
        """Take no new jobs; the session ends with the last one it has."""
        with self._journal.lock:
            if not self._journal.state.state.accepts_jobs:
                return
            self._transitions.close(reason)
        self._after_end([])

    def running_ids(self) -> list[str]:
        """The jobs that run, with those of the sessions that this one continues."""
        earlier = [] if self._earlier is None else self._earlier.running_ids()
        return [*earlier, *self._running]

    # --- its jobs ---------------------------------------------------------------------------------

    def job(self, job_id: str) -> LocalJob | None:
        """The job with this id, None if there is none: the handle that is held, else a new one."""
        job = self._handles.known(job_id)
        if job is None and (kept := self._handles.shelf.get(job_id)) is not None:
            job = self._handles.remember(LocalJob.revived(kept, self, job_id))
        if job is None and self._earlier is not None:
            return self._earlier.job(job_id)
        return job

    def cancel_job(self, job_id: str, why: str | None = None) -> bool:
        """Cancel a job, queued or running; False if it has ended or cannot be stopped."""
        why = why or _BY_THE_USER
        with self._journal.lock:
            job = self._handles.pending(job_id)
            has_begun = job is not None and not self._take_back(job)
            is_cancelled = job is not None and not has_begun and self._transitions.cancel(job, why)
            self.end_if_drained()
        if job is None:
            return self._earlier is not None and self._earlier.cancel_job(job_id, why)
        if has_begun:
            return self._stop(job, why)
        self.look()
        self._handles.settle(job, Kept(job.work))
        return is_cancelled

    def _take_back(self, job: LocalJob) -> bool:
        """Take a job out of the queue, or back before its place has it; False if it has begun."""
        if job is self._taken:
            self._taken = None
            del self._running[job.job_id()]
            return True
        try:
            self._queue.remove(job)
        except ValueError:
            return False
        return True

    def _stop(self, job: LocalJob, why: str) -> bool:
        """Stop a running job. Its turn is over when its place says so."""
        job_id = job.job_id()
        with self._journal.lock:
            if job_id not in self._running or self.record_of(job_id).status.is_final:
                return False
            self._why_stopped[job_id] = why
        try:
            is_stopping = self._place.stop(job_id)
        except Exception:  # noqa: BLE001 - an executor's, such as of a cluster that is gone
            _log.exception("Job %s could not be stopped.", job_id)
            is_stopping = False
        with self._journal.lock:
            if not is_stopping:
                self._why_stopped.pop(job_id, None)
                return False
            is_first = self._transitions.cancel(job, why)
            is_cancelled = self.record_of(job_id).status is JobStatus.CANCELLED
            self.end_if_drained()
        if is_first:
            self.look()
            self._handles.settle(job, Kept(job.work))
        return is_cancelled

    @property
    def session_id(self) -> str | None:
        """The session's id; None for work that belongs to no session."""
        state = self._journal.state
        return None if state.mode == "job" else state.session_id

    def note_result(self, job_id: str, result: object) -> None:
        """Keep the expectation values of a result that the job's handle decoded."""
        note_result(self._journal, job_id, result)

    def record_of(self, job_id: str) -> JobRecord:
        """Return the current record of a job."""
        with self._journal.lock:
            return self._journal.state.jobs[job_id]

    def submit(
        self,
        work: Work,
        name: str | None,
        tags: tuple[str, ...] = (),
        *,
        queued: Callable[[LocalJob], None],
    ) -> LocalJob:
        """Queue a unit of work; it starts at once if nothing runs.

        Args:
            work: The unit.
            name: A word for people.
            tags: Likewise.
            queued: Called before it starts, which it does whatever this raises. What the caller has
                to do then does not wait for a thread that computes.

        Raises:
            SessionEndedError: If the session takes no jobs.
        """
        job = LocalJob(work, self)
        job.submitted = as_submitted(work)
        # Odd options make these fail: before anything was taken in.
        name, shots = name or name_of_all(work.circuits), work.shots
        # A late timekeeper must not let a job into a session whose time is over.
        self.tick()
        with self._journal.lock:
            self._journal.require_accepting_jobs()
            self._transitions.queue(job, name, shots, tags)
            self._handles.add(job)
            self._queue.append(job)
        try:
            queued(job)
        finally:
            self._pump()
        return job

    # --- the queue ------------------------------------------------------------------------------

    def _pump(self) -> None:
        """Start what can start; one thread at a time is in here, others leave it to that one."""
        with self._journal.lock:
            if self._is_pumping:
                return
            self._is_pumping = True
        try:
            while (job := self._take_next()) is not None:
                self._hand_over(job)
        except BaseException as error:
            self._leave_pump(error)
            raise

    def _leave_pump(self, error: BaseException) -> None:
        """An interrupt, such as Ctrl-C, ends the call of one user; the queue goes on."""
        with self._journal.lock:
            taken, self._taken = self._taken, None
        try:
            if taken is not None:
                self._finish(taken, None, _why_not_begun(error))
        finally:
            with self._journal.lock:
                self._is_pumping = False
                has_more = bool(self._queue)
            if has_more:
                threading.Thread(target=self._pump, name="qsession-local", daemon=True).start()

    def _take_next(self) -> LocalJob | None:
        with self._journal.lock:
            if len(self._running) >= self._place.width or not self._queue:
                self._is_pumping = False
                return None
            job = self._taken = self._queue.popleft()
            self._running[job.job_id()] = job
            self._transitions.start(job)
            return job

    def _hand_over(self, job: LocalJob) -> None:
        """Give a job to its place, unless it was cancelled since its turn came."""
        with self._journal.lock:
            if self._taken is not job:
                return
            self._taken = None
        work, job.submitted = job.submitted or job.work, None
        try:
            self.tick()
            self._place.start(job.job_id(), work, partial(self._finish, job))
        except BaseException as error:
            self._finish(job, None, _why_not_begun(error))
            if is_interrupt(error):
                raise
            return
        self.look()  # the thread that keeps the time starts while the job runs, not before

    def _finish(self, job: LocalJob, outcome: Outcome | None, error: BaseException | None) -> None:
        """Take in how a unit ended at its place. Its turn is over, whatever else was decided."""
        try:
            kept = self._decide(job, outcome, error)
        except Exception as defect:  # noqa: BLE001 - whatever it is, the queue goes on
            _log.exception("The end of job %s could not be put down.", job.job_id())
            kept = Kept(job.work, None, defect)
        try:
            # The next job first: whoever waits for this one may take its time.
            self._pump()
            self.look()
        finally:
            if kept is not None:
                self._handles.settle(job, kept)

    def _decide(
        self, job: LocalJob, outcome: Outcome | None, error: BaseException | None
    ) -> Kept | None:
        """Decide how a job has ended; None if that was decided before."""
        job_id = job.job_id()
        result = None if outcome is None else outcome.result
        values = expectation_values(result)
        with self._journal.lock:
            if self._running.pop(job_id, None) is None:
                return None
            why = self._why_stopped.pop(job_id, _BY_THE_USER)
            if isinstance(error, StoppedError):
                kept, is_first = Kept(job.work), self._transitions.cancel(job, why)
            else:
                kept = Kept(job.work, result, error)
                is_first = self._transitions.finish(job, error, values)
            if is_first:
                self.tally.add(outcome)
            self.end_if_drained()
        return kept if is_first else None

    # --- time and the end -----------------------------------------------------------------------

    def tick(self) -> tuple[datetime | None, bool]:
        """Do what is due by now.

        Returns:
            When to look again (None: when told to), and whether nothing can follow.
        """
        with self._journal.lock:
            deadline, dropped = transitions.next_deadline(self._journal.state), []
            if deadline is not None and deadline <= self._now():
                dropped = self._apply_what_is_due()
                deadline = transitions.next_deadline(self._journal.state)
            has_ended = self._journal.state.state.is_terminal
            is_over = has_ended and not self._running
        for job in dropped:
            self._handles.settle(job, Kept(job.work))
        if is_over:
            with self._closing:
                # Its successor uses the place, and closes it.
                if self._successor is None:
                    self._place.close()
        return deadline, has_ended

    def _apply_what_is_due(self) -> list[LocalJob]:
        move = transitions.due(self._journal.state, self._now())
        if move is None:
            return []
        if move.to.is_terminal:
            return self._end(move)
        self._journal.record(move)
        return []

    def _end(self, move: SessionMoved) -> list[LocalJob]:
        dropped = list(self._queue)
        self._queue.clear()
        self._transitions.end(move, dropped)
        return dropped

    def _after_end(self, dropped: list[LocalJob]) -> None:
        self.look()
        for job in dropped:
            self._handles.settle(job, Kept(job.work))

    def end_if_drained(self) -> None:
        """End the session if it was closed and has no job left. Its caller holds the lock."""
        self._transitions.end_if_drained()
        if self._successor is not None:  # it has the jobs of both
            self._successor.end_if_drained()

    def look(self) -> None:
        """Do what is due, and see to it that the next deadline is noticed."""
        self._timekeeper.look()
        if self._successor is not None:
            self._successor.look()

    def _now(self) -> datetime:
        return self._journal.clock.now()


def _why_not_begun(error: BaseException) -> BaseException:
    if isinstance(error, Exception):
        return error
    # Whoever asks for the result was not interrupted.
    return JobFailedError(f"The job was interrupted as it was to begin ({in_words(error)}).")
