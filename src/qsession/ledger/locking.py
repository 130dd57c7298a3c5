"""Bounded waiting for a file that other threads and processes write."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

T = TypeVar("T")

CALLER_WAIT_S: Final = 0.5
"""The longest time in seconds that whoever submits a job or lists sessions waits."""

LONGEST_WAIT_S: Final = 5.0
"""The longest time in seconds that the ledger's own thread waits. A write takes less than a
millisecond on a disk."""

LAST_WAIT_S: Final = 2.0
"""The longest wait at the end of the process."""

_FIRST_PAUSE_S: Final = 0.001
_LONGEST_PAUSE_S: Final = 0.02
"""SQLite's own pauses grow to 100 ms: with several busy kernels its turn may never come."""


class FileBusyError(Exception):
    """Another thread of this process uses the file, and has not come to its end in time."""


class Deadline:
    """The time at which somebody stops waiting."""

    def __init__(self, wait_s: float) -> None:
        self._at_s = time.monotonic() + wait_s

    @property
    def left_s(self) -> float:
        """Seconds left; 0 when it has passed."""
        return max(self._at_s - time.monotonic(), 0.0)


@contextmanager
def held(lock: threading.Lock, deadline: Deadline) -> Iterator[None]:
    """Hold a lock for a block.

    Raises:
        FileBusyError: If it was not released in time.
    """
    if not lock.acquire(timeout=deadline.left_s):
        raise FileBusyError
    try:
        yield
    finally:
        lock.release()


def tried_until(deadline: Deadline, lock: threading.Lock, attempt: Callable[[], T]) -> T:
    """Do something with a file, again and again while another process has it locked.

    Args:
        deadline: When to stop; it is tried once in any case.
        lock: Held during an attempt and not in between, so that other threads have their turn.
        attempt: Does all or nothing.

    Raises:
        FileBusyError: If the lock was not released in time.
        sqlite3.OperationalError: If the file is still locked then.
        Exception: Whatever else an attempt raises, at once.
    """
    pause_s = _FIRST_PAUSE_S
    while True:
        try:
            with held(lock, deadline):
                return attempt()
        except sqlite3.OperationalError as error:
            if not is_locked(error) or not deadline.left_s:
                raise
        time.sleep(min(pause_s, deadline.left_s))
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


def is_locked(error: Exception) -> bool:
    """Return True if another process, or thread, has the file locked."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
