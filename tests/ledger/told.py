"""Sessions that tell the ledger: a journal without an engine."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qsession.clock import Clock, SystemClock
from qsession.engines.journal import Journal
from qsession.ledger.entries import SessionFacts
from qsession.ledger.ledger import Ledger
from qsession.ledger.reading import read_jobs, read_sessions
from qsession.ledger.recorder import Recorder
from qsession.model.events import JobFinished, JobQueued, JobStarted, SessionMoved, SessionOpened
from qsession.model.job import JobRecord
from qsession.model.session_state import SessionState
from qsession.model.states import JobStatus, State

FACTS = SessionFacts("local", "aer_simulator", "session", name="mine", max_time_s=600)

_numbers = itertools.count(1)


class Telling:
    """A session with a recorder, and the events of an engine."""

    def __init__(
        self,
        ledger: Ledger,
        session_id: str | None = None,
        facts: SessionFacts = FACTS,
        clock: Clock | None = None,
    ) -> None:
        self.journal = Journal(SessionState(facts.mode), clock or SystemClock())
        self.recorder = self.journal.keeper = Recorder(ledger, self.journal, facts)
        self.session_id = session_id or f"session-{next(_numbers)}"
        self.journal.record(SessionOpened(self.now, self.session_id))

    @property
    def now(self) -> datetime:
        return self.journal.clock.now()

    def submit(self, job_id: str, **facts: Any) -> None:
        record = JobRecord(job_id, "bell", "sampler", JobStatus.QUEUED, self.now, **facts)
        self.journal.record(JobQueued(self.now, record))
        self.journal.keep()

    def start(self, job_id: str) -> None:
        self.journal.record(JobStarted(self.now, job_id))

    def finish(self, job_id: str, status: JobStatus = JobStatus.DONE, **facts: Any) -> None:
        if self.journal.state.jobs[job_id].status is JobStatus.QUEUED:
            self.start(job_id)
        self.journal.record(JobFinished(self.now, job_id, status, **facts))

    def end(self, state: State, reason: str) -> None:
        self.journal.record(SessionMoved(self.now, state, reason))


def on_disk(path: Path) -> dict[str, list[str]]:
    """Job ids by session, in the file itself."""
    with closing(sqlite3.connect(path)) as connection:
        return _job_ids(connection)


def as_others_read(path: Path) -> dict[str, list[str]]:
    """Job ids by session, as another process reads them: what is beside the file is taken in."""
    found = Ledger(path).read(_job_ids)
    assert found is not None
    return found


def _job_ids(connection: sqlite3.Connection) -> dict[str, list[str]]:
    found = read_sessions(connection, ended=True)
    return {
        entry.session_id: [job.job_id for job in read_jobs(connection, entry.session_id)]
        for entry in found
    }


def a_time(second: int) -> datetime:
    return datetime(2026, 3, 1, 12, 0, second, tzinfo=UTC)
