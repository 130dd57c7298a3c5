"""Why a session of the service ended."""

from __future__ import annotations

from typing import Any

import pytest

from qsession.model.events import SessionMoved
from qsession.model.states import State
from tests.engines.ibm.answers import Reader, a_session, at, stamp


def ended(*, cancelled_here: bool = False, **fields: Any) -> tuple[str, str | None]:
    """How a session with this answer has ended, and why."""
    reader = Reader()
    reader.cancelled_here = cancelled_here
    state = reader.session(a_session("closed", **fields), now=10_000)
    return state, reader.state.ended_reason


RAN = {"started_at": stamp(10), "closed_at": stamp(100)}
RAN_OUT = {"started_at": stamp(10), "closed_at": stamp(610)}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (RAN, ("closed", None)),
        (RAN | {"state_reason": "Closed by the user."}, ("closed", "Closed by the user.")),
        (RAN | {"state_reason": "Cost limit reached."}, ("closed", "Cost limit reached.")),
        (RAN | {"state_reason": "Canceled by the user."}, ("cancelled", "Canceled by the user.")),
        (RAN_OUT, ("expired", "its max_time of 10m ran out")),
        (
            RAN_OUT | {"state_reason": "Maximum time."},
            ("expired", "its max_time of 10m ran out (Maximum time.)"),
        ),
        ({"closed_at": stamp(1800)}, ("closed", "no job was submitted within 30m")),
        ({"closed_at": stamp(1700)}, ("closed", None)),
        ({"closed_at": stamp(1800), "state_reason": "Not used."}, ("closed", "Not used.")),
        ({}, ("closed", None)),
        (RAN | {"state_reason": {"why": 1}}, ("closed", None)),
        (RAN_OUT | {"max_ttl": True}, ("closed", None)),
        (RAN_OUT | {"max_ttl": 1e300}, ("closed", None)),
        (RAN_OUT | {"max_ttl": "600"}, ("closed", None)),
    ],
)  # fmt: skip
def test_how_it_ended_and_why(fields: dict[str, Any], expected: tuple[str, str | None]):
    assert ended(**fields) == expected


def test_a_session_that_was_cancelled_here_is_cancelled_whatever_the_service_says():
    assert ended(cancelled_here=True, **RAN, state_reason="Session closed.")[0] == "cancelled"


def test_it_ended_when_the_service_says():
    reader = Reader()
    reader.session(a_session("closed", **RAN), now=10_000)
    assert reader.state.ended == at(100)


def test_why_it_was_closed_here_says_more_than_the_service():
    reader = Reader()
    reader.state.apply(SessionMoved(at(50), State.CLOSING, "its with block ended"))
    reader.session(a_session("closed", **RAN, state_reason="Session closed by the user."))
    assert (reader.state.state, reader.state.ended_reason) == ("closed", "its with block ended")


def test_that_it_expired_while_closing_says_more_still():
    reader = Reader()
    reader.state.apply(SessionMoved(at(50), State.CLOSING, "its with block ended"))
    reader.session(a_session("closed", **RAN_OUT), now=1000)
    assert reader.state.state == "expired"
    assert reader.state.ended_reason == "its max_time of 10m ran out"
