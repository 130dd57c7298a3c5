"""Cuts a circuit down to what its measurements depend on, by the rule of Aer: `Reduced`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, QuantumRegister

if TYPE_CHECKING:
    from qiskit.circuit import Qubit

_RESULTS = {"measure", "roerror"}
_WITHOUT_EFFECT = {"barrier", "nop"}
_JUMPS = {"jump", "mark"}


@dataclass(frozen=True)
class Reduced:
    """A circuit on its active qubits.

    Attributes:
        instructions: Those that Aer would keep, in order.
        active: The qubits that these act on, ascending: Aer would renumber them so.
        source: The circuit that they come from.
    """

    source: QuantumCircuit
    instructions: tuple[CircuitInstruction, ...]
    active: tuple[int, ...]

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
        circuit = self.source.copy_empty_like()
        small = QuantumCircuit(
            register,
            circuit.clbits,
            *circuit.cregs,
            inputs=circuit.iter_input_vars(),
            captures=circuit.iter_captured_vars(),
        )
        for var in circuit.iter_declared_vars():
            small.add_uninitialized_var(var)
        for instruction in self.instructions:
            qubits = [register[self.numbers[qubit]] for qubit in instruction.qubits]
            small._append(instruction.replace(qubits=qubits))  # noqa: SLF001 - without its checks
        return small

    def can_sample(self) -> bool:
        """Whether all measurements can be taken at the end, so that one run gives all shots."""
        measured: set[Qubit] = set()
        for instruction in self.instructions:
            if instruction.name in _JUMPS:
                return False
            if instruction.name in _RESULTS:
                measured.update(instruction.qubits)
            elif not measured.isdisjoint(instruction.qubits):
                return False
        return bool(measured)


def reduce_circuit(circuit: QuantumCircuit) -> Reduced:
    """Leave out what no measurement depends on."""
    instructions = [each for each in circuit.data if each.name not in _WITHOUT_EFFECT]
    if any(each.name in _JUMPS for each in instructions):
        # Aer leaves out less then, and renumbers by itself what is too many. Some jumps stand on
        # all qubits of the device, to keep their place: here their place is fixed.
        needed = {
            qubit for each in instructions if each.name not in _JUMPS for qubit in each.qubits
        }
        instructions = [
            each.replace(qubits=[qubit for qubit in each.qubits if qubit in needed])
            for each in instructions
        ]
    else:
        needed = set()
        kept = []
        for each in reversed(instructions):
            if each.name in _RESULTS or not needed.isdisjoint(each.qubits):
                needed.update(each.qubits)
                kept.append(each)
        instructions = kept[::-1]
    active = tuple(number for number, qubit in enumerate(circuit.qubits) if qubit in needed)
    reduced = Reduced(circuit, tuple(instructions), active)
    if not reduced.can_sample():
        return reduced
    # Aer moves measurements to the end, and angles find their operations by position.
    before = [each for each in instructions if each.name not in _RESULTS]
    results = [each for each in instructions if each.name in _RESULTS]
    return Reduced(circuit, (*before, *results), active)
