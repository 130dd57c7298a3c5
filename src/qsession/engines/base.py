"""The protocol between a session and its engine: instructions down, events up."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from qsession.client_errors import SessionEndedError
from qsession.model.durations import format_duration

if TYPE_CHECKING:
    from datetime import datetime

    from qiskit import QuantumCircuit
    from qiskit.primitives import BasePrimitiveJob

    from qsession.clock import Clock, WakeUps
    from qsession.model.events import Event
    from qsession.model.session_state import Limits, SessionState
    from qsession.pubs import PubRequest


Job: TypeAlias = "BasePrimitiveJob[Any, Any]"
"""The handle of a submitted job, with the usual ``job_id() status() result() cancel()``."""


class Journal:
    """The truth about one session and the one lock that guards it.

    An engine writes events while it holds `lock`, together with its own bookkeeping, so that the
    two never disagree. Whoever holds the lock calls nothing that may block or call back: no
    network, no observer, no comm, no future.
    """

    def __init__(self, state: SessionState, clock: Clock) -> None:
        self.lock = threading.RLock()
        self.state = state
        self.clock = clock
        self._subscribers: tuple[WakeUps, ...] = ()

    def record(self, *events: Event) -> None:
        """Apply events in order and wake whoever publishes them."""
        with self.lock:
            for event in events:
                self.state.apply(event)
        self._wake_subscribers()

    def note_change(self) -> None:
        """Say that something changed that views show and the state does not hold."""
        with self.lock:
            self.state.version += 1
        self._wake_subscribers()

    def subscribe(self, wake_ups: WakeUps) -> None:
        """Put a token into ``wake_ups`` after every change."""
        with self.lock:
            self._subscribers += (wake_ups,)

    def _wake_subscribers(self) -> None:
        for wake_ups in self._subscribers:
            wake_ups.put(None)

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


class Engine(Protocol):
    """Carries out a session on one kind of backend.

    Every method may be called from any thread and returns without waiting for a job. Work for a
    session that takes none raises `SessionEndedError`.
    """

    @property
    def service(self) -> Any:
        """What IBM's primitives read from ``session.service``."""
        ...

    @property
    def can_cancel_running(self) -> bool:
        """Whether a job that runs can be stopped."""
        ...

    longest_max_time_s: ClassVar[int]
    """The largest ``max_time`` that can be asked for, in seconds."""

    @classmethod
    def limits(cls, max_time_s: int | None) -> Limits:
        """What holds for a session with this ``max_time``, as far as is known before it opens."""
        ...

    def open(self) -> None:
        """Open the session now instead of with its first job."""
        ...

    def attach(self, session_id: str) -> None:
        """Take up a session that exists already."""
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

    def cancel_job(self, job_id: str) -> bool:
        """Cancel a job; False if it can no longer be."""
        ...

    def cancel(self, reason: str) -> None:
        """End the session: queued jobs are cancelled, a running one finishes."""
        ...

    def close(self, reason: str) -> None:
        """Take no new jobs; the session ends with the last one it has."""
        ...

    def details(self) -> dict[str, Any] | None:
        """The session in the shape of IBM's ``Session.details()``; None before it is opened."""
        ...
