"""Reads a circuit into what compiling it depends on, and the angles that may vary: `Reading`.

Where a unit of work is to run, and how, are questions to the same circuits. They are read once for
all of them, if whoever asks says that nobody changes them meanwhile: `each_read_once`.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from qiskit import qpy
from qiskit.circuit import Delay, ParameterExpression
from qiskit.circuit.library import UnitaryGate

from qsession.simulator.errors import FastPathError
from qsession.simulator.instructions import GATES, is_plain, kind_of, require_known

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction


Step: TypeAlias = "tuple[Any, ...]"
"""An instruction of a plain circuit: its name, the numbers of its qubits, its label; of what is no
standard gate also the numbers of its classical bits, and what else there is to know."""


def is_gate(step: Step) -> bool:
    """Return True for a standard gate: of all others more is to be known."""
    return len(step) == 3  # noqa: PLR2004 - name, qubits, label


MOST_READ_AHEAD = 5000
"""The operations of the longest circuit that is read ahead, in a few milliseconds."""

MOST_KEPT = 50_000
"""The operations of all circuits whose readings are kept, in some ten megabytes."""


@dataclass(frozen=True)
class Reading:
    """The content of a circuit: its structure as a key, and its angles.

    Attributes:
        key: Equal for circuits that differ in names, metadata, global phase and angles alone.
        angles: The parameters of Qiskit's standard gates, in order: numbers and expressions.
        qubits: How many qubits it has.
        clbits: How many classical bits it has.
        steps: Its instructions; None unless it is plain.
    """

    key: Hashable
    angles: tuple[Any, ...]
    qubits: int
    clbits: int
    steps: tuple[Step, ...] | None = None

    @property
    def is_plain(self) -> bool:
        """True for standard gates, measurements, resets, delays, barriers and unitaries alone.

        What else there is (control flow) has its angles and its global phase in the key.
        """
        return self.steps is not None


class _Readings:
    """Readings by the identity of their circuits, up to `MOST_KEPT`."""

    def __init__(self) -> None:
        self._left = MOST_KEPT
        self._known: dict[int, tuple[QuantumCircuit, Reading | None]] = {}

    def of(self, circuit: QuantumCircuit) -> Reading | None:
        known = self._known.get(id(circuit))
        if known is not None:
            return known[1]
        reading, size = _plain(circuit), len(circuit.data)
        if size <= self._left:
            self._left -= size
            # With the circuit, so that no other one can have its identity meanwhile.
            self._known[id(circuit)] = circuit, reading
        return reading


class _Kept(threading.local):
    readings: _Readings | None = None
    """None where each circuit is read anew."""


_kept = _Kept()


@contextmanager
def each_read_once() -> Iterator[None]:
    """Read each circuit once in this thread: as long as this lasts, none of them changes."""
    before, _kept.readings = _kept.readings, _Readings()
    try:
        yield
    finally:
        _kept.readings = before


def read(circuit: QuantumCircuit) -> Reading:
    """Read a circuit.

    Raises:
        FastPathError: If an instruction is not known to be treated exactly.
    """
    return read_plain(circuit) or _whole(circuit)


def read_plain(circuit: QuantumCircuit) -> Reading | None:
    """Read a plain circuit; None if it is none: see `Reading.is_plain`."""
    readings = _kept.readings
    return _plain(circuit) if readings is None else readings.of(circuit)


def read_ahead(circuit: QuantumCircuit) -> Reading | None:
    """Read a plain circuit before it is known where it runs; None if it is none, or long.

    To read a long one takes the time and the memory of this process, and another may run it.
    """
    return read_plain(circuit) if len(circuit.data) <= MOST_READ_AHEAD else None


def _plain(circuit: QuantumCircuit) -> Reading | None:
    if circuit.num_vars or circuit.num_stretches:
        return None
    qubit_numbers = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    clbit_numbers = {clbit: number for number, clbit in enumerate(circuit.clbits)}
    # A long circuit has many gates on the same qubits.
    numbers_of: dict[tuple[Any, ...], tuple[int, ...]] = {}
    steps: list[Step] = []
    angles: list[Any] = []
    for instruction in circuit.data:
        name, on = instruction.name, instruction.qubits
        qubits = numbers_of.get(on)
        if qubits is None:
            qubits = numbers_of[on] = tuple([qubit_numbers[qubit] for qubit in on])
        if instruction.is_standard_gate():
            parameters = instruction.params
            if GATES.get(name) != len(parameters):
                return None
            if parameters:
                angles.extend(parameters)
            steps.append((name, qubits, instruction.label))
            continue
        clbits = tuple([clbit_numbers[clbit] for clbit in instruction.clbits])
        detail = _detail(instruction)
        if detail is None:
            return None
        steps.append((name, qubits, instruction.label, clbits, detail))
    key = len(qubit_numbers), len(clbit_numbers), tuple(steps)
    return Reading(key, tuple(angles), *key)


def _detail(instruction: CircuitInstruction) -> Hashable | None:
    """Return an instruction's content beside its name and qubits; None if it is not plain."""
    operation = instruction.operation
    if not is_plain(operation):
        return None
    kind = kind_of(operation)
    if kind is Delay:
        (duration,) = operation.params
        if isinstance(duration, ParameterExpression):
            # What is waited for decides about the noise.
            if duration.parameters:
                return None
            duration = float(duration)
        return (duration, operation.unit) if isinstance(duration, int | float) else None
    if kind is UnitaryGate:
        (matrix,) = operation.params
        return (matrix.shape, matrix.tobytes())
    return ()


def _whole(circuit: QuantumCircuit) -> Reading:
    """Read a circuit that is not plain, as a whole."""
    require_known(circuit)
    if circuit.parameters:
        # Bound, it has the values in its content.
        raise UnboundError
    plain = circuit.copy(name="circuit")
    plain.metadata = {}
    buffer = io.BytesIO()
    try:
        qpy.dump(plain, buffer)
    except Exception as error:
        # QPY fails in many ways on what it cannot write.
        raise FastPathError("an instruction cannot be written as QPY") from error
    digest = hashlib.sha256(buffer.getbuffer()).digest()
    return Reading(digest, (), circuit.num_qubits, circuit.num_clbits)


class UnboundError(FastPathError):
    """The circuit can be read only with values for its parameters."""

    def __init__(self) -> None:
        super().__init__("a parameter stands where none can be varied")
