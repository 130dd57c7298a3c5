"""The protocol between a session and its engine: instructions down, events up."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from qsession.client_errors import SessionEndedError
from qsession.forks import lock_held_while_forking, parent_in_words
from qsession.model.durations import format_duration
from qsession.model.events import JobFinished, SessionMoved, is_of_job, rewritten
from qsession.model.states import JobStatus, State
from qsession.redaction.secrets import redacted

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from datetime import datetime

    from qiskit import QuantumCircuit
    from qiskit.primitives import BasePrimitiveJob
    from qiskit.providers import BackendV2

    from qsession.circuits.pubs import PubRequest
    from qsession.clock import Clock
    from qsession.model.events import Event
    from qsession.model.session_state import Limits, SessionState


_log = logging.getLogger("qsession")

Job: TypeAlias = "BasePrimitiveJob[Any, Any]"
"""The handle of a submitted job, with the usual ``job_id() status() result() cancel()``."""


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
        told = [rewritten(event, redacted) for event in events]
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
        for job_id in [job.job_id for job in state.jobs.values() if not job.status.is_final]:
            self.record(JobFinished(now, job_id, JobStatus.ERROR, f"It goes on in {where}."))
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


@dataclass(frozen=True)
class RunningOptions:
    """The options of a local session for its jobs; the defaults are the engine's own.

    Attributes:
        executor: Where units of work go; None for this computer, beside the kernel.
        parallel: How many jobs may run at once.
        memory_limit: Bytes that a job may take; None for any number.
    """

    executor: Executor | None = None
    parallel: int = 1
    memory_limit: int | None = None


@dataclass(frozen=True)
class SimulationCounts:
    """The number of local jobs by the way in which they were computed.

    Attributes:
        fast: Jobs that the session's own cached simulation computed.
        fallback: Jobs that it could not compute exactly, and that Qiskit's own code computed.
        reasons: How often each reason for that was met.
    """

    fast: int = 0
    fallback: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)


class Leaving(Protocol):
    """Ends a session at the exit of the process, or after its object is gone."""

    @property
    def is_owed(self) -> bool:
        """True if the session was to end and has not been seen to do so."""
        ...

    def close_within(self, seconds: float, reason: str) -> None:
        """Take no new jobs. No thread can be started at exit, so this one does it.

        Args:
            seconds: About how long it may take.
            reason: Why, in words.

        Raises:
            Exception: Whatever kept it from being done.
        """
        ...


class Engine(Protocol):
    """Carries out a session on one kind of backend.

    Every method may be called from any thread and returns without waiting for a job. Work for a
    session that takes none raises `SessionEndedError`.
    """

    @property
    def service(self) -> Any:
        """The object that IBM's primitives read from ``session.service``."""
        ...

    @property
    def is_paid(self) -> bool:
        """True if the time of the backend is charged."""
        ...

    @property
    def backend(self) -> BackendV2:
        """The backend of the jobs, as IBM's primitives are to see it."""
        ...

    @property
    def can_cancel_running(self) -> bool:
        """True if a running job can be stopped."""
        ...

    @property
    def instance(self) -> str | None:
        """The instance of the account that its sessions belong to; None if they belong to none."""
        ...

    @property
    def simulation_counts(self) -> SimulationCounts:
        """The ways in which local jobs were computed; empty for jobs elsewhere."""
        ...

    longest_max_time_s: ClassVar[int]
    """The largest ``max_time`` that can be asked for, in seconds."""

    @property
    def leaving(self) -> Leaving:
        """The object that ends the session at exit; it holds neither engine nor session."""
        ...

    outlives_process: ClassVar[bool]
    """True if its sessions go on, and cost, after this process has ended."""

    @classmethod
    def limits(cls, max_time_s: int | None) -> Limits:
        """Return the limits for this ``max_time``, as far as they are known before opening."""
        ...

    @property
    def goes_on_in_forks(self) -> bool:
        """True if a forked child can run jobs with this engine."""
        ...

    def begin_anew_in_child(self) -> None:
        """In a forked child: leave to the parent what is pending, and a session that was opened."""
        ...

    def open(self) -> None:
        """Open the session now instead of with its first job."""
        ...

    def attach(self, session_id: str) -> None:
        """Take up a session that exists already."""
        ...

    def succeed(self, journal: Journal) -> Engine:
        """The engine of the session that continues this one, with the jobs of both."""
        ...

    def read_target(self) -> None:
        """Have at hand what the backend can do, before work is made to fit it.

        Raises:
            ServiceError: If IBM Quantum could not be asked.
        """
        ...

    def run_pubs(self, request: PubRequest, mode: Any) -> Job:
        """Submit PUBs that are ready for the backend.

        Args:
            request: The PUBs.
            mode: What an IBM primitive would take: the session, or the backend for a job alone.
        """
        ...

    def run_program(
        self, program_id: str, inputs: Mapping[str, Any], options: Mapping[str, Any], **extra: Any
    ) -> Job:
        """Submit what one of IBM's primitives hands to ``Session._run``."""
        ...

    def run_program_alone(
        self, program_id: str, inputs: Mapping[str, Any], options: Mapping[str, Any], **extra: Any
    ) -> Job:
        """Submit likewise what is to run outside of any session, in IBM's job mode."""
        ...

    def run_circuits(
        self,
        circuits: Sequence[QuantumCircuit],
        run_options: Mapping[str, Any],
        name: str | None,
        mode: Any,
    ) -> Job:
        """Submit circuits to the backend itself; the job's result is a `qiskit.result.Result`."""
        ...

    def run_again(self, job_id: str, *, shots: int | None = None) -> Job:
        """Submit the work of a job of this session once more, with other shots if given."""
        ...

    def job(self, job_id: str) -> Job | None:
        """The live job with this id, None if the session has none."""
        ...

    def cancel_job(self, job_id: str, why: str | None = None) -> bool:
        """Cancel a job; False if it can no longer be.

        Args:
            job_id: Its id.
            why: The reason in words, where the engine tells it; None is the user's wish.
        """
        ...

    def cancel(self, reason: str, *, running: bool = False) -> None:
        """End the session: queued jobs are cancelled, a running one finishes unless told."""
        ...

    def close(self, reason: str) -> None:
        """Take no new jobs; the session ends with the last one it has."""
        ...

    def details(self) -> dict[str, Any] | None:
        """The session in the shape of IBM's ``Session.details()``; None before it is opened."""
        ...
