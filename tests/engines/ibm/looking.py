"""Looking at the service by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from qsession.engines.ibm.monitor import Monitor
from qsession.session.registry import core_of

if TYPE_CHECKING:
    from qsession import Session
    from qsession.testing import ManualClock


WATCHING = r"GET /(sessions/[^/]+|jobs)$"
"""The requests for a session and for its list of jobs, in the log of the server."""


@pytest.fixture
def not_started() -> Iterator[pytest.MonkeyPatch]:
    """No thread watches until this is undone, and something has the session look."""
    patch = pytest.MonkeyPatch()  # of its own: undoing it undoes nothing else
    patch.setattr(Monitor, "start", lambda monitor: None)
    yield patch
    patch.undo()


def monitor_of(session: Session) -> Monitor:
    """What watches over the session."""
    engine: Any = core_of(session).engine
    monitor: Monitor = engine._monitor
    return monitor


def look(session: Session) -> datetime | None:
    """Look once; return when to look again."""
    return monitor_of(session).look()


def statuses(session: Session) -> list[str]:
    """Where its jobs stand, oldest first."""
    return [record.status.value for record in session.jobs]


def look_for(session: Session, clock: ManualClock, seconds: float) -> int:
    """Let time pass and look whenever it is time to; return how many looks it took."""
    end = clock.now().timestamp() + seconds
    looks = 0
    while True:
        due = look(session)
        looks += 1
        if due is None or due.timestamp() > end:
            clock.advance(max(end - clock.now().timestamp(), 0))
            return looks
        clock.advance(max((due - clock.now()).total_seconds(), 0))
