"""The transitions of a local session and its jobs, as events, by the service's rules of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from qsession.errors import in_words
from qsession.model.durations import format_duration
from qsession.model.events import (
    Event,
    JobFinished,
    JobQueued,
    JobStarted,
    SessionMoved,
    SessionOpened,
)
from qsession.model.job import ExpectationValue, JobRecord
from qsession.model.session_state import SessionState
from qsession.model.states import JobStatus, State

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.engines.journal import Journal
    from qsession.engines.local.job import LocalJob


class Transitions:
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
        self._journal.record(move, *end_queued_jobs(self._journal.state, ids, move))

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
        self._journal.record(
            JobFinished(
                now,
                record.job_id,
                JobStatus.DONE if error is None else JobStatus.ERROR,
                error=None if error is None else in_words(error),
                qpu_seconds=_seconds_between(record.started or now, now),
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
        spent_s = None if record.started is None else _seconds_between(record.started, now)
        self._journal.record(JobFinished(now, record.job_id, JobStatus.CANCELLED, why, spent_s))
        return True

    def _now(self) -> datetime:
        return self._journal.clock.now()


def _seconds_between(start: datetime, end: datetime) -> float:
    """Return the seconds between two times; 0 if the clock was turned back meanwhile."""
    return max((end - start).total_seconds(), 0.0)


UNUSED_TIMEOUT_S = 30 * 60
"""IBM Quantum closes a session that was opened and got no job for this long, in seconds."""


def next_deadline(state: SessionState) -> datetime | None:
    """Return the time of the next transition by the clock; None if there is none."""
    if state.state.is_terminal:
        return None
    deadlines = (state.expires, state.idle_until, _unused_until(state))
    return min((deadline for deadline in deadlines if deadline), default=None)


def due(state: SessionState, now: datetime) -> SessionMoved | None:
    """The move that is due at this time, if any. Expiry comes before all else."""
    if state.state.is_terminal:
        return None
    if state.expires and now >= state.expires:
        limit = format_duration(state.limits.max_time_s or 0)
        return SessionMoved(now, State.EXPIRED, f"its max_time of {limit} ran out")
    if state.idle_until and now >= state.idle_until:
        return SessionMoved(now, State.INACTIVE, "no job came within the interactive timeout")
    unused_until = _unused_until(state)
    if unused_until and now >= unused_until:
        limit = format_duration(UNUSED_TIMEOUT_S)
        return SessionMoved(now, State.CLOSED, f"no job was submitted within {limit}")
    return None


def end_queued_jobs(state: SessionState, job_ids: list[str], move: SessionMoved) -> list[Event]:
    """Cancel jobs that a session's end leaves without a backend, each saying why."""
    reason = f"the session {state.session_id} was {move.to}"
    if move.reason:
        reason += f": {move.reason}"
    return [
        JobFinished(move.at, job_id, JobStatus.CANCELLED, error=f"Cancelled because {reason}.")
        for job_id in job_ids
    ]


def _unused_until(state: SessionState) -> datetime | None:
    if state.state is not State.OPEN or state.jobs or state.limits.max_time_s is None:
        return None
    return state.lifecycle.history[-1].at + timedelta(seconds=UNUSED_TIMEOUT_S)
