"""How a dashboard says what it knows."""

from __future__ import annotations

from qsession.listing import LOST
from qsession.model.states import State

_PLACES = {"process": "this process", "ledger": "ledger", "service": "account"}


def state_words(state: str) -> str:
    """A state as people read it; that of a session whose process has ended is "Lost"."""
    return "Lost" if state == LOST else State(state).label


def where_words(source: str) -> str:
    """Who told of a session."""
    return _PLACES[source]
