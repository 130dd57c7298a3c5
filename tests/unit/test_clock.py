"""The computer's clock."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from qsession.clock import LONGEST_NAP_S, SystemClock, longest_wait_s


class Listener(SimpleQueue[None]):
    """A queue that nothing is put into, and that does not wait for it either."""

    timeout: float | None = -1

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        self.timeout = timeout
        raise Empty


def test_now_is_utc():
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_waiting_ends_when_woken():
    wake_ups: SimpleQueue[None] = SimpleQueue()
    wake_ups.put(None)
    SystemClock().wait(wake_ups, None)
    assert wake_ups.empty()


def test_without_a_deadline_it_waits_for_a_wake_up_alone():
    listener = Listener()
    SystemClock().wait(listener, None)
    assert listener.timeout is None


def test_waiting_for_a_time_that_has_passed_ends_at_once():
    listener = Listener()
    SystemClock().wait(listener, datetime.now(UTC) - timedelta(hours=1))
    assert listener.timeout == 0


def test_it_waits_until_the_deadline():
    listener = Listener()
    SystemClock().wait(listener, datetime.now(UTC) + timedelta(seconds=20))
    assert listener.timeout == pytest.approx(20, abs=5)


def test_it_looks_at_a_far_deadline_again_before_long():
    listener = Listener()
    SystemClock().wait(listener, datetime.now(UTC) + timedelta(days=1))
    assert listener.timeout == LONGEST_NAP_S


def test_only_where_ctrl_c_would_not_be_heard_waits_are_short():
    assert longest_wait_s("linux", (3, 11)) is None
    assert longest_wait_s("win32", (3, 14)) is None
    assert longest_wait_s("win32", (3, 13)) == 0.1
    told: list[float | None] = []
    thread = threading.Thread(target=lambda: told.append(longest_wait_s("win32", (3, 13))))
    thread.start()
    thread.join()
    assert told == [None]


@pytest.mark.parametrize("until", [None, timedelta(days=1), timedelta(seconds=0.05)])
def test_there_it_looks_again_and_again(until: timedelta | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("qsession.clock.longest_wait_s", lambda: 0.1)
    listener = Listener()
    SystemClock().wait(listener, None if until is None else datetime.now(UTC) + until)
    assert listener.timeout is not None
    assert listener.timeout <= 0.1


def test_waiting_really_takes_its_time():
    begin = time.monotonic()
    SystemClock().wait(SimpleQueue(), datetime.now(UTC) + timedelta(milliseconds=20))
    assert time.monotonic() - begin >= 0.015


def test_a_pause_takes_its_time():
    begin = time.monotonic()
    SystemClock().pause(0.02)
    assert time.monotonic() - begin >= 0.015
