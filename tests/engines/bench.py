"""A local engine with everything around it: `Bench`."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qsession.engines.base import RunningOptions
from qsession.engines.journal import Journal
from qsession.engines.local.engine import LocalEngine
from qsession.engines.local.job import LocalJob
from qsession.model.job import JobRecord
from qsession.model.session_state import Limits, SessionState
from qsession.model.states import JobStatus
from qsession.testing import ManualClock
from tests.support.circuits import flipped
from tests.support.waiting import until

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2


@dataclass
class Bench:
    """An engine, and what a session would hold besides."""

    backend: BackendV2
    clock: ManualClock
    limits: Limits = field(default_factory=Limits)
    executor: Executor | None = None
    memory_limit: int | None = None
    parallel: int = 1

    def __post_init__(self) -> None:
        self.journal = Journal(SessionState("session", self.limits), self.clock)
        running = RunningOptions(self.executor, self.parallel, self.memory_limit)
        self.engine = LocalEngine(self.backend, self.journal, running)

    def submit(self, circuit: QuantumCircuit | None = None, **options: Any) -> LocalJob:
        """Submit a circuit, by default one whose outcome is sure."""
        return self.engine.run_circuits([circuit or flipped()], options, None)

    @property
    def state(self) -> str:
        """Where the session stands."""
        return self.journal.state.state.value

    @property
    def story(self) -> list[str]:
        """Every state that it came into."""
        return [step.state.value for step in self.journal.state.lifecycle.history]

    @property
    def records(self) -> list[JobRecord]:
        """Its jobs, oldest first."""
        return list(self.journal.state.jobs.values())

    @property
    def statuses(self) -> list[JobStatus]:
        """Where its jobs stand, oldest first."""
        return [record.status for record in self.records]

    def wait_for(self, state: str) -> None:
        """Wait until the session stands there."""
        until(self.journal, lambda: self.state == state)
