"""The life of a session as tests tell it: events, so many seconds after noon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from qsession.model.events import Event, JobFinished, JobQueued, JobStarted, SessionMoved
from qsession.model.events import SessionOpened as Opened
from qsession.model.job import JobRecord
from qsession.model.session_state import SessionState
from qsession.model.states import JobStatus, State

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """The moment."""
    return NOON + timedelta(seconds=seconds)


def record(job_id: str = "a", **fields: Any) -> JobRecord:
    """A job, queued at noon unless the fields say otherwise."""
    given = {"name": "bell", "primitive": "sampler", "status": JobStatus.QUEUED, "created": NOON}
    return JobRecord(job_id, **{**given, **fields})


def opened(seconds: float, session_id: str = "s1") -> Opened:
    """The session got its id."""
    return Opened(at(seconds), session_id)


def moved(seconds: float, to: State, reason: str | None = None) -> SessionMoved:
    """The session changed its state."""
    return SessionMoved(at(seconds), to, reason)


def queued(seconds: float, job_id: str = "a", **fields: Any) -> JobQueued:
    """A job was accepted."""
    return JobQueued(at(seconds), record(job_id, created=at(seconds), **fields))


def started(seconds: float, job_id: str = "a") -> JobStarted:
    """A job began to run."""
    return JobStarted(at(seconds), job_id)


def finished(
    seconds: float, job_id: str = "a", status: JobStatus = JobStatus.DONE, **fields: Any
) -> JobFinished:
    """A job ended."""
    return JobFinished(at(seconds), job_id, status, **fields)


def first_job(seconds: float = 0, job_id: str = "a") -> list[Event]:
    """A job that opens the session and starts at once."""
    return [
        opened(seconds),
        queued(seconds, job_id),
        moved(seconds, State.ACTIVE),
        started(seconds, job_id),
    ]


def session(*events: Event, **fields: Any) -> SessionState:
    """A session to which all this happened."""
    state = SessionState(**fields)
    for event in events:
        state.apply(event)
    return state
