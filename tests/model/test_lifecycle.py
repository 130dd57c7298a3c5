"""Which states may follow which."""

from __future__ import annotations

from itertools import product

import pytest

from qsession.errors import IllegalMoveError
from qsession.model.lifecycle import LEGAL_MOVES, Lifecycle, Step
from qsession.model.states import State
from tests.unit.story import at

FOLLOWERS = {
    "not-started": "open closing closed cancelled",
    "open": "active closing closed cancelled expired",
    "active": "inactive closing closed cancelled expired",
    "inactive": "active closing closed cancelled expired",
    "closing": "closed cancelled expired",
    "closed": "",
    "cancelled": "",
    "expired": "",
}
WAYS = {
    "not-started": "",
    "open": "open",
    "active": "open active",
    "inactive": "open active inactive",
    "closing": "open active closing",
    "closed": "open active closing closed",
    "cancelled": "open cancelled",
    "expired": "open active expired",
}
PAIRS = [(State(a), State(b)) for a, b in product(FOLLOWERS, repeat=2)]
LEGAL = [pair for pair in PAIRS if pair[1] in FOLLOWERS[pair[0]].split()]
ILLEGAL = [pair for pair in PAIRS if pair not in LEGAL]


def in_state(state: State) -> Lifecycle:
    lifecycle = Lifecycle()
    for second, step in enumerate(WAYS[state].split()):
        lifecycle.move(State(step), at(second))
    return lifecycle


def test_a_session_begins_without_a_history():
    assert Lifecycle() == Lifecycle(State.NOT_STARTED, [])


@pytest.mark.parametrize(("state", "to"), LEGAL)
def test_a_legal_move_is_made_and_remembered(state, to):
    lifecycle = in_state(state)
    before = list(lifecycle.history)
    lifecycle.move(to, at(60), "because")
    assert lifecycle.state is to
    assert lifecycle.history == [*before, Step(at(60), to, "because")]


@pytest.mark.parametrize(("state", "to"), ILLEGAL)
def test_an_illegal_move_is_refused_and_changes_nothing(state, to):
    lifecycle = in_state(state)
    with pytest.raises(IllegalMoveError):
        lifecycle.move(to, at(60))
    assert lifecycle == in_state(state)


def test_a_refusal_tells_the_story_so_far():
    lifecycle = in_state(State.CLOSED)
    with pytest.raises(IllegalMoveError) as caught:
        lifecycle.move(State.ACTIVE, at(60))
    assert str(caught.value) == (
        "A session cannot go from closed to active "
        "(so far: not-started → open → active → closing → closed)."
    )


def test_the_table_holds_the_legal_moves_and_says_what_brings_each_about():
    assert set(LEGAL_MOVES) == set(LEGAL)
    assert all(LEGAL_MOVES.values())


def test_nothing_follows_a_terminal_state():
    assert not [state for state, _ in LEGAL if state.is_terminal]


def test_a_reason_may_be_left_out():
    lifecycle = Lifecycle()
    lifecycle.move(State.OPEN, at(0))
    assert lifecycle.history == [Step(at(0), State.OPEN, None)]
