"""What the service says of a session becomes events, whatever it says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qsession.engines.ibm.reading import ServerTime
from tests.engines.ibm.answers import Reader, a_session, at, stamp


def test_limits_times_and_usage_are_the_servers():
    reader = Reader()
    answer = a_session(
        "active", started_at=stamp(5), activated_at=stamp(7), last_job_started=stamp(7),
        last_job_completed=stamp(9), elapsed_time=4.5,
    )  # fmt: skip
    assert reader.session(answer, now=10) == "active"
    state = reader.state
    assert (state.limits.max_time_s, state.limits.interactive_timeout_s) == (600, 60)
    assert (state.started, state.activated, state.last_job_started) == (at(5), at(7), at(7))
    assert state.expires == at(605)
    assert state.idle_until == at(69)
    assert state.lifecycle.history[-1].at == at(7)
    assert state.usage_seconds(at(10)) == 4.5
    assert state.usage_seconds(at(12)) == 6.5  # an active session is paid for by the second


@pytest.mark.parametrize(
    ("words", "story"),
    [
        (["open"], []),
        (["active"], ["active"]),
        (["open", "active", "active"], ["active"]),
        (["active", "inactive"], ["active", "inactive"]),
        (["active", "inactive", "active"], ["active", "inactive", "active"]),
        (["inactive"], ["active", "inactive"]),  # active was between two looks
        (["pending_inactive"], ["active"]),
        (["active", "pending_closed"], ["active", "closing"]),
        (["pending_closed", "closed"], ["closing", "closed"]),
        (["closed"], ["closed"]),
        (["active", "closed"], ["active", "closed"]),
        (["inactive", "closed"], ["active", "inactive", "closed"]),
        (["active", "open"], ["active"]),  # an answer that is older than what is known
        (["closed", "active"], ["closed"]),
        (["closed", "closed"], ["closed"]),
        (["pending_closed", "active"], ["closing"]),
        (["paused", "ACTIVE", "", None, 7, ["active"]], []),
    ],
)
def test_states_become_moves(words: list[Any], story: list[str]):
    reader = Reader()
    for word in words:
        reader.session(a_session() | {"state": word})
    assert reader.story == ["open", *story]


@pytest.mark.parametrize("word", ["open", "active", "inactive", "a new word"])
def test_a_session_that_takes_no_jobs_is_closing_whatever_its_state(word: str):
    reader = Reader()
    assert reader.session(a_session(word, accepting_jobs=False)) == "closing"
    assert reader.session(a_session(word)) == "closing"


def test_nothing_said_changes_nothing():
    reader = Reader()
    reader.session(a_session("active", started_at=stamp(5)))
    reader.session({}, now=101)
    reader.session({"state": "active", "started_at": None, "max_ttl": None}, now=102)
    assert (reader.state.started, reader.state.limits.max_time_s) == (at(5), 600)
    assert reader.story == ["open", "active"]


HOSTILE: list[Any] = [
    None,
    True,
    -1,
    10**30,
    float("nan"),
    float("inf"),
    "600",
    [],
    {},
    "\ud800",
    2**31,
]
FIELDS = ["state", "accepting_jobs", "max_ttl", "interactive_ttl", "elapsed_time", "started_at",
          "activated_at", "closed_at", "last_job_started", "last_job_completed", "timestamps",
          "state_reason"]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("word", ["active", "closed"])
def test_a_field_of_the_wrong_kind_is_passed_over(word: str, field: str, value: object):
    reader = Reader()
    times = {"started_at": stamp(1), "closed_at": stamp(50), "last_job_completed": stamp(2)}
    reader.session(a_session(word, **times) | {field: value})
    now = at(100)
    for read in (reader.state.remaining, reader.state.idle_remaining, reader.state.usage_seconds):
        seconds = read(now)
        assert seconds is None or 0 <= seconds < 2**31 + 1000


@pytest.mark.parametrize(
    "time", ["", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-31", "12:00"]
)
@pytest.mark.parametrize("ahead_h", [-1, 0, 1])
def test_a_time_that_cannot_be_read_is_none(time: str, ahead_h: int):
    read = ServerTime(timedelta(hours=ahead_h)).read(time)
    assert read is None or read.tzinfo is not None


@pytest.mark.parametrize("ahead_h", [-1, 0, 1])
def test_times_of_a_clock_that_goes_wrong_are_put_right(ahead_h: int):
    reader = Reader()
    reader.server = ServerTime(timedelta(hours=ahead_h))
    told = stamp(5 + 3600 * ahead_h)
    reader.session(a_session("active", started_at=told, last_job_completed=told), now=10)
    assert reader.state.started == at(5)
    assert reader.state.remaining(at(10)) == 595
    assert reader.state.idle_remaining(at(10)) == 55


def test_times_without_a_zone_are_utc_and_others_are_turned_into_it():
    server = ServerTime()
    assert server.read("2026-01-31T12:00:05") == at(5)
    assert server.read("2026-01-31T14:00:05+02:00") == at(5)


def test_a_session_that_is_said_to_have_ended_in_the_future_has_ended_now():
    reader = Reader()
    reader.session(a_session("closed", closed_at=stamp(9999)), now=50)
    assert reader.state.ended == at(50)
