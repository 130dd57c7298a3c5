"""A backend whose jobs take exactly as long as a test wants: `GatedBackend`."""

from __future__ import annotations

import math
import threading
from typing import Any

from qiskit.providers import BackendV2, Options
from qiskit_aer import AerSimulator

from tests.support.patience import PATIENCE_S


class GatedBackend(BackendV2):
    """A simulator with a gate: each run waits in front of it until a test lets it through."""

    def __init__(self) -> None:
        super().__init__(name="gated_simulator")
        self._simulator = AerSimulator()
        self._moved = threading.Condition()
        self._passes = 0.0
        self._at_work = 0
        self.most_at_work = 0
        """The largest number of runs that were in here at the same time."""
        self.seeds: list[int | None] = []
        """The ``seed_simulator`` of each run, in the order in which they came."""
        self.failure: Exception | None = None
        """What runs fail with behind the gate; None if they do not."""

    def let_through(self, runs: int = 1) -> None:
        """Let this many runs go on."""
        with self._moved:
            self._passes += runs
            self._moved.notify_all()

    def open_gate(self) -> None:
        """Let every run go on, now and later."""
        with self._moved:
            self._passes = math.inf
            self._moved.notify_all()

    def wait_for_runs(self, count: int) -> None:
        """Wait until this many runs have come to the gate since the beginning."""
        with self._moved:
            assert self._moved.wait_for(lambda: len(self.seeds) >= count, PATIENCE_S)

    @property
    def target(self) -> Any:
        """The simulator's."""
        return self._simulator.target

    @property
    def max_circuits(self) -> None:
        """Any number."""
        return

    @classmethod
    def _default_options(cls) -> Options:
        return Options(shots=100)

    def run(self, run_input: Any, **options: Any) -> Any:
        """Wait at the gate, then simulate."""
        with self._moved:
            self.seeds.append(options.get("seed_simulator"))
            self._at_work += 1
            self.most_at_work = max(self.most_at_work, self._at_work)
            self._moved.notify_all()
            if not self._moved.wait_for(lambda: self._passes > 0, PATIENCE_S):
                raise TimeoutError("Nobody opened the gate.")
            self._passes -= 1
        try:
            if self.failure is not None:
                raise self.failure
            return self._simulator.run(run_input, **{"shots": self.options.shots, **options})
        finally:
            with self._moved:
                self._at_work -= 1
