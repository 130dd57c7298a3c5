"""Snapshots of sessions for the tests of what shows them."""

from __future__ import annotations

from typing import Any

from qsession.model.session_state import SessionState
from qsession.model.snapshot import SessionSnapshot
from tests.unit.story import at


def picture(state: SessionState, seconds: float = 0, **fields: Any) -> SessionSnapshot:
    """The session, so many seconds after noon."""
    given: dict[str, Any] = {
        "name": None,
        "backend": "fake_manila",
        "max_time_s": None,
        "programs": (),
        "can_cancel_running": False,
    }
    return SessionSnapshot.of(state, at(seconds), **{**given, **fields})
