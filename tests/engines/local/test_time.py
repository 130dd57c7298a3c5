"""What time does to a local session, by the rules of IBM's service."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime
from queue import SimpleQueue
from typing import Any

import pytest
from qiskit_aer import AerSimulator

from qsession.client_errors import JobCancelledError, SessionEndedError
from qsession.clock import WakeUps
from qsession.engines.local import timekeeper
from qsession.engines.local.timekeeper import Timekeeper
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus
from qsession.testing import ManualClock
from qsession.threads import run_in_thread
from tests.engines.bench import Bench
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S
from tests.support.turnable_clock import TurnableClock
from tests.support.waiting import NewThreads

DONE, RUNNING, CANCELLED = JobStatus.DONE, JobStatus.RUNNING, JobStatus.CANCELLED
FIVE_MINUTES = Limits(max_time_s=300)


def test_max_time_runs_from_the_start_of_the_first_job(make_bench, gated: GatedBackend):
    bench = make_bench(gated, limits=FIVE_MINUTES)
    bench.engine.open()
    assert bench.journal.state.remaining(bench.clock.now()) is None
    bench.clock.advance(1000)
    bench.submit()
    assert bench.journal.state.remaining(bench.clock.now()) == 300
    bench.clock.advance(299)
    assert bench.journal.state.remaining(bench.clock.now()) == 1
    assert bench.state == "active"


def test_expiry_cancels_queued_jobs_and_lets_the_running_one_finish(
    make_bench, gated: GatedBackend
):
    bench = make_bench(gated, limits=FIVE_MINUTES)
    running, queued = bench.submit(), bench.submit()
    bench.clock.advance(300)
    bench.wait_for("expired")
    with pytest.raises(JobCancelledError, match=r"was expired: its max_time of 5m ran out\.$"):
        queued.result(PATIENCE_S)
    assert bench.statuses == [RUNNING, CANCELLED]
    gated.let_through()
    running.result(PATIENCE_S)
    assert bench.statuses == [DONE, CANCELLED]
    with pytest.raises(SessionEndedError, match="its max_time of 5m ran out"):
        bench.submit()


class _Holding(Executor):
    """Begins nothing, and cancels what it was given."""

    def submit(self, *_args: Any, **_options: Any) -> Future[Any]:
        return Future()


def test_no_job_took_less_than_nothing_when_the_clock_is_turned_back(make_bench):
    clock = TurnableClock()
    bench = make_bench(AerSimulator(), clock=clock, executor=_Holding())
    job = bench.submit()
    clock.turn_back(3600)
    assert job.cancel()
    assert (job.record.qpu_seconds, bench.journal.state.qpu_seconds) == (0, 0)


def test_a_closing_session_can_expire(make_bench, gated: GatedBackend):
    bench = make_bench(gated, limits=FIVE_MINUTES)
    _, queued = bench.submit(), bench.submit()
    bench.engine.close("enough")
    bench.clock.advance(300)
    bench.wait_for("expired")
    assert queued.status() is CANCELLED


def test_a_session_is_inactive_after_the_interactive_timeout_and_active_with_the_next_job(
    bench: Bench, gated: GatedBackend
):
    job = bench.submit()
    bench.clock.advance(10)
    gated.let_through()
    job.result(PATIENCE_S)
    bench.clock.advance(60)
    bench.wait_for("inactive")
    bench.clock.advance(1000)
    bench.submit()
    bench.clock.advance(5)
    assert bench.story == ["open", "active", "inactive", "active"]
    # 10 s of work and 60 s of waiting, then 5 s of work: what was not held is not counted.
    assert bench.journal.state.usage_seconds(bench.clock.now()) == 75


def test_a_session_at_work_is_not_idle_however_long_it_takes(bench: Bench, gated: GatedBackend):
    job = bench.submit()
    bench.clock.advance(600)
    gated.let_through()
    job.result(PATIENCE_S)
    assert bench.story == ["open", "active"]
    assert bench.journal.state.idle_remaining(bench.clock.now()) == 60


def test_an_open_session_without_a_job_closes_after_30_minutes(bench: Bench):
    bench.engine.open()
    bench.clock.advance(30 * 60 - 1)
    assert bench.engine._scheduler.tick()[1] is False
    bench.clock.advance(1)
    bench.wait_for("closed")
    assert bench.journal.state.ended_reason == "no job was submitted within 30m"


def test_a_session_that_was_never_opened_waits_forever(bench: Bench, new_threads: NewThreads):
    bench.clock.advance(10**7)
    assert bench.engine._scheduler.tick() == (None, False)
    assert new_threads() == []
    bench.submit()
    assert bench.state == "active"


class DeafClock(ManualClock):
    """A clock whose passing wakes nobody, as when a laptop slept."""

    def wait(self, wake_ups: WakeUps, until: object) -> bool:
        wake_ups.get()
        return True


def test_a_late_timekeeper_lets_no_job_into_a_session_whose_time_is_over(
    make_bench, gated: GatedBackend
):
    bench = make_bench(gated, limits=FIVE_MINUTES, clock=DeafClock())
    bench.submit()
    bench.clock.advance(300)
    assert bench.state == "active"
    with pytest.raises(SessionEndedError):
        bench.submit()
    assert bench.state == "expired"


def test_jobs_alone_never_expire(make_bench, gated: GatedBackend, new_threads: NewThreads):
    bench = make_bench(gated, limits=Limits(max_time_s=None, interactive_timeout_s=None))
    gated.open_gate()
    bench.submit().result(PATIENCE_S)
    bench.clock.advance(10**7)
    bench.submit().result(PATIENCE_S)
    assert bench.story == ["open", "active"]
    assert "qsession-timekeeper" not in new_threads.names


class Ticking:
    """Something whose next deadline is an hour away."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.start = clock.now()
        self.has_ended = False
        self.hour = 23
        self.looks: SimpleQueue[datetime] = SimpleQueue()

    def tick(self):
        self.looks.put(self.clock.now())
        return None if self.has_ended else self.start.replace(hour=self.hour), self.has_ended


def test_a_timekeeper_ends_with_its_owner(clock: ManualClock, new_threads: NewThreads):
    owner = Ticking(clock)
    keeper = Timekeeper(owner, clock)
    keeper.look()
    assert new_threads.names == {"qsession-timekeeper"}
    del owner
    new_threads.until_dropped()


@pytest.fixture
def while_it_starts(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What others do when the thread of a timekeeper has looked, and nobody knows of it yet."""
    doings: list[Callable[[], None]] = []

    def start(call: Any, name: str) -> None:
        look = call.args[0]()  # while nobody else lets the keeper go
        run_in_thread(call, name)
        owner = look.__self__._owner()
        for _ in range(2):  # of whoever starts it, and of the thread
            owner.looks.get(timeout=PATIENCE_S)
        other = threading.Thread(target=doings[0])
        other.start()
        other.join(0.2)  # it may wait for this thread, too
        others.append(other)

    others: list[threading.Thread] = []
    monkeypatch.setattr(timekeeper, "run_in_thread", start)
    return doings


def test_a_timekeeper_hears_of_an_end_while_it_is_started(
    clock: ManualClock, new_threads: NewThreads, while_it_starts: list[Callable[[], None]]
):
    owner = Ticking(clock)
    keeper = Timekeeper(owner, clock)

    def end() -> None:
        owner.has_ended = True
        keeper.look()

    while_it_starts.append(end)
    keeper.look()
    assert new_threads.left_when_done() == []


def test_a_timekeeper_hears_of_an_earlier_deadline_while_it_is_started(
    clock: ManualClock, while_it_starts: list[Callable[[], None]]
):
    owner = Ticking(clock)
    keeper = Timekeeper(owner, clock)

    def have_it_earlier() -> None:
        owner.hour = 13
        keeper.look()

    while_it_starts.append(have_it_earlier)
    keeper.look()
    owner.looks.get(timeout=PATIENCE_S)  # of the other thread
    owner.looks.get(timeout=PATIENCE_S)  # of the timekeeper: it knows the new deadline
    owner.has_ended = True
    keeper.look()


def test_a_dropped_engine_takes_its_threads_with_it(
    gated: GatedBackend, clock: ManualClock, new_threads: NewThreads
):
    bench = Bench(gated, clock)
    gated.open_gate()
    bench.submit().result(PATIENCE_S)
    assert new_threads.names == {"qsession-local", "qsession-timekeeper"}
    del bench
    new_threads.until_dropped()
