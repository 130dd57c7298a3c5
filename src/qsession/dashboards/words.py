"""The words in which a dashboard tells the state and the place of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession.model.states import State
from qsession.session_info import LOST

if TYPE_CHECKING:
    from qsession.session_info import SessionInfo

_PLACES = {"process": "this process", "ledger": "ledger", "service": "account"}


def state_words(state: str) -> str:
    """A state as people read it; that of a session whose process has ended is "Lost"."""
    return "Lost" if state == LOST else State(state).label


def where_words(info: SessionInfo) -> str:
    """Return the source of a session's facts, or the process that holds the session, in words."""
    return _PLACES[info.source] if info.pid is None else f"process {info.pid}"
