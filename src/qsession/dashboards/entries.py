"""One session in a list of sessions, and how a page reads it. Loads no Qiskit and no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsession.model.states import State
from qsession.session_info import LOST

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.session_info import SessionInfo

_PLACES = {"process": "this process", "ledger": "ledger", "service": "account"}


@dataclass(frozen=True)
class Entry:
    """A session in the list.

    Attributes:
        key: What the list finds it again by: its id, or a word of the list's own if it was listed
            before it had one. It stays the same while somebody holds the session.
        info: What is known of it.
    """

    key: str
    info: SessionInfo

    @property
    def is_open(self) -> bool:
        """True if the session has not ended and can be ended from this process."""
        info = self.info
        return info.ended is None and info.state not in ("lost", "closing") and info.pid is None

    @property
    def age(self) -> float:
        """For sorting: those not opened yet first, then the newest."""
        return -self.info.opened.timestamp() if self.info.opened else float("-inf")


def encode_entry(entry: Entry, *, is_shown: bool) -> dict[str, Any]:
    """A session as a page reads it: times in milliseconds (``_ms``), spans in seconds (``_s``)."""
    info = entry.info
    return {
        "key": entry.key,
        "session_id": info.session_id,
        "name": info.name,
        "backend": info.backend,
        "mode": info.mode,
        "state": info.state,
        "label": state_words(info.state),
        "opened_ms": milliseconds(info.opened),
        "ended_ms": milliseconds(info.ended),
        "remaining_s": info.remaining,
        "usage_s": info.usage,
        "cost": info.cost,
        "currency": info.currency,
        "jobs": info.jobs,
        "where": where_words(info),
        "pid": info.pid,
        "is_open": entry.is_open,
        "is_shown": is_shown,
    }


def milliseconds(time: datetime | None) -> int | None:
    """A time as pages count it."""
    return None if time is None else round(time.timestamp() * 1000)


def state_words(state: str) -> str:
    """A state as people read it; that of a session whose process has ended is "Lost"."""
    return "Lost" if state == LOST else State(state).label


def where_words(info: SessionInfo) -> str:
    """Return the source of a session's facts, or the process that holds the session, in words."""
    return _PLACES[info.source] if info.pid is None else f"process {info.pid}"
