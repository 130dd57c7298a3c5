"""A session at one moment."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from qsession.model.bill import Budget
from qsession.model.events import ProblemAppeared
from qsession.model.session_state import Limits
from qsession.model.snapshot import SessionSnapshot, WorkLabel
from qsession.model.states import JobStatus, State
from tests.unit.pictures import picture
from tests.unit.story import at, finished, first_job, moved, queued, session


def test_a_picture_of_a_running_session():
    state = session(*first_job(10), queued(10, "b"), limits=Limits(600, 30), mode="session")
    label = WorkLabel("ansatz", "estimator", precision=0.02)
    assert picture(
        state, 40, name="mine", max_time_s=600, programs=(label,), can_cancel_running=True
    ) == SessionSnapshot(
        state=State.ACTIVE,
        session_id="s1",
        name="mine",
        backend="fake_manila",
        mode="session",
        max_time_s=600,
        limit_s=600,
        interactive_timeout_s=30,
        now=at(40),
        opened=state.opened,
        started=at(10),
        expires=at(610),
        idle_since=None,
        idle_until=None,
        ended=None,
        ended_reason=None,
        remaining_s=570,
        usage_s=30,
        usage_runs=True,
        qpu_s=0,
        counts={
            JobStatus.QUEUED: 1,
            JobStatus.RUNNING: 1,
            JobStatus.DONE: 0,
            JobStatus.CANCELLED: 0,
            JobStatus.ERROR: 0,
        },
        programs=(label,),
        last_work=WorkLabel("bell", "sampler"),
        can_cancel_running=True,
        is_paid=False,
        queue=None,
        quota=None,
        price=None,
        budget=Budget(),
        stale_since=None,
        error=None,
    )


def test_a_picture_of_an_idle_session_says_until_when():
    shown = picture(session(*first_job(0), finished(5, qpu_seconds=1.5)), 6)
    assert (shown.idle_since, shown.idle_until) == (at(5), at(65))
    assert shown.qpu_s == 1.5


def test_a_picture_of_an_ended_session_says_when_and_why():
    shown = picture(session(*first_job(0), finished(5), moved(9, State.CLOSED, "done")), 100)
    assert (shown.ended, shown.ended_reason) == (at(9), "done")
    assert (shown.remaining_s, shown.usage_s, shown.usage_runs) == (0, 9, False)


def test_a_picture_shows_problems():
    shown = picture(session(ProblemAppeared(at(1), "no network", stale_since=at(0))))
    assert (shown.error, shown.stale_since) == ("no network", at(0))


def test_a_picture_does_not_change_with_the_session():
    state = session(*first_job(0))
    shown = picture(state)
    state.apply(finished(5))
    state.apply(moved(5, State.CLOSED))
    assert shown == picture(session(*first_job(0)))
    with pytest.raises(FrozenInstanceError):
        shown.state = State.CLOSED  # type: ignore[misc]  # what is tested


def test_before_any_job_there_is_no_last_work():
    assert picture(session()).last_work is None


def test_the_last_work_is_that_of_the_job_submitted_last():
    state = session(*first_job(0), queued(1, "b", name="vqe", primitive="estimator", shots=100))
    state.apply(finished(2, "a"))
    assert picture(state).last_work == WorkLabel("vqe", "estimator", 100)


def test_last_work_without_a_name_goes_by_its_job():
    state = session(*first_job(0), queued(1, "b", name=None))
    assert picture(state).last_work == WorkLabel("b", "sampler")
