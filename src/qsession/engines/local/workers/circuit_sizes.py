"""The size of a circuit, as far as its simulation time depends on it: `CircuitSize`."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from qsession.simulator.fingerprint import Reading, is_gate, read_ahead
from qsession.simulator.instructions import GATES
from qsession.simulator.lru import Bounded

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

MOST_OPERATIONS = 5000
"""Of longer circuits the first ones are looked at, and the rest is taken to be like them: to look
at all would take milliseconds itself."""

LOOP_LENGTH = 3.0
"""The number of runs that a loop is taken to have whose end depends on a measurement, until its
circuit was timed."""

_WITHOUT_EFFECT = ("barrier", "delay")
_WITHOUT_ERRORS = ("measure", "rz")
_BRANCHES = ("if_else", "switch_case")
_CLIFFORD = frozenset(
    {
        *("cx", "cy", "cz", "ecr", "h", "id", "measure", "pauli", "reset", "s", "sdg", "swap"),
        *("sx", "sxdg", "x", "y", "z"),
    }
)
"""Instructions that a stabilizer state can be led through, whatever they are given."""

_QUARTER = math.pi / 2
_TURNS = frozenset({"p", "rx", "ry", "rz", "u1"})
"""Those that can be led through by quarter turns."""


@dataclass(frozen=True)
class CircuitSize:
    """A circuit, as far as time goes.

    Attributes:
        qubits: How many take part; those that no measurement depends on cost nothing.
        operations: How many there are, in loops as often as they run, weighted where one acts on
            many qubits.
        runs_per_shot: Whether each shot is simulated by itself: something follows a measurement.
        is_clifford: Whether it can be simulated without amplitudes.
        gates: Different gates on different qubits, which may have errors of their own.
    """

    qubits: int
    operations: float
    runs_per_shot: bool
    is_clifford: bool = False
    gates: int = 0


MOST_REMEMBERED = 100_000
"""The number of operations in all circuits whose size is remembered."""

_sizes: Bounded[Hashable, CircuitSize] = Bounded(MOST_REMEMBERED)


def circuit_size(circuit: QuantumCircuit, *, keeps_all: bool = False) -> CircuitSize:
    """The size of a circuit.

    Args:
        circuit: The circuit.
        keeps_all: Whether operations count that none of its own measurements depends on.
    """
    reading = read_ahead(circuit)
    if reading is None or reading.steps is None:
        return _Look(circuit, keeps_all=keeps_all).size
    # Of the angles it matters only which of them are quarter turns.
    key = reading.key, tuple(map(_is_quarter, reading.angles)), keeps_all
    size = _sizes.get(key)
    if size is None:
        size = _Look(reading, keeps_all=keeps_all).size
        _sizes.put(key, size, 1 + len(reading.steps))
    return size


class _Look:
    """Looks through a circuit from its end, where measurements are, to its beginning."""

    def __init__(self, circuit: QuantumCircuit | Reading, *, keeps_all: bool) -> None:
        self._qubits: set[Any] = set()
        self._gates: set[Any] = set()
        self._left = MOST_OPERATIONS
        self._is_clifford, self._runs_per_shot = True, False
        if isinstance(circuit, Reading):
            self._keeps_all = keeps_all
            length, operations = len(circuit.steps or ()), _operations_of_reading(circuit)
        else:
            # What is measured later, or decided by what was measured, is not seen here.
            self._keeps_all = keeps_all or circuit.has_control_flow_op()
            length, operations = len(circuit.data), _operations_of_circuit(circuit)
        self._operations = self._count(operations, length, self._qubits)

    @property
    def size(self) -> CircuitSize:
        """The size found so far."""
        return CircuitSize(
            len(self._qubits),
            self._operations,
            self._runs_per_shot,
            self._is_clifford,
            len(self._gates),
        )

    def _count(self, operations: Iterable[_Operation], length: int, needed: set[Any]) -> float:
        """Return the number of operations that a measurement depends on."""
        count = 0.0
        looked_at = 0
        later: set[Any] = set()
        keeps_all = self._keeps_all
        for name, qubits, angles, control_flow in operations:
            if self._left <= 0:
                break
            self._left -= 1
            looked_at += 1
            if name in _WITHOUT_EFFECT:
                continue
            is_measurement = name == "measure"
            if not (keeps_all or is_measurement or not needed.isdisjoint(qubits)):
                continue
            if name == "reset" or (is_measurement and not later.isdisjoint(qubits)):
                self._runs_per_shot = True
            if not is_measurement:
                later.update(qubits)
            needed.update(qubits)
            if control_flow is not None:
                self._runs_per_shot = True
                count += self._operations_within(control_flow)
                continue
            self._take_gate(name, qubits, angles)
            count += 2.0 ** (len(qubits) - 2) if len(qubits) > 2 else 1.0  # noqa: PLR2004 - those of one and two take one
        return count * length / max(looked_at, 1)

    def _operations_within(self, operation: Any) -> float:
        """Of the branches of an `if` or a switch one is taken."""
        sizes = [
            self._count(_operations_of_circuit(block), len(block.data), set())
            for block in operation.blocks
        ]
        taken = max(sizes or [1.0]) if operation.name in _BRANCHES else sum(sizes or [1.0])
        return _times(operation) * taken

    def _take_gate(self, name: str, qubits: Any, angles: Sequence[Any]) -> None:
        if name not in _WITHOUT_ERRORS:
            self._gates.add((name, qubits))
        if name in _CLIFFORD or not self._is_clifford:
            return
        self._is_clifford = name in _TURNS and all(map(_is_quarter, angles))


_Operation: TypeAlias = "tuple[str, Sequence[Hashable], Sequence[Any], Any | None]"
"""Its name, its qubits, what angles it has if these matter, and itself if it is control flow."""


def _operations_of_circuit(circuit: QuantumCircuit) -> Iterator[_Operation]:
    """All, from the last one."""
    has_control_flow = circuit.has_control_flow_op()
    for each in reversed(circuit.data):
        name = each.name
        is_control_flow = has_control_flow and each.is_control_flow()
        angles = each.params if name in _TURNS else ()
        yield name, each.qubits, angles, each.operation if is_control_flow else None


def _operations_of_reading(reading: Reading) -> Iterator[_Operation]:
    """All of a plain circuit, from the last one."""
    end = len(reading.angles)
    for step in reversed(reading.steps or ()):
        first = end - (GATES[step[0]] if is_gate(step) else 0)
        yield step[0], step[1], reading.angles[first:end], None
        end = first


def _is_quarter(angle: Any) -> bool:
    return isinstance(angle, int | float) and abs(angle / _QUARTER - round(angle / _QUARTER)) < 1e-9  # noqa: PLR2004 - as good as equal


def _times(operation: Any) -> float:
    if operation.name == "while_loop":
        return LOOP_LENGTH
    if operation.name == "for_loop":
        return float(len(operation.params[0]))
    return 1
