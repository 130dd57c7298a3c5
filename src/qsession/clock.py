"""Time as the rest of the program sees it, and threads that look after something now and then.

Time is injected, so that tests need not wait: `qsession.testing.ManualClock` is the other clock.
"""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Protocol, TypeAlias

WakeUps = SimpleQueue[None]
"""The queue that a sleeping thread listens to. `SimpleQueue.put` may be called from anywhere,
finalizers and signal handlers included, and never blocks."""

LONGEST_NAP_S = 30.0
"""Deadlines are wall-clock times: after a laptop's sleep or a corrected clock a longer nap would
notice them late."""


_HEARING_S = 0.1
"""So often a wait that cannot be interrupted is left, for Ctrl-C to be heard."""


def longest_wait_s(
    platform: str = sys.platform, version: tuple[int, ...] = sys.version_info[:2]
) -> float | None:
    """For how long this thread may wait at once, so that Ctrl-C is heard; None is any time.

    On Windows nobody who waits for a lock is interrupted before Python 3.14, and Python tells the
    main thread alone.
    """
    is_deaf = platform == "win32" and version < (3, 14)
    is_main = threading.current_thread() is threading.main_thread()
    return _HEARING_S if is_deaf and is_main else None


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
        if (longest_s := longest_wait_s()) is not None:
            timeout_s = longest_s if timeout_s is None else min(timeout_s, longest_s)
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


Look: TypeAlias = "Callable[[], tuple[datetime | None, bool]]"
"""Does what is due. Says when to look again (None: when woken), and whether this was the last."""


def start_polling_thread(
    look: Look, wake_ups: WakeUps, clock: Clock, name: str, *, gap_s: float = 0.0
) -> threading.Thread:
    """Start a daemon thread that is in `look_until_over`; see there."""
    thread = threading.Thread(
        target=look_until_over,
        args=(weakref.WeakMethod(look), wake_ups, clock, gap_s),
        name=name,
        daemon=True,
    )
    thread.start()
    return thread


def look_until_over(
    ref: weakref.WeakMethod[Look], wake_ups: WakeUps, clock: Clock, gap_s: float = 0.0
) -> None:
    """Look at once, whenever woken, and when it is time.

    Ends when the look says so, or when it is woken and the object whose method it is is gone.

    Args:
        ref: The method.
        wake_ups: What is put in here wakes the thread.
        clock: What it waits by.
        gap_s: Seconds between two looks at least.
    """
    while True:
        look = ref()
        if look is None:
            return
        drain(wake_ups)  # whatever woke this thread has happened: one look sees it all
        look_again, was_last = look()
        if was_last:
            return
        del look  # so that this thread does not keep its object alive
        if gap_s:
            clock.pause(gap_s)
        # Not woken and not yet time: the clock took a short nap, or it was turned back.
        before = clock.now()
        while not clock.wait(wake_ups, look_again):
            if look_again is None or not before <= clock.now() < look_again:
                break
            before = clock.now()
