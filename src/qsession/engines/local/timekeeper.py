"""The thread that notices when time has changed a local session: `Timekeeper`."""

from __future__ import annotations

import logging
import threading
import weakref
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from qsession.clock import look_until_over
from qsession.threads import run_in_thread

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.clock import Clock, WakeUps

_log = logging.getLogger("qsession")


class Ticking(Protocol):
    """An object that has something to do at certain times; a timekeeper calls it then."""

    def tick(self) -> tuple[datetime | None, bool]:
        """Do what is due; say when to look again and whether nothing can follow."""
        ...


class Timekeeper:
    """Calls ``tick`` when a deadline has come.

    Its daemon thread starts with the first deadline, holds its owner weakly, and ends with the
    session or with the owner, whichever is first.
    """

    def __init__(self, owner: Ticking, clock: Clock) -> None:
        self._owner = weakref.ref(owner)
        self._clock = clock
        self._wake_ups: WakeUps = SimpleQueue()
        self._starting = threading.Lock()
        self._has_thread = False
        self._sleeps_until: datetime | None = None
        """The time until which the thread sleeps; None while it is about to look itself."""
        weakref.finalize(owner, self._wake_ups.put, None).atexit = False

    def look(self) -> None:
        """Do what is due, and see to it that the next deadline is noticed."""
        owner = self._owner()
        if owner is None:
            return
        deadline, has_ended = owner.tick()
        if deadline is None and not has_ended:
            return
        if not self._has_thread and deadline is not None and self._start():
            return  # it looks by itself
        sleeps_until = self._sleeps_until
        if deadline is None or sleeps_until is None or deadline < sleeps_until:
            # Also where there is no thread yet: somebody else may be starting it.
            self._wake_ups.put(None)

    def _start(self) -> bool:
        """Start the thread; False if there is one, or cannot be, or another thread is at it."""
        if not self._starting.acquire(blocking=False):
            return False
        try:
            if self._has_thread:
                return False
            look = weakref.WeakMethod(self._look_from_thread)
            run_in_thread(
                partial(look_until_over, look, self._wake_ups, self._clock), "qsession-timekeeper"
            )
            self._has_thread = True
        except RuntimeError:  # there are too many: the next job, or whoever looks, tries again
            _log.warning("No thread could be started that keeps the time of a session.")
            return False
        finally:
            self._starting.release()
        return True

    def _look_from_thread(self) -> tuple[datetime | None, bool]:
        owner = self._owner()
        if owner is None:
            return None, True
        self._sleeps_until = None
        deadline, has_ended = owner.tick()
        self._sleeps_until = deadline
        return deadline, has_ended
