"""Threads that look after something for as long as it is there: `start_looking`."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from qsession.clock import drain

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.clock import Clock, WakeUps

Look: TypeAlias = "Callable[[], tuple[datetime | None, bool]]"
"""Does what is due. Says when to look again (None: when woken), and whether this was the last."""


def start_looking(
    look: Look, wake_ups: WakeUps, clock: Clock, name: str, *, gap_s: float = 0.0
) -> threading.Thread:
    """Start a daemon thread that looks at once, whenever it is woken, and when it is time.

    It holds the object whose method ``look`` is weakly, and ends when that says so, or when it is
    woken and the object is gone.

    Args:
        look: A bound method.
        wake_ups: What is put in here wakes the thread.
        clock: What it waits by.
        name: The thread's name.
        gap_s: Seconds between two looks at least.
    """
    thread = threading.Thread(
        target=_look_until_over,
        args=(weakref.WeakMethod(look), wake_ups, clock, gap_s),
        name=name,
        daemon=True,
    )
    thread.start()
    return thread


def _look_until_over(
    ref: weakref.WeakMethod[Look], wake_ups: WakeUps, clock: Clock, gap_s: float
) -> None:
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
