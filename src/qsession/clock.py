"""Time as the rest of the program sees it: injected, so that tests need not wait.

`qsession.testing.ManualClock` is the other implementation.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Protocol

WakeUps = SimpleQueue[None]
"""What a sleeping thread listens to. `SimpleQueue.put` may be called from anywhere, finalizers
and signal handlers included, and never blocks."""

LONGEST_NAP_S = 30.0
"""Deadlines are wall-clock times: after a laptop's sleep or a corrected clock a longer nap would
notice them late."""


class Clock(Protocol):
    """A source of time and the only thing that threads of qsession wait with."""

    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""
        ...

    def wait(self, wake_ups: WakeUps, until: datetime | None) -> bool:
        """Block until something is put into ``wake_ups`` or the time ``until`` may have come.

        It may return early: callers look at the clock again.

        Returns:
            Whether it was woken.
        """
        ...

    def pause(self, seconds: float) -> None:
        """Block for a moment, to space things out."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The current wall-clock time in UTC."""
        return datetime.now(UTC)

    def wait(self, wake_ups: WakeUps, until: datetime | None) -> bool:
        """Block until woken, until the deadline, or for `LONGEST_NAP_S` at most before one."""
        timeout_s = None
        if until is not None:
            timeout_s = min(max((until - self.now()).total_seconds(), 0.0), LONGEST_NAP_S)
        try:
            wake_ups.get(timeout=timeout_s)
        except Empty:
            return False
        return True

    def pause(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


def drain(wake_ups: WakeUps) -> None:
    """Take out everything that was put in: one look sees all that it stood for."""
    try:
        while True:
            wake_ups.get_nowait()
    except Empty:
        return
