"""What is known of a session after this and that has happened to it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

from qsession.errors import IllegalMoveError
from qsession.model.events import JobMeasured, JobQueued, ProblemAppeared, ProblemEnded
from qsession.model.job import ExpectationValue
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus, ProblemKind, State
from tests.unit.story import (
    at,
    finished,
    first_job,
    moved,
    opened,
    queued,
    record,
    session,
    started,
)

DONE, ERROR, CANCELLED = JobStatus.DONE, JobStatus.ERROR, JobStatus.CANCELLED
TEN_MINUTES = Limits(max_time_s=600)


# --- opening --------------------------------------------------------------------------------------


def test_a_new_session_has_nothing():
    new = session()
    assert new.state is State.NOT_STARTED
    assert new.session_id is None
    assert new.pending == 0
    assert new.usage_seconds(at(100)) == 0
    assert new.version == 0


def test_unless_told_otherwise_it_may_last_eight_hours_and_idle_for_a_minute():
    assert Limits() == Limits(max_time_s=28_800, interactive_timeout_s=60)


def test_opening_gives_it_its_id():
    state = session(opened(0, "7b2e"))
    assert state.state is State.OPEN
    assert state.session_id == "7b2e"


# --- jobs -----------------------------------------------------------------------------------------


def test_a_job_goes_from_queued_to_running_to_done():
    state = session(opened(0), queued(0))
    assert state.jobs["a"] == record(created=at(0))
    state.apply(moved(1, State.ACTIVE))
    state.apply(started(1))
    assert state.jobs["a"] == record(status=JobStatus.RUNNING, started=at(1))
    state.apply(finished(4, qpu_seconds=2.5))
    assert state.jobs["a"] == record(
        status=DONE, started=at(1), finished=at(4), qpu_seconds=2.5, error=None
    )


def test_a_failed_job_says_why():
    state = session(*first_job(), finished(1, status=ERROR, error="AerError: no"))
    assert state.jobs["a"].status is ERROR
    assert state.jobs["a"].error == "AerError: no"


def test_jobs_stand_in_the_order_in_which_they_were_submitted():
    state = session(opened(0), *(queued(0, job_id) for job_id in "cab"))
    state.apply(finished(1, "a", CANCELLED))
    assert list(state.jobs) == ["c", "a", "b"]


def test_jobs_are_counted_by_status():
    state = session(
        *first_job(job_id="a"),
        *(queued(0, job_id) for job_id in "bcde"),
        finished(1, "a"),
        started(1, "b"),
        finished(2, "b", ERROR),
        finished(2, "c", CANCELLED),
        started(2, "d"),
    )
    assert {status: state.counts[status] for status in JobStatus} == {
        "QUEUED": 1,
        "RUNNING": 1,
        "DONE": 1,
        "ERROR": 1,
        "CANCELLED": 1,
    }
    assert state.pending == 2


def test_jobs_are_in_the_order_in_which_they_came_whatever_the_clock_said():
    state = session(opened(0), queued(3600, "a"), queued(0, "b"))
    assert list(state.jobs) == ["a", "b"]


def test_a_job_that_was_heard_of_late_is_put_where_it_came():
    late = JobQueued(at(9), record("b", created=at(2)))
    state = session(opened(0), queued(1, "a"), queued(3, "c"), late)
    assert list(state.jobs) == ["a", "b", "c"]


def test_times_of_the_last_job_are_kept():
    state = session(*first_job(5), queued(5, "b"), finished(9), started(10, "b"), finished(12, "b"))
    assert state.last_job_started == at(10)
    assert state.last_job_completed == at(12)


def test_a_job_cancelled_in_the_queue_is_no_completed_one():
    state = session(*first_job(), queued(0, "b"), finished(1, "b", CANCELLED))
    assert state.last_job_completed is None


# --- time left ------------------------------------------------------------------------------------


def test_nothing_runs_out_before_the_first_job_starts():
    state = session(opened(0), queued(0), limits=TEN_MINUTES)
    assert state.started is None
    assert state.expires is None
    assert state.remaining(at(10_000)) is None


def test_max_time_runs_from_the_start_of_the_first_job():
    state = session(*first_job(40), limits=TEN_MINUTES)
    assert state.started == at(40)
    assert state.expires == at(640)
    assert state.remaining(at(40)) == 600
    assert state.remaining(at(100)) == 540
    assert state.remaining(at(640)) == 0
    assert state.remaining(at(9999)) == 0


def test_later_jobs_do_not_extend_it():
    state = session(
        *first_job(0), finished(1), queued(50, "b"), started(50, "b"), limits=TEN_MINUTES
    )
    assert state.expires == at(600)


def test_max_time_goes_on_while_the_session_is_inactive():
    state = session(*first_job(0), finished(1), moved(61, State.INACTIVE), limits=TEN_MINUTES)
    assert state.remaining(at(500)) == 100


def test_nothing_is_left_of_an_ended_session():
    state = session(*first_job(0), finished(1), moved(2, State.CLOSED), limits=TEN_MINUTES)
    assert state.remaining(at(3)) == 0


def test_a_session_that_ended_before_its_first_job_has_no_time_left_to_speak_of():
    assert session(opened(0), moved(1, State.CLOSED)).remaining(at(2)) is None


def test_without_a_limit_time_never_runs_out():
    state = session(*first_job(0), limits=Limits(max_time_s=None))
    assert state.expires is None
    assert state.remaining(at(10**6)) is None


# --- idling ---------------------------------------------------------------------------------------


def test_a_session_idles_from_the_end_of_its_last_job():
    state = session(*first_job(0), finished(10))
    assert state.idle_since == at(10)
    assert state.idle_until == at(70)
    assert state.idle_remaining(at(30)) == 40
    assert state.idle_remaining(at(99)) == 0


def test_a_session_with_a_job_does_not_idle():
    state = session(*first_job(0))
    assert state.idle_since is None
    assert state.idle_until is None
    assert state.idle_remaining(at(5)) is None


def test_a_queued_job_ends_the_idling():
    assert session(*first_job(0), finished(10), queued(20, "b")).idle_since is None


def test_cancelling_the_last_queued_job_begins_it_anew():
    state = session(*first_job(0), finished(10), queued(20, "b"), finished(25, "b", CANCELLED))
    assert state.idle_since == at(25)


def test_a_session_does_not_idle_while_one_of_two_jobs_is_left():
    state = session(*first_job(0), queued(0, "b"), finished(10, "a"))
    assert state.idle_since is None


@pytest.mark.parametrize(
    "end", [State.INACTIVE, State.CLOSING, State.CLOSED, State.CANCELLED, State.EXPIRED]
)
def test_only_an_active_session_idles(end):
    assert session(*first_job(0), finished(10), moved(20, end)).idle_until is None


def test_an_opened_session_that_got_no_job_does_not_idle():
    assert session(opened(0)).idle_since is None


def test_without_an_interactive_timeout_it_idles_without_end():
    state = session(*first_job(0), finished(10), limits=Limits(interactive_timeout_s=None))
    assert state.idle_since == at(10)
    assert state.idle_remaining(at(10**6)) is None


# --- usage ----------------------------------------------------------------------------------------


def test_waiting_for_the_first_job_costs_nothing():
    state = session(opened(0), queued(0))
    assert state.usage_seconds(at(500)) == 0
    assert not state.usage_runs


def test_usage_is_the_time_since_the_session_became_active():
    state = session(*first_job(10), finished(12))
    assert state.usage_seconds(at(30)) == 20
    assert state.usage_runs


def test_usage_stands_still_while_the_session_is_inactive():
    state = session(*first_job(10), finished(12), moved(72, State.INACTIVE))
    assert state.usage_seconds(at(1000)) == 62
    assert not state.usage_runs


def test_each_active_stretch_adds_to_usage():
    state = session(
        *first_job(10),
        finished(12),
        moved(72, State.INACTIVE),
        queued(100, "b"),
        moved(100, State.ACTIVE),
        started(100, "b"),
    )
    assert state.usage_seconds(at(105)) == 62 + 5
    assert state.activated == at(100)


def test_a_closing_session_is_in_use_until_its_last_job_ends():
    state = session(*first_job(0), moved(5, State.CLOSING))
    assert state.usage_seconds(at(30)) == 30
    state.apply(finished(40))
    state.apply(moved(40, State.CLOSED))
    assert state.usage_seconds(at(99)) == 40
    assert not state.usage_runs


def test_a_closing_session_is_in_use_between_its_jobs_too():
    state = session(*first_job(0), queued(0, "b"), moved(5, State.CLOSING), finished(10, "a"))
    assert state.usage_seconds(at(20)) == 20
    assert state.usage_runs


@pytest.mark.parametrize("end", [State.CANCELLED, State.EXPIRED])
def test_a_job_that_runs_on_after_the_end_adds_to_usage_until_it_ends(end):
    state = session(*first_job(0), moved(5, end))
    assert state.usage_runs
    assert state.usage_seconds(at(8)) == 8
    state.apply(finished(12))
    assert state.usage_seconds(at(99)) == 12
    assert not state.usage_runs


@pytest.mark.parametrize("end", [State.CLOSED, State.CANCELLED, State.EXPIRED])
def test_usage_of_an_idle_session_stops_with_its_end(end):
    assert session(*first_job(0), finished(2), moved(9, end)).usage_seconds(at(99)) == 9


def test_jobs_dropped_at_the_end_do_not_stop_usage_while_another_runs():
    state = session(
        *first_job(0), queued(0, "b"), moved(5, State.CANCELLED), finished(5, "b", CANCELLED)
    )
    assert state.usage_seconds(at(9)) == 9


@pytest.mark.parametrize("before", [[], [moved(10, State.ACTIVE), moved(20, State.INACTIVE)]])
def test_a_job_that_starts_only_after_the_session_was_closed_is_usage_too(before):
    state = session(
        opened(0), *before, queued(25), moved(30, State.CLOSING), started(40), finished(45)
    )
    state.apply(moved(45, State.CLOSED))
    assert state.usage_seconds(at(99)) == (5 if not before else 10 + 5)


def test_usage_of_a_batch_is_the_qpu_time_of_its_jobs():
    state = session(
        *first_job(0),
        queued(0, "b"),
        finished(10, "a", qpu_seconds=2.5),
        started(10, "b"),
        finished(20, "b", ERROR, qpu_seconds=0.5),
        mode="batch",
    )
    assert state.usage_seconds(at(500)) == 3.0
    assert not state.usage_runs


def test_qpu_seconds_add_up_in_a_session_too():
    state = session(*first_job(0), finished(10, qpu_seconds=2.5))
    assert state.qpu_seconds == 2.5
    assert state.usage_seconds(at(10)) == 10


def test_a_job_of_unknown_qpu_time_adds_none():
    assert session(*first_job(0), finished(10)).qpu_seconds == 0


def test_a_clock_that_was_set_back_makes_no_usage_negative():
    assert session(*first_job(100)).usage_seconds(at(0)) == 0


# --- the end --------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [State.CLOSED, State.CANCELLED, State.EXPIRED])
def test_the_end_is_remembered_with_its_reason(end):
    state = session(*first_job(0), finished(1), moved(9, end, "close() was called"))
    assert state.state is end
    assert state.ended == at(9)
    assert state.ended_reason == "close() was called"


def test_closing_is_not_yet_the_end():
    state = session(*first_job(0), moved(9, State.CLOSING, "close() was called"))
    assert state.ended is None
    assert state.ended_reason is None


# --- problems -------------------------------------------------------------------------------------


def test_a_problem_stands_until_it_is_over():
    state = session(opened(0), ProblemAppeared(at(1), "no network", stale_since=at(0)))
    assert (state.error, state.stale_since) == ("no network", at(0))
    state.apply(ProblemEnded(at(2)))
    assert (state.error, state.stale_since) == (None, None)


def test_a_problem_need_not_make_the_picture_stale():
    assert session(ProblemAppeared(at(1), "disk full")).stale_since is None


def test_a_problem_takes_the_place_of_an_earlier_one_about_the_same():
    state = session(
        ProblemAppeared(at(1), "no network", stale_since=at(0)),
        ProblemAppeared(at(2), "no answer", stale_since=at(0)),
    )
    assert (state.error, state.stale_since) == ("no answer", at(0))
    state.apply(ProblemEnded(at(3)))
    assert (state.error, state.stale_since) == (None, None)


@pytest.mark.parametrize("order", [1, -1])
def test_problems_about_different_things_end_each_by_itself(order: int):
    network = ProblemAppeared(at(1), "no network", stale_since=at(0), kind=ProblemKind.SERVICE)
    observer = ProblemAppeared(at(1), "a bug", kind=ProblemKind.OBSERVER)
    state = session(*[network, observer][::order])
    assert (state.error, state.stale_since) == ("no network", at(0))
    state.apply(ProblemEnded(at(2), ProblemKind.OBSERVER))
    assert (state.error, state.stale_since) == ("no network", at(0))
    state = session(*[network, observer][::order], ProblemEnded(at(2), ProblemKind.SERVICE))
    assert (state.error, state.stale_since) == ("a bug", None)


def test_what_costs_is_shown_first():
    state = session(
        ProblemAppeared(at(1), "not closed", kind=ProblemKind.ENDING),
        ProblemAppeared(at(2), "no network", stale_since=at(2), kind=ProblemKind.SERVICE),
        ProblemAppeared(at(3), "a bug", kind=ProblemKind.OBSERVER),
    )
    assert (state.error, state.stale_since) == ("not closed", at(2))


# --- what views follow ----------------------------------------------------------------------------


def test_the_version_rises_with_every_event():
    events = [
        *first_job(),
        ProblemAppeared(at(1), "no network"),
        ProblemEnded(at(2)),
        finished(3),
        moved(4, State.CLOSED),
    ]
    state = session()
    for version, event in enumerate(events, start=1):
        state.apply(event)
        assert state.version == version


def test_touched_names_the_jobs_that_changed_oldest_change_first():
    state = session(opened(0), queued(0, "a"), queued(0, "b"), queued(0, "c"))
    assert list(state.touched) == ["a", "b", "c"]
    state.touched.clear()
    state.apply(finished(1, "c", CANCELLED))
    state.apply(started(1, "a"))
    state.apply(finished(2, "a"))
    assert list(state.touched) == ["c", "a"]


def test_what_does_not_change_a_job_touches_none():
    state = session(
        opened(0), moved(0, State.ACTIVE), ProblemAppeared(at(1), "x"), ProblemEnded(at(2))
    )
    assert not state.touched


# --- what cannot be -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "illegal"),
    [
        ([opened(0)], opened(1, "other")),
        ([], moved(1, State.ACTIVE)),
        ([opened(0)], moved(1, State.INACTIVE)),
        (first_job(), moved(1, State.OPEN)),
        ([*first_job(), moved(1, State.CLOSING)], moved(2, State.ACTIVE)),
        ([*first_job(), moved(1, State.CANCELLED, "stop")], moved(2, State.CLOSED, "again")),
        ([*first_job(), finished(1), moved(1, State.CLOSED)], opened(2, "other")),
    ],
)
def test_an_illegal_move_leaves_everything_as_it_was(events, illegal):
    state = session(*events)
    before = deepcopy(state)
    with pytest.raises(IllegalMoveError):
        state.apply(illegal)
    assert state == before


@pytest.mark.parametrize("event", [started(1, "nobody"), finished(1, "nobody")])
def test_news_of_an_unknown_job_is_refused_and_changes_nothing(event):
    state = session(*first_job())
    before = deepcopy(state)
    with pytest.raises(KeyError):
        state.apply(event)
    assert state == before


def test_sessions_share_nothing():
    one, other = session(), session()
    one.apply(queued(0))
    assert other == session()
    assert replace(one, version=0) != other


def test_values_are_kept_with_the_job_they_are_of():
    values = (ExpectationValue(-0.5, 0.1),)
    state = session(*first_job(0), finished(5, values=values))
    assert state.jobs["a"].values == values


def test_values_that_became_known_earlier_than_the_end_stay():
    values = (ExpectationValue(-0.5, 0.1),)
    state = session(*first_job(0), JobMeasured(at(4), "a", values))
    state.touched.clear()
    state.apply(finished(5))
    assert state.jobs["a"].values == values
    state.touched.clear()
    state.apply(JobMeasured(at(6), "a", ()))
    assert list(state.touched) == ["a"]
    assert not state.jobs["a"].values
