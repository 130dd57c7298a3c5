"""What goes wrong when a circuit runs: `Noise`, and that of a simulator, `ModelNoise`."""

# ruff: noqa: D102 - the base class says what its methods give

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable
from typing import Any

from qiskit_aer.noise import NoiseModel, QuantumError

from qsession.engines.local.simulating import aer, channels
from qsession.engines.local.simulating.bounded import Bounded

Use = tuple[str, tuple[int, ...]]
"""An instruction by name (or label), on these qubits."""

MOST_ERRORS = 4096
"""How many errors of a backend are kept; the least recently used go first."""


class Noise(ABC):
    """The noise of one backend, as one path of upstream sees it."""

    def __init__(self) -> None:
        self._superoperators: Bounded[Hashable, Any] = Bounded(MOST_ERRORS)

    @abstractmethod
    def content(self, uses: Iterable[Use]) -> Hashable:
        """What the errors of these uses depend on: equal while they are the same."""

    @abstractmethod
    def error(self, use: Use) -> QuantumError | None:
        """What follows an instruction."""

    @abstractmethod
    def error_everywhere(self, name: str) -> QuantumError | None:
        """What follows an instruction on qubits that have no error of their own."""

    @abstractmethod
    def readout(self, qubit: int) -> Any:
        """How a measured bit is misread: the probabilities as a matrix; None for never."""

    @abstractmethod
    def waiting(self) -> tuple[Any, ...]:
        """The passes that add errors to delays."""

    @abstractmethod
    def whole(self) -> Hashable:
        """What `operations` depends on."""

    @abstractmethod
    def operations(self) -> list[Any]:
        """Circuits with every operation that any of its errors has, in use or not.

        Aer chooses how to simulate by the noise of the whole device.
        """

    def error_of(self, use: Use) -> QuantumError | None:
        """What follows an instruction, wherever it is said."""
        own = self.error(use)
        return self.error_everywhere(use[0]) if own is None else own

    def superoperator(self, error: QuantumError) -> Any:
        """An error as a matrix."""
        matrix = self._superoperators.get(error.id)
        if matrix is None:
            matrix = channels.superoperator(error)
            self._superoperators.put(error.id, matrix)
        return matrix


class ModelNoise(Noise):
    """A noise model that somebody made."""

    def __init__(self) -> None:
        super().__init__()
        self._errors = aer.errors_of(NoiseModel())
        self._names: Bounded[str, frozenset[str]] = Bounded(MOST_ERRORS)

    def look_at(self, model: NoiseModel) -> None:
        """Take this model, which may be another one or may have changed."""
        self._errors = aer.errors_of(model)

    def content(self, uses: Iterable[Use]) -> Hashable:
        """Errors have ids, and new ones when they change; whoever copies a model keeps them."""
        found: list[Hashable] = []
        for use in uses:
            error = self.error_of(use)
            found.append(None if error is None else error.id)
            if use[0] == "measure":
                readout = self.readout(use[1][0])
                found.append(None if readout is None else readout.tobytes())
            elif use[0] == "delay":
                found.append(self._errors.passes)
        return tuple(found)

    def error(self, use: Use) -> QuantumError | None:
        own = self._errors.quantum.get(use[0])
        return None if own is None else own.get(use[1])

    def error_everywhere(self, name: str) -> QuantumError | None:
        return self._errors.everywhere.get(name)

    def readout(self, qubit: int) -> Any:
        error = self._errors.readout.get((qubit,), self._errors.readout_everywhere)
        return None if error is None else error.probabilities

    def waiting(self) -> tuple[Any, ...]:
        return self._errors.passes

    def whole(self) -> Hashable:
        names = [self._names_in(error) for error in self._all()]
        return frozenset().union(*names)

    def operations(self) -> list[Any]:
        return one_of_each(self._all())

    def _all(self) -> list[QuantumError]:
        return [
            *self._errors.everywhere.values(),
            *(error for own in self._errors.quantum.values() for error in own.values()),
        ]

    def _names_in(self, error: QuantumError) -> frozenset[str]:
        names = self._names.get(error.id)
        if names is None:
            names = frozenset(
                each.operation.name for circuit in error.circuits for each in circuit.data
            )
            self._names.put(error.id, names)
        return names


def one_of_each(errors: Iterable[QuantumError]) -> list[Any]:
    """Circuits of errors that have all their operations by name between them."""
    seen: set[str] = set()
    found = []
    for error in errors:
        for circuit in error.circuits:
            names = {instruction.operation.name for instruction in circuit.data}
            if not names <= seen:
                seen |= names
                found.append(circuit)
    return found
