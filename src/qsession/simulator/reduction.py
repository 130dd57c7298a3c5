"""Cuts a plain circuit down to what its measurements depend on, by the rule of Aer.

An `Outline` says what that is, `Reduced` is the circuit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, QuantumRegister

if TYPE_CHECKING:
    from qiskit.circuit import Qubit


@dataclass(frozen=True)
class Outline:
    """The part of a plain circuit that its measurements depend on.

    Attributes:
        kept: The places of the instructions that Aer would keep, in order.
        active: The places of the qubits that these act on, ascending: Aer would renumber them so.
        can_sample: Whether all measurements can be taken at the end, so that one run gives all
            shots; they are last then.
    """

    kept: tuple[int, ...]
    active: tuple[int, ...]
    can_sample: bool


def outline_of(
    instructions: Sequence[tuple[str, Sequence[Hashable]]], qubits: Iterable[Hashable]
) -> Outline:
    """Look through a plain circuit from its end.

    Args:
        instructions: Of each its name and its qubits.
        qubits: All qubits, in order.
    """
    needed: set[Hashable] = set()
    kept = []
    for place in range(len(instructions) - 1, -1, -1):
        name, own = instructions[place]
        if name != "barrier" and (name == "measure" or not needed.isdisjoint(own)):
            needed.update(own)
            kept.append(place)
    kept.reverse()
    active = tuple(place for place, qubit in enumerate(qubits) if qubit in needed)
    can_sample = _are_last_measurements(instructions[place] for place in kept)
    if can_sample:
        # Aer moves measurements to the end, and angles find their operations by position.
        is_measurement = {place: instructions[place][0] == "measure" for place in kept}
        kept.sort(key=is_measurement.__getitem__)
    return Outline(tuple(kept), active, can_sample)


def _are_last_measurements(instructions: Iterable[tuple[str, Sequence[Hashable]]]) -> bool:
    """Return True if only measurements follow a measurement of the same qubit."""
    measured: set[Hashable] = set()
    for name, qubits in instructions:
        if name == "measure":
            measured.update(qubits)
        elif measured and not measured.isdisjoint(qubits):
            return False
    return bool(measured)


@dataclass(frozen=True)
class Reduced:
    """A plain circuit on its active qubits.

    Attributes:
        instructions: Those that Aer would keep, in order.
        active: The qubits that these act on, ascending: Aer would renumber them so.
        source: The circuit that they come from.
        can_sample: Whether all measurements can be taken at the end, so that one run gives all
            shots; they are last then.
    """

    source: QuantumCircuit
    instructions: tuple[CircuitInstruction, ...]
    active: tuple[int, ...]
    can_sample: bool

    @cached_property
    def numbers(self) -> dict[Qubit, int]:
        """The new number of each active qubit."""
        return {self.source.qubits[old]: new for new, old in enumerate(self.active)}

    @cached_property
    def clbit_numbers(self) -> dict[object, int]:
        """The number of each classical bit, which it keeps."""
        return {clbit: number for number, clbit in enumerate(self.source.clbits)}

    def old(self, instruction: CircuitInstruction) -> tuple[int, ...]:
        """The qubits of an instruction as the backend numbers them."""
        return tuple(self.active[self.numbers[qubit]] for qubit in instruction.qubits)

    def new(self, instruction: CircuitInstruction) -> list[int]:
        """The qubits of an instruction, renumbered."""
        return [self.numbers[qubit] for qubit in instruction.qubits]

    def clbits(self, instruction: CircuitInstruction) -> list[int]:
        """The classical bits of an instruction."""
        return [self.clbit_numbers[clbit] for clbit in instruction.clbits]

    def to_circuit(self) -> QuantumCircuit:
        """The circuit on as many qubits as are active; classical bits and registers stay."""
        register = QuantumRegister(len(self.active), "q")
        small = QuantumCircuit(register, self.source.clbits, *self.source.cregs)
        for instruction in self.instructions:
            qubits = [register[self.numbers[qubit]] for qubit in instruction.qubits]
            small._append(instruction.replace(qubits=qubits))  # noqa: SLF001 - without its checks
        return small


def reduce_circuit(circuit: QuantumCircuit) -> Reduced:
    """Leave out what no measurement depends on.

    Args:
        circuit: A plain one: nothing in it depends on classical bits but what measures into them.
    """
    instructions = circuit.data
    outline = outline_of([(each.name, each.qubits) for each in instructions], circuit.qubits)
    kept = tuple(instructions[place] for place in outline.kept)
    return Reduced(circuit, kept, outline.active, outline.can_sample)
