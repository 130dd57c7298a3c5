"""Watches one session of the service from a thread of its own: `Monitor`."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError

from qsession.engines.ibm.pacing import FRESH_S, next_look_s, next_try_s
from qsession.engines.ibm.reading import ServerTime, read_jobs, read_session
from qsession.engines.ibm.refusals import problem_words
from qsession.ibm_service import PAGE
from qsession.model.events import ProblemAppeared, ProblemEnded
from qsession.model.states import JobStatus, State

if TYPE_CHECKING:
    from qsession.clock import Clock, WakeUps
    from qsession.engines.base import Journal
    from qsession.ibm_service import Line

_log = logging.getLogger("qsession")


class Monitor:
    """Keeps a journal true to the service, with at most two requests a look.

    Its daemon thread never raises, never touches the user's service, and ends once the session and
    its jobs have, or when nobody holds the monitor any more.
    """

    def __init__(self, line: Line, journal: Journal, retry_ending: Callable[[], None]) -> None:
        self._line = line
        self._journal = journal
        self._retry_ending = retry_ending
        self._wake_ups: WakeUps = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._failures = 0
        self._not_before = self._last_change = journal.clock.now()
        """The service may ask to be left alone for a while, whatever is done here."""
        self._knows_all_jobs = False
        self._looks_at_newest = True
        self._asks_for_jobs = True
        self.was_cancelled_here = False
        weakref.finalize(self, self._wake_ups.put, None).atexit = False

    def start(self) -> None:
        """Begin to watch."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=_watch,
                    args=(weakref.ref(self), self._wake_ups, self._journal.clock),
                    name="qsession-monitor",
                    daemon=True,
                )
                self._thread.start()

    def look_now(self) -> None:
        """Look at once: something was done here."""
        self._last_change = self._journal.clock.now()
        self._wake_ups.put(None)

    def look(self) -> datetime | None:
        """Ask the service once, and take in what is new.

        Returns:
            When to look again; None when there is nothing more to see.
        """
        if self._journal.clock.now() < self._not_before:
            return self._not_before
        try:
            self._retry_ending()
            self._ask()
        except Exception as error:  # noqa: BLE001 - whatever it is, the watch goes on
            return self._after_failure(error)
        self._failures = 0
        return self._after_success()

    # --- asking ---------------------------------------------------------------------------------

    def _ask(self) -> None:
        session_id = self._journal.state.session_id
        if session_id is None:
            return
        is_fresh = self._quiet_s() < FRESH_S or self._is_busy()
        self._asks_for_jobs = is_fresh or not self._asks_for_jobs
        if is_fresh or not self._asks_for_jobs:
            self._take_session(self._line.session(session_id))
        if self._asks_for_jobs:
            self._take_jobs(self._list_jobs(session_id))

    def _list_jobs(self, session_id: str) -> list[dict[str, Any]]:
        """The jobs that may have changed, oldest first."""
        if not self._knows_all_jobs:
            return self._list_all_jobs(session_id)
        oldest_pending = self._oldest_pending()
        self._looks_at_newest = not self._looks_at_newest
        if oldest_pending is None or self._looks_at_newest:
            jobs, _ = self._line.jobs(session_id)
            return jobs[::-1]
        # More jobs wait than one page holds: the ones that move next are at its far end.
        server_time = oldest_pending + self._line.heard.server_ahead - timedelta(seconds=1)
        jobs, _ = self._line.jobs(session_id, created_after=server_time, oldest_first=True)
        return jobs

    def _list_all_jobs(self, session_id: str) -> list[dict[str, Any]]:
        pages: dict[str, dict[str, Any]] = {}
        while True:
            # Jobs that arrive meanwhile push others onto the next page: never off the list.
            jobs, count = self._line.jobs(session_id, offset=len(pages))
            found = {str(job.get("id")): job for job in jobs if str(job.get("id")) not in pages}
            pages.update(found)
            if not found or len(pages) >= count:
                break
        self._knows_all_jobs = True
        return list(pages.values())[::-1]

    def _oldest_pending(self) -> datetime | None:
        """When the oldest unfinished job was submitted, if it may be beyond the newest page."""
        with self._journal.lock:
            jobs = self._journal.state.jobs
            if len(jobs) <= PAGE or not self._journal.state.pending:
                return None
            return next(job.created for job in jobs.values() if not job.status.is_final)

    # --- taking in ------------------------------------------------------------------------------

    def _take_session(self, raw: dict[str, Any]) -> None:
        with self._journal.lock:
            state = self._journal.state
            before = (state.state, state.last_job_started, state.last_job_completed)
            self._journal.record(
                *read_session(
                    raw,
                    state,
                    self._journal.clock.now(),
                    self._server_time(),
                    cancelled_here=self.was_cancelled_here,
                )
            )
            after = (state.state, state.last_job_started, state.last_job_completed)
        if before != after:
            self._last_change = self._journal.clock.now()

    def _take_jobs(self, raws: list[dict[str, Any]]) -> None:
        with self._journal.lock:
            now = self._journal.clock.now()
            events = read_jobs(raws, self._journal.state, now, self._server_time())
            self._journal.record(*events)
        if events:
            self._last_change = self._journal.clock.now()

    def _server_time(self) -> ServerTime:
        return ServerTime(self._line.heard.server_ahead)

    # --- and then -------------------------------------------------------------------------------

    def _after_success(self) -> datetime | None:
        with self._journal.lock:
            state, now = self._journal.state, self._journal.clock.now()
            if state.error is not None and state.stale_since is not None:
                self._journal.record(ProblemEnded(now))
            if state.state.is_terminal and not state.pending and self._knows_all_jobs:
                return None
            runs = state.counts[JobStatus.RUNNING] > 0 or state.state is State.CLOSING
        return now + timedelta(seconds=next_look_s(runs=runs, quiet_s=self._quiet_s()))

    def _after_failure(self, error: Exception) -> datetime:
        self._failures += 1
        _log.debug("Looking at a session failed (%s in a row).", self._failures)
        if isinstance(error, IBMNotAuthorizedError):
            # The client does not renew a token that the service stopped accepting.
            self._line.reconnect()
        words = problem_words(error)
        with self._journal.lock:
            now = self._journal.clock.now()
            since = self._journal.state.stale_since or now
            if self._journal.state.error != words or self._journal.state.stale_since is None:
                self._journal.record(ProblemAppeared(now, words, since))
        asked_s = self._line.heard.retry_after_s
        next_try = now + timedelta(seconds=next_try_s(self._failures, asked_to_wait_s=asked_s))
        if asked_s is not None:
            self._not_before = next_try
        return next_try

    def close(self) -> None:
        """Let go of the connection; the thread ends by itself."""
        self._line.close()

    def _quiet_s(self) -> float:
        return max((self._journal.clock.now() - self._last_change).total_seconds(), 0.0)

    def _is_busy(self) -> bool:
        with self._journal.lock:
            state = self._journal.state
            return state.counts[JobStatus.RUNNING] > 0 or not self._knows_all_jobs


def _watch(monitor_ref: weakref.ref[Monitor], wake_ups: WakeUps, clock: Clock) -> None:
    while True:
        monitor = monitor_ref()
        if monitor is None:
            return
        look_again = monitor.look()
        if look_again is None:
            monitor.close()
            return
        del monitor  # so that this thread does not keep it alive
        # Woken: something was done here. Not woken and not yet time: the clock took a short nap.
        while not clock.wait(wake_ups, look_again) and clock.now() < look_again:
            pass
