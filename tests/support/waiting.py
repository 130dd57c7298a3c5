"""Waiting for other threads without sleeping: `until` and `NewThreads`."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from qsession.threads import IDLE
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from qsession.engines.journal import Journal
    from qsession.testing import ManualClock


_LOOK_AGAIN_S = 0.05
"""What a condition looks at may lie outside the journal: a log, an observer, the next journal."""


_STEP_S = 0.02
"""So long a thread has to do what is due before a clock moves on, so that a day is not over soon
where it is slow."""


def until(journal: Journal, condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; it is looked at after every change of the session."""
    changes: SimpleQueue[None] = SimpleQueue()
    journal.subscribe(changes)
    deadline = monotonic() + PATIENCE_S
    while not condition():
        assert monotonic() < deadline, f"It did not happen: {journal.state}"
        with suppress(Empty):
            changes.get(timeout=_LOOK_AGAIN_S)


def until_dropped(condition: Callable[[], bool]) -> None:
    """Collect garbage until the condition holds: a thread may hold for a moment what is dropped.

    No other thread runs while it is collected, so each of them has as long again for itself.
    """
    deadline = monotonic() + PATIENCE_S
    while True:
        began = monotonic()
        gc.collect()
        took_s = monotonic() - began
        if condition():
            return
        assert monotonic() < deadline, "It is still there."
        threading.Event().wait(max(took_s, _LOOK_AGAIN_S))


THREADS_OF_THE_PROCESS = frozenset({IDLE, "qsession-ledger", "qsession-workers"})
"""The names of those that are no session's. Warm workers are let go of a minute or more after the
last job that was not surely short, and on a busy machine that may be any job."""


def _turns() -> set[tuple[threading.Thread, int]]:
    """The threads, and how often each of them was used: one that was idle is as good as new."""
    return {(thread, getattr(thread, "turn", 0)) for thread in threading.enumerate()}


class NewThreads:
    """The threads of qsession that started after this was made."""

    def __init__(self) -> None:
        self._before = _turns()

    def __call__(self) -> list[threading.Thread]:
        """Those that are at work."""
        return [
            thread
            for thread, _ in _turns() - self._before
            if thread.name.startswith("qsession") and thread.name not in THREADS_OF_THE_PROCESS
        ]

    @property
    def names(self) -> set[str]:
        """Their names, without the numbers of pools."""
        return {thread.name.partition("_")[0] for thread in self()}

    def left_when_done(self) -> list[str]:
        """Wait for all of them to end, and name those that do not."""
        deadline = monotonic() + PATIENCE_S
        while (threads := self()) and monotonic() < deadline:
            threads[0].join(_STEP_S)
        return [thread.name for thread in self()]

    def left_as_time_passes(self, clock: ManualClock, step_s: float) -> list[str]:
        """Move the clock on until all of them have ended, and name those that do not."""
        deadline = monotonic() + PATIENCE_S
        while (threads := self()) and monotonic() < deadline:
            clock.advance(step_s)
            for thread in threads:
                thread.join(_STEP_S)
        return [thread.name for thread in self()]

    def until_dropped(self) -> None:
        """Collect garbage until all of them have ended."""
        until_dropped(lambda: not self())
