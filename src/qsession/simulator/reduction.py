"""Cuts a plain circuit down to what its measurements depend on, by the rule of Aer: `Reduced`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, QuantumRegister

if TYPE_CHECKING:
    from qiskit.circuit import Qubit


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

    def to_circuit(self, *, is_measured: bool = True) -> QuantumCircuit:
        """The circuit on as many qubits as are active; classical bits and registers stay.

        Args:
            is_measured: Whether its measurements are in it.
        """
        register = QuantumRegister(len(self.active), "q")
        small = QuantumCircuit(register, self.source.clbits, *self.source.cregs)
        for instruction in self.instructions:
            if instruction.name == "measure" and not is_measured:
                continue
            qubits = [register[self.numbers[qubit]] for qubit in instruction.qubits]
            small._append(instruction.replace(qubits=qubits))  # noqa: SLF001 - without its checks
        return small


def reduce_circuit(circuit: QuantumCircuit) -> Reduced:
    """Leave out what no measurement depends on.

    Args:
        circuit: A plain one: nothing in it depends on classical bits but what measures into them.
    """
    needed: set[Qubit] = set()
    kept = []
    for each in reversed(circuit.data):
        if each.name == "barrier":
            continue
        if each.name == "measure" or not needed.isdisjoint(each.qubits):
            needed.update(each.qubits)
            kept.append(each)
    instructions = kept[::-1]
    active = tuple(number for number, qubit in enumerate(circuit.qubits) if qubit in needed)
    can_sample = _are_last_measurements(instructions)
    if can_sample:
        # Aer moves measurements to the end, and angles find their operations by position.
        before = [each for each in instructions if each.name != "measure"]
        measurements = [each for each in instructions if each.name == "measure"]
        instructions = [*before, *measurements]
    return Reduced(circuit, tuple(instructions), active, can_sample)


def _are_last_measurements(instructions: list[CircuitInstruction]) -> bool:
    """Return True if only measurements follow a measurement of the same qubit."""
    measured: set[Qubit] = set()
    for instruction in instructions:
        if instruction.name == "measure":
            measured.update(instruction.qubits)
        elif not measured.isdisjoint(instruction.qubits):
            return False
    return bool(measured)
