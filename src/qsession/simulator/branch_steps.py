"""The steps that a shot goes through: `Operation`, and `Segment`, several gates as one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsession.simulator.branch_conditions import Value

    Matrix = NDArray[np.complex128]
    States = NDArray[np.complex128]
    """State vectors, one in each row."""

_MOST_FUSED_QUBITS = 4
"""Up to here gates that follow each other become one matrix on all qubits, which is kept."""


@dataclass(frozen=True)
class Gate:
    """A unitary on some qubits, the first of which is the matrix's lowest bit."""

    name: str
    qubits: tuple[int, ...]
    matrix: Matrix
    angles: tuple[float, ...] = ()

    def applied(self, states: States, size: int) -> States:
        """The states after it.

        Args:
            states: Those before it.
            size: The number of qubits that they have.
        """
        own = [size - qubit for qubit in reversed(self.qubits)]
        others = [axis for axis in range(size + 1) if axis not in own]
        order = [*others, *own]
        shape = [len(states)] + [2] * size
        grouped = states.reshape(shape).transpose(order).reshape(-1, len(self.matrix))
        changed = (grouped @ self.matrix.T).reshape([shape[axis] for axis in order])
        return changed.transpose(np.argsort(order)).reshape(len(states), -1)


@dataclass(frozen=True)
class Measurement:
    """A measurement of one qubit into one bit."""

    qubits: tuple[int, ...]
    clbit: int


@dataclass(frozen=True)
class Reset:
    """A measurement that nobody reads, and a flip if it gave 1."""

    qubits: tuple[int, ...]


@dataclass(frozen=True)
class Jump:
    """A jump to the mark of this name, if there is no condition or it holds."""

    qubits: tuple[int, ...]
    target: str
    condition: Value | None = None


@dataclass(frozen=True)
class Mark:
    """A place to jump to."""

    qubits: tuple[int, ...]
    name: str


Operation: TypeAlias = "Gate | Measurement | Reset | Jump | Mark"


class Segment:
    """Gates that follow each other."""

    def __init__(self, gates: Sequence[Gate], size: int) -> None:
        self._gates = gates
        self._size = size
        self.count = 1 if size <= _MOST_FUSED_QUBITS else len(gates)

    def applied(self, states: States) -> States:
        """The states after them."""
        if self._size <= _MOST_FUSED_QUBITS:
            return states @ self._fused
        return self._one_by_one(states)

    @cached_property
    def _fused(self) -> Matrix:
        """The state that each basis state becomes, in rows."""
        return self._one_by_one(np.eye(1 << self._size, dtype=complex))

    def _one_by_one(self, states: States) -> States:
        for gate in self._gates:
            states = gate.applied(states, self._size)
        return states
