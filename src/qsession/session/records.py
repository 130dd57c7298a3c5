"""Reading a session: its jobs, and itself at one moment: `SessionRecords`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, TypeVar

from qsession.engines.jobs import note_result
from qsession.errors import UnknownJobError, shown
from qsession.model.snapshot import SessionSnapshot

if TYPE_CHECKING:
    from datetime import datetime
    from threading import RLock

    from qiskit.providers import BackendV2

    from qsession.circuits.programs import Programs
    from qsession.model.job import JobRecord
    from qsession.model.session_state import SessionState
    from qsession.model.states import JobStatus
    from qsession.session.renewal import Renewal

T = TypeVar("T")


class SessionRecords:
    """Reads the truth about a session, under its lock. All that shows a session reads it here.

    Attributes:
        name: The word for people that the session was given.
    """

    def __init__(
        self,
        renewal: Renewal,
        backend: BackendV2,
        programs: Programs,
        *,
        name: str | None,
        max_time_s: int | None,
    ) -> None:
        self.name = name
        self._renewal = renewal
        self._backend = backend
        self._programs = programs
        self._max_time_s = max_time_s

    @property
    def _lock(self) -> RLock:
        """The lock of the session, which is also that of each that continues it."""
        return self._renewal.journal.lock

    @property
    def state(self) -> SessionState:
        """The state as it is now. One of its fields can be read at once, several need the lock."""
        return self._renewal.journal.state

    # --- jobs -------------------------------------------------------------------------------------

    def all(self) -> list[JobRecord]:
        """The records of all jobs, oldest first."""
        with self._lock:
            return list(self.state.jobs.values())

    def of(self, job_ids: list[str]) -> list[JobRecord]:
        """The records of these jobs, in this order.

        Raises:
            KeyError: If the session has no such job.
        """
        with self._lock:
            jobs = self.state.jobs
            return [jobs[job_id] for job_id in job_ids]

    def newest(self, most: int) -> list[JobRecord]:
        """The records of the newest jobs, at most so many, oldest first."""
        with self._lock:
            newest = list(islice(reversed(self.state.jobs.values()), most))
        return newest[::-1]

    def before(self, job_id: str, most: int) -> list[JobRecord]:
        """The records of the jobs that are next older than one, at most so many, oldest first.

        Raises:
            UnknownJobError: If the session has no such job.
        """
        with self._lock:
            jobs = self.state.jobs
            if job_id not in jobs:
                raise unknown_job(job_id)
            older = dropwhile(lambda record: record.job_id != job_id, reversed(jobs.values()))
            return list(islice(older, 1, most + 1))[::-1]

    def has(self, job_id: str) -> bool:
        """Return True if the session has a job with this id."""
        with self._lock:
            return job_id in self.state.jobs

    def counts(self) -> Counter[JobStatus]:
        """The number of jobs in each status."""
        with self._lock:
            return self.state.counts.copy()

    def pending(self) -> int:
        """The number of jobs that are queued or run."""
        with self._lock:
            return self.state.pending

    def note_result(self, job_id: str, result: object) -> None:
        """Keep the expectation values of a result that was fetched, for the trend over jobs."""
        note_result(self._renewal.journal, job_id, result)

    # --- the session ------------------------------------------------------------------------------

    def session_ids(self) -> list[str]:
        """The ids of all the sessions that it went through, oldest first."""
        with self._lock:
            return list(self.state.session_ids)

    def at_present(self, read: Callable[[SessionState, datetime], T]) -> T:
        """The value of a function of the state and the present time."""
        with self._lock:
            return read(self.state, self._renewal.journal.clock.now())

    def whole_seconds(self, read: Callable[[SessionState, datetime], float | None]) -> int | None:
        """A span that `at_present` gives, in seconds, rounded up; None if there is none."""
        seconds = self.at_present(read)
        return None if seconds is None else math.ceil(seconds)

    def snapshot(self) -> SessionSnapshot:
        """The session at this moment, for a view."""
        with self._lock:
            engine = self._renewal.engine
            return SessionSnapshot.of(
                self.state,
                self._renewal.journal.clock.now(),
                name=self.name,
                backend=self._backend.name,
                max_time_s=self._max_time_s,
                programs=self._programs.labels,
                can_cancel_running=engine.can_cancel_running,
                is_paid=engine.is_paid,
            )


def unknown_job(job_id: str) -> UnknownJobError:
    """The error for an id that no job of a session has."""
    return UnknownJobError(f"No job {shown(job_id)} in this session. The ids are in session.jobs.")


def nothing_ran() -> UnknownJobError:
    """The error for the last job of a session that has none."""
    return UnknownJobError("Nothing ran in this session yet. Run a circuit first.")
