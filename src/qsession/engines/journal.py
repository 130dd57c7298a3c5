"""The truth about a session and the lock that guards it: `Journal`."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from qsession.client_errors import SessionEndedError
from qsession.forks import lock_held_while_forking, parent_in_words
from qsession.model.durations import format_duration
from qsession.model.events import JobFinished, SessionMoved, is_of_job, rewritten
from qsession.model.states import JobStatus, State
from qsession.redaction.secrets import redacted

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.clock import Clock
    from qsession.model.events import Event
    from qsession.model.session_state import Limits, SessionState


_log = logging.getLogger("qsession")


class Woken(Protocol):
    """A listener that is told of changes; a `WakeUps` is one."""

    def put(self, item: None) -> None:
        """Take the news: at once, without an error, and without calling back."""
        ...


class Keeper(Protocol):
    """Writes down what must outlive this process."""

    def keep(self) -> None:
        """Write down what the journal has recorded. Not to be called under its lock."""
        ...

    def note_work(self, job_id: str, work: Any) -> None:
        """Have what a job is to run be kept until it has ended, if it takes long. Never blocks."""
        ...

    def note_result(self, job_id: str, result: object) -> None:
        """Have the result of a job be kept. Never blocks."""
        ...

    def note_name(self, name: str | None) -> None:
        """Have the word for people be kept that the session has from now on. Never blocks."""
        ...

    def succeed(self, journal: Journal) -> Keeper:
        """The keeper of the journal that continues this one's."""
        ...


class Journal:
    """The truth about one session and the one lock that guards it.

    An engine writes events while it holds `lock`, together with its own bookkeeping, so that the
    two never disagree. Whoever holds the lock calls nothing that may block or call back: no
    network, no observer, no comm, no future.
    """

    def __init__(self, state: SessionState, clock: Clock) -> None:
        self.lock = lock_held_while_forking()
        self.state = state
        self.clock = clock
        self.keeper: Keeper | None = None
        self._subscribers: list[Woken] = []
        self._successor: Journal | None = None

    def record(self, *events: Event) -> None:
        """Apply events in order, without secrets in what they say, and wake whoever publishes them.

        All that is shown and written down of a session comes this way.
        """
        # Many jobs may end for one reason.
        without_secrets = redacted if len(events) == 1 else cache(redacted)
        told = [rewritten(event, without_secrets) for event in events]
        with self.lock:
            for event in told:
                self.state.apply(event)
            if self._successor is not None:
                self._successor.record(*(event for event in told if is_of_job(event)))
        self._wake_subscribers()

    def note_change(self) -> None:
        """Say that something changed that views show and the state does not hold."""
        with self.lock:
            self.state.version += 1
        self._wake_subscribers()

    def subscribe(self, woken: Woken) -> None:
        """Put a token into ``woken`` after every change."""
        with self.lock:
            self._subscribers.append(woken)

    def unsubscribe(self, woken: Woken) -> None:
        """Put no more tokens into ``woken``."""
        with self.lock:
            self._subscribers[:] = [each for each in self._subscribers if each is not woken]

    def succeed(self, limits: Limits) -> Journal:
        """Begin the journal of the session that continues this one in the same object.

        It has the same lock, clock and subscribers, and the same jobs: one that still runs in this
        session is followed in both.
        """
        with self.lock:
            journal = Journal(self.state.continued(limits), self.clock)
            journal.lock, journal._subscribers = self.lock, self._subscribers
            if self.keeper is not None:
                journal.keeper = self.keeper.succeed(journal)
            self._successor = journal
        return journal

    def leave_to_parent(self, hint: str = "") -> None:
        """In a forked child: what is pending goes on in the parent, and a session that was opened.

        Who listens here are threads of the parent, and nothing is to be written for it.

        Args:
            hint: What people may do about it, in words that follow the reason of the end.
        """
        where = parent_in_words()
        self._subscribers.clear()
        self.keeper = None
        now, state = self.clock.now(), self.state
        pending = [job.job_id for job in state.jobs.values() if not job.status.is_final]
        error = f"It goes on in {where}."
        self.record(*(JobFinished(now, job_id, JobStatus.ERROR, error) for job_id in pending))
        is_left = state.session_id is not None and state.mode != "job"
        if is_left and not state.state.is_terminal:
            self.record(SessionMoved(now, State.CLOSED, f"it goes on in {where}{hint}"))

    def keep(self) -> None:
        """Write down what was recorded: to be called before an id is handed out.

        The disk is slow, so its caller does not hold the lock.
        """
        if self.keeper is not None:
            self.keeper.keep()

    def _wake_subscribers(self) -> None:
        for woken in tuple(self._subscribers):
            try:
                woken.put(None)
            except Exception:  # noqa: BLE001 - it has happened, and the others are to hear of it
                _log.exception("A subscriber of a session failed.")

    def require_accepting_jobs(self) -> None:
        """Refuse work for a session that takes none; to be called under the lock.

        Raises:
            SessionEndedError: If it is closing or has ended.
        """
        if not self.state.state.accepts_jobs:
            raise SessionEndedError(_ended_message(self.state, self.clock.now()))


def _ended_message(state: SessionState, now: datetime) -> str:
    which = f"The session {state.session_id}" if state.session_id else "The session"
    last = state.lifecycle.history[-1]
    ago = format_duration((now - last.at).total_seconds())
    when = f"{last.at.astimezone():%H:%M:%S}, {ago} ago"
    why = f" ({last.reason})" if last.reason else ""
    return f"{which} is closed: {last.state} at {when}{why}. Open a new one to run this."
