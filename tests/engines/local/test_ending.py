"""How a local session ends: closed, cancelled; and how single jobs are cancelled."""

from __future__ import annotations

import pytest

from qsession.client_errors import JobCancelledError, SessionEndedError
from qsession.model.states import JobStatus
from tests.engines.bench import Bench
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads

QUEUED, RUNNING, DONE = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.DONE
CANCELLED = JobStatus.CANCELLED


def test_closing_lets_queued_and_running_jobs_finish(bench: Bench, gated: GatedBackend):
    first, second = bench.submit(), bench.submit()
    bench.engine.close("enough")
    assert bench.state == "closing"
    gated.let_through()
    first.result(PATIENCE_S)
    assert (bench.state, bench.statuses) == ("closing", [DONE, RUNNING])
    gated.let_through()
    second.result(PATIENCE_S)
    assert (bench.state, bench.statuses) == ("closed", [DONE, DONE])
    assert bench.story == ["open", "active", "closing", "closed"]
    assert bench.journal.state.ended_reason == "enough"


def test_closing_with_nothing_pending_ends_the_session_at_once(bench: Bench, gated: GatedBackend):
    gated.open_gate()
    bench.submit().result(PATIENCE_S)
    bench.engine.close("enough")
    assert bench.story == ["open", "active", "closed"]


def test_cancelling_drops_queued_jobs_and_lets_the_running_one_finish(
    bench: Bench, gated: GatedBackend
):
    running, queued = bench.submit(), bench.submit()
    bench.engine.cancel("cancel() was called")
    assert (bench.state, bench.statuses) == ("cancelled", [RUNNING, CANCELLED])
    with pytest.raises(JobCancelledError) as caught:
        queued.result(0)
    assert str(caught.value) == (
        f"Job {queued.job_id()} has no result: Cancelled because the session {running.job_id()} "
        "was cancelled: cancel() was called."
    )
    gated.let_through()
    running.result(PATIENCE_S)
    assert (bench.state, bench.statuses) == ("cancelled", [DONE, CANCELLED])
    assert len(gated.seeds) == 1


def test_a_closing_session_can_still_be_cancelled(bench: Bench, gated: GatedBackend):
    running, queued = bench.submit(), bench.submit()
    bench.engine.close("enough")
    bench.engine.cancel("too slow")
    assert bench.story == ["open", "active", "closing", "cancelled"]
    assert bench.journal.state.ended_reason == "too slow"
    assert queued.status() is CANCELLED
    gated.let_through()
    running.result(PATIENCE_S)
    assert bench.state == "cancelled"


@pytest.mark.parametrize("first", ["close", "cancel"])
@pytest.mark.parametrize("second", ["close", "cancel"])
def test_what_ended_a_session_first_counts(bench: Bench, first: str, second: str):
    getattr(bench.engine, first)("the first reason")
    ended = bench.story
    getattr(bench.engine, second)("the second reason")
    assert bench.story == ended
    assert bench.journal.state.ended_reason == "the first reason"


@pytest.mark.parametrize(("call", "state"), [("close", "closed"), ("cancel", "cancelled")])
def test_a_session_can_end_before_it_was_opened(bench: Bench, call: str, state: str):
    getattr(bench.engine, call)("not needed")
    assert bench.story == [state]
    assert bench.engine.details() is None


@pytest.mark.parametrize(("call", "state"), [("close", "closing"), ("cancel", "cancelled")])
def test_an_ending_session_refuses_work_and_says_when_and_why_it_ended(
    bench: Bench, call: str, state: str
):
    session_id = bench.submit().job_id()
    getattr(bench.engine, call)(f"{call}() was called")
    when = bench.clock.now().astimezone()
    bench.clock.advance(120)
    with pytest.raises(SessionEndedError) as caught:
        bench.submit()
    assert str(caught.value) == (
        f"The session {session_id} is closed: {state} at {when:%H:%M:%S}, 2m ago "
        f"({call}() was called). Open a new one to run this."
    )
    with pytest.raises(SessionEndedError):
        bench.engine.open()
    assert len(bench.records) == 1


def test_a_queued_job_can_be_cancelled(bench: Bench, gated: GatedBackend):
    running, queued, last = bench.submit(), bench.submit(), bench.submit()
    gated.wait_for_runs(1)
    assert queued.cancel() is True
    assert bench.statuses == [RUNNING, CANCELLED, QUEUED]
    assert queued.record.error == "Cancelled by the user."
    assert queued.record.started is None
    gated.let_through(2)
    last.result(PATIENCE_S)
    assert running.status() is DONE
    assert bench.state == "active"


def test_a_job_that_runs_or_has_ended_cannot_be_cancelled(bench: Bench, gated: GatedBackend):
    job, queued = bench.submit(), bench.submit()
    gated.wait_for_runs(1)
    assert job.cancel() is False
    assert queued.cancel() is True
    assert queued.cancel() is False
    gated.let_through()
    job.result(PATIENCE_S)
    assert job.cancel() is False
    assert bench.statuses == [DONE, CANCELLED]
    assert bench.engine.cancel_job("unknown") is False


@pytest.mark.parametrize("call", ["close", "cancel"])
def test_no_thread_outlives_the_session_and_its_last_job(
    bench: Bench, gated: GatedBackend, new_threads: NewThreads, call: str
):
    running = bench.submit()
    assert new_threads.names == {"qsession-local", "qsession-timekeeper"}
    getattr(bench.engine, call)("enough")
    gated.let_through()
    running.result(PATIENCE_S)
    assert new_threads.left_when_done() == []
