"""The clock that our users test with."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue

import pytest

from qsession.testing import ManualClock
from tests.support.patience import PATIENCE_S
from tests.unit.story import NOON, at


def test_it_stands_still():
    clock = ManualClock()
    assert clock.now() == clock.now()
    assert clock.now().tzinfo is UTC


def test_it_starts_where_it_is_told_to():
    start = datetime(2030, 1, 1, tzinfo=UTC)
    assert ManualClock(start).now() == start


def test_it_moves_by_what_it_is_advanced():
    clock = ManualClock(NOON)
    clock.advance(90)
    clock.advance(0)
    clock.advance(0.5)
    assert clock.now() == NOON + timedelta(seconds=90.5)


def test_it_does_not_go_back():
    clock = ManualClock(NOON)
    with pytest.raises(ValueError, match=r"seconds=-1 would turn the clock back\."):
        clock.advance(-1)
    assert clock.now() == NOON


@pytest.mark.parametrize("until", [NOON, at(-1)])
def test_a_time_that_has_come_is_not_waited_for(until):
    ManualClock(NOON).wait(SimpleQueue(), until)


def test_a_pause_takes_no_time():
    clock = ManualClock(NOON)
    clock.pause(10_000)
    assert clock.now() == NOON


class Sleeper:
    """A thread that waits on the clock, again and again, until the time has come."""

    def __init__(self, clock: ManualClock, until: datetime | None) -> None:
        self.wake_ups: SimpleQueue[None] = SimpleQueue()
        self.is_told = False
        self._clock, self._until = clock, until
        self._thread = threading.Thread(target=self._sleep, daemon=True)
        self._thread.start()

    def _sleep(self) -> None:
        while not self.is_told and (self._until is None or self._clock.now() < self._until):
            self._clock.wait(self.wake_ups, self._until)

    def wakes(self) -> bool:
        self._thread.join(PATIENCE_S)
        return not self._thread.is_alive()


def test_advancing_wakes_those_whose_time_has_come():
    clock = ManualClock(NOON)
    sleepers = [Sleeper(clock, at(seconds)) for seconds in (10, 20)]
    clock.advance(20)
    assert all(sleeper.wakes() for sleeper in sleepers)


def test_a_deadline_reached_in_several_steps_is_noticed():
    clock = ManualClock(NOON)
    sleeper = Sleeper(clock, at(30))
    for _ in range(3):
        clock.advance(10)
    assert sleeper.wakes()


def test_who_sleeps_without_a_deadline_can_be_woken():
    sleeper = Sleeper(ManualClock(NOON), None)
    sleeper.is_told = True
    sleeper.wake_ups.put(None)
    assert sleeper.wakes()
