"""The steps of Aer in each shot of a circuit that it does not sample: `Program`.

Aer leaves out what no measurement depends on, by one look from the end to the beginning, and so
does not draw the random numbers of such resets. What it does with control flow that it would leave
out, or with measurements that it would move over a jump, is not told here: `FastPathError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import CircuitInstruction

from qsession.simulator.branch_conditions import condition_of
from qsession.simulator.branch_costs import MOST_BRANCHED_QUBITS
from qsession.simulator.branch_steps import (
    Gate,
    Jump,
    Mark,
    Measurement,
    Operation,
    Reset,
    Segment,
)
from qsession.simulator.errors import FastPathError
from qsession.simulator.instructions import GATES, is_plain

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


_MOST_OF_AER = 24
"""Qubits of which Aer has a state anywhere; control flow may be on more than gates are."""

MOST_STEPS = 3000
"""Longer circuits are Aer's: to look through them takes milliseconds."""

_MOST_OF_A_MATRIX = 5
"""Qubits of a matrix that a circuit has in it."""


@dataclass(frozen=True)
class Program:
    """A circuit's steps.

    Attributes:
        steps: In order: segments of gates, and what is no gate.
        qubits: The number of qubits that they act on.
        clbits: The number of classical bits.
        places: The step of each mark, by its name.
        gates: The gates by name, and how many angles each has.
        angles: The angles of all gates.
    """

    steps: tuple[Segment | Measurement | Reset | Jump | Mark, ...]
    qubits: int
    clbits: int
    places: dict[str, int]
    gates: tuple[tuple[str, int], ...]
    angles: tuple[float, ...]

    @cached_property
    def draws(self) -> int:
        """The number of random numbers that a shot takes which goes through all steps once."""
        return sum(isinstance(step, Measurement | Reset) for step in self.steps)

    @cached_property
    def gates_from(self) -> Sequence[int]:
        """For each step, the gates that shots surely go through with the states that they have.

        That is up to where they may jump, or states may become one.
        """
        counts: list[int] = []
        for step in reversed(self.steps):
            is_open = isinstance(step, Jump | Mark | Reset) or not counts
            after = 0 if is_open else counts[-1]
            counts.append(after + (step.count if isinstance(step, Segment) else 0))
        return counts[::-1]

    @cached_property
    def has_loops(self) -> bool:
        """True if a shot may come to a step again."""
        return any(
            isinstance(step, Jump) and self.places[step.target] < number
            for number, step in enumerate(self.steps)
        )


def program_of(circuit: QuantumCircuit) -> Program:
    """The steps of a circuit.

    Args:
        circuit: One whose instructions are known, with jumps and marks in place of control flow.

    Raises:
        FastPathError: If it has anything whose treatment is not known here.
    """
    if len(circuit.data) > MOST_STEPS:
        raise FastPathError("a circuit is too long to be taken apart here")
    qubits = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    clbits = {clbit: number for number, clbit in enumerate(circuit.clbits)}
    operations = [
        _operation(each, tuple([qubits[qubit] for qubit in each.qubits]), clbits)
        for each in circuit.data
        if each.name != "barrier"
    ]
    return assembled(_as_aer_keeps(operations), len(clbits))


def assembled(operations: Sequence[Operation], clbits: int) -> Program:
    """A program of operations that Aer would keep, in its order.

    Raises:
        FastPathError: If they need too many qubits, or Aer takes all shots from one state.
    """
    if all(isinstance(each, Gate | Measurement) for each in operations) and _can_sample(operations):
        raise FastPathError("Aer takes all shots from one state")
    moved = [each for each in operations if not isinstance(each, Jump | Mark)]
    active = sorted({qubit for each in moved for qubit in each.qubits})
    if len(active) > MOST_BRANCHED_QUBITS:
        raise FastPathError("a circuit has too many qubits for states in NumPy")
    numbers = {old: new for new, old in enumerate(active)}
    gates = [each for each in moved if isinstance(each, Gate)]
    steps = tuple(_steps(operations, numbers))
    places = {step.name: place for place, step in enumerate(steps) if isinstance(step, Mark)}
    jumps = [step for step in steps if isinstance(step, Jump)]
    if len(places) < sum(isinstance(step, Mark) for step in steps) or any(
        jump.target not in places for jump in jumps
    ):
        raise FastPathError("marks are not where jumps need them")
    return Program(
        steps,
        len(active),
        clbits,
        places,
        tuple([(gate.name, len(gate.angles)) for gate in gates]),
        tuple([angle for gate in gates for angle in gate.angles]),
    )


def _steps(
    operations: Iterable[Operation], numbers: dict[int, int]
) -> Iterable[Segment | Measurement | Reset | Jump | Mark]:
    waiting: list[Gate] = []
    for each in operations:
        if isinstance(each, Gate):
            own = tuple([numbers[qubit] for qubit in each.qubits])
            waiting.append(Gate(each.name, own, each.matrix))
            continue
        if waiting:
            yield Segment(waiting, len(numbers))
            waiting = []
        if isinstance(each, Measurement):
            yield Measurement((numbers[each.qubits[0]],), each.clbit)
        elif isinstance(each, Reset):
            yield Reset((numbers[each.qubits[0]],))
        else:
            yield each
    if waiting:
        yield Segment(waiting, len(numbers))


def operation_of(
    each: CircuitInstruction,
    qubits: tuple[int, ...],
    clbits: Sequence[int],
    angles: Sequence[float],
) -> Gate | Measurement | Reset:
    """A step of a shot.

    Args:
        each: The instruction.
        qubits: The numbers of its qubits.
        clbits: The numbers of its classical bits.
        angles: Those of a standard gate, in place of its own.

    Raises:
        FastPathError: If it is not one that is known to be treated exactly.
    """
    name = each.name
    if each.is_standard_gate():
        if GATES.get(name) != len(angles):
            raise FastPathError("a gate is not one that is known to be treated exactly")
        if angles:
            gate = each.operation._standard_gate  # noqa: SLF001 - named nowhere else
            each = CircuitInstruction.from_standard(gate, each.qubits, list(angles), None)
        return Gate(name, qubits, each.matrix, tuple(angles))
    if is_plain(each.operation):
        if name == "measure":
            return Measurement(qubits, clbits[0])
        if name == "reset":
            return Reset(qubits)
        if name == "delay":
            return Gate(name, qubits, np.eye(2, dtype=complex))
        if name == "unitary" and len(qubits) <= _MOST_OF_A_MATRIX:
            return Gate(name, qubits, np.asarray(each.operation.params[0], dtype=complex))
    raise FastPathError("an instruction is not one that shots are branched over")


def _operation(
    each: CircuitInstruction, qubits: tuple[int, ...], clbits: Mapping[Any, int]
) -> Operation:
    if each.name == "jump":
        condition = each.operation.condition or each.operation.condition_expr
        told = None if condition is None else condition_of(condition, clbits)
        return Jump(qubits, each.operation.params[0], told)
    if each.name == "mark":
        return Mark(qubits, each.operation.params[0])
    own = [clbits[clbit] for clbit in each.clbits]
    return operation_of(
        each,
        qubits,
        own,
        [float(angle) for angle in each.params] if each.is_standard_gate() else (),
    )


def _as_aer_keeps(operations: Sequence[Operation]) -> Sequence[Operation]:
    """Without what no measurement depends on, and in the order of Aer.

    It keeps all control flow, but looks for other instructions at what it needs alone. Measurements
    it moves to the end where it finds that nothing hinders that.

    Raises:
        FastPathError: If control flow is in the way of that.
    """
    kept, needed = _needed(operations)
    control = [each for each in kept if isinstance(each, Jump | Mark)]
    qubits = {qubit for each in needed for qubit in each.qubits}
    if any(not qubits.issuperset(each.qubits) for each in control):
        raise FastPathError("control flow is on qubits that Aer leaves out")
    if len(qubits) > _MOST_OF_AER:
        raise FastPathError("Aer needs more memory than it may have")
    if not _can_sample(needed):
        return kept
    if len(needed) < len(kept) or any(isinstance(each, Jump) for each in control):
        raise FastPathError("Aer would move measurements over control flow")
    return sorted(kept, key=lambda each: isinstance(each, Measurement))


def _needed(operations: Sequence[Operation]) -> tuple[list[Operation], list[Operation]]:
    """The operations that Aer keeps, and those of them that measurements depend on."""
    qubits: set[int] = set()
    kept: list[Operation] = []
    needed: list[Operation] = []
    for each in reversed(operations):
        if isinstance(each, Measurement) or not qubits.isdisjoint(each.qubits):
            qubits.update(each.qubits)
            needed.append(each)
            kept.append(each)
        elif isinstance(each, Jump | Mark):
            kept.append(each)
    kept.reverse()
    needed.reverse()
    return kept, needed


def _can_sample(operations: Iterable[Operation]) -> bool:
    """Return True if Aer would take all measurements to the end."""
    measured: set[int] = set()
    for each in operations:
        if isinstance(each, Measurement):
            measured.update(each.qubits)
        elif measured and (
            (isinstance(each, Jump) and each.condition is not None)
            or not measured.isdisjoint(each.qubits)
        ):
            return False
    return True
