"""Circuits as people are told of them: the name that somebody gave, else what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qsession.render.text import counted

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

MOST_INSTRUCTIONS_TO_COUNT = 1_000
"""Of larger circuits the operations are told instead of the depth: each job would pay for it."""

_NUMBERED = re.compile(r"circuit(-\d+)+(_dg|_reverse)*")
"""A counter and, in processes that others started, their id; copies with values count on."""


def given_name(circuit: QuantumCircuit) -> str | None:
    """The name that somebody gave to a circuit; None if Qiskit numbered it."""
    name = str(circuit.name or "")
    return None if not name or is_numbered(name) else name


def is_numbered(name: str) -> bool:
    """Return True if a name is one that Qiskit gives to circuits without one: ``circuit-46``."""
    return _NUMBERED.fullmatch(name) is not None


def name_of(circuit: QuantumCircuit) -> str:
    """A circuit in words: its own name, or ``2 qubits, depth 3``."""
    return given_name(circuit) or described(circuit)


def name_of_all(circuits: Sequence[QuantumCircuit]) -> str | None:
    """The circuits of a job in words, by the first of them: ``bell +2``; None if there are none."""
    if not circuits:
        return None
    more = f" +{len(circuits) - 1}" if len(circuits) > 1 else ""
    return f"{name_of(circuits[0])}{more}"


def described(circuit: QuantumCircuit) -> str:
    """The width and depth of a circuit. Qubits that nothing is done to are not counted."""
    size = len(circuit.data)
    if size > MOST_INSTRUCTIONS_TO_COUNT:
        return f"{counted(circuit.num_qubits, 'qubit')}, {size:,} operations"
    width, depth = _width_and_depth(circuit)
    return f"{counted(width or circuit.num_qubits, 'qubit')}, depth {depth}"


def _width_and_depth(circuit: QuantumCircuit) -> tuple[int, int]:
    """In one walk: `QuantumCircuit.depth` alone takes three times as long."""
    levels: dict[Any, int] = {}
    for instruction in circuit.data:
        name = instruction.name
        if name == "barrier" or name.startswith("save_"):
            continue
        bits = (*instruction.qubits, *instruction.clbits)
        level = 1 + max([levels.get(bit, 0) for bit in bits], default=0)
        for bit in bits:
            levels[bit] = level
    width = sum(qubit in levels for qubit in circuit.qubits)
    return width, max(levels.values(), default=0)
