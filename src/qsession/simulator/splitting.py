"""Takes a circuit apart into what never meets: `split`.

A device's worth of qubits is too much for Aer, but what client-side estimators run there is mostly
qubits that are only turned and measured. Parts are independent, so each can be simulated by itself
and their shots be put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsession.simulator.fingerprint import Reading, read

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

MOST_TOGETHER = 30
"""More qubits than this do not fit into the memory of usual computers."""

_HANDFUL = 5
"""Small parts are simulated together up to this many qubits."""


@dataclass(frozen=True)
class Part:
    """A part of a circuit.

    Attributes:
        circuit: It has all the qubits and classical bits of the whole.
        reading: What it says.
        columns: Which angles of the whole are its angles.
    """

    circuit: QuantumCircuit
    reading: Reading
    columns: tuple[int, ...]


def split(circuit: QuantumCircuit) -> list[Part]:
    """Take a plain circuit apart. Barriers hold nothing together."""
    place = {qubit: number for number, group in enumerate(_groups(circuit)) for qubit in group}
    circuits = [circuit.copy_empty_like() for _ in range(max(place.values(), default=-1) + 1)]
    columns: list[list[int]] = [[] for _ in circuits]
    angles = 0
    for instruction in circuit.data:
        if instruction.name == "barrier":
            continue
        number = place[circuit.find_bit(instruction.qubits[0]).index]
        circuits[number].append(instruction)
        if instruction.is_standard_gate():
            count = len(instruction.params)
            columns[number].extend(range(angles, angles + count))
            angles += count
    return [Part(part, read(part), tuple(own)) for part, own in zip(circuits, columns, strict=True)]


def _groups(circuit: QuantumCircuit) -> list[list[int]]:
    """The numbers of qubits that meet, small groups put together."""
    parent: dict[int, int] = {}

    def root(qubit: int) -> int:
        parent.setdefault(qubit, qubit)
        while parent[qubit] != qubit:
            qubit = parent[qubit]
        return qubit

    writers: dict[object, int] = {}
    for instruction in circuit.data:
        if instruction.name == "barrier":
            continue
        first, *others = (circuit.find_bit(qubit).index for qubit in instruction.qubits)
        # Who writes a bit that another wrote must come after it.
        others.extend(writers.setdefault(clbit, first) for clbit in instruction.clbits)
        for other in others:
            parent[root(other)] = root(first)
        root(first)
    groups: dict[int, list[int]] = {}
    for qubit in sorted(parent):
        groups.setdefault(root(qubit), []).append(qubit)
    found: list[list[int]] = []
    for group in sorted(groups.values(), key=len):
        if found and len(found[-1]) + len(group) <= _HANDFUL:
            found[-1].extend(group)
        else:
            found.append(list(group))
    return found
