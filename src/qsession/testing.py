"""For tests of programs that use qsession: a clock that stands still until it is told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsession.clock import WakeUps

__all__ = ["ManualClock"]


class ManualClock:
    """A clock that moves only by `advance`, for ``Session(..., clock=ManualClock())``."""

    def __init__(self, start: datetime = datetime(2026, 1, 31, 12, tzinfo=UTC)) -> None:
        self._now = start
        self._sleepers: set[SimpleQueue[None]] = set()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The time it was set to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move on and wake everything that waits for a time.

        Raises:
            ValueError: If ``seconds`` is negative: time does not go back.
        """
        if seconds < 0:
            raise ValueError(f"seconds={seconds} would turn the clock back.")
        with self._lock:
            self._now += timedelta(seconds=seconds)
            sleepers = tuple(self._sleepers)
        for wake_ups in sleepers:
            wake_ups.put(None)

    def wait(self, wake_ups: WakeUps, until: datetime | None) -> bool:
        """Block until woken, or until `advance` has moved the clock past ``until``."""
        while True:
            with self._lock:
                if until is not None and until <= self._now:
                    return False
                self._sleepers.add(wake_ups)
                before = self._now
            wake_ups.get()
            if self._now == before:
                return True

    def pause(self, seconds: float) -> None:
        """Return at once."""
