"""Watches one session of the service from a thread of its own: `Monitor`."""

from __future__ import annotations

import logging
import threading
import weakref
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError

from qsession.clock import start_polling_thread
from qsession.engines.ibm.job_pages import JobPages
from qsession.engines.ibm.pacing import (
    FRESH_S,
    LONGEST_OBEYED_S,
    LONGEST_S,
    SHORTEST_GAP_S,
    next_look_s,
    next_try_s,
)
from qsession.engines.ibm.reading import ServerTime, job_status, read_jobs, read_session
from qsession.engines.ibm.refusals import problem_words
from qsession.model.events import ProblemAppeared, ProblemEnded
from qsession.model.states import JobStatus, ProblemKind

if TYPE_CHECKING:
    from qsession.clock import WakeUps
    from qsession.compat.service_line import Line
    from qsession.engines.ibm.closing import Ending
    from qsession.engines.ibm.supplements import Supplements
    from qsession.engines.journal import Journal

_log = logging.getLogger("qsession")

_needed: set[Monitor] = set()
"""Those that have something to end, and are kept until it has: whoever asked for it need not."""

_LONGEST_PAUSE = timedelta(seconds=LONGEST_S)


class Monitor:
    """Keeps a journal true to the service, with at most two requests a look and few supplements.

    Its daemon thread never raises, never touches the user's service, and ends once the session and
    its jobs have, or when nobody holds the monitor any more. As long as the service does not end
    what it was to end, the monitor holds itself.
    """

    def __init__(
        self, line: Line, journal: Journal, ending: Ending, supplements: Supplements
    ) -> None:
        self._line = line
        self._supplements = supplements
        self._journal = journal
        self._ending = ending
        self._wake_ups: WakeUps = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._failures = 0
        self._not_before = self._last_change = journal.clock.now()
        """The service may ask to be left alone for a while, whatever is done here."""
        self._pages = JobPages(line, journal)
        self._asks_for_jobs = True
        self._saw_the_end = False
        """True if the jobs were listed after the session had ended."""
        self._needs_token = False
        self._is_wanted = False
        """True if something was done here that no look has been begun after."""
        self._has_looked = threading.Event()
        """Set at the end of the next look that begins."""
        self._next_look: datetime | None = None
        """The time of the next look at the session and its jobs, if supplements are due earlier."""
        weakref.finalize(self, self._wake_ups.put, None).atexit = False

    def start(self) -> None:
        """Begin to watch."""
        with self._starting:
            if self._thread is None:
                self._thread = start_polling_thread(
                    self._look_from_thread,
                    self._wake_ups,
                    self._journal.clock,
                    "qsession-monitor",
                    gap_s=SHORTEST_GAP_S,
                )

    def look_now(self) -> None:
        """Look at once: something was done here."""
        self._hold_while_needed()
        self._last_change = self._journal.clock.now()
        self._is_wanted = True
        self._wake_ups.put(None)

    def look_soon(self, within_s: float) -> None:
        """Look at once and wait until that is done, or failed, but no longer than this."""
        self.start()
        if self._thread is None or not self._thread.is_alive():
            return
        self._is_wanted = True  # before the look is chosen that is waited for
        has_looked = self._has_looked
        self.look_now()
        has_looked.wait(within_s)

    def _look_from_thread(self) -> tuple[datetime | None, bool]:
        has_looked, self._has_looked = self._has_looked, threading.Event()
        try:
            look_again = self.look()
        finally:
            has_looked.set()
        self._hold_while_needed()
        if look_again is None:
            self.close()
        return look_again, look_again is None

    def _hold_while_needed(self) -> None:
        if self._ending.is_owed:
            _needed.add(self)
        else:
            _needed.discard(self)

    def look(self) -> datetime | None:
        """Ask the service once, and take in what is new.

        Returns:
            When to look again; None when there is nothing more to see.
        """
        ahead_s = (self._not_before - self._journal.clock.now()).total_seconds()
        if 0 < ahead_s <= LONGEST_OBEYED_S:  # more: the clock was turned back meanwhile
            return self._not_before
        try:
            if self._needs_token:
                # The client does not renew a token that the service stopped accepting.
                self._line.reconnect()
                self._needs_token = False
            if not self._is_between_looks():
                self._is_wanted, self._next_look = False, None
                self._ask(has_sent=self._told_again())
            self._ask_besides()
        except Exception as error:  # noqa: BLE001 - whatever it is, the watch goes on
            return self._after_failure(error)
        self._failures = 0
        return self._after_success()

    def _is_between_looks(self) -> bool:
        """Return True if this look is for supplements alone."""
        next_look, now = self._next_look, self._journal.clock.now()
        # Farther away than the longest pause: the clock was turned back meanwhile.
        is_ahead = next_look is not None and now < next_look <= now + _LONGEST_PAUSE
        return self._has_seen_all or (is_ahead and not self._is_wanted)

    @property
    def _has_seen_all(self) -> bool:
        return self._saw_the_end and not self._journal.state.pending

    def _ask_besides(self) -> None:
        """Ask for what is good to know. That it cannot be had does not make the view stale."""
        try:
            self._supplements.ask()
        except Exception as error:
            if self._line.heard.retry_after_s is not None:
                raise  # the service asks to be left alone
            _log.debug("A session's supplements could not be had: %s.", type(error).__name__)
            _let_go(error)

    # --- asking ---------------------------------------------------------------------------------

    def _told_again(self) -> bool:
        """Ask the service again to end what is to end; return True if a request was tried."""
        self._line.forget_what_was_heard()
        try:
            return self._ending.retry()
        except Exception as error:
            if self._line.heard.retry_after_s is not None:
                raise  # it asks to be left alone
            self._needs_token |= isinstance(error.__cause__, IBMNotAuthorizedError)
            _let_go(error)
            return True

    def _ask(self, *, has_sent: bool) -> None:
        session_id = self._journal.state.session_id
        if session_id is None:
            return
        asks_for_both = not has_sent and self._is_fresh()
        self._asks_for_jobs = asks_for_both or not self._asks_for_jobs
        if asks_for_both or not self._asks_for_jobs:
            asked_after = self._ending.sends
            raw = self._line.session(session_id)
            self._take_session(raw)
            takes_jobs = raw.get("accepting_jobs")
            self._ending.note_session(takes_jobs=takes_jobs, asked_after=asked_after)
        if self._asks_for_jobs or (not has_sent and self._has_just_ended()):
            self._ask_for_jobs(session_id)

    def _is_fresh(self) -> bool:
        """Return True if jobs run or changed lately, so that asking for everything pays."""
        with self._journal.lock:
            runs = self._journal.state.counts[JobStatus.RUNNING] > 0
        return runs or not self._pages.knows_all or self._quiet_s() < FRESH_S

    def _has_just_ended(self) -> bool:
        """Return True if the end is new: jobs submitted elsewhere may precede it unseen."""
        return self._journal.state.state.is_terminal and not self._saw_the_end

    def _ask_for_jobs(self, session_id: str) -> None:
        """Ask for the jobs that may have changed."""
        has_ended = self._journal.state.state.is_terminal
        take = partial(self._take_jobs, asked_after=self._ending.sends)
        if self._pages.look(session_id, take) and has_ended:
            self._saw_the_end = True

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
                    cancelled_here=self._ending.was_cancelled_here,
                )
            )
            after = (state.state, state.last_job_started, state.last_job_completed)
        if before != after:
            self._last_change = self._journal.clock.now()

    def _take_jobs(self, raws: list[dict[str, Any]], asked_after: int) -> None:
        with self._journal.lock:
            now = self._journal.clock.now()
            events = read_jobs(raws, self._journal.state, now, self._server_time())
            self._journal.record(*events)
            has_queued = any(job_status(raw) is JobStatus.QUEUED for raw in raws)
            self._ending.note_jobs(has_queued=has_queued, asked_after=asked_after)
        if events:
            self._last_change = self._journal.clock.now()

    def _server_time(self) -> ServerTime:
        return ServerTime(self._line.heard.server_ahead)

    # --- and then -------------------------------------------------------------------------------

    def _after_success(self) -> datetime | None:
        with self._journal.lock:
            state, now = self._journal.state, self._journal.clock.now()
            if ProblemKind.SERVICE in state.problems:
                self._journal.record(ProblemEnded(now, ProblemKind.SERVICE))
            if self._has_seen_all:
                return self._supplements.due(now)
            runs = state.counts[JobStatus.RUNNING] > 0
        pause_s = next_look_s(runs=runs, quiet_s=self._quiet_s())
        # A look for supplements does not put off the one at the session.
        look_again = self._next_look or now + timedelta(seconds=pause_s)
        look_again = min(look_again, self._ending.look_by(now) or look_again)
        supplement = self._supplements.due(now) or look_again
        self._next_look = look_again if supplement < look_again else None
        return min(look_again, supplement)

    def _after_failure(self, error: Exception) -> datetime:
        self._failures += 1
        self._next_look = None
        _log.debug("Looking at a session failed (%s in a row).", self._failures)
        self._needs_token = any(
            isinstance(each, IBMNotAuthorizedError) for each in (error, error.__cause__)
        )
        words = problem_words(error)
        _let_go(error)
        with self._journal.lock:
            now = self._journal.clock.now()
            known = self._journal.state.problems.get(ProblemKind.SERVICE)
            since = now if known is None else known.stale_since or now
            if known is None or known.error != words:
                self._journal.record(ProblemAppeared(now, words, since, ProblemKind.SERVICE))
        asked_s = self._line.heard.retry_after_s
        next_try = now + timedelta(seconds=next_try_s(self._failures, asked_to_wait_s=asked_s))
        if asked_s is not None:
            self._not_before = next_try
        return next_try

    def close(self) -> None:
        """Let go of the connection; the thread ends by itself."""
        self._line.close()

    def _quiet_s(self) -> float:
        now = self._journal.clock.now()
        self._last_change = min(self._last_change, now)  # the clock may have been turned back
        return (now - self._last_change).total_seconds()


def _let_go(error: BaseException | None) -> None:
    """Drop the frames of an error: some hold the error, and all of them the monitor."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__
