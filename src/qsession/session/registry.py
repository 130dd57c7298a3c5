"""The sessions that this process holds, found again by id."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from qsession.forks import ForkSafeLock

if TYPE_CHECKING:
    from qsession.session.session import Session

_sessions: weakref.WeakSet[Session] = weakref.WeakSet()
_lock = ForkSafeLock()


def remember(session: Session) -> None:
    """Make a session known for as long as somebody holds it."""
    with _lock:
        _sessions.add(session)


def forget(session: Session) -> None:
    """Leave a session to the process that this one was forked from."""
    with _lock:
        _sessions.discard(session)


def sessions() -> list[Session]:
    """Every session that is still held."""
    with _lock:
        return list(_sessions)


def find(session_id: str) -> Session | None:
    """The session with this id, None if it is not held."""
    opened = (held for held in sessions() if held.session_id is not None)
    return next((held for held in opened if held.session_id == session_id), None)


def named(name: str) -> Session | None:
    """The session with this name that takes jobs, None if there is none."""
    return next((held for held in sessions() if held.name == name and held.active), None)
