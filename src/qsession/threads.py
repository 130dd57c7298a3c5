"""Threads that are used again: `run_in_thread`.

A session in a script lasts some milliseconds, and to start its threads takes a tenth of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context
from queue import Empty, SimpleQueue
from typing import Final

from qsession.forks import in_child

IDLE: Final = "qsession-idle"
"""The name of a thread that has nothing to do."""

LONGEST_IDLE_S: Final = 20.0
"""After so long one that has nothing to do ends."""

MOST_IDLE: Final = 8
"""Of more at once, the others end as soon as they have nothing to do."""


class ReusedThread(threading.Thread):
    """Calls one function after the other. What a function raises ends it, as any thread.

    Attributes:
        turn: The number of functions it was given.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.turn = 0
        self._given: SimpleQueue[Callable[[], object]] = SimpleQueue()

    def take(self, call: Callable[[], object], name: str) -> None:
        """Have it call a function next. Only whoever made it, or took it from the idle, does so."""
        self.turn += 1
        self.name = name
        self._given.put(call)

    def run(self) -> None:
        """Call what it is given, until it is given nothing for long."""
        call: Callable[[], object] | None = self._given.get()
        while call is not None:
            Context().run(call)  # as empty as that of a new thread
            call = None  # so that this thread keeps nothing alive
            call = self._next()

    def _next(self) -> Callable[[], object] | None:
        self.name = IDLE
        _idle.append(self)
        try:
            return self._given.get(timeout=LONGEST_IDLE_S if len(_idle) <= MOST_IDLE else 0)
        except Empty:
            pass
        try:
            _idle.remove(self)
        except ValueError:  # somebody has just taken it
            return self._given.get()
        return None


_idle: list[ReusedThread] = []
"""Those that nobody has a function for; whoever takes one out uses it."""


@in_child
def _leave_to_parent() -> None:
    _idle.clear()


def run_in_thread(call: Callable[[], object], name: str) -> None:
    """Call a function in a daemon thread, in one that is idle if there is one.

    Args:
        call: The function. It is not held longer than it runs.
        name: The thread's name meanwhile.

    Raises:
        RuntimeError: If there are too many threads.
    """
    try:
        thread = _idle.pop()
    except IndexError:
        thread = ReusedThread()
        thread.take(call, name)
        thread.start()
    else:
        thread.take(call, name)
