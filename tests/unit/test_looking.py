"""A thread that looks after something is told when, and ends with it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from qsession.clock import start_polling_thread
from qsession.testing import ManualClock
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads, until_dropped

if TYPE_CHECKING:
    from qsession.clock import WakeUps


class Watched:
    """Tells of each look; says what it was told to say."""

    def __init__(self, clock: ManualClock, looks: SimpleQueue[datetime]) -> None:
        self._clock = clock
        self._looks = looks
        self.look_again: datetime | None = None
        self.is_over = False

    def look(self) -> tuple[datetime | None, bool]:
        said = self.look_again, self.is_over
        self._looks.put(self._clock.now())
        return said


@pytest.fixture
def looks() -> SimpleQueue[datetime]:
    return SimpleQueue()


@pytest.fixture
def wake_ups() -> WakeUps:
    return SimpleQueue()


@pytest.fixture
def make(
    clock: ManualClock, looks: SimpleQueue[datetime], new_threads: NewThreads
) -> Callable[[], Watched]:
    return lambda: Watched(clock, looks)


def test_it_looks_at_once_and_whenever_it_is_woken(make, clock, looks, wake_ups):
    watched = make()
    start_polling_thread(watched.look, wake_ups, clock, "qsession-test")
    looks.get(timeout=PATIENCE_S)
    wake_ups.put(None)
    looks.get(timeout=PATIENCE_S)
    watched.is_over = True
    wake_ups.put(None)
    assert looks.get(timeout=PATIENCE_S) == clock.now()


def test_one_look_sees_all_that_woke_it(make, clock, looks, wake_ups, new_threads: NewThreads):
    watched = make()
    watched.is_over = True
    for _ in range(5):
        wake_ups.put(None)
    start_polling_thread(watched.look, wake_ups, clock, "qsession-test")
    assert new_threads.left_when_done() == []
    assert (looks.qsize(), wake_ups.qsize()) == (1, 0)


def test_it_looks_again_when_it_is_time_and_not_before(make, clock, looks, wake_ups):
    watched, start = make(), clock.now()
    watched.look_again = start + timedelta(hours=1)
    start_polling_thread(watched.look, wake_ups, clock, "qsession-test")
    assert looks.get(timeout=PATIENCE_S) == start
    watched.is_over = True
    clock.advance(3599)
    clock.advance(1)
    assert looks.get(timeout=PATIENCE_S) == start + timedelta(hours=1)
    assert looks.empty()


class Napping(ManualClock):
    """A clock that comes back early, as the computer's does, and tells how often."""

    def __init__(self) -> None:
        super().__init__()
        self.naps = 0

    def wait(self, wake_ups: WakeUps, until: datetime | None) -> bool:
        self.naps += 1
        if self.naps == 3:
            self.advance(60)
        return False


def test_a_nap_is_no_reason_to_look(looks, wake_ups, new_threads: NewThreads):
    clock = Napping()
    watched = Watched(clock, looks)
    watched.look_again = clock.now() + timedelta(seconds=60)
    start_polling_thread(watched.look, wake_ups, clock, "qsession-test")
    first = looks.get(timeout=PATIENCE_S)
    watched.is_over = True
    assert new_threads.left_when_done() == []
    assert looks.get(timeout=PATIENCE_S) - first == timedelta(seconds=60)


def test_looks_are_spaced(make, looks, wake_ups, new_threads: NewThreads):
    pauses: list[float] = []

    class Counting(ManualClock):
        def pause(self, seconds: float) -> None:
            pauses.append(seconds)

    clock = Counting()
    watched = make()
    start_polling_thread(watched.look, wake_ups, clock, "qsession-test", gap_s=0.5)
    looks.get(timeout=PATIENCE_S)
    watched.is_over = True
    wake_ups.put(None)
    assert new_threads.left_when_done() == []
    assert pauses == [0.5]


def test_it_ends_with_what_it_looks_after(make, clock, looks, wake_ups, new_threads: NewThreads):
    watched = make()
    weakref.finalize(watched, wake_ups.put, None)
    start_polling_thread(watched.look, wake_ups, clock, "qsession-test")
    looks.get(timeout=PATIENCE_S)
    gone = weakref.ref(watched)
    del watched
    until_dropped(lambda: gone() is None)
    assert new_threads.left_when_done() == []
