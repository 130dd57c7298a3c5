"""The sessions that this process holds, by name and id, as their own package finds them.

`qsession.session.registry` gives them to the rest of the package as what they are.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any, Protocol

from qsession.forks import ForkSafeLock


class Held(Protocol):
    """The core of a session, as others are told from it by name and id."""

    @property
    def name(self) -> str | None:
        """The word for people that it was given."""
        ...

    @property
    def session_id(self) -> str | None:
        """Its id; None before it is opened."""
        ...

    @property
    def active(self) -> bool:
        """True if the session takes jobs."""
        ...

    def open(self) -> None:
        """Open it at once, unless it has been."""
        ...

    def close(self, *, reason: str) -> None:
        """Take no new jobs."""
        ...

    def session(self) -> Any:
        """The session in people's hands; None if nobody holds it any more."""
        ...

    def differences(self, arguments: Mapping[str, Any]) -> list[str]:
        """Describe in words each argument of a constructor that differs from this session."""
        ...


_sessions: weakref.WeakSet[Held] = weakref.WeakSet()
_lock = ForkSafeLock()


def remember(session: Held) -> None:
    """Make a session known for as long as somebody holds it."""
    with _lock:
        _sessions.add(session)


def forget(session: Held) -> None:
    """Leave a session to the process that this one was forked from."""
    with _lock:
        _sessions.discard(session)


def sessions() -> list[Held]:
    """Every session that is still held."""
    with _lock:
        cores = list(_sessions)
    return [core for core in cores if core.session() is not None]


def find(session_id: str) -> Held | None:
    """The session with this id, None if it is not held."""
    opened = (held for held in sessions() if held.session_id is not None)
    return next((held for held in opened if held.session_id == session_id), None)


def named(name: str) -> Held | None:
    """The session with this name that takes jobs, None if there is none."""
    return next((held for held in sessions() if held.name == name and held.active), None)
