"""How jobs and sessions of the pretended service move in time. Pure: no clock, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from tests.cloud.records import CloudSession, Job, JobStatus

UNUSED_S = 30 * 60
"""After this time a session that never got a job is closed."""


@dataclass
class Pace:
    """How jobs get on without a test's doing."""

    mode: Literal["auto", "manual"] = "auto"
    """Whether jobs start and finish by themselves, or wait for the test's steps."""
    job_seconds: float = 0.0
    """How long a job runs in "auto" mode, by the service's clock; 0: it is done at once."""
    qpu_seconds: float = 1.0
    """The charge for a job that took no time."""
    simulates: bool = True
    """Whether results are simulated; else they have the right shape, and only zeros in them."""
    bills_at_once: bool = True
    """Whether a job's usage is settled when it is done; else `Timeline.settle_usage` does it."""
    expiry: Literal["Cancelled", "Failed"] = "Cancelled"
    """What queued jobs become when the time of their session is over; IBM's guides differ."""


@dataclass(frozen=True)
class Event:
    """Something that happens by itself."""

    at: datetime
    happen: Callable[[datetime], None]
    """Does it; it takes the time at which it is done."""


class Timeline:
    """All jobs and sessions, oldest first, and the moves that they can make."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.jobs: dict[str, Job] = {}
        self.sessions: dict[str, CloudSession] = {}

    def jobs_of(self, session: CloudSession, *statuses: JobStatus) -> list[Job]:
        """The session's jobs that have one of these statuses."""
        jobs = (job for job in self.jobs.values() if job.session_id == session.session_id)
        return [job for job in jobs if job.status in statuses]

    def queue(self, backend: str) -> list[Job]:
        """The backend's queued jobs, in the order in which they will run."""
        queued = [job for job in self._on(backend) if job.status == "Queued"]
        return sorted(queued, key=lambda job: not self._has_priority(job))

    def running(self, backend: str) -> Job | None:
        """The job that runs on the backend."""
        return next((job for job in self._on(backend) if job.status == "Running"), None)

    def elapsed(self, session: CloudSession, now: datetime) -> float:
        """The session's usage: the time it held the backend; of a batch, what its jobs cost."""
        if session.mode == "dedicated":
            return session.held_seconds(now)
        jobs = self.jobs.values()
        return sum(job.qpu_seconds for job in jobs if job.session_id == session.session_id)

    # ---- Moves

    def add(self, job: Job) -> None:
        """Queue a job."""
        self.jobs[job.job_id] = job
        self._review(job, job.created)

    def start(self, job: Job, at: datetime) -> None:
        """Run a job; the session becomes active."""
        job.status, job.started = "Running", at
        session = self._session(job)
        if session is None:
            return
        session.last_job_started = at
        session.backend = session.backend or job.backend
        if session.state in ("open", "inactive"):
            session.started_at = session.started_at or at
            session.activated_at = at
            session.move("active", at)
        session.hold_backend(at)

    def finish(
        self, job: Job, at: datetime, status: JobStatus, qpu_seconds: float | None = None
    ) -> None:
        """End a job that was queued or running."""
        if job.started is not None:
            took = (at - job.started).total_seconds()
            job.qpu_seconds = qpu_seconds if qpu_seconds is not None else took
            if qpu_seconds is None and not took and status == "Completed":
                job.qpu_seconds = self.pace.qpu_seconds
        job.status, job.finished, job.billed = status, at, self.pace.bills_at_once
        session = self._session(job)
        if session is not None and job.started is not None:
            session.last_job_completed = at
        self._review(job, at)

    def settle_usage(self) -> None:
        """Settle the bills of all jobs that are done."""
        for job in self.jobs.values():
            job.billed = job.billed or not job.pending

    def stop_accepting(self, session: CloudSession, at: datetime) -> None:
        """Take no more jobs, and close as soon as none is left."""
        session.accepting_jobs = False
        if session.state != "closed" and not self.jobs_of(session, "Queued", "Running"):
            self.close(session, at, "Session closed by the user.")

    def cancel(self, session: CloudSession, at: datetime) -> None:
        """Cancel what is queued, and close as soon as the running job is done."""
        session.cancelled = session.cancelled or session.state != "closed"
        session.accepting_jobs = False
        for job in self.jobs_of(session, "Queued"):
            self.finish(job, at, "Cancelled")
        self.stop_accepting(session, at)

    def close(self, session: CloudSession, at: datetime, reason: str) -> None:
        """Close at once; a running job goes on, and the backend is held until it is done."""
        session.accepting_jobs = False
        session.state_reason, session.closed_at, session.idle_since = reason, at, None
        session.move("closed", at)
        if not self.jobs_of(session, "Running"):
            session.leave_backend(at)

    def _expire(self, session: CloudSession, at: datetime) -> None:
        self.close(session, at, "Session exceeded its maximum time.")
        for job in self.jobs_of(session, "Queued"):
            job.reason = "The session of the job exceeded its maximum time."
            self.finish(job, at, self.pace.expiry)

    def _deactivate(self, session: CloudSession, at: datetime) -> None:
        session.idle_since = None
        session.leave_backend(at)
        session.move("inactive", at)

    # ---- What happens by itself

    def next_event(self, settled: datetime) -> Event | None:
        """The next thing to happen without a request; None if nothing will.

        ``settled`` is the time up to which everything has happened.
        """
        events = [*self._session_events()]
        if self.pace.mode == "auto":
            events += self._job_events(settled)
        return min(events, key=lambda event: event.at, default=None)

    def _session_events(self) -> Iterator[Event]:
        for session in self.sessions.values():
            if session.state == "closed":
                continue
            if session.state == "open" and not self._jobs_ever(session):
                at = session.created + timedelta(seconds=UNUSED_S)
                yield Event(at, partial(self.close, session, reason="Session was not used."))
            if session.started_at is not None:
                at = session.started_at + timedelta(seconds=session.max_ttl)
                yield Event(at, partial(self._expire, session))
            if session.state == "active" and session.idle_since is not None:
                at = session.idle_since + timedelta(seconds=session.interactive_ttl)
                yield Event(at, partial(self._deactivate, session))

    def _job_events(self, settled: datetime) -> Iterator[Event]:
        for backend in sorted({job.backend for job in self.jobs.values() if job.pending}):
            running, queue = self.running(backend), self.queue(backend)
            if running is not None and running.started is not None:
                done = running.started + timedelta(seconds=self.pace.job_seconds)
                yield Event(done, partial(self.finish, running, status="Completed"))
            elif queue:
                yield Event(max(queue[0].created, settled), partial(self.start, queue[0]))

    # ---- Looking things up

    def _on(self, backend: str) -> Iterator[Job]:
        return (job for job in self.jobs.values() if job.backend == backend)

    def _session(self, job: Job) -> CloudSession | None:
        return self.sessions.get(job.session_id or "")

    def _has_priority(self, job: Job) -> bool:
        session = self._session(job)
        return session is not None and session.state == "active"

    def _jobs_ever(self, session: CloudSession) -> bool:
        return any(job.session_id == session.session_id for job in self.jobs.values())

    def _review(self, job: Job, at: datetime) -> None:
        """After a change of one of its jobs: is the session idle, or can it be closed now?"""
        session = self._session(job)
        if session is None:
            return
        if session.state == "closed":
            if not self.jobs_of(session, "Running"):
                session.leave_backend(at)
        elif self.jobs_of(session, "Queued", "Running"):
            session.idle_since = None
        elif not session.accepting_jobs:
            self.close(session, at, "Session closed by the user.")
        else:
            session.idle_since = session.idle_since or at
