"""Facts that the service tells only when it is asked for them by themselves: `Supplements`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from qsession.engines.ibm.pacing import (
    LONGEST_S,
    SUPPLEMENT_S,
    TIMES_GAP_S,
    next_try_s,
)
from qsession.engines.ibm.reading import ServerTime, read_metrics
from qsession.engines.ibm.supplement_reading import read_backend_status, read_quota
from qsession.model.events import BackendObserved, QuotaObserved
from qsession.model.states import JobStatus

if TYPE_CHECKING:
    from qsession.compat.service_line import Line
    from qsession.engines.journal import Journal
    from qsession.model.job import JobRecord

_GAP = timedelta(seconds=SUPPLEMENT_S)
_TIMES_GAP = timedelta(seconds=TIMES_GAP_S)
_LONGEST_PAUSE = timedelta(seconds=LONGEST_S)

_MOST_TRIES = 3
"""The number of times that the times of a job are asked for, if the service does not tell them."""


InstanceName: TypeAlias = "Callable[[], tuple[str | None, str | None]]"
"""Gives the name of the instance and its plan, as far as they are known."""


class Supplements:
    """Asks for what the session and its list of jobs leave out, within a budget of its own.

    That is one request a minute, for the queue of the backend while the session waits in it and
    for the quota of the instance while usage grows, and one for each finished job, for the times at
    which it ran: at most two a second. Nothing else depends on it: what could not be had is asked
    for later.
    """

    def __init__(
        self, line: Line, journal: Journal, backend_name: str, instance: InstanceName
    ) -> None:
        self._line = line
        self._journal = journal
        self._backend_name = backend_name
        self._instance = instance
        self._asked_last: str | None = None
        self._has_used_since = True
        """True if usage may have grown since the quota was last asked for."""
        now = journal.clock.now()
        self._next_at = now
        """The time of the next request of those that are made once a minute."""
        self._next_times_at = now
        """The time from which on the next job may be asked for."""
        with journal.lock:
            self._changed = journal.state.follow()
            earlier = journal.state.earlier
        self._told_elsewhere = frozenset() if earlier is None else frozenset(earlier.jobs)
        """Jobs of the session that this one continues, which has supplements of its own."""
        self._untold: deque[str] = deque()
        """Finished jobs whose times are not known, the newest last."""
        self._tries: dict[str, int] = {}
        self._failures = 0
        """In a row, of requests for times."""

    def due(self, now: datetime) -> datetime | None:
        """Return the time of the next request for the times of a job; None if none needs any.

        What is asked for once a minute can wait for the next look at the session.
        """
        self._take_note()
        if not self._untold:
            return None
        # Farther away than the longest pause: the clock was turned back meanwhile.
        return min(self._next_times_at, now + _LONGEST_PAUSE)

    def ask(self) -> None:
        """Make the requests that are due.

        Raises:
            Exception: If the service could not be asked; it will be when it is due again.
        """
        with self._journal.lock:
            now, state = self._journal.clock.now(), self._journal.state
            self._has_used_since |= state.usage_runs or state.counts[JobStatus.RUNNING] > 0
            reasons = {"queue": state.waits_for_backend, "quota": self._has_used_since}
        wanted = [what for what, is_wanted in reasons.items() if is_wanted]
        if wanted and self._is_due(now):
            self._next_at = now + _GAP
            # In turn, where there is reason to ask for both.
            others = (what for what in wanted if what != self._asked_last)
            self._asked_last = next(others, wanted[0])
            if self._asked_last == "queue":
                self._ask_for_queue()
            else:
                self._ask_for_quota()
        due = self.due(now)
        if due is not None and due <= now:
            self._next_times_at = now + _TIMES_GAP
            self._ask_for_times(self._untold.pop())

    def _is_due(self, now: datetime) -> bool:
        # Farther away than one pause: the clock was turned back meanwhile.
        return self._next_at <= now or self._next_at - now > _GAP

    def _ask_for_queue(self) -> None:
        raw = self._line.backend_status(self._backend_name)
        with self._journal.lock:
            now = self._journal.clock.now()
            self._journal.record(BackendObserved(now, read_backend_status(raw, now)))

    def _ask_for_quota(self) -> None:
        self._has_used_since = False
        raw = self._line.usage()
        name, plan = self._instance()
        with self._journal.lock:
            now = self._journal.clock.now()
            quota = read_quota(raw, now, instance=name, plan=plan)
            if quota is not None:
                self._journal.record(QuotaObserved(now, quota))

    # --- times of jobs --------------------------------------------------------------------------

    def _take_note(self) -> None:
        """Note the jobs that have finished since the last time."""
        with self._journal.lock:
            jobs = self._journal.state.jobs
            changed = [jobs[job_id] for job_id in self._changed if job_id in jobs]
            self._changed.clear()
        known = set(self._untold)
        for record in changed:
            is_new = record.job_id not in known and record.job_id not in self._tries
            if is_new and record.job_id not in self._told_elsewhere and _has_times(record):
                self._untold.append(record.job_id)

    def _ask_for_times(self, job_id: str) -> None:
        self._tries[job_id] = self._tries.get(job_id, 0) + 1
        try:
            raw = self._line.metrics(job_id)
        except Exception:
            if self._tries[job_id] < _MOST_TRIES:
                self._untold.appendleft(job_id)
            self._failures += 1
            pause = timedelta(seconds=next_try_s(self._failures))
            self._next_times_at = self._journal.clock.now() + pause
            raise
        self._failures = 0
        with self._journal.lock:
            now, known = self._journal.clock.now(), self._journal.state.jobs[job_id]
            server = ServerTime(self._line.heard.server_ahead)
            self._journal.record(*read_metrics(raw, known, now, server))


def _has_times(record: JobRecord) -> bool:
    """Return True for a finished job that ran: of one that never did there is nothing to tell."""
    return record.status.is_final and record.are_times_estimated and record.started is not None
