"""Waiting for a session's jobs, in a program, a notebook or a coroutine: `wait`."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
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
from qsession.model.durations import time_after
from qsession.model.states import JobStatus
from qsession.printing import say
from qsession.session.cancellation import stop_if_wanted

if TYPE_CHECKING:
    from types import TracebackType

    from qsession.clock import WakeUps
    from qsession.engines.journal import Journal, Woken
    from qsession.session.core import SessionCore
    from qsession.session.records import SessionRecords


_LONGEST_NAP = timedelta(seconds=1)
"""The bar shows a new time after each nap, and Windows notices Ctrl-C only between two naps."""

_FOREVER_S = 1e12
"""Beyond the end of the calendar; a number that is any larger may be no float."""

_TOLD = "was_told_by_qsession"
"""The mark of an interrupt of which people have been told."""

_MOST_NAMED = 3
"""So many of the pending jobs are named in a message."""


def wait(core: SessionCore, timeout: float | None, *, progress: bool) -> None:
    """Wait until no job of the session is queued or running; `Session.wait` says how.

    Args:
        core: The session.
        timeout: Seconds to wait at most; None waits as long as it takes.
        progress: Whether to show a bar, in a notebook or a terminal.

    Raises:
        JobTimeoutError: If jobs are pending when the time is over; they go on.
        InvalidInputError: If ``timeout`` is not a number of seconds.
    """
    clock, records = core.journal.clock, core.records
    timeout_s = _read_timeout(timeout)
    deadline = None if timeout_s is None else time_after(clock.now(), timeout_s)
    wake_ups: WakeUps = SimpleQueue()
    with (
        _changes_told_to(wake_ups, core.journal),
        JobsBar("Jobs", records.counts(), is_wanted=progress) as bar,
    ):
        try:
            while records.pending():
                stop_if_wanted()
                bar.show(records.counts(), "not updated" if records.state.stale_since else "")
                core.display.renew_while_waiting(is_over=False)
                now = clock.now()
                if deadline is not None and now >= deadline:
                    raise JobTimeoutError(_timeout_words(core, timeout_s))
                nap_ends = now + _LONGEST_NAP
                clock.wait(wake_ups, min(nap_ends, deadline or nap_ends))
                drain(wake_ups)
            bar.show(records.counts())
            core.display.renew_while_waiting(is_over=True)
        except KeyboardInterrupt as interrupt:
            say_how_to_come_back(core, interrupt)
            raise
    stop_if_wanted()


async def wait_in_loop(core: SessionCore) -> None:
    """Wait, without blocking the event loop, until no job is queued or running."""
    changed = LoopEvent()
    with _changes_told_to(changed, core.journal):
        while core.records.pending():
            await changed.wait()


def say_how_to_come_back(core: SessionCore, interrupt: KeyboardInterrupt) -> None:
    """Print what goes on after an interrupt, once, and how to wait for it or to end it."""
    pending = core.records.pending()
    if not pending or getattr(interrupt, _TOLD, False):
        return
    setattr(interrupt, _TOLD, True)
    session_id, where = core.records.state.session_id, ""
    if core.engine.outlives_process:
        where = f" In another program: qsession.attach({session_id!r}).wait()."
    jobs = "its job goes" if pending == 1 else f"its {pending} jobs go"
    say(
        f"Stopped waiting for the {core.records.state.mode} {session_id}; {jobs} on. "
        f"session.wait() waits again, session.cancel() ends it.{where}"
    )


@contextmanager
def _changes_told_to(woken: Woken, journal: Journal) -> Iterator[None]:
    journal.subscribe(woken)
    try:
        yield
    finally:
        journal.unsubscribe(woken)


def _timeout_words(core: SessionCore, timeout_s: float | None) -> str:
    return (
        f"After {timeout_s:g} s {_pending_words(core.records)} in session "
        f"{core.records.state.session_id}. They go on; session.wait() waits again."
    )


def _pending_words(records: SessionRecords) -> str:
    """Such as ``2 jobs are pending (1 running: 7b2e; 1 queued: 81cc)``."""
    pending = [record for record in records.all() if not record.status.is_final]
    parts = []
    for status, word in ((JobStatus.RUNNING, "running"), (JobStatus.QUEUED, "queued")):
        ids = [record.job_id for record in pending if record.status is status]
        more = ", …" if len(ids) > _MOST_NAMED else ""
        if ids:
            parts.append(f"{len(ids)} {word}: {', '.join(ids[:_MOST_NAMED])}{more}")
    jobs = "1 job is" if len(pending) == 1 else f"{len(pending)} jobs are"
    return f"{jobs} pending ({'; '.join(parts)})" if parts else f"{jobs} pending"


def _read_timeout(timeout: object) -> float | None:
    if timeout is None:
        return None
    is_number = isinstance(timeout, Real) and not isinstance(timeout, bool)
    if not is_number or not 0 <= timeout < math.inf:  # type: ignore[operator]  # it is a number
        raise InvalidInputError(
            f"timeout={shown(timeout)} is not a number of seconds, such as timeout=60; None waits "
            "as long as it takes."
        )
    return float(min(timeout, _FOREVER_S))  # type: ignore[call-overload]  # likewise


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
