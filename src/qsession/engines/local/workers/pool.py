"""The worker processes of this process, lent to one session at a time: `Workers`."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable

from qsession.engines.local.workers.worker import Worker
from qsession.forks import ForkSafeLock, in_child

MOST_IDLE = os.cpu_count() or 1
"""The largest number of idle workers; fewer are kept if the open sessions run fewer at once."""

KEPT_WARM_S = 120.0
"""The time in seconds that one worker waits for a session to come after the last one has ended: to
start another takes a second, and programs often open one session after the other."""

Timer = Callable[[float, Callable[[], None]], threading.Timer]


class Workers:
    """Lends workers, and keeps them warm for as long as there are users.

    A session is a user from its first use of a worker until it has ended; for a while after the
    last one has, one worker stays for those that follow. Sessions share them: a hundred that work
    one after the other have one worker.
    """

    def __init__(self, make: Callable[[], Worker] = Worker, timer: Timer = threading.Timer) -> None:
        self._make = make
        self._timer = timer
        self._waiting: threading.Timer | None = None
        self._lock = ForkSafeLock()
        self._wanted = 0
        self._idle: list[Worker] = []
        self._lent: set[Worker] = set()

    def join(self, width: int = 1) -> None:
        """Count one more user, who may use this many workers at once."""
        with self._lock:
            self._wanted += width
            self._stop_waiting()

    def leave(self, width: int = 1) -> None:
        """Count one user less; after the last one, one idle worker stays for a while."""
        with self._lock:
            self._wanted -= width
            superfluous = self._take_superfluous()
        _close(superfluous)

    def has_ready(self) -> bool:
        """Return True if an idle worker has loaded all that it needs."""
        with self._lock:
            return any(worker.is_ready for worker in self._idle)

    def warm(self) -> None:
        """See to it that a worker is on its way, without waiting for it.

        Raises:
            WorkerStartError: If there are no processes on this system.
        """
        with self._lock:
            if self._wanted and not self._idle and not self._lent:
                self._idle.append(self._make())

    def borrow(self) -> Worker:
        """Take a worker: one that waits, else a new one.

        Raises:
            WorkerStartError: If there are no processes on this system.
        """
        with self._lock:
            dead = [worker for worker in self._idle if not worker.is_alive]  # killed from outside
            self._idle = [worker for worker in self._idle if worker.is_alive]
            worker = self._idle.pop() if self._idle else self._make()
            self._lent.add(worker)
        _close(dead)
        return worker

    def give_back(self, worker: Worker, *, is_usable: bool = True) -> None:
        """Return a worker; it waits for the next one if it is usable and needed."""
        with self._lock:
            self._lent.discard(worker)
            superfluous = [] if is_usable else [worker]
            if is_usable:
                self._idle.append(worker)
            superfluous += self._take_superfluous()
        _close(superfluous)

    def _take_superfluous(self) -> list[Worker]:
        kept = min(max(self._wanted, 1), MOST_IDLE)
        superfluous, self._idle = self._idle[kept:], self._idle[:kept]
        if not self._wanted and self._idle and self._waiting is None:
            self._waiting = self._timer(KEPT_WARM_S, self._end_waiting)
            self._waiting.name = "qsession-workers"
            self._waiting.daemon = True
            self._waiting.start()
        return superfluous

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _end_waiting(self) -> None:
        """Nobody has come: let go of the last one."""
        with self._lock:
            self._waiting = None
            superfluous = [] if self._wanted else self._idle
            if not self._wanted:
                self._idle = []
        _close(superfluous)

    def close(self) -> None:
        """End all of them, those at work included: the process ends."""
        with self._lock:
            self._stop_waiting()
            workers = [*self._idle, *self._lent]
            self._idle = []
        _close(workers)

    def forget(self) -> None:
        """In a forked child: the workers are the parent's, and so are their users."""
        workers = [*self._idle, *self._lent]
        self._idle, self._lent, self._wanted, self._waiting = [], set(), 0, None
        for worker in workers:
            worker.forget()


def _close(workers: list[Worker]) -> None:
    for worker in workers:
        worker.close()


workers = Workers()
"""Those of this process."""

atexit.register(workers.close)
in_child(workers.forget)
