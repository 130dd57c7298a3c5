"""Requests to stop work on another thread, and the points where it notices: `Stop`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class CellCancelled(KeyboardInterrupt):
    """A cell that runs in the background was cancelled.

    As with ■, ``except Exception`` does not hold it up.
    """


class Stop:
    """A wish that some work ends; it does so when it next submits a job or waits for one."""

    def __init__(self) -> None:
        self._wanted = threading.Event()

    def want(self) -> None:
        """Ask for it."""
        self._wanted.set()

    @property
    def is_wanted(self) -> bool:
        """True if a stop was requested."""
        return self._wanted.is_set()

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Let the work of a block notice it."""
        token = _heeded.set(self)
        try:
            yield
        finally:
            _heeded.reset(token)


_heeded: ContextVar[Stop | None] = ContextVar("qsession_stop", default=None)


def stop_if_wanted() -> None:
    """End the work that was asked to stop.

    Raises:
        CellCancelled: If it was.
    """
    stop = _heeded.get()
    if stop is not None and stop.is_wanted:
        raise CellCancelled("The background cell was cancelled.")
