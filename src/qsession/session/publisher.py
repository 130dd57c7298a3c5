"""Tells observers what changed, from a thread of its own: `Publisher`."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.clock import Clock, WakeUps
    from qsession.engines.base import Journal

_log = logging.getLogger("qsession")

SHORTEST_GAP_S = 0.05
"""Changes within this time go out together: at most twenty updates a second."""

JobsListener = Callable[[list[str]], None]
"""Called with the ids of the jobs that changed; the list is empty if only the session did."""


class Observed(Protocol):
    """What a publisher publishes."""

    def published_values(self) -> dict[str, Any]:
        """The current value of every trait."""
        ...

    def notify_trait(self, name: str, old: object, new: object) -> None:
        """Call whoever observes a trait."""
        ...


class Publisher:
    """Calls trait observers and views when a session has changed.

    Its daemon thread starts when somebody first observes, holds the session weakly, and ends once
    the session has ended and its last change is out, or when the session is gone.
    """

    def __init__(self, owner: Observed, journal: Journal) -> None:
        self._owner = weakref.ref(owner)
        self._journal = journal
        self._wake_ups: WakeUps = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._listeners: tuple[JobsListener, ...] = ()
        self._counts_down = False
        self._version = journal.state.version
        self._values = owner.published_values()
        weakref.finalize(owner, self._wake_ups.put, None).atexit = False

    def start(self, *, counts_down: bool = False) -> None:
        """Begin to publish.

        Args:
            counts_down: Whether times that pass count as changes, once a second. Views count down
                by themselves and need no telling.
        """
        self._counts_down |= counts_down
        with self._starting:
            if self._thread is None:
                self._journal.subscribe(self._wake_ups)
            elif self._thread.is_alive():
                self._wake_ups.put(None)
                return
            self._wake_ups.put(None)  # something may have changed before anybody observed
            self._thread = threading.Thread(
                target=_publish_until_ended,
                args=(weakref.ref(self), self._wake_ups, self._journal.clock),
                name="qsession-publisher",
                daemon=True,
            )
            self._thread.start()

    def add_listener(self, listener: JobsListener) -> None:
        """Call a view after each change."""
        with self._starting:
            self._listeners += (listener,)
        self.start()

    def publish(self) -> tuple[datetime | None, bool]:
        """Send out what has changed since the last time; only its own thread calls this.

        Returns:
            When time alone will have changed something (None: never), and whether all is said.
        """
        owner = self._owner()
        if owner is None:
            return None, True
        with self._journal.lock:
            state = self._journal.state
            touched = list(state.touched)
            state.touched.clear()
            has_changed = state.version != self._version
            self._version = state.version
            is_settled = state.state.is_terminal and not state.pending
            is_counting = state.remaining(self._journal.clock.now()) is not None
        values = owner.published_values()
        before, self._values = self._values, values
        for name, value in values.items():
            if value != before[name]:
                self._call(owner.notify_trait, name, before[name], value)
        if has_changed:
            for listener in self._listeners:
                self._call(listener, touched)
        next_second = None
        if self._counts_down and is_counting and not is_settled:
            next_second = self._journal.clock.now() + timedelta(seconds=1)
        return next_second, is_settled

    @staticmethod
    def _call(observer: Callable[..., None], *args: object) -> None:
        try:
            observer(*args)
        except Exception:  # noqa: BLE001 - see below
            # Whoever observes must not stop the session nor the other observers.
            _log.exception("An observer of a session failed.")


def _publish_until_ended(
    publisher_ref: weakref.ref[Publisher], wake_ups: WakeUps, clock: Clock
) -> None:
    next_second: datetime | None = None
    while True:
        clock.wait(wake_ups, next_second)
        _drain(wake_ups)
        publisher = publisher_ref()
        if publisher is None:
            return
        next_second, is_all_said = publisher.publish()
        if is_all_said:
            return
        del publisher  # so that this thread does not keep it alive
        clock.pause(SHORTEST_GAP_S)


def _drain(wake_ups: WakeUps) -> None:
    try:
        while True:
            wake_ups.get_nowait()
    except Empty:
        return
