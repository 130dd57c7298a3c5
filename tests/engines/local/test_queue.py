"""The local engine runs one job at a time, in the order in which they came."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import create_autospec

import pytest
from qiskit_aer import AerSimulator

from qsession.circuits.pubs import read_request
from qsession.engines.journal import Keeper
from qsession.engines.local.job import LocalJob
from qsession.errors import JobFailedError
from qsession.model.states import JobStatus
from tests.engines.bench import Bench
from tests.support.circuits import bell, flipped, rotation
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S
from tests.support.too_many_threads import refuse_threads

QUEUED, RUNNING, DONE = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.DONE


def test_the_first_job_opens_the_session_and_gives_it_its_id(bench: Bench):
    assert (bench.state, bench.engine._scheduler.session_id) == ("not-started", None)
    first, second = bench.submit(), bench.submit()
    assert bench.journal.state.session_id == first.job_id() == first.session_id
    assert second.session_id == first.job_id() != second.job_id()
    assert bench.story == ["open", "active"]


def test_a_session_opened_at_once_has_an_id_of_its_own(bench: Bench):
    bench.engine.open()
    session_id = bench.journal.state.session_id
    job = bench.submit()
    assert session_id
    assert session_id != job.job_id()
    assert job.session_id == session_id


def test_opening_an_open_session_changes_nothing(bench: Bench):
    bench.engine.open()
    session_id = bench.journal.state.session_id
    bench.engine.open()
    assert (bench.journal.state.session_id, bench.story) == (session_id, ["open"])


def test_a_job_is_written_down_before_it_starts(bench: Bench):
    """Else its submitter waits for the thread that computes it."""
    found: list[list[JobStatus]] = []
    bench.journal.keeper = keeper = create_autospec(Keeper, instance=True)
    keeper.keep.side_effect = lambda: found.append(bench.statuses)
    bench.submit()
    bench.submit()
    assert found == [[QUEUED], [RUNNING, QUEUED]]
    assert bench.statuses == [RUNNING, QUEUED]


def test_a_job_runs_whatever_ends_the_wait_for_the_disk(bench: Bench, gated: GatedBackend):
    bench.journal.keeper = keeper = create_autospec(Keeper, instance=True)
    keeper.keep.side_effect = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        bench.submit()
    assert bench.statuses == [RUNNING]
    gated.let_through()
    job = bench.engine.job(bench.records[0].job_id)
    assert job is not None
    assert job.result(PATIENCE_S).get_counts() == {"1": 100}


def test_jobs_run_one_at_a_time_and_in_order(bench: Bench, gated: GatedBackend):
    jobs = [bench.submit(seed_simulator=seed) for seed in (5, 6, 7)]
    assert bench.statuses == [RUNNING, QUEUED, QUEUED]
    gated.let_through()
    jobs[0].result(PATIENCE_S)
    assert bench.statuses == [DONE, RUNNING, QUEUED]
    gated.let_through()
    jobs[1].result(PATIENCE_S)
    assert bench.statuses == [DONE, DONE, RUNNING]
    gated.let_through()
    jobs[2].result(PATIENCE_S)
    assert bench.statuses == [DONE, DONE, DONE]
    assert (gated.seeds, gated.most_at_work) == ([5, 6, 7], 1)


def test_a_job_remembers_when_it_was_queued_started_and_finished(bench: Bench, gated: GatedBackend):
    start = bench.clock.now()
    before, job = bench.submit(), bench.submit()
    assert (job.record.created, job.record.started, job.record.finished) == (start, None, None)
    bench.clock.advance(10)
    gated.let_through()
    before.result(PATIENCE_S)
    assert job.record.started == start + timedelta(seconds=10)
    gated.wait_for_runs(2)
    bench.clock.advance(5)
    gated.let_through()
    job.result(PATIENCE_S)
    assert job.record.finished == start + timedelta(seconds=15)
    assert job.record.run_seconds == job.record.qpu_seconds == 5


def test_a_record_tells_what_was_submitted(bench: Bench):
    named = bench.engine.run_circuits([bell(), flipped()], {"shots": 7}, "my work").record
    unnamed = bench.engine.run_circuits([bell(), flipped()], {}, None).record
    assert (named.name, named.primitive, named.shots) == ("my work", "circuits", 7)
    assert unnamed.name == "bell +1"
    assert unnamed.shots == 100  # the backend's own


def test_a_failing_job_gives_its_own_exception_and_the_session_goes_on(
    bench: Bench, gated: GatedBackend
):
    gated.failure = ZeroDivisionError("a broken simulator")
    failing = bench.submit()
    gated.let_through()
    with pytest.raises(ZeroDivisionError, match="a broken simulator"):
        failing.result(PATIENCE_S)
    assert failing.status() is JobStatus.ERROR
    assert failing.error_message() == "ZeroDivisionError: a broken simulator"
    gated.failure = None
    gated.open_gate()
    assert bench.submit().result(PATIENCE_S).get_counts() == {"1": 100}
    assert bench.state == "active"


def test_a_burst_of_200_jobs_runs_in_order_in_one_thread(bench: Bench, gated: GatedBackend):
    jobs = [bench.submit(shots=1, seed_simulator=number) for number in range(200)]
    gated.open_gate()
    for job in jobs:
        assert job.result(PATIENCE_S).get_counts() == {"1": 1}
    assert gated.seeds == list(range(200))
    assert gated.most_at_work == 1
    assert bench.statuses == [DONE] * 200
    assert bench.journal.state.session_id == jobs[0].job_id()


def test_jobs_submitted_from_many_threads_each_run_once(bench: Bench, gated: GatedBackend):
    gated.open_gate()
    start = threading.Barrier(8)

    def submit_some(thread: int) -> None:
        start.wait(PATIENCE_S)
        for number in range(10):
            bench.submit(shots=1, seed_simulator=10 * thread + number)

    threads = [threading.Thread(target=submit_some, args=(each,)) for each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    for record in bench.records:
        job = bench.engine.job(record.job_id)
        assert job is not None
        job.result(PATIENCE_S)
    assert sorted(seed for seed in gated.seeds if seed is not None) == list(range(80))
    assert gated.most_at_work == 1


class RefusingExecutor(Executor):
    """An executor that takes nothing, as one does that was shut down."""

    def submit(self, fn, /, *args, **kwargs):
        raise RuntimeError("cannot schedule new futures after shutdown")


def test_a_job_that_the_executor_refuses_fails_and_so_does_the_next(make_bench, gated):
    bench = make_bench(gated, executor=RefusingExecutor())
    for job in (bench.submit(), bench.submit()):
        with pytest.raises(RuntimeError, match="after shutdown"):
            job.result(PATIENCE_S)
        assert job.status() is JobStatus.ERROR


class InterruptedExecutor(Executor):
    """Runs tasks inside ``submit``; Ctrl-C comes during the first, while others are submitted."""

    def __init__(self) -> None:
        self.submit_meanwhile: Callable[[], object] = lambda: None

    def submit(self, fn, /, *args, **kwargs):
        submit_meanwhile, self.submit_meanwhile = self.submit_meanwhile, lambda: None
        if submit_meanwhile():
            raise KeyboardInterrupt
        future: Future[object] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_ctrl_c_ends_the_call_that_it_comes_in_and_the_queue_goes_on(make_bench):
    executor = InterruptedExecutor()
    behind: list[LocalJob] = []
    bench = make_bench(AerSimulator(), executor=executor)

    def submit_meanwhile() -> bool:
        other = threading.Thread(target=lambda: behind.extend(bench.submit() for _ in range(3)))
        other.start()
        other.join(PATIENCE_S)
        return True

    executor.submit_meanwhile = submit_meanwhile
    with pytest.raises(KeyboardInterrupt):
        bench.submit()
    for job in behind:
        assert job.result(PATIENCE_S).get_counts() == {"1": 1024}
    interrupted = bench.engine.job(bench.records[0].job_id)
    with pytest.raises(JobFailedError, match=r"was interrupted as it was to begin \(KeyboardInt"):
        interrupted.result(0)
    assert bench.statuses == [JobStatus.ERROR, DONE, DONE, DONE]


def interrupt_once(monkeypatch: pytest.MonkeyPatch, owner: Any, method: str) -> None:
    """Press Ctrl-C at the beginning of the next call of a method."""
    interrupts, call = iter([KeyboardInterrupt]), getattr(owner, method)

    def interrupted(*arguments: Any) -> Any:
        for interrupt in interrupts:
            raise interrupt
        return call(*arguments)

    monkeypatch.setattr(owner, method, interrupted)


def test_ctrl_c_just_before_a_job_starts_ends_it_and_the_queue_goes_on(
    bench: Bench, gated: GatedBackend, monkeypatch: pytest.MonkeyPatch
):
    interrupt_once(monkeypatch, bench.engine._scheduler.place, "start")
    with pytest.raises(KeyboardInterrupt):
        bench.submit()
    gated.open_gate()
    assert bench.submit().result(PATIENCE_S).get_counts() == {"1": 100}
    assert bench.statuses == [JobStatus.ERROR, DONE]


def test_ctrl_c_just_after_a_job_started_leaves_it_and_the_queue_goes_on(
    bench: Bench, gated: GatedBackend, monkeypatch: pytest.MonkeyPatch
):
    interrupt_once(monkeypatch, bench.engine._scheduler, "look")
    with pytest.raises(KeyboardInterrupt):
        bench.submit()
    gated.open_gate()
    assert bench.submit().result(PATIENCE_S).get_counts() == {"1": 100}
    assert bench.statuses == [DONE, DONE]


def test_an_error_that_cannot_be_put_into_words_is_its_class(bench: Bench, gated: GatedBackend):
    class WordlessError(Exception):
        def __str__(self) -> str:
            raise ZeroDivisionError

    gated.failure = WordlessError()
    gated.open_gate()
    job = bench.submit()
    with pytest.raises(WordlessError):
        job.result(PATIENCE_S)
    assert job.error_message() == "WordlessError"


def test_where_no_thread_can_be_started_jobs_fail_and_the_next_one_runs(
    bench: Bench, gated: GatedBackend, monkeypatch
):
    gated.open_gate()
    with monkeypatch.context() as patched:
        refuse_threads(patched)
        job = bench.submit()
    with pytest.raises(RuntimeError, match="can't start new thread"):
        job.result(0)
    assert bench.submit(shots=3).result(PATIENCE_S).get_counts() == {"1": 3}
    assert bench.statuses == [JobStatus.ERROR, DONE]


def test_work_that_cannot_be_described_is_not_taken_and_the_queue_goes_on(bench, gated):
    # As a primitive of IBM's may hand it over: `run` would have refused it.
    odd = replace(read_request((rotation(), "Z", [0])), options={"default_precision": "fine"})
    with pytest.raises(TypeError):
        bench.engine.run_pubs(odd)
    assert (bench.state, bench.records) == ("not-started", [])
    gated.open_gate()
    assert bench.submit(shots=3).result(PATIENCE_S).get_counts() == {"1": 3}


def test_live_jobs_are_found_by_id(bench: Bench):
    job = bench.submit()
    assert bench.engine.job(job.job_id()) is job
    assert bench.engine.job("unknown") is None
