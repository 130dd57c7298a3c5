"""Waiting for a session's jobs, with a bar that shows them, and being told of them."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from numbers import Real
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from qsession.client_errors import JobTimeoutError
from qsession.clock import drain
from qsession.compat.jupyter import in_kernel
from qsession.engines.jobs import LoopEvent
from qsession.errors import InvalidInputError, shown
from qsession.model.states import JobStatus
from qsession.session.cancellation import stop_if_wanted
from qsession.session.job_callbacks import JobCallback
from qsession.session.submissions import WorkingSession

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from qsession.clock import WakeUps
    from qsession.engines.base import Woken
    from qsession.model.job import JobRecord


_LONGEST_NAP = timedelta(seconds=1)
"""The bar shows a new time after each nap, and Windows notices Ctrl-C only between two naps."""

_TOLD = "was_told_by_qsession"
"""The mark of an interrupt of which people have been told."""

_MOST_NAMED = 3
"""So many of the pending jobs are named in a message."""


class WaitingSession(WorkingSession):
    """A session that can be waited for, in a program, a notebook or a coroutine."""

    def wait(self, timeout: float | None = None, progress: bool = True) -> None:
        """Wait until no job of the session is queued or runs.

        It can be interrupted (Ctrl-C, ■): the jobs go on, and a line says how to come back.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.
            progress: Whether to show a bar, in a notebook or a terminal.

        Raises:
            JobTimeoutError: If jobs are pending when the time is over (a ``TimeoutError``); they
                go on.
            InvalidInputError: If ``timeout`` is not a number of seconds.
        """
        clock = self._journal.clock
        timeout_s = _read_timeout(timeout)
        deadline = None if timeout_s is None else clock.now() + timedelta(seconds=timeout_s)
        wake_ups: WakeUps = SimpleQueue()
        with (
            self._changes_told_to(wake_ups),
            JobsBar("Jobs", self._counts(), is_wanted=progress) as bar,
        ):
            try:
                while self._pending():
                    stop_if_wanted()
                    bar.show(self._counts(), "not updated" if self.stale_since else "")
                    self._show_while_waiting(is_over=False)
                    now = clock.now()
                    if deadline is not None and now >= deadline:
                        raise JobTimeoutError(self._timeout_words(timeout_s))
                    nap_ends = now + _LONGEST_NAP
                    clock.wait(wake_ups, min(nap_ends, deadline or nap_ends))
                    drain(wake_ups)
                bar.show(self._counts())
                self._show_while_waiting(is_over=True)
            except KeyboardInterrupt as interrupt:
                self.say_how_to_come_back(interrupt)
                raise
        stop_if_wanted()

    def _show_while_waiting(self, *, is_over: bool) -> None:
        """Show how it stands wherever that takes the thread that waits."""

    def say_how_to_come_back(self, interrupt: KeyboardInterrupt) -> None:
        """Print what goes on after an interrupt, once, and how to wait for it or to end it."""
        pending = self._pending()
        if not pending or getattr(interrupt, _TOLD, False):
            return
        setattr(interrupt, _TOLD, True)
        where = ""
        if self._engine.outlives_process:
            where = f" In another program: qsession.attach({self.session_id!r}).wait()."
        jobs = "its job goes" if pending == 1 else f"its {pending} jobs go"
        print(  # noqa: T201 - told to whoever pressed the keys
            f"Stopped waiting for the {self._mode} {self.session_id}; {jobs} on. session.wait() "
            f"waits again, session.cancel() ends it.{where}"
        )

    def __await__(self) -> Generator[Any, None, Self]:
        """Wait, without blocking the event loop, until no job is queued or runs.

        ``await session`` gives the session; `asyncio.timeout` bounds it, and the jobs go on.
        """
        return self._wait_in_loop().__await__()

    async def _wait_in_loop(self) -> Self:
        changed = LoopEvent()
        with self._changes_told_to(changed):
            while self._pending():
                await changed.wait()
        return self

    def on_job(
        self,
        callback: Callable[[JobRecord], object],
        *,
        statuses: str | Iterable[str] | None = None,
    ) -> Callable[[], None]:
        """Call ``callback`` with the record of a job whenever its status changes.

        It is called on a thread of the session's, one call at a time. Steps within 50 ms arrive as
        one: the last. If it fails, that is the session's ``error``, and it is called again with the
        next change.

        Args:
            callback: What to call.
            statuses: The statuses to tell of, such as ``"DONE"`` or ``("DONE", "ERROR")``; None is
                all of them.

        Returns:
            A function that ends it.

        Raises:
            InvalidInputError: If there is no such status.
        """
        told = JobCallback(self, callback, _read_statuses(statuses))
        self._publisher.add_listener(told)
        return lambda: self._publisher.remove_listener(told)

    # --- what is pending --------------------------------------------------------------------------

    def _pending(self) -> int:
        with self._journal.lock:
            return self._journal.state.pending

    def _counts(self) -> Counter[JobStatus]:
        with self._journal.lock:
            return self._journal.state.counts.copy()

    def _pending_words(self) -> str:
        """Such as ``2 jobs are pending (1 running: 7b2e; 1 queued: 81cc)``."""
        pending = [record for record in self.records() if not record.status.is_final]
        parts = []
        for status, word in ((JobStatus.RUNNING, "running"), (JobStatus.QUEUED, "queued")):
            ids = [record.job_id for record in pending if record.status is status]
            more = ", …" if len(ids) > _MOST_NAMED else ""
            if ids:
                parts.append(f"{len(ids)} {word}: {', '.join(ids[:_MOST_NAMED])}{more}")
        jobs = "1 job is" if len(pending) == 1 else f"{len(pending)} jobs are"
        return f"{jobs} pending ({'; '.join(parts)})" if parts else f"{jobs} pending"

    def _timeout_words(self, timeout_s: float | None) -> str:
        return (
            f"After {timeout_s:g} s {self._pending_words()} in session {self.session_id}. They go "
            "on; session.wait() waits again."
        )

    @contextmanager
    def _changes_told_to(self, woken: Woken) -> Iterator[None]:
        journal = self._journal
        journal.subscribe(woken)
        try:
            yield
        finally:
            journal.unsubscribe(woken)


def _read_timeout(timeout: object) -> float | None:
    if timeout is None:
        return None
    is_number = isinstance(timeout, Real) and not isinstance(timeout, bool)
    if not is_number or not 0 <= float(timeout) < math.inf:  # type: ignore[arg-type]
        raise InvalidInputError(
            f"timeout={shown(timeout)} is not a number of seconds, such as timeout=60; None waits "
            "as long as it takes."
        )
    return float(timeout)  # type: ignore[arg-type]


def _read_statuses(statuses: object) -> frozenset[JobStatus]:
    if statuses is None:
        return frozenset(JobStatus)
    named = [statuses] if isinstance(statuses, str) else statuses
    try:
        return frozenset(JobStatus(str(name).upper()) for name in named)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        known = ", ".join(JobStatus)
        raise InvalidInputError(
            f"statuses={shown(statuses)} names no statuses of jobs. There are {known}."
        ) from None


_FORMAT = "{desc}: {n_fmt}/{total_fmt}|{bar}| {elapsed}{postfix}"
_FINAL = tuple(status for status in JobStatus if status.is_final)


class JobsBar:
    """Counts the jobs that end: by tqdm in a terminal or a notebook, else in silence."""

    def __init__(self, title: str, counts: Mapping[JobStatus, int], *, is_wanted: bool) -> None:
        self._ended_before = _ended(counts)
        pending = sum(counts.values()) - self._ended_before
        # Nothing to wait for is nothing to show.
        self._bar = _tqdm(title, pending) if is_wanted and pending else None

    def show(self, counts: Mapping[JobStatus, int], note: str = "") -> None:
        """Show how many have ended, of all that were pending or came since."""
        if self._bar is None:
            return
        self._bar.total = sum(counts.values()) - self._ended_before
        self._bar.n = _ended(counts) - self._ended_before
        running, queued = counts[JobStatus.RUNNING], counts[JobStatus.QUEUED]
        words = [
            f"{running} running" if running else "",
            f"{queued} queued" if queued else "",
            note,
        ]
        self._bar.set_postfix_str(", ".join(filter(None, words)), refresh=False)
        self._bar.refresh()

    def __enter__(self) -> Self:
        """Leave the bar as it stands at the end of the block."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        """Leave the bar where it is, and end its line."""
        if self._bar is not None:
            self._bar.close()


def _ended(counts: Mapping[JobStatus, int]) -> int:
    return sum(counts[status] for status in _FINAL)


def _tqdm(title: str, total: int) -> Any:
    """A bar for where this runs; tqdm itself is silent where no terminal shows it."""
    is_notebook = in_kernel()
    if is_notebook:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of being new, and where widgets are missing
            from tqdm.auto import tqdm  # noqa: PLC0415 - loads ipywidgets
    else:
        from tqdm import tqdm  # noqa: PLC0415 - only who waits needs it
    # In a notebook standard error is no terminal, and yet there is a place for a bar.
    return tqdm(
        desc=title,
        unit="job",
        total=total,
        disable=False if is_notebook else None,
        bar_format=_FORMAT,
        mininterval=0,
    )
