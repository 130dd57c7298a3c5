"""Everything that is known of one session, kept up to date by applying events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from qsession.errors import IllegalMoveError
from qsession.model.backend_status import BackendStatus
from qsession.model.bill import Budget, Price, Quota
from qsession.model.durations import SYSTEM_MAX_TIME_S, time_after
from qsession.model.events import (
    BackendObserved,
    Event,
    JobBilled,
    JobDescribed,
    JobFinished,
    JobForecast,
    JobMeasured,
    JobQueued,
    JobStarted,
    JobTimed,
    ProblemAppeared,
    ProblemEnded,
    QuotaObserved,
    SessionMoved,
    SessionObserved,
    SessionOpened,
)
from qsession.model.job import JobRecord
from qsession.model.lifecycle import LEGAL_JOB_MOVES, Lifecycle
from qsession.model.states import JobStatus, ProblemKind, State
from qsession.model.usage import HeldTime

Mode = Literal["session", "batch", "job"]
"""IBM's execution modes; "job" is work that belongs to no session."""

INTERACTIVE_TIMEOUT_S = 60
"""Seconds without a queued job after which IBM Quantum deactivates a session (most plans)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest times that a session may take, in seconds; None means no limit."""

    max_time_s: int | None = SYSTEM_MAX_TIME_S
    """From the start of the first job; never paused."""
    interactive_timeout_s: int | None = INTERACTIVE_TIMEOUT_S
    """From the end of the last job until the session is deactivated."""


@dataclass(slots=True)
class SessionState:
    """The known truth about a session. Not thread-safe: its owner guards it with a lock.

    Applying an event costs the same however many jobs there are.
    """

    mode: Mode = "session"
    limits: Limits = field(default_factory=Limits)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    session_id: str | None = None
    opened: datetime | None = None
    """The time at which it got its id."""
    jobs: dict[str, JobRecord] = field(default_factory=dict)
    counts: Counter[JobStatus] = field(default_factory=Counter)
    qpu_seconds: float = 0.0
    started: datetime | None = None
    """The time at which the first job started."""
    activated: datetime | None = None
    """The time at which the current or last active stretch began."""
    last_job_started: datetime | None = None
    last_job_completed: datetime | None = None
    ended: datetime | None = None
    ended_reason: str | None = None
    backend_status: BackendStatus | None = None
    """The last word of a service on the backend; it is asked for while the session waits."""
    quota: Quota | None = None
    """The last word of a service on the instance that pays; it is asked while usage grows."""
    price: Price | None = None
    """The price of a minute, as the user gave it."""
    budget: Budget = field(default_factory=Budget)
    """The usage that its guard allows."""
    problems: Mapping[ProblemKind, ProblemAppeared] = field(default_factory=dict)
    """The problems at present; replaced with each change, so that it can be read at any time."""
    version: int = 0
    """Rises with every event."""
    touched: dict[str, None] = field(default_factory=dict)
    """Ids of the jobs that changed since the publisher emptied it, oldest change first."""
    followers: list[dict[str, None]] = field(default_factory=list)
    """The same for others who take in what changed, each at a pace of its own."""
    earlier: SessionState | None = None
    """The session that this one continues in the same object, with the jobs of both here."""
    _emptied: datetime | None = None
    _held: HeldTime = field(default_factory=HeldTime)

    @property
    def state(self) -> State:
        """The state of the session, one of `State`."""
        return self.lifecycle.state

    @property
    def error(self) -> str | None:
        """The most urgent problem in words; None when there is none."""
        problems = self.problems
        return next((problems[kind].error for kind in ProblemKind if kind in problems), None)

    @property
    def stale_since(self) -> datetime | None:
        """Since when the picture could not be refreshed; None while it is fresh."""
        since = (problem.stale_since for problem in self.problems.values())
        return min((time for time in since if time is not None), default=None)

    @property
    def pending(self) -> int:
        """The number of jobs that are queued or running."""
        return self.counts[JobStatus.QUEUED] + self.counts[JobStatus.RUNNING]

    @property
    def waits_for_backend(self) -> bool:
        """True if its jobs wait in the queue of the backend, with those of others.

        Those of an active session do not: it holds the backend.
        """
        if self.session_id is None or self.state.is_terminal:
            return False
        holds = self.state is State.ACTIVE or (self.state is State.CLOSING and self.started)
        is_queued = self.counts[JobStatus.QUEUED] > 0 and not self.counts[JobStatus.RUNNING]
        return is_queued and not (self.mode == "session" and holds)

    @property
    def expires(self) -> datetime | None:
        """The time at which ``max_time`` runs out; None before the first job has started."""
        return _later(self.started, self.limits.max_time_s)

    @property
    def idle_since(self) -> datetime | None:
        """Since when the session is held without a job; None unless it is."""
        if self.state is not State.ACTIVE or self.pending:
            return None
        return self._emptied

    @property
    def idle_until(self) -> datetime | None:
        """The time at which an idle session is deactivated; None unless the session is idle."""
        return _later(self.idle_since, self.limits.interactive_timeout_s)

    @property
    def quiet_since(self) -> datetime | None:
        """Since when an opened session has had no queued or running job; else None."""
        if self.opened is None or self.pending or not self.state.accepts_jobs:
            return None
        return max(self._emptied or self.opened, self.opened)

    @property
    def session_ids(self) -> tuple[str, ...]:
        """The ids of the sessions that it continues, and its own if it has one; oldest first."""
        ids = () if self.earlier is None else self.earlier.session_ids
        return ids if self.session_id is None else (*ids, self.session_id)

    def continued(self, limits: Limits) -> SessionState:
        """The state of a session that continues this one: not started, with the jobs of this."""
        return SessionState(
            self.mode,
            limits,
            jobs=dict(self.jobs),
            counts=self.counts.copy(),
            qpu_seconds=self.qpu_seconds,
            version=self.version + 1,
            touched=dict(self.touched),
            earlier=self,
            quota=self.quota,
            price=self.price,
            budget=self.budget,
        )

    def remaining(self, now: datetime) -> float | None:
        """Seconds left of ``max_time``; None before the first job started, 0 once it has ended."""
        if self.state.is_terminal:
            return 0.0 if self.started else None
        return _seconds_until(self.expires, now)

    def idle_remaining(self, now: datetime) -> float | None:
        """Seconds until an idle session is deactivated; None unless it is idle."""
        return _seconds_until(self.idle_until, now)

    @property
    def usage_runs(self) -> bool:
        """True if usage is growing with the clock at this moment."""
        if self.mode != "session":
            return False
        if self._held.is_observed:
            return self._holds_backend or self._runs_own_job
        return self._held.is_in_a_stretch

    @property
    def total_usage_runs(self) -> bool:
        """The same, of any of the sessions that it continues or of itself."""
        return self.usage_runs or (self.earlier is not None and self.earlier.total_usage_runs)

    def usage_seconds(self, now: datetime) -> float:
        """Usage as IBM counts it.

        Of a session: the time from its activation until it is deactivated, has ended, or its last
        job has, whichever is later. Of a batch: the QPU time of its jobs.
        """
        if self.mode == "batch" and not self._held.is_observed:
            return self.qpu_seconds - (self.earlier.qpu_seconds if self.earlier else 0.0)
        return self._held.seconds(now, runs=self.usage_runs)

    def total_usage_seconds(self, now: datetime) -> float:
        """The same, with that of the sessions that it continues."""
        before = 0.0 if self.earlier is None else self.earlier.total_usage_seconds(now)
        return before + self.usage_seconds(now)

    def cost(self, now: datetime) -> float | None:
        """Money for the usage so far, as `Bill.cost`; None without a price."""
        return None if self.price is None else self.price.cost(self.total_usage_seconds(now))

    def follow(self) -> dict[str, None]:
        """Ids of the jobs that change from now on, for somebody who empties it now and then."""
        self.followers.append({})
        return self.followers[-1]

    def apply(self, event: Event) -> None:
        """Take in what happened.

        Raises:
            IllegalMoveError: If the lifecycle forbids it; nothing has changed then.
        """
        match event:
            case SessionOpened(at, session_id):
                # It may have been closed while it was being opened.
                if self.state is not State.CLOSING or self.session_id is not None:
                    self.lifecycle.move(State.OPEN, at)
                self.session_id, self.opened = session_id, at
            case SessionMoved():
                self._apply_move(event)
            case SessionObserved():
                self._apply_observation(event)
            case BackendObserved():
                self.backend_status = event.status
            case QuotaObserved():
                self.quota = event.quota
            case JobQueued(at, record):
                self._apply_queued(at, record)
            case ProblemAppeared():
                self.problems = {**self.problems, event.kind: event}
            case ProblemEnded():
                left = self.problems.items()
                self.problems = {kind: each for kind, each in left if kind is not event.kind}
            case _:
                self._apply_to_job(event)
        self.version += 1

    def _apply_move(self, event: SessionMoved) -> None:
        self.lifecycle.move(event.to, event.at, event.reason)
        if event.to is State.ACTIVE:
            self.activated = event.at
            self._held.begin(event.at)
        elif event.to.is_terminal:
            self.ended, self.ended_reason = event.at, event.reason
        self._close_stretch(event.at)

    def _apply_observation(self, event: SessionObserved) -> None:
        self.started = event.started or self.started
        self.activated = event.activated or self.activated
        self.last_job_started = event.last_job_started or self.last_job_started
        if event.last_job_completed is not None:
            self.last_job_completed = event.last_job_completed
            # A queued job that was cancelled later kept the session busy, and never completed.
            self._emptied = max(self._emptied or event.last_job_completed, event.last_job_completed)
        self.limits = Limits(
            event.max_time_s or self.limits.max_time_s,
            event.interactive_timeout_s or self.limits.interactive_timeout_s,
        )
        if event.usage_s is not None:
            self._held.observe(event.at, event.usage_s)

    def _apply_queued(self, at: datetime, record: JobRecord) -> None:
        if record.job_id in self.jobs:
            raise IllegalMoveError(f"Job {record.job_id} was queued already.")
        # One that comes at this moment is the newest, even if the clock was turned back.
        is_newest = (
            not self.jobs
            or record.created >= at
            or record.created >= self.jobs[next(reversed(self.jobs))].created
        )
        self.jobs[record.job_id] = record
        self.counts[record.status] += 1
        self._touch(record.job_id)
        if not is_newest:
            # Submitted elsewhere, and only now heard of.
            self.jobs = dict(sorted(self.jobs.items(), key=lambda item: item[1].created))

    def _apply_to_job(
        self,
        event: JobDescribed
        | JobForecast
        | JobStarted
        | JobFinished
        | JobBilled
        | JobTimed
        | JobMeasured,
    ) -> None:
        match event:
            case JobDescribed(_, job_id, name, primitive, shots, tags):
                self._replace_job(job_id, name=name, primitive=primitive, shots=shots, tags=tags)
            case JobForecast(_, job_id, seconds, is_of_service):
                field = "service_forecast_s" if is_of_service else "forecast_s"
                self._replace_job(job_id, **{field: seconds})
            case JobStarted(at, job_id):
                self._replace_job(job_id, status=JobStatus.RUNNING, started=at)
                if self._is_of_earlier(job_id):
                    return
                self.started = self.started or at
                self.last_job_started = at
                if not self._held.is_in_a_stretch:
                    # It waited for the backend when the session was closed.
                    self.activated = at
                    self._held.begin(at)
            case JobFinished():
                self._apply_finish(event)
            case JobBilled(_, job_id, qpu_seconds, is_estimated):
                self.qpu_seconds += qpu_seconds - (self.jobs[job_id].qpu_seconds or 0.0)
                self._replace_job(job_id, qpu_seconds=qpu_seconds, is_qpu_estimated=is_estimated)
            case JobTimed():
                self._apply_times(event)
            case JobMeasured(_, job_id, values):
                self._replace_job(job_id, values=values)

    def _apply_finish(self, event: JobFinished) -> None:
        if not event.status.is_final or self.jobs[event.job_id].status.is_final:
            raise IllegalMoveError(f"Job {event.job_id} cannot finish as {event.status}.")
        self._replace_job(
            event.job_id,
            status=event.status,
            finished=event.at,
            error=event.error,
            qpu_seconds=event.qpu_seconds,
            values=event.values or self.jobs[event.job_id].values,
            is_qpu_estimated=event.is_qpu_estimated,
        )
        self.qpu_seconds += event.qpu_seconds or 0.0
        if self.jobs[event.job_id].started is not None and not self._is_of_earlier(event.job_id):
            self.last_job_completed = event.at
        if not self.pending:
            self._emptied = event.at
        self._close_stretch(event.at)

    def _apply_times(self, event: JobTimed) -> None:
        """Take the true times of a job, as far as they can be: it ends after it has started."""
        job = self.jobs[event.job_id]
        finished = event.finished or job.finished
        started = event.started or job.started
        if started is not None and finished is not None:
            started = min(started, finished)
        self._replace_job(
            event.job_id, started=started, finished=finished, are_times_estimated=False
        )

    def _replace_job(self, job_id: str, **changes: object) -> None:
        before = self.jobs[job_id]
        status = changes.get("status", before.status)
        if status is not before.status and (before.status, status) not in LEGAL_JOB_MOVES:
            raise IllegalMoveError(f"Job {job_id} cannot go from {before.status} to {status}.")
        after = replace(before, **changes)  # type: ignore[arg-type]  # checked by the callers above
        self.counts[before.status] -= 1
        self.counts[after.status] += 1
        self.jobs[job_id] = after
        self._touch(job_id)

    def _touch(self, job_id: str) -> None:
        self.touched[job_id] = None
        for follower in self.followers:
            follower[job_id] = None

    def _is_of_earlier(self, job_id: str) -> bool:
        return self.earlier is not None and job_id in self.earlier.jobs

    @property
    def _holds_backend(self) -> bool:
        return self.state in (State.ACTIVE, State.CLOSING)

    def _close_stretch(self, at: datetime) -> None:
        if not self._holds_backend and not self._runs_own_job:
            self._held.end(at)

    @property
    def _runs_own_job(self) -> bool:
        """True if a job runs that is not one of the session that this one continues."""
        of_earlier = 0 if self.earlier is None else self.earlier.counts[JobStatus.RUNNING]
        return self.counts[JobStatus.RUNNING] > of_earlier


def _later(start: datetime | None, seconds: int | None) -> datetime | None:
    return None if start is None or seconds is None else time_after(start, seconds)


def _seconds_until(end: datetime | None, now: datetime) -> float | None:
    return None if end is None else max((end - now).total_seconds(), 0.0)
