"""What is due in a local session when nobody does anything."""

from __future__ import annotations

import pytest

from qsession.engines.local.transitions import due, end_queued_jobs, next_deadline
from qsession.model.events import JobFinished, SessionMoved
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus, State
from tests.unit.story import at, finished, first_job, moved, opened, queued, session, started

HALF_AN_HOUR = 1800
SHORT = Limits(max_time_s=300, interactive_timeout_s=60)
ENDLESS = Limits(max_time_s=None, interactive_timeout_s=None)


@pytest.mark.parametrize(
    ("events", "limits", "deadline"),
    [
        pytest.param([], SHORT, None, id="not started"),
        pytest.param([opened(5)], SHORT, at(5 + HALF_AN_HOUR), id="opened, without a job"),
        pytest.param([opened(5), queued(6)], SHORT, None, id="the first job waits"),
        pytest.param(
            [opened(5), queued(6), finished(7, status=JobStatus.CANCELLED)],
            SHORT,
            None,
            id="the only job was cancelled",
        ),
        pytest.param(first_job(5), SHORT, at(305), id="running"),
        pytest.param([*first_job(5), finished(9)], SHORT, at(69), id="idle"),
        pytest.param([*first_job(5), finished(290)], SHORT, at(305), id="idle near the end"),
        pytest.param(
            [*first_job(5), finished(9), moved(69, State.INACTIVE)], SHORT, at(305), id="inactive"
        ),
        pytest.param([*first_job(5), moved(9, State.CLOSING)], SHORT, at(305), id="closing"),
        pytest.param([*first_job(5), moved(9, State.CANCELLED)], SHORT, None, id="cancelled"),
        pytest.param(
            [*first_job(5), finished(9), moved(9, State.CLOSED)], SHORT, None, id="closed"
        ),
        pytest.param([*first_job(5), moved(305, State.EXPIRED)], SHORT, None, id="expired"),
        pytest.param([opened(5)], ENDLESS, None, id="endless, without a job"),
        pytest.param([*first_job(5), finished(9)], ENDLESS, None, id="endless, idle"),
    ],
)
def test_the_next_deadline_is_the_earliest(events, limits, deadline):
    assert next_deadline(session(*events, limits=limits)) == deadline


@pytest.mark.parametrize(
    ("events", "seconds", "to", "reason"),
    [
        (first_job(5), 305, State.EXPIRED, "its max_time of 5m ran out"),
        (
            [*first_job(5), moved(9, State.CLOSING)],
            305,
            State.EXPIRED,
            "its max_time of 5m ran out",
        ),
        (
            [*first_job(5), finished(9), moved(69, State.INACTIVE)],
            305,
            State.EXPIRED,
            "its max_time of 5m ran out",
        ),
        (
            [*first_job(5), finished(9)],
            69,
            State.INACTIVE,
            "no job came within the interactive timeout",
        ),
        ([opened(5)], 5 + HALF_AN_HOUR, State.CLOSED, "no job was submitted within 30m"),
    ],
)
def test_a_move_is_due_at_its_deadline_and_not_before(events, seconds, to, reason):
    state = session(*events, limits=SHORT)
    assert due(state, at(seconds - 0.001)) is None
    assert due(state, at(seconds)) == SessionMoved(at(seconds), to, reason)
    assert due(state, at(seconds + 99)) == SessionMoved(at(seconds + 99), to, reason)


def test_a_session_that_missed_both_deadlines_has_expired():
    state = session(*first_job(5), finished(9), limits=SHORT)
    move = due(state, at(1000))
    assert move is not None
    assert move.to is State.EXPIRED


@pytest.mark.parametrize(
    "events",
    [
        [],
        [opened(0), queued(0)],
        [opened(0), moved(1, State.CANCELLED)],
        [*first_job(), finished(1), moved(1, State.CLOSED)],
        [*first_job(), moved(300, State.EXPIRED)],
    ],
)
def test_time_alone_does_nothing_to_a_session_that_waits_or_has_ended(events):
    assert due(session(*events, limits=SHORT), at(10**7)) is None


def test_a_session_without_limits_is_left_alone():
    assert due(session(*first_job(), finished(1), limits=ENDLESS), at(10**7)) is None
    assert due(session(opened(0), limits=ENDLESS), at(10**7)) is None


def test_what_is_due_is_legal():
    for events in ([opened(0)], first_job(), [*first_job(), finished(1)]):
        state = session(*events, limits=SHORT)
        move = due(state, at(10**6))
        assert move is not None
        state.apply(move)
        assert state.state is move.to


def test_jobs_left_in_the_queue_are_cancelled_and_say_why():
    state = session(*first_job(), queued(0, "b"), queued(0, "c"))
    move = moved(7, State.CANCELLED, "cancel() was called")
    words = "Cancelled because the session s1 was cancelled: cancel() was called."
    assert end_queued_jobs(state, ["b", "c"], move) == [
        JobFinished(at(7), "b", JobStatus.CANCELLED, words),
        JobFinished(at(7), "c", JobStatus.CANCELLED, words),
    ]


def test_an_end_without_a_reason_gives_none():
    state = session(*first_job(), queued(0, "b"))
    (event,) = end_queued_jobs(state, ["b"], moved(7, State.EXPIRED))
    assert isinstance(event, JobFinished)
    assert event.error == "Cancelled because the session s1 was expired."


def test_an_end_with_an_empty_queue_cancels_nothing():
    state = session(*first_job(), started(0))
    assert end_queued_jobs(state, [], moved(7, State.CLOSED)) == []
