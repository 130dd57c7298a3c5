"""Worker processes are shared: no more than are at work at the same time, none without users."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qsession.engines.local.workers.pool import KEPT_WARM_S, MOST_IDLE, Workers


class Pretended:
    """A worker without a process."""

    def __init__(self) -> None:
        self.is_alive = True
        self.is_forgotten = False
        self.is_ready = False

    def close(self) -> None:
        self.is_alive = False

    def forget(self) -> None:
        self.is_forgotten = True


@pytest.fixture
def made() -> list[Pretended]:
    return []


class Waiting:
    """A timer that runs out when the test says so."""

    def __init__(self, seconds: float, then: Callable[[], None]) -> None:
        self.seconds, self.run_out = seconds, then
        self.name, self.daemon = "", False
        self.has_started = self.is_cancelled = False

    def start(self) -> None:
        self.has_started = True

    def cancel(self) -> None:
        self.is_cancelled = True


@pytest.fixture
def timers() -> list[Waiting]:
    return []


@pytest.fixture
def pool(made: list[Pretended], timers: list[Waiting]) -> Workers:
    def make() -> Pretended:
        made.append(Pretended())
        return made[-1]

    def timer(seconds: float, then: Callable[[], None]) -> Waiting:
        timers.append(Waiting(seconds, then))
        return timers[-1]

    return Workers(make, timer)  # type: ignore[arg-type]


def test_nothing_is_started_before_it_is_needed(pool, made):
    pool.join()
    assert made == []


def test_users_who_take_turns_share_one(pool, made):
    for _ in range(3):
        pool.join()
        pool.give_back(pool.borrow())
    assert len(made) == 1


def test_users_at_the_same_time_have_one_each(pool, made):
    pool.join()
    pool.join()
    assert pool.borrow() is not pool.borrow()


def test_a_worker_that_was_warmed_is_the_one_that_is_lent(pool, made):
    pool.join()
    pool.warm()
    pool.warm()
    assert len(made) == 1
    assert pool.borrow() is made[0]


def test_without_a_user_none_is_warmed(pool, made):
    pool.warm()
    assert made == []


def test_after_the_last_user_one_waits_for_the_next(pool, made, timers):
    pool.join(2)
    for worker in [pool.borrow(), pool.borrow()]:
        pool.give_back(worker)
    pool.leave(2)
    assert [worker.is_alive for worker in made].count(True) == 1
    (waiting,) = timers
    assert (waiting.seconds, waiting.has_started, waiting.daemon) == (KEPT_WARM_S, True, True)
    pool.join()
    assert waiting.is_cancelled
    assert pool.borrow().is_alive
    assert len(made) == 2


def test_it_does_not_wait_for_ever(pool, made, timers):
    pool.join()
    pool.give_back(pool.borrow())
    pool.leave()
    timers[0].run_out()
    assert not made[0].is_alive
    pool.join()
    assert pool.borrow() is made[1]


def test_a_timer_that_runs_out_late_takes_nothing_from_a_new_user(pool, made, timers):
    pool.join()
    pool.give_back(pool.borrow())
    pool.leave()
    pool.join()
    timers[0].run_out()
    assert pool.borrow() is made[0]
    assert made[0].is_alive


def test_one_that_comes_back_when_all_users_have_left_waits_too(pool, made, timers):
    pool.join()
    worker = pool.borrow()
    pool.leave()
    pool.give_back(worker)
    assert worker.is_alive
    timers[0].run_out()
    assert not worker.is_alive


def test_it_is_ready_when_one_that_waits_has_loaded_everything(pool, made):
    pool.join()
    assert not pool.has_ready()
    pool.warm()
    assert not pool.has_ready()
    made[0].is_ready = True
    assert pool.has_ready()
    pool.borrow()
    assert not pool.has_ready()


def test_one_that_is_no_longer_usable_is_closed_and_replaced(pool, made):
    pool.join()
    pool.give_back(pool.borrow(), is_usable=False)
    assert not made[0].is_alive
    assert pool.borrow() is made[1]


def test_one_that_died_while_nobody_used_it_is_replaced(pool, made):
    pool.join()
    pool.give_back(pool.borrow())
    made[0].is_alive = False
    assert pool.borrow() is made[1]


def test_no_more_wait_than_are_wanted_or_there_are_processors(pool, made):
    pool.join(2)
    for worker in [pool.borrow() for _ in range(3)]:
        pool.give_back(worker)
    assert sum(worker.is_alive for worker in made) == min(2, MOST_IDLE)


def test_the_end_of_the_process_closes_those_at_work_too(pool, made):
    pool.join(2)
    pool.give_back(pool.borrow())
    pool.borrow()
    pool.warm()
    pool.close()
    assert not any(worker.is_alive for worker in made)


def test_a_copy_of_the_process_lets_go_of_them(pool, made):
    pool.join()
    pool.give_back(pool.borrow())
    pool.forget()
    assert made[0].is_alive
    assert made[0].is_forgotten
    pool.join()
    assert pool.borrow() is made[1]
