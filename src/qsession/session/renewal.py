"""The session that is present behind a `Session`, and the one that continues it: `Renewal`."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING

from qsession.client_errors import ServiceError
from qsession.forks import parent_in_words
from qsession.model.events import SessionMoved
from qsession.model.states import JobStatus, State

if TYPE_CHECKING:
    from qsession.clock import WakeUps
    from qsession.engines.base import Engine
    from qsession.engines.journal import Journal
    from qsession.session.cleanup import Custody
    from qsession.session.publisher import Publisher

_log = logging.getLogger("qsession")

_NEWS_IN = timedelta(seconds=10)
"""So long it may take until the service has told that a session which refuses jobs has expired."""


class Renewal:
    """Holds the journal and the engine of the present session, ends it, or continues it.

    With ``auto_renew`` a session that has expired is continued by another: both are replaced then.

    Attributes:
        journal: The truth about the present session.
        engine: Carries it out.
        is_wanted: True if a session that has expired is to be continued.
        lock: Held while the session is continued, or is told to end for good.
    """

    def __init__(  # noqa: PLR0913 - each is a part that it tells of a renewal, or a rule of it
        self,
        journal: Journal,
        engine: Engine,
        *,
        publisher: Publisher,
        custody: Custody,
        max_time_s: int | None,
        is_wanted: bool,
    ) -> None:
        """Begin with the first session.

        Args:
            journal: Its journal.
            engine: Its engine.
            publisher: Announces what happens; it is told of each new journal.
            custody: Closes the session at exit; likewise.
            max_time_s: The ``max_time`` of each session in seconds; None is the system's maximum.
            is_wanted: Whether to continue a session that has expired.
        """
        self.journal = journal
        self.engine = engine
        self.is_wanted = is_wanted
        self.lock = threading.RLock()
        self._publisher = publisher
        self._custody = custody
        self._max_time_s = max_time_s
        self._is_ended_here = False

    # --- ending -----------------------------------------------------------------------------------

    def cancel(self, *, running: bool = False, reason: str) -> None:
        """End the session: queued jobs are cancelled; those that run, too, if ``running``."""
        self._engine_to_end().cancel(reason, running=running)

    def close(self, *, reason: str) -> None:
        """Take no new jobs; the session ends with the last one it has."""
        self._engine_to_end().close(reason)

    def _engine_to_end(self) -> Engine:
        """The engine of the last session: from here on, none continues it."""
        with self.lock:
            self._is_ended_here = True
            return self.engine

    def cancel_queued_jobs(self, why: str) -> int:
        """Cancel the jobs that are queued, oldest first: the next to run.

        Args:
            why: The reason in words.

        Returns:
            How many were cancelled.
        """
        with self.journal.lock:
            jobs = self.journal.state.jobs.values()
            queued = [record.job_id for record in jobs if record.status is JobStatus.QUEUED]
        cancelled = 0
        for job_id in queued:
            try:
                cancelled += self.engine.cancel_job(job_id, why)
            except ServiceError as error:
                _log.warning("Job %s could not be cancelled: %s", job_id, error)
        return cancelled

    # --- continuing in a new session --------------------------------------------------------------

    def renew_if_expired(self) -> bool:
        """Continue in a new session, if this one has expired and was to be renewed.

        The next job opens it. It costs nothing before that.
        """
        if not self.is_wanted:
            return False
        with self.lock, self.journal.lock:
            ended = self.journal.state
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

    def renew_once_known_why(self, refusing: Journal) -> bool:
        """Continue the session of a journal that has refused a job, if it has expired.

        A service that refuses a job may not have told yet why: this waits for that.

        Returns:
            Whether there is another session by now; the guard may have been quicker.
        """
        clock = refusing.clock
        deadline = clock.now() + _NEWS_IN
        wake_ups: WakeUps = SimpleQueue()
        refusing.subscribe(wake_ups)
        try:
            while refusing.state.state.accepts_jobs and clock.now() < deadline:
                clock.wait(wake_ups, deadline)
        finally:
            refusing.unsubscribe(wake_ups)
        return self.renew_if_expired() or self.journal is not refusing

    def _continue(self) -> Journal:
        """Go on in a new session, whose journal it returns."""
        journal = self.journal.succeed(self.engine.limits(self._max_time_s))
        self.engine = self.engine.succeed(journal)
        self.journal = journal
        self._custody.follow(self.engine, journal)
        return journal

    # --- forks ------------------------------------------------------------------------------------

    def begin_anew_in_child(self) -> bool:
        """In a forked child: leave the session to the parent.

        A local one that takes jobs goes on here in a session of its own, which the next job opens.
        Others have ended as far as this process can tell.

        Returns:
            Whether it goes on.
        """
        goes_on = self.engine.goes_on_in_forks and self.journal.state.state.accepts_jobs
        self.lock = threading.RLock()
        self.engine.begin_anew_in_child()
        has_ended = self.journal.state.state.is_terminal
        if goes_on and has_ended:
            self._continue()
        elif not goes_on and not has_ended:  # it was not opened
            why = f"it is of {parent_in_words()}"
            self.journal.record(SessionMoved(self.journal.clock.now(), State.CLOSED, why))
        self._custody.follow(self.engine, self.journal)
        return goes_on
