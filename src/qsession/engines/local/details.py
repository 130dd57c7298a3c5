"""A local session in the shape of IBM's ``Session.details()``."""

from __future__ import annotations

from typing import Any

from qsession.engines.jobs import iso_utc
from qsession.model.session_state import SessionState
from qsession.model.states import State

_IBM_STATES = {
    State.OPEN: "open",
    State.ACTIVE: "active",
    State.INACTIVE: "inactive",
    # IBM has no word for it: the session is active and accepts no jobs.
    State.CLOSING: "active",
    State.CLOSED: "closed",
    State.CANCELLED: "closed",
    State.EXPIRED: "closed",
}


def session_details(state: SessionState, backend: str, usage_s: float) -> dict[str, Any] | None:
    """All the keys of IBM's answer; None before the session is opened.

    Times are ISO 8601 texts in UTC, spans seconds.
    """
    if state.session_id is None:
        return None
    return {
        "id": state.session_id,
        "backend_name": backend,
        "interactive_timeout": state.limits.interactive_timeout_s,
        "max_time": state.limits.max_time_s,
        # Nothing but max_time ends an active stretch of a local session.
        "active_timeout": state.limits.max_time_s,
        "state": _IBM_STATES[state.state],
        "accepting_jobs": state.state.accepts_jobs,
        "last_job_started": iso_utc(state.last_job_started),
        "last_job_completed": iso_utc(state.last_job_completed),
        "started_at": iso_utc(state.started),
        "closed_at": iso_utc(state.ended),
        "activated_at": iso_utc(state.activated),
        "mode": "batch" if state.mode == "batch" else "dedicated",
        "usage_time": usage_s,
        "timestamps": [
            {"status": _IBM_STATES[step.state], "timestamp": iso_utc(step.at)}
            for step in state.lifecycle.history
            if step.state is not State.CLOSING
        ],
    }
