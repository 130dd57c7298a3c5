"""How a dashboard says what it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession.listing import LOST
from qsession.model.states import State

if TYPE_CHECKING:
    from qsession.listing import SessionInfo

_PLACES = {"process": "this process", "ledger": "ledger", "service": "account"}


def state_words(state: str) -> str:
    """A state as people read it; that of a session whose process has ended is "Lost"."""
    return "Lost" if state == LOST else State(state).label


def where_words(info: SessionInfo) -> str:
    """Who told of a session, or who has it."""
    return _PLACES[info.source] if info.pid is None else f"process {info.pid}"
