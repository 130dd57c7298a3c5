"""The worker processes of this process, lent to one session at a time: `Workers`."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable

from qsession.engines.local.running.worker import Worker

MOST_IDLE = os.cpu_count() or 1
"""Workers that wait for work. There are as many as were at work at the same time, up to this."""


class Workers:
    """Lends workers, and keeps them warm for as long as there are users.

    A session is a user from its first use of a worker until it has ended; nothing is left once the
    last one has. Sessions share them: a hundred that work one after the other have one worker.
    """

    def __init__(self, make: Callable[[], Worker] = Worker) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._wanted = 0
        self._idle: list[Worker] = []
        self._lent: set[Worker] = set()

    def join(self, width: int = 1) -> None:
        """Count one more user, who may use this many workers at once."""
        with self._lock:
            self._wanted += width

    def leave(self, width: int = 1) -> None:
        """Count one user less; the last one takes the idle workers along."""
        with self._lock:
            self._wanted -= width
            superfluous = self._take_superfluous()
        _close(superfluous)

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
        kept = min(self._wanted, MOST_IDLE)
        superfluous, self._idle = self._idle[kept:], self._idle[:kept]
        return superfluous

    def close(self) -> None:
        """End all of them, those at work included: the process ends."""
        with self._lock:
            workers = [*self._idle, *self._lent]
            self._idle = []
        _close(workers)

    def forget(self) -> None:
        """In a copy of this process: the workers are the original's."""
        workers = [*self._idle, *self._lent]
        self.__init__(self._make)  # type: ignore[misc] # its lock may have been held at the time
        for worker in workers:
            worker.forget()


def _close(workers: list[Worker]) -> None:
    for worker in workers:
        worker.close()


workers = Workers()
"""Those of this process."""

atexit.register(workers.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=workers.forget)
