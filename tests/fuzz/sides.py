"""One run of a program on something: `Side`, which `Theirs` and `Ours` are."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import qiskit
import qiskit_ibm_runtime
from qiskit_ibm_runtime.quantum_program import QuantumProgram

from tests.fuzz.observing import Observation, failed, observation_of


class Side(ABC):
    """One run of a program: the names that differ between the sides, and what was observed."""

    name: str

    def __init__(self, like: Side | None = None) -> None:
        """Start a run.

        Args:
            like: The side that ran before. What it has transpiled is taken from it: Qiskit gives
                other circuits each time for targets with many kinds of gates, whatever the seed.
        """
        self.observations: list[Observation] = []
        self.transpiled: list[Any] = []
        """What the program has transpiled, in its order."""
        self.fits: dict[Any, Any] = {} if like is None else like.fits
        """What was transpiled since it did not fit, by circuit and target."""
        self._given = [] if like is None else list(like.transpiled)

    def transpile(self, circuit: Any, backend: Any, **options: Any) -> Any:
        """Transpile a circuit as the other side has done it."""
        number = len(self.transpiled)
        if number < len(self._given):
            self.transpiled.append(copy.deepcopy(self._given[number]))
        else:
            self.transpiled.append(qiskit.transpile(circuit, backend, **options))
            # It is changed in place by what comes later.
            return copy.deepcopy(self.transpiled[-1])
        return self.transpiled[-1]

    @property
    def names(self) -> dict[str, Any]:
        """The names of a program that each side has a meaning of its own for."""
        own = (self.open_session, self.on, self.run_circuits, self.sample, self.estimate)
        more = (
            self.execute,
            self.transpile,
            self.observe,
            self.submit,
            self.collect,
            self.together,
        )
        return {each.__name__: each for each in (*own, *more)}

    def observe(self, call: Callable[[], Any]) -> None:
        """Submit a job and wait for it."""
        self.collect(self.submit(call))

    def submit(self, call: Callable[[], Any]) -> Any:
        """Submit a job; a failure waits to be collected."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - it is what is observed
            return error

    def collect(self, job: Any) -> None:
        """Wait for a job that was submitted."""
        self.observations.append(outcome_of(job))

    @abstractmethod
    def open_session(self, backend: Any) -> Any:
        """Open a session."""

    @abstractmethod
    def on(self, backend: Any) -> Any:
        """A backend to run circuits on."""

    @abstractmethod
    def run_circuits(self, session: Any, circuits: Any, **options: Any) -> Any:
        """Run circuits on the backend of a session."""

    @abstractmethod
    def sample(
        self, session: Any, pubs: Any, *, shots: int | None = None, options: Any = None
    ) -> Any:
        """Run sampler PUBs in a session, without a primitive."""

    @abstractmethod
    def estimate(
        self, session: Any, pubs: Any, *, precision: float | None = None, options: Any = None
    ) -> Any:
        """Run estimator PUBs in a session, without a primitive."""

    def execute(self, session: Any, items: Sequence[Any], shots: int, options: Any) -> Any:
        """Run a quantum program."""
        program = QuantumProgram(shots=shots)
        for circuit, values in items:
            program.append_circuit_item(circuit, circuit_arguments=values)
        return qiskit_ibm_runtime.Executor(session, options=options).run(program)

    @abstractmethod
    def together(self, *calls: Callable[[], Any]) -> None:
        """Run jobs at the same time."""

    @abstractmethod
    def close(self) -> None:
        """End what was opened."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """While a program runs; it is closed at the end."""
        try:
            yield
        finally:
            self.close()


def outcome_of(job: Any) -> Observation:
    """What a job gave, or what was raised at its submission."""
    if isinstance(job, Exception):
        return failed(job, at="submission")
    try:
        result = job.result()
    except Exception as error:  # noqa: BLE001 - it is what is observed
        return failed(error, at="result")
    return observation_of(result)
