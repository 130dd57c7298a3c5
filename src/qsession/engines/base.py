"""The protocol between a session and its engine: instructions down, events up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from qiskit import QuantumCircuit
    from qiskit.primitives import BasePrimitiveJob
    from qiskit.providers import BackendV2

    from qsession.circuits.pubs import PubRequest
    from qsession.engines.journal import Journal
    from qsession.model.session_state import Limits

Job: TypeAlias = "BasePrimitiveJob[Any, Any]"
"""The handle of a submitted job, with the usual ``job_id() status() result() cancel()``."""


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

    def catch_up(self, within_s: float) -> None:
        """Take in how far the jobs are by now, unless that takes longer than this."""
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

    def refresh_quota(self) -> None:
        """Have the journal tell what the instance may use; nothing where no instance pays.

        Raises:
            ServiceError: If IBM Quantum could not be asked.
        """
        ...

    def details(self) -> dict[str, Any] | None:
        """The session in the shape of IBM's ``Session.details()``; None before it is opened."""
        ...
