"""A session that closes itself or goes on in a new one: `GuardedSession`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING

from qsession.client_errors import ServiceError, SessionEndedError
from qsession.forks import parent_in_words
from qsession.ledger import write_down_if_used
from qsession.model.events import SessionMoved
from qsession.model.states import JobStatus, State
from qsession.session.cleanup import Custody, close_at_exit, place_outside, take
from qsession.session.guards import Guard, Guards
from qsession.session.waiting import WaitingSession

if TYPE_CHECKING:
    from qsession.clock import WakeUps
    from qsession.engines.base import Engine, Job, Journal
    from qsession.ledger import SessionFacts

_log = logging.getLogger("qsession")

_NEWS_IN = timedelta(seconds=10)
"""So long it may take until the service has told that a session which refuses jobs has expired."""


class GuardedSession(WaitingSession):
    """Looks after ``idle_timeout``, ``max_usage`` and ``auto_renew``."""

    _facts: SessionFacts

    def __init__(self, journal: Journal, name: str | None, guards: Guards) -> None:
        super().__init__(journal, name)
        self._guards = guards
        self._renewing = threading.RLock()
        self._is_ended_here = False
        self._custody = Custody(self._engine, journal, place_outside(), self._mode)
        take(self, self._custody)
        self._guard = None if guards.are_off else Guard(self, guards, journal)

    @property
    def journal(self) -> Journal:
        """The truth about the session; for its guard."""
        return self._journal

    @property
    def session_ids(self) -> list[str]:
        """The ids of all the sessions that it went through, oldest first.

        More than one only with ``auto_renew``; `session_id` is the present one's.
        """
        with self._journal.lock:
            return list(self._journal.state.session_ids)

    def cancel(self, *, running: bool = False, reason: str = "cancel() was called") -> None:
        """End the session: queued jobs are cancelled, one that runs finishes.

        Args:
            running: Cancel jobs that run, too. On a local backend, one that runs in this process,
                as short ones do, ends by itself.
            reason: Why, in words that people will see.
        """
        self._engine_to_end().cancel(reason, running=running)

    def close(self, *, reason: str = "close() was called") -> None:
        """Take no new jobs; queued and running ones finish, then the session ends.

        Args:
            reason: Why, in words that people will see.
        """
        self._engine_to_end().close(reason)

    def _engine_to_end(self) -> Engine:
        """The engine of the last session: from here on, none continues it."""
        with self._renewing:
            self._is_ended_here = True
            return self._engine

    def cancel_waiting_jobs(self, why: str) -> int:
        """Cancel the jobs that are queued, oldest first: the next to run.

        Args:
            why: The reason in words.

        Returns:
            How many were cancelled.
        """
        queued = [each for each in self.records() if each.status is JobStatus.QUEUED]
        cancelled = 0
        for record in queued:
            try:
                cancelled += self._engine.cancel_job(record.job_id, why)
            except ServiceError as error:
                _log.warning("Job %s could not be cancelled: %s", record.job_id, error)
        return cancelled

    # --- continuing in a new session --------------------------------------------------------------

    def renew_if_expired(self) -> bool:
        """Continue in a new session, if this one has expired and was to be renewed.

        The next job opens it. It costs nothing before that.
        """
        if not self._guards.auto_renew:
            return False
        with self._renewing, self._journal.lock:
            ended = self._journal.state
            if ended.state is not State.EXPIRED or self._is_ended_here:
                return False
            journal = self._continue()
        self._publisher.follow(journal)
        dropped = sum(
            record.status is JobStatus.CANCELLED and record.finished == ended.ended
            for record in ended.jobs.values()
        )
        jobs = f" Its {dropped} queued jobs are not submitted again." if dropped else ""
        _log.warning(
            "Session %s has expired (%s). The next job opens a new one (auto_renew).%s",
            ended.session_id,
            ended.ended_reason,
            jobs,
        )
        journal.note_change()
        return True

    def _continue(self) -> Journal:
        """Go on in a new session, whose journal it returns."""
        journal = self._journal.succeed(self._engine.limits(self._max_time))
        self._engine = self._engine.succeed(journal)
        self._journal = journal
        self._custody.follow(self._engine, journal)
        return journal

    def begin_anew_in_child(self) -> None:
        """In a forked child: leave the session to the parent.

        A local one that takes jobs goes on here in a session of its own, which the next job opens.
        Others have ended as far as this process can tell.
        """
        goes_on = self._engine.goes_on_in_forks and self._journal.state.state.accepts_jobs
        self._renewing = threading.RLock()
        self._engine.begin_anew_in_child()
        if goes_on:
            self._go_on_in_child()
        else:
            self._end_in_child()
        self._custody.follow(self._engine, self._journal)
        self._publisher = self._publisher.made_anew(self._observed_traits, self._journal)

    def _go_on_in_child(self) -> None:
        if self._journal.state.state.is_terminal:
            self._continue()
        write_down_if_used(self._journal, self._facts)
        if self._guard is not None:
            self._guard = Guard(self, self._guards, self._journal)
        close_at_exit()

    def _end_in_child(self) -> None:
        state = self._journal.state.state
        if not state.is_terminal:  # it was not opened
            now = self._journal.clock.now()
            why = f"it is of {parent_in_words()}"
            self._journal.record(SessionMoved(now, State.CLOSED, why))

    def _prepare_for_job(self) -> None:
        self.renew_if_expired()
        try:
            super()._prepare_for_job()
        except SessionEndedError:
            # It may have expired this very moment.
            self.renew_if_expired()
            super()._prepare_for_job()

    def _hand_over(self, submit: Callable[[], Job]) -> Job:
        """Submit, in a new session if the old one has expired meanwhile."""
        if not self._guards.auto_renew:
            return super()._hand_over(submit)
        self.renew_if_expired()
        refusing = self._journal
        try:
            return super()._hand_over(submit)
        except SessionEndedError:
            self._await_news_of_the_end(refusing)
            # The guard may have been quicker.
            if not self.renew_if_expired() and self._journal is refusing:
                raise
            return super()._hand_over(submit)

    def _await_news_of_the_end(self, refusing: Journal) -> None:
        """A service that refuses a job may not have told yet why."""
        clock = refusing.clock
        deadline = clock.now() + _NEWS_IN
        wake_ups: WakeUps = SimpleQueue()
        with self._changes_told_to(wake_ups):
            while refusing.state.state.accepts_jobs and clock.now() < deadline:
                clock.wait(wake_ups, deadline)
