"""Events that engines report, named in the past tense. Every event carries its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from qsession.model.backend_status import BackendStatus
from qsession.model.bill import Quota
from qsession.model.job import ExpectationValue, JobRecord
from qsession.model.states import JobStatus, ProblemKind, State


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The session got its id."""

    at: datetime
    session_id: str


@dataclass(frozen=True, slots=True)
class SessionMoved:
    """The session changed its state.

    ``reason`` says why in words that fit behind the state's word: "cancel() was called".
    """

    at: datetime
    to: State
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class JobQueued:
    """A job was accepted."""

    at: datetime
    record: JobRecord


@dataclass(frozen=True, slots=True)
class JobDescribed:
    """More became known of a job than a listing tells."""

    at: datetime
    job_id: str
    name: str | None
    primitive: str
    shots: int | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobForecast:
    """The QPU time that a job will take was estimated: here, or by the service."""

    at: datetime
    job_id: str
    seconds: float
    is_of_service: bool = False


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A queued job began to run."""

    at: datetime
    job_id: str


@dataclass(frozen=True, slots=True)
class JobFinished:
    """A job ended: DONE, ERROR or CANCELLED."""

    at: datetime
    job_id: str
    status: JobStatus
    error: str | None = None
    qpu_seconds: float | None = None
    values: tuple[ExpectationValue, ...] = ()
    is_qpu_estimated: bool = False


@dataclass(frozen=True, slots=True)
class SessionObserved:
    """A service told how a session stands; None means that it did not say.

    Attributes:
        started: When the first job started.
        activated: When the current or last active stretch began.
        last_job_started: When a job last started.
        last_job_completed: When a job last ended.
        max_time_s: How long the session may last, in seconds.
        interactive_timeout_s: How long it may idle, in seconds.
        usage_s: Its usage up to ``at``, in seconds.
    """

    at: datetime
    started: datetime | None = None
    activated: datetime | None = None
    last_job_started: datetime | None = None
    last_job_completed: datetime | None = None
    max_time_s: int | None = None
    interactive_timeout_s: int | None = None
    usage_s: float | None = None


@dataclass(frozen=True, slots=True)
class BackendObserved:
    """A service told how the session's backend stands."""

    at: datetime
    status: BackendStatus


@dataclass(frozen=True, slots=True)
class QuotaObserved:
    """A service told what the session's instance has used, and may use."""

    at: datetime
    quota: Quota


@dataclass(frozen=True, slots=True)
class JobBilled:
    """The cost of an ended job became known, or known better."""

    at: datetime
    job_id: str
    qpu_seconds: float
    is_qpu_estimated: bool = False


@dataclass(frozen=True, slots=True)
class JobTimed:
    """A service told when an ended job ran; None is a time that it did not tell."""

    at: datetime
    job_id: str
    started: datetime | None
    finished: datetime | None


@dataclass(frozen=True, slots=True)
class JobMeasured:
    """The expectation values of a job became known after it had ended: its result was fetched."""

    at: datetime
    job_id: str
    values: tuple[ExpectationValue, ...]


@dataclass(frozen=True, slots=True)
class ProblemAppeared:
    """Something is wrong that is no job's failure.

    ``stale_since`` is set when the picture of the session can no longer be refreshed. An earlier
    problem of the same kind is replaced; others stay.
    """

    at: datetime
    error: str
    stale_since: datetime | None = None
    kind: ProblemKind = ProblemKind.SERVICE


@dataclass(frozen=True, slots=True)
class ProblemEnded:
    """The problem of one kind is over; problems of other kinds go on."""

    at: datetime
    kind: ProblemKind = ProblemKind.SERVICE


JobEvent = (
    JobQueued
    | JobDescribed
    | JobForecast
    | JobStarted
    | JobFinished
    | JobBilled
    | JobTimed
    | JobMeasured
)
"""The events that happen to a job rather than to the session."""

Event = (
    SessionOpened
    | SessionMoved
    | SessionObserved
    | BackendObserved
    | QuotaObserved
    | JobEvent
    | ProblemAppeared
    | ProblemEnded
)


def is_of_job(event: Event) -> bool:
    """Return True if the event is about a job rather than about the session."""
    return isinstance(event, JobEvent)


def rewritten(event: Event, rewrite: Callable[[str], str]) -> Event:
    """The same event with its words changed: reasons, errors, messages, and tags of jobs."""
    match event:
        case SessionMoved(reason=str(reason)):
            return replace(event, reason=rewrite(reason))
        case JobFinished(error=str(error)) | ProblemAppeared(error=error):
            return replace(event, error=rewrite(error))
        case BackendObserved() | QuotaObserved():
            return _rewritten_facts(event, rewrite)
        case JobDescribed(tags=tags) if tags:
            return replace(event, tags=tuple(map(rewrite, tags)))
        case JobQueued(record=record) if record.tags or record.error is not None:
            why = None if record.error is None else rewrite(record.error)
            told = replace(record, tags=tuple(map(rewrite, record.tags)), error=why)
            return replace(event, record=told)
    return event


def _rewritten_facts(
    event: BackendObserved | QuotaObserved, rewrite: Callable[[str], str]
) -> BackendObserved | QuotaObserved:
    if isinstance(event, BackendObserved):
        return replace(event, status=replace(event.status, message=rewrite(event.status.message)))
    quota = event.quota
    instance, plan = (
        None if text is None else rewrite(text) for text in (quota.instance, quota.plan)
    )
    return replace(event, quota=replace(quota, instance=instance, plan=plan))
