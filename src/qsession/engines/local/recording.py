"""What happens to a local session and its jobs, put down as events: `Recorder`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qsession.engines.local import rules
from qsession.errors import in_words
from qsession.model.events import JobFinished, JobQueued, JobStarted, SessionMoved, SessionOpened
from qsession.model.records import ExpectationValue, JobRecord
from qsession.model.states import JobStatus, State

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.engines.base import Journal
    from qsession.engines.local.job import LocalJob


class Recorder:
    """Records the events of one session. Its caller holds the journal's lock."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    # --- the session ----------------------------------------------------------------------------

    def open(self, session_id: str) -> None:
        """The session begins, unless it has."""
        if self._journal.state.state is State.NOT_STARTED:
            self._journal.record(SessionOpened(self._now(), session_id))

    def close(self, reason: str) -> None:
        """The session takes no new jobs, and ends with the last one it has."""
        to = State.CLOSING if self._journal.state.pending else State.CLOSED
        self._journal.record(SessionMoved(self._now(), to, reason))

    def end(self, move: SessionMoved, dropped: Sequence[LocalJob]) -> None:
        """The session ends, and with it its queued jobs."""
        ids = [job.job_id() for job in dropped]
        self._journal.record(move, *rules.end_queued_jobs(self._journal.state, ids, move))

    def end_if_drained(self) -> None:
        """A session that was closed ends with its last job, or that of the one it continues."""
        state = self._journal.state
        if state.state is State.CLOSING and not state.pending:
            reason = state.lifecycle.history[-1].reason
            self._journal.record(SessionMoved(self._now(), State.CLOSED, reason))

    # --- its jobs ---------------------------------------------------------------------------------

    def queue(
        self, job: LocalJob, name: str | None, shots: int | None, tags: tuple[str, ...]
    ) -> None:
        """A job has come; the first one opens the session."""
        now, job_id = self._now(), job.job_id()
        self.open(job_id)
        record = JobRecord(
            job_id=job_id,
            name=name,
            primitive=job.work.primitive,
            status=JobStatus.QUEUED,
            created=now,
            shots=shots,
            tags=tags,
        )
        self._journal.record(JobQueued(now, record))

    def start(self, job: LocalJob) -> None:
        """A job runs, and the session is active."""
        now = self._now()
        if self._journal.state.state in (State.OPEN, State.INACTIVE):
            self._journal.record(SessionMoved(now, State.ACTIVE))
        self._journal.record(JobStarted(now, job.job_id()))

    def finish(
        self, job: LocalJob, error: BaseException | None, values: tuple[ExpectationValue, ...]
    ) -> bool:
        """A job has ended by itself; False if it had ended already."""
        record = self._journal.state.jobs[job.job_id()]
        if record.status.is_final:
            return False
        now = self._now()
        started = record.started or now
        self._journal.record(
            JobFinished(
                now,
                record.job_id,
                JobStatus.DONE if error is None else JobStatus.ERROR,
                error=None if error is None else in_words(error),
                qpu_seconds=max((now - started).total_seconds(), 0.0),
                values=values,
            )
        )
        return True

    def cancel(self, job: LocalJob, why: str) -> bool:
        """A job is cancelled; False if it had ended already."""
        record = self._journal.state.jobs[job.job_id()]
        if record.status.is_final:
            return False
        now = self._now()
        spent_s = None if record.started is None else (now - record.started).total_seconds()
        self._journal.record(JobFinished(now, record.job_id, JobStatus.CANCELLED, why, spent_s))
        return True

    def _now(self) -> datetime:
        return self._journal.clock.now()
