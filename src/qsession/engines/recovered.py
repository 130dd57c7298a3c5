"""Local sessions of processes that have ended, read from the ledger: `RecoveredEngine`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from qiskit.providers import BackendV2, Options
from qiskit.transpiler import Target

from qsession.client_errors import SessionEndedError, SessionNotFoundError
from qsession.engines.base import SimulationCounts
from qsession.engines.local.details import session_details
from qsession.engines.recovered_job import RecoveredJob
from qsession.ledger import ledger_of_process
from qsession.ledger.entries import SessionEntry, lost
from qsession.ledger.reading import find_sessions, read_jobs
from qsession.model.durations import SYSTEM_MAX_TIME_S
from qsession.model.events import (
    Event,
    JobBilled,
    JobQueued,
    SessionMoved,
    SessionObserved,
    SessionOpened,
)
from qsession.model.session_state import Limits

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.circuits.pubs import PubRequest
    from qsession.engines.base import RunningOptions
    from qsession.engines.journal import Journal
    from qsession.model.job import JobRecord


class RecoveredBackend(BackendV2):
    """The name of a backend whose process has ended. It runs nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self._target = Target()

    def engine_class(self) -> type[RecoveredEngine]:
        """The engine that shows its sessions."""
        return RecoveredEngine

    @property
    def target(self) -> Target:
        """Not known any more: empty."""
        return self._target

    @property
    def max_circuits(self) -> None:
        """Not known any more."""
        return

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    def run(self, run_input: Any, **options: Any) -> NoReturn:  # noqa: ARG002 - Qiskit's signature
        """Refuse.

        Raises:
            SessionEndedError: Always.
        """
        raise SessionEndedError(f"The backend {self.name} ended with its process.")


class RecoveredEngine:
    """Shows a local session that has ended with its process, or before: jobs and their results."""

    longest_max_time_s: ClassVar[int] = SYSTEM_MAX_TIME_S
    outlives_process: ClassVar[bool] = False
    can_cancel_running = False
    is_paid = False
    simulation_counts = SimulationCounts()
    instance: str | None = None
    service: Any = None
    is_owed: ClassVar[bool] = False
    """It has ended."""
    goes_on_in_forks = False

    def __init__(
        self,
        backend: BackendV2,
        journal: Journal,
        running: RunningOptions | None = None,  # noqa: ARG002 - nothing runs
    ) -> None:
        self.backend = backend
        self._journal = journal
        self._jobs: dict[str, RecoveredJob] = {}

    @classmethod
    def limits(cls, max_time_s: int | None) -> Limits:
        """Those of local sessions."""
        return Limits(max_time_s or SYSTEM_MAX_TIME_S)

    def attach(self, session_id: str) -> None:
        """Take in what the ledger knows. What nobody finished is lost, and the ledger is told.

        Raises:
            SessionNotFoundError: If the ledger does not have it.
        """
        ledger = ledger_of_process()
        entries = None if ledger is None else ledger.read(lambda f: find_sessions(f, session_id))
        entry = next((each for each in entries or () if each.session_id == session_id), None)
        if ledger is None or entry is None:
            raise SessionNotFoundError(f"The ledger has no session {session_id!r} any more.")
        records = ledger.read(lambda f: read_jobs(f, session_id)) or []
        events, records = story_of(entry, records)
        with self._journal.lock:
            self._journal.record(*events)
            self._jobs = {
                record.job_id: RecoveredJob(record, self.backend, session_id) for record in records
            }
        self._journal.keep()

    def begin_anew_in_child(self) -> None:
        """In a forked child: what has ended has ended there, too."""
        self._journal.leave_to_parent()

    def job(self, job_id: str) -> RecoveredJob | None:
        """The job as the ledger has it, None if there is none."""
        return self._jobs.get(job_id)

    def catch_up(self, within_s: float) -> None:
        """All of it is known."""

    def cancel_job(self, job_id: str, why: str | None = None) -> bool:  # noqa: ARG002 - of any job
        """Nothing runs any more."""
        return False

    def cancel(self, reason: str, *, running: bool = False) -> None:
        """It has ended."""

    def close(self, reason: str) -> None:
        """It has ended."""

    def close_within(self, seconds: float, reason: str) -> None:
        """It has ended."""

    @property
    def leaving(self) -> RecoveredEngine:
        """The object that ends the session at exit: this one, though nothing is left to end."""
        return self

    def refresh_quota(self) -> None:
        """Nobody is charged for what runs here."""

    def details(self) -> dict[str, Any] | None:
        """The session in IBM's shape."""
        with self._journal.lock:
            state, now = self._journal.state, self._journal.clock.now()
            return session_details(state, self.backend.name, state.usage_seconds(now))

    # --- what an ended session refuses -----------------------------------------------------------

    def open(self) -> None:
        """Refuse.

        Raises:
            SessionEndedError: Always.
        """
        self._refuse()

    def succeed(self, journal: Journal) -> NoReturn:  # noqa: ARG002 - of any journal
        """Refuse: nothing continues it."""
        self._refuse()

    def read_target(self) -> NoReturn:
        """Refuse."""
        self._refuse()

    def run_pubs(self, request: PubRequest, mode: Any) -> NoReturn:  # noqa: ARG002 - any
        """Refuse."""
        self._refuse()

    def run_program(
        self,
        program_id: str,  # noqa: ARG002 - any
        inputs: Mapping[str, Any],  # noqa: ARG002
        options: Mapping[str, Any],  # noqa: ARG002
        **extra: Any,  # noqa: ARG002
    ) -> NoReturn:
        """Refuse."""
        self._refuse()

    run_program_alone = run_program

    def run_circuits(
        self,
        circuits: Sequence[QuantumCircuit],  # noqa: ARG002 - any
        run_options: Mapping[str, Any],  # noqa: ARG002
        name: str | None,  # noqa: ARG002
        mode: Any,  # noqa: ARG002
    ) -> NoReturn:
        """Refuse."""
        self._refuse()

    def run_again(self, job_id: str, *, shots: int | None = None) -> NoReturn:  # noqa: ARG002 - any
        """Refuse: a new session on the same backend runs it again."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        self._journal.require_accepting_jobs()
        raise SessionEndedError("The session ended with its process.")


def story_of(entry: SessionEntry, records: list[JobRecord]) -> tuple[list[Event], list[JobRecord]]:
    """Return the events and job records of an ended session, its end and lost jobs included."""
    if entry.ended is None:
        entry = entry.closed(_last_sign(entry, records))
    ended = entry.ended or entry.seen
    records = [record if record.status.is_final else lost(record, ended) for record in records]
    started = [record.started for record in records if record.started is not None]
    completed = [record.finished for record in records if record.started and record.finished]
    events: list[Event] = [SessionOpened(entry.opened, entry.session_id)]
    events += [JobQueued(record.created, record) for record in records]
    events += [
        JobBilled(ended, record.job_id, record.qpu_seconds)
        for record in records
        if record.qpu_seconds is not None
    ]
    events += [
        SessionMoved(ended, entry.state, entry.ended_reason),
        SessionObserved(
            ended,
            started=min(started, default=None),
            last_job_started=max(started, default=None),
            last_job_completed=max(completed, default=None),
            usage_s=entry.usage_s,
        ),
    ]
    return events, records


def _last_sign(entry: SessionEntry, records: list[JobRecord]) -> datetime:
    times = (time for job in records for time in (job.created, job.started, job.finished))
    return max([entry.seen, *(time for time in times if time is not None)])
