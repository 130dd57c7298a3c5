"""Has the service end a session, until it is seen to: `Ending`."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from qsession.client_errors import ServiceError
from qsession.engines.ibm.pacing import SHORTEST_S, next_try_s
from qsession.engines.ibm.refusals import raise_refusal, refusal
from qsession.engines.ibm.stopping_jobs import StoppingJobs
from qsession.model.events import ProblemAppeared, ProblemEnded, SessionMoved
from qsession.model.states import JobStatus, ProblemKind, State

if TYPE_CHECKING:
    from qsession.compat.service_line import Line
    from qsession.engines.journal import Journal

_VERBS = {State.CANCELLED: "cancel", State.CLOSED: "close"}


class _Standing(Enum):
    """The progress of the service with a request to end the session."""

    UNTOLD = "untold"
    FAILED = "failed"
    """It was told, and the request failed; it may have arrived."""
    TOLD = "told"
    """It has answered, and nobody has looked yet."""
    IGNORED = "ignored"
    """It has answered, and a look shows that it goes on as before."""
    HEEDED = "heeded"
    """A look shows that it acts on it."""


_TO_BE_TOLD = frozenset({_Standing.UNTOLD, _Standing.FAILED, _Standing.IGNORED})

_PAUSES_AT_EXIT_S = (0.0, 0.1, 0.2, 0.4)
"""Before each time that the service is told at the exit of the process."""


class Ending:
    """The end that a session is to come to, and the service's progress with it.

    An answer that says "done" is not believed: looks tell whether the service acts on it, and it is
    told again, with growing pauses, until it does. A session costs money until it ends.

    Requests go out on the monitor's connection, not with the user's client, which may wait without
    end. What is known is guarded by the journal's lock.
    """

    def __init__(self, journal: Journal) -> None:
        self.line: Line | None = None
        """None before the session is opened."""
        self.sends = 0
        """The number of times that the service was told, or was tried to be; a look has to begin
        after the last."""
        self._journal = journal
        self._sending = threading.Lock()
        self._is_opening = False
        self._wanted: State | None = None
        self._reason = ""
        self._standing = _Standing.HEEDED
        self._tries = 0
        """In a row, since somebody here last asked for it."""
        self._due = journal.clock.now()
        """The time of the next request to end, if one is needed."""
        self._takes_no_jobs = False
        self.jobs = StoppingJobs(journal)
        """The running jobs that are to end with it."""

    @property
    def is_owed(self) -> bool:
        """True if the session or a job was to end and is not seen to have ended."""
        with self._journal.lock:
            return self._is_session_owed or bool(self.jobs.owed())

    def look_by(self, now: datetime) -> datetime | None:
        """Return the time of the next look or request that an end still owed needs, or None."""
        soonest = now + timedelta(seconds=SHORTEST_S)
        with self._journal.lock:
            due = [max(each, soonest) for each in self.jobs.owed().values()]
            if self._is_session_owed and self._standing in _TO_BE_TOLD:
                due.append(max(self._due, soonest))
            elif self._is_session_owed and self._due > now:
                due.append(self._due)
        return min(due, default=None)

    @property
    def was_cancelled_here(self) -> bool:
        """True if an ended session ended because this object cancelled it."""
        # Also if it is only the answer that was lost.
        is_told = self.sends > 0 and self._standing is not _Standing.IGNORED
        return self._wanted is State.CANCELLED and is_told

    @property
    def _is_session_owed(self) -> bool:
        is_wanted = self._wanted is not None and self._journal.state.session_id is not None
        has_ended = self._journal.state.state.is_terminal
        return is_wanted and not has_ended and self._standing is not _Standing.HEEDED

    # --- being asked for ------------------------------------------------------------------------

    def decide(self, wanted: State, reason: str, *, stops_running: bool = False) -> bool:
        """Note how the session is to end; False if the service need not be told now.

        Whoever asks again has the service told again, whatever it has said. A cancel is not taken
        back by the close of a with block around it.
        """
        with self._journal.lock:
            state, now = self._journal.state, self._journal.clock.now()
            if stops_running:
                self.jobs.begin()
            if state.state.is_terminal:
                return False
            if state.session_id is None and not self._is_opening:
                self._journal.record(SessionMoved(now, wanted, reason))
                return False
            is_weaker = wanted is State.CLOSED and self._wanted is State.CANCELLED
            if is_weaker and self._standing is _Standing.HEEDED:
                return False
            if not is_weaker:
                self._wanted, self._reason = wanted, reason
            self._standing, self._tries, self._due = _Standing.UNTOLD, 0, now
            if state.state is not State.CLOSING:
                self._journal.record(SessionMoved(now, State.CLOSING, reason))
            return state.session_id is not None

    # --- while the session is being opened ------------------------------------------------------

    def begin_opening(self) -> None:
        """A session may exist at the service from now on; to be called under the journal's lock."""
        self._is_opening = True

    def finish_opening(self) -> bool:
        """It has been opened; to be called under the journal's lock.

        Returns:
            Whether it is to be ended at once: that was asked for meanwhile.
        """
        self._is_opening = False
        return self._wanted is not None

    def give_up_opening(self) -> None:
        """It could not be opened: if it was to end meanwhile, it has."""
        with self._journal.lock:
            self._is_opening = False
            wanted, self._wanted = self._wanted, None
            if wanted is not None:
                self._journal.record(SessionMoved(self._journal.clock.now(), wanted, self._reason))

    # --- telling the service --------------------------------------------------------------------

    def send(self, within_s: float = -1) -> None:
        """Tell the service now; what the request raises is raised.

        Args:
            within_s: How long to wait for a request of another thread; -1 as long as it takes.

        Raises:
            TimeoutError: If that request took longer.
        """
        if not self._sending.acquire(timeout=within_s):
            raise TimeoutError("An earlier request was not answered in time.")
        try:
            self._send()
        finally:
            self._sending.release()

    def retry(self) -> bool:
        """Tell the service again if it is time to, unless somebody is about to.

        Returns:
            Whether it was asked for anything.
        """
        with self._journal.lock:
            now = self._journal.clock.now()
            is_untold = self._is_session_owed and self._standing in _TO_BE_TOLD
            is_due = is_untold and self._due <= now
            jobs = [each for each, due in self.jobs.owed().items() if due <= now]
        if not (is_due or jobs) or not self._sending.acquire(blocking=False):
            return False
        try:
            if is_due:
                self._send()
            elif self.line is not None:
                self.jobs.stop(jobs[0], self.line)
        finally:
            self._sending.release()
        return True

    def close_within(self, seconds: float, reason: str) -> None:
        """Close the session at the exit of the process; the service's errors are raised.

        Nobody looks any more, so it is looked at here whether the service acts on it.
        """
        self.end_within(seconds, State.CLOSED, reason)

    def end_within(self, seconds: float, wanted: State, reason: str) -> None:
        """The same, with an end of either kind: `State.CLOSED` or `State.CANCELLED`."""
        line, session_id = self.line, self._journal.state.session_id
        with self._journal.lock:
            is_on_its_way = self._wanted is not None and not self._is_session_owed
        if line is None or session_id is None or is_on_its_way:
            return
        if not self.decide(wanted, reason):
            return
        deadline = time.monotonic() + seconds
        try:
            for pause_s in _PAUSES_AT_EXIT_S:
                if (left_s := deadline - time.monotonic() - pause_s) <= 0:
                    break
                self._journal.clock.pause(pause_s)
                line.hurry(left_s)
                self.send(within_s=left_s)
                if not _still_takes_jobs(line, session_id):
                    return
        except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
            raise_refusal(error, f"{_VERBS[wanted]} the session")
        raise ServiceError(
            f"The service answers that it {_VERBS[wanted]}s the session, and does not."
        )

    def _send(self) -> None:
        session_id, line = self._journal.state.session_id, self.line
        with self._journal.lock:
            wanted = self._wanted
            if session_id is None or line is None or not self._is_session_owed:
                return
            self.sends += 1
            self._tries += 1
            self._standing = _Standing.FAILED  # unless it is answered
        try:
            if wanted is State.CANCELLED:
                line.cancel_session(session_id)
            else:
                line.close_session(session_id)
        except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
            doing = f"{_VERBS[wanted or State.CLOSED]} the session"
            told = str(refusal(error, doing))
            self._note(_Standing.FAILED, f"{told} It goes on, and may cost; this is tried again.")
            raise_refusal(error, doing)
        self._note(_Standing.TOLD)

    def _note(self, standing: _Standing, problem: str | None = None) -> None:
        """Note how the service stands to it, and when to tell it again."""
        asked_s = self.line.heard.retry_after_s if self.line is not None else None
        pause_s = next_try_s(self._tries, asked_to_wait_s=asked_s if problem else None)
        with self._journal.lock:
            now = self._journal.clock.now()
            self._standing = standing
            self._due = now + timedelta(seconds=pause_s)
            known = self._journal.state.problems.get(ProblemKind.ENDING)
            if problem is None:
                if standing is _Standing.HEEDED and known is not None:
                    self._journal.record(ProblemEnded(now, ProblemKind.ENDING))
            elif known is None or known.error != problem:
                self._journal.record(ProblemAppeared(now, problem, kind=ProblemKind.ENDING))

    # --- comparing with what is seen ------------------------------------------------------------

    def note_session(self, *, takes_jobs: object, asked_after: int) -> None:
        """Compare with what the service says of the session.

        Args:
            takes_jobs: What it says of that; anything but True and False says nothing.
            asked_after: `sends` before it was asked.
        """
        with self._journal.lock:
            if self._journal.state.state.is_terminal:
                self._note(_Standing.HEEDED)
            elif not self._is_session_owed or asked_after != self.sends:
                return
            elif takes_jobs is True:
                self._note_ignored("says that it still takes jobs")
            elif takes_jobs is False:
                self._takes_no_jobs = True
                if self._wanted is State.CLOSED:
                    self._note(_Standing.HEEDED)

    def note_jobs(self, *, has_queued: bool, asked_after: int) -> None:
        """Compare with what the service says of the jobs: a cancelled session has none queued.

        Args:
            has_queued: Whether there are queued ones among those that were listed.
            asked_after: `sends` before it was asked.
        """
        with self._journal.lock:
            is_cancelling = self._wanted is State.CANCELLED and self._is_session_owed
            if not is_cancelling or asked_after != self.sends:
                return
            if has_queued:
                self._note_ignored("says that jobs of it are still queued")
            elif self._takes_no_jobs and not self._journal.state.counts[JobStatus.QUEUED]:
                self._note(_Standing.HEEDED)

    def _note_ignored(self, but: str) -> None:
        if self._standing not in (_Standing.TOLD, _Standing.IGNORED):
            return
        if self._standing is _Standing.TOLD:
            self._standing = _Standing.IGNORED
            # The pause since it was told is measured from then, not from this look.
            if self._tries <= 1:
                return  # it may take a moment
        verb = _VERBS[self._wanted or State.CLOSED]
        problem = (
            f"The service was told {self._tries} times to {verb} the session, answered that it "
            f"would, and {but}. It goes on, and costs; this is tried again."
        )
        known = self._journal.state.problems.get(ProblemKind.ENDING)
        if known is None or known.error != problem:
            now = self._journal.clock.now()
            self._journal.record(ProblemAppeared(now, problem, kind=ProblemKind.ENDING))


def _still_takes_jobs(line: Line, session_id: str) -> bool:
    try:
        return line.session(session_id).get("accepting_jobs") is True
    except Exception:  # noqa: BLE001 - it was answered that it is closed, and that must do
        return False
