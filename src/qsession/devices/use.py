"""The qubits of a device that circuits use: `Use`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from qiskit import QuantumCircuit

from qsession.errors import InvalidInputError, shown
from qsession.render.job_details import circuits_of

MOST_INSTRUCTIONS = 200_000
"""So many are looked through, of all circuits together: some tenths of a second."""

_PAIR = 2


class HasInputs(Protocol):
    """A job, as it tells what it runs."""

    @property
    def inputs(self) -> Any:
        """The circuits, and all else that it runs."""
        ...


@dataclass(frozen=True, slots=True)
class Use:
    """The part of a device that circuits use.

    Attributes:
        qubits: The numbers of the qubits.
        couplings: The pairs of them that a gate acts on together, the smaller number first.
    """

    qubits: frozenset[int] = frozenset()
    couplings: frozenset[tuple[int, int]] = frozenset()


def used_in(work: Any) -> Use:
    """The use that something makes of the device that it was transpiled to.

    Args:
        work: A circuit, a job, or the numbers of qubits.

    Raises:
        InvalidInputError: If it is none of these.
    """
    if isinstance(work, QuantumCircuit):
        return used_by([work])
    inputs = getattr(work, "inputs", None)
    if inputs is not None:
        return used_by(circuits_of(inputs))
    numbers: list[Any] = [None]
    if isinstance(work, Iterable) and not isinstance(work, str):
        numbers = list(work)
    if not all(type(number) is int for number in numbers):
        raise InvalidInputError(
            f"{shown(work)} marks no qubits. Expected a circuit, a job, or numbers of qubits."
        )
    return Use(frozenset(numbers))


def used_by(circuits: Iterable[QuantumCircuit]) -> Use:
    """The use that circuits make of the device that they were transpiled to.

    Barriers and delays use nothing. Of very large work the rest is not looked through.
    """
    qubits: set[int] = set()
    couplings: set[tuple[int, int]] = set()
    left = MOST_INSTRUCTIONS
    for circuit in circuits:
        number = {bit: at for at, bit in enumerate(circuit.qubits)}
        for instruction in circuit.data[: max(left, 0)]:
            if instruction.operation.name in {"barrier", "delay"}:
                continue
            places = sorted(number[bit] for bit in instruction.qubits)
            qubits.update(places)
            if len(places) == _PAIR:
                couplings.add((places[0], places[1]))
        left -= len(circuit.data)
    return Use(frozenset(qubits), frozenset(couplings))
