"""What IBM's service does to a session by itself when time passes, for the local engine. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from qsession.model.durations import format_duration
from qsession.model.events import Event, JobFinished, SessionMoved
from qsession.model.session_state import SessionState
from qsession.model.states import JobStatus, State

UNUSED_TIMEOUT_S = 30 * 60
"""IBM Quantum closes a session that was opened and got no job for this long, in seconds."""


def next_deadline(state: SessionState) -> datetime | None:
    """When something will be due by itself; None if only a job or a call can change the session."""
    if state.state.is_terminal:
        return None
    deadlines = (state.expires, state.idle_until, _unused_until(state))
    return min((deadline for deadline in deadlines if deadline), default=None)


def due(state: SessionState, now: datetime) -> SessionMoved | None:
    """The move that is due at this time, if any. Expiry comes before all else."""
    if state.state.is_terminal:
        return None
    if state.expires and now >= state.expires:
        limit = format_duration(state.limits.max_time_s or 0)
        return SessionMoved(now, State.EXPIRED, f"its max_time of {limit} ran out")
    if state.idle_until and now >= state.idle_until:
        return SessionMoved(now, State.INACTIVE, "no job came within the interactive timeout")
    unused_until = _unused_until(state)
    if unused_until and now >= unused_until:
        limit = format_duration(UNUSED_TIMEOUT_S)
        return SessionMoved(now, State.CLOSED, f"no job was submitted within {limit}")
    return None


def end_queued_jobs(state: SessionState, job_ids: list[str], move: SessionMoved) -> list[Event]:
    """Cancel jobs that a session's end leaves without a backend, each saying why."""
    reason = f"the session {state.session_id} was {move.to}"
    if move.reason:
        reason += f": {move.reason}"
    return [
        JobFinished(move.at, job_id, JobStatus.CANCELLED, error=f"Cancelled because {reason}.")
        for job_id in job_ids
    ]


def _unused_until(state: SessionState) -> datetime | None:
    if state.state is not State.OPEN or state.jobs or state.limits.max_time_s is None:
        return None
    return state.lifecycle.history[-1].at + timedelta(seconds=UNUSED_TIMEOUT_S)
