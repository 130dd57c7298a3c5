"""Notices what dying threads print, and what is left when a program is over: `Notices`."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

import psutil  # type: ignore[import-untyped]  # has no types

from qsession.engines.local.workers.pool import workers
from qsession.model.job import JobRecord
from qsession.threads import IDLE
from tests.support.patience import PATIENCE_S
from tests.support.waiting import THREADS_OF_THE_PROCESS

_LOOK_AGAIN_S = 0.01

_OF_OTHERS = ("ThreadPoolExecutor", "pulse")
"""How threads begin that are not ours: those of Aer, which drops its executors, and whose threads
end when they are freed, and those that make a program's surroundings."""


def comes_true(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> bool:
    """Wait until the condition holds; False if it does not."""
    deadline = time.monotonic() + patience_s
    never = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        never.wait(_LOOK_AGAIN_S)
    return True


class Notices(logging.Handler):
    """What happened while its block ran.

    Attributes:
        words: What went wrong.
        happened: What else there was, and how often: a run that met nothing shows nothing.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.words: list[str] = []
        self.happened: Counter[str] = Counter()
        self._threads = {thread for thread in threading.enumerate() if thread.name != IDLE}
        self._processes = {child.pid for child in psutil.Process().children(recursive=True)}

    def __enter__(self) -> Self:
        self._hooks = threading.excepthook, sys.unraisablehook
        threading.excepthook = self._take_thread
        sys.unraisablehook = self._take_unraisable
        logging.getLogger("qsession").addHandler(self)
        logging.getLogger("concurrent.futures").addHandler(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        gc.collect()  # what is unraisable is raised by now
        threading.excepthook, sys.unraisablehook = self._hooks
        logging.getLogger("qsession").removeHandler(self)
        logging.getLogger("concurrent.futures").removeHandler(self)

    def note_jobs(self, records: Iterable[JobRecord]) -> None:
        """Count how the jobs ended."""
        self.happened.update(f"job {record.status.name}" for record in records)

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.words.append(f"logged: {record.getMessage()} {error!r}")

    def _take_thread(self, args: Any) -> None:
        self.words.append(f"a thread died: {args.thread.name}: {args.exc_value!r}")

    def _take_unraisable(self, args: Any) -> None:
        self.words.append(f"unraisable: {args.err_msg} {args.exc_value!r} in {args.object!r}")

    def look_for_leftovers(self) -> None:
        """Note the threads and processes that do not end by themselves."""
        if not comes_true(lambda: not self._new_threads()):
            self.words.append(f"threads are left: {sorted(self._new_threads())}")
        if not comes_true(lambda: not self._new_processes()):
            self.words.append(f"processes are left: {self._new_processes()}")

    def _new_threads(self) -> list[str]:
        return [
            thread.name
            for thread in threading.enumerate()
            if thread not in self._threads
            and thread.name not in THREADS_OF_THE_PROCESS
            and not thread.name.startswith(_OF_OTHERS)
            and "(process_request_thread)" not in thread.name  # of the loopback service
        ]

    def _new_processes(self) -> list[int]:
        # One worker stays for a while for the sessions that follow.
        kept = {worker.pid for worker in workers._idle}
        children = psutil.Process().children(recursive=True)
        return sorted({child.pid for child in children} - self._processes - kept)
