"""Turns the service's answers into events, by comparing them with what is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from qsession.engines.ibm.wire import ending_of, number, whole
from qsession.model.events import (
    Event,
    JobBilled,
    JobFinished,
    JobForecast,
    JobQueued,
    JobStarted,
    JobTimed,
    SessionMoved,
    SessionObserved,
)
from qsession.model.job import JobRecord
from qsession.model.lifecycle import LEGAL_MOVES
from qsession.model.session_state import SessionState
from qsession.model.states import JobStatus, State

Raw = Mapping[str, Any]
"""An object of the service's JSON."""

_JOB_STATUSES = {
    "queued": JobStatus.QUEUED,
    "running": JobStatus.RUNNING,
    "completed": JobStatus.DONE,
    "failed": JobStatus.ERROR,
    "cancelled": JobStatus.CANCELLED,
}
_RAN_TOO_LONG = "1305"
"""The reason code of a job that was stopped for its time; IBM's client calls it an error."""


@dataclass(frozen=True, slots=True)
class ServerTime:
    """The difference between the service's clock and the local one."""

    ahead: timedelta = timedelta()

    def read(self, text: object) -> datetime | None:
        """A time of the service's on our clock, in UTC; None if it is none."""
        if not isinstance(text, str):
            return None
        try:
            time = datetime.fromisoformat(text)
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC) - self.ahead
        except (ValueError, OverflowError):
            return None


def read_session(
    raw: Raw, state: SessionState, now: datetime, server: ServerTime, *, cancelled_here: bool
) -> list[Event]:
    """Return the events that follow from an answer of ``GET /sessions/{id}``."""
    observed = SessionObserved(
        at=now,
        started=server.read(raw.get("started_at")),
        activated=server.read(raw.get("activated_at")),
        last_job_started=server.read(raw.get("last_job_started")),
        last_job_completed=server.read(raw.get("last_job_completed")),
        max_time_s=whole(raw.get("max_ttl")),
        interactive_timeout_s=whole(raw.get("interactive_ttl")),
        usage_s=number(raw.get("elapsed_time")),
    )
    return [observed, *_moves(raw, state, now, server, cancelled_here=cancelled_here)]


def read_jobs(
    raws: Iterable[Raw], state: SessionState, now: datetime, server: ServerTime
) -> list[Event]:
    """Return the events that follow from jobs of ``GET /jobs``, given oldest first."""
    jobs = {raw["id"]: raw for raw in raws if isinstance(raw.get("id"), str)}
    return [
        event
        for job_id, raw in jobs.items()
        for event in _read_job(job_id, raw, state, now, server)
    ]


def job_status(raw: Raw) -> JobStatus | None:
    """Return the status of a job; None if the service names one that is not known here."""
    told = raw.get("state")
    details: Raw = told if isinstance(told, Mapping) else {}
    word = str(details.get("status") or raw.get("status") or "").lower()
    if "ran too long" in str(raw.get("status") or "").lower():
        return JobStatus.ERROR
    if word == "cancelled" and str(details.get("reason_code")) == _RAN_TOO_LONG:
        return JobStatus.ERROR
    return _JOB_STATUSES.get(word)


def _moves(
    raw: Raw, state: SessionState, now: datetime, server: ServerTime, *, cancelled_here: bool
) -> Iterator[Event]:
    to = _state_of(raw)
    if to is None or state.state.is_terminal:
        return
    reason = None
    at = now
    if to is State.CLOSED:
        to, told = ending_of(raw, server.read, cancelled_here=cancelled_here)
        # Why it was ended here says more than that it was.
        reason = told if to is State.EXPIRED else _own_reason(state) or told
        at = _past(server.read(raw.get("closed_at")), now) or now
    elif to is State.ACTIVE:
        at = _past(server.read(raw.get("activated_at")), now) or now
    # Between two looks a session may have been active and idle again.
    if (state.state, to) == (State.OPEN, State.INACTIVE):
        activated = _past(server.read(raw.get("activated_at")), now)
        yield SessionMoved(activated or now, State.ACTIVE)
        yield SessionMoved(at, to)
    elif (state.state, to) in LEGAL_MOVES:
        yield SessionMoved(at, to, reason or _own_reason(state))


def _past(time: datetime | None, now: datetime) -> datetime | None:
    """A time of the service's that can have been; else nothing would be true of it here."""
    return time if time is not None and time <= now + timedelta(seconds=2) else None


def _own_reason(state: SessionState) -> str | None:
    """Why it is closing, if that was said here."""
    history = state.lifecycle.history
    return history[-1].reason if history and history[-1].state is State.CLOSING else None


def _state_of(raw: Raw) -> State | None:
    word = raw.get("state")
    if word == "closed":
        return State.CLOSED
    if word == "pending_closed" or raw.get("accepting_jobs") is False:
        return State.CLOSING
    if word in ("active", "pending_inactive"):
        return State.ACTIVE
    return State.INACTIVE if word == "inactive" else None


def _read_job(
    job_id: str, raw: Raw, state: SessionState, now: datetime, server: ServerTime
) -> Iterator[Event]:
    status = job_status(raw)
    if status is None:
        return
    known = state.jobs.get(job_id)
    if known is None:
        created = _past(server.read(raw.get("created")), now) or now
        yield JobQueued(now, _first_record(raw, job_id, created))
    yield from _forecast(job_id, known, raw, now)
    before = known.status if known is not None else JobStatus.QUEUED
    if known is not None and before.is_final:
        yield from _bill(known, raw, now)
        return
    if before is status:
        return
    has_run = before is JobStatus.RUNNING or _has_run(raw, status)
    # A job that never ran did not end when the session's last one did.
    finished = _finished_at(raw, state if has_run else None, now, server)
    started = known.started if known is not None else None
    if has_run and before is JobStatus.QUEUED:
        # The session's times may be those of two different jobs.
        started = _started_at(raw, state, now, server)
        started = min(started, finished) if status.is_final else started
        yield JobStarted(started, job_id)
    if status.is_final:
        yield JobFinished(
            finished if started is None or started <= finished else now,
            job_id,
            status,
            error=_error_of(raw, status),
            qpu_seconds=_qpu_seconds(raw),
            is_qpu_estimated=_is_bill_open(raw),
        )


def _forecast(
    job_id: str, known: JobRecord | None, raw: Raw, now: datetime
) -> Iterator[JobForecast]:
    """IBM's client calls it ``usage_estimation``."""
    seconds = number(raw.get("estimated_running_time_seconds"))
    if seconds is not None and (known is None or known.service_forecast_s != seconds):
        yield JobForecast(now, job_id, seconds, is_of_service=True)


def _bill(known: JobRecord, raw: Raw, now: datetime) -> Iterator[JobBilled]:
    """Billing is settled some time after a job's end."""
    billed_s, is_open = _qpu_seconds(raw), _is_bill_open(raw)
    if billed_s is not None and (billed_s, is_open) != (known.qpu_seconds, known.is_qpu_estimated):
        yield JobBilled(now, known.job_id, billed_s, is_open)


def read_metrics(
    raw: Raw, known: JobRecord, now: datetime, server: ServerTime
) -> list[JobTimed | JobBilled]:
    """Return the events that follow from an answer of ``GET /jobs/{id}/metrics``."""
    times = [_told_time(raw, name, server) for name in ("running", "finished")]
    started, finished = (_past(time, now) for time in times)
    return [JobTimed(now, known.job_id, started, finished), *_bill(known, raw, now)]


def _has_run(raw: Raw, status: JobStatus) -> bool:
    """Return True if a job that was queued has been running since; failed ones may never have."""
    if status is JobStatus.ERROR:
        told = raw.get("timestamps")
        is_told = isinstance(told, Mapping) and isinstance(told.get("running"), str)
        return is_told or bool(_qpu_seconds(raw))
    return status in (JobStatus.RUNNING, JobStatus.DONE)


def _first_record(raw: Raw, job_id: str, created: datetime) -> JobRecord:
    told = raw.get("program")
    program = told.get("id") if isinstance(told, Mapping) else None
    tags = raw.get("tags")
    return JobRecord(
        job_id=job_id,
        name=None,
        primitive=program if isinstance(program, str) else "job",
        status=JobStatus.QUEUED,
        created=created,
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        are_times_estimated=True,
    )


def _started_at(raw: Raw, state: SessionState, now: datetime, server: ServerTime) -> datetime:
    """Return the start of a job; only the session tells it, and only of its last job."""
    told = _told_time(raw, "running", server)
    return told or _between(state.last_job_started, raw, now, server)


def _finished_at(
    raw: Raw, state: SessionState | None, now: datetime, server: ServerTime
) -> datetime:
    told = _told_time(raw, "finished", server)
    return told or _between(state.last_job_completed if state else None, raw, now, server)


def _told_time(raw: Raw, name: str, server: ServerTime) -> datetime | None:
    timestamps = raw.get("timestamps")
    return server.read(timestamps.get(name)) if isinstance(timestamps, Mapping) else None


def _between(time: datetime | None, raw: Raw, now: datetime, server: ServerTime) -> datetime:
    """The session's time if it can be this job's, else the time of the look that noticed it."""
    recent = timedelta(seconds=60)
    created = server.read(raw.get("created"))
    if time is None or time > now or now - time > recent or (created and time < created):
        return now
    return time


def _error_of(raw: Raw, status: JobStatus) -> str | None:
    if status is JobStatus.DONE:
        return None
    told = raw.get("state")
    details: Raw = told if isinstance(told, Mapping) else {}
    reason, solution = details.get("reason"), details.get("reason_solution")
    if not isinstance(reason, str) or not reason:
        return (
            "Cancelled." if status is JobStatus.CANCELLED else "Failed; the service says no more."
        )
    return f"{reason} {solution}" if isinstance(solution, str) and solution else reason


def _is_bill_open(raw: Raw) -> bool:
    """Return True if the service says that it has not settled the bill of a job."""
    usage = raw.get("usage")
    return isinstance(usage, Mapping) and usage.get("status") == "pending"


def _qpu_seconds(raw: Raw) -> float | None:
    usage = raw.get("usage")
    if not isinstance(usage, Mapping):
        return None
    for name in ("qpu_charge_time_seconds", "quantum_seconds", "seconds"):
        seconds = number(usage.get(name))
        if seconds is not None:
            return seconds
    return None
