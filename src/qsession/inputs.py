"""Checks what people hand in besides PUBs: circuits, names, shots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from qiskit import QuantumCircuit

from qsession.errors import InvalidInputError, shown

MOST_SHOTS = 10_000_000
"""Far beyond what a QPU allows; a larger number is a slip that would fill the memory."""


def read_circuits(work: object, *, must_measure: bool = True) -> list[QuantumCircuit]:
    """Check circuits for ``backend.run``.

    Args:
        work: A circuit or several.
        must_measure: Whether a circuit without measurement has no result on the backend.

    Raises:
        InvalidInputError: If it is not a circuit or several, or one measures nothing.
    """
    circuits = [work] if isinstance(work, QuantumCircuit) else work
    if not isinstance(circuits, Sequence) or isinstance(circuits, str) or not circuits:
        raise InvalidInputError(f"{shown(work)} is not a circuit. Give a QuantumCircuit or a list.")
    for index, circuit in enumerate(circuits):
        if not isinstance(circuit, QuantumCircuit):
            raise InvalidInputError(f"Item {index} is {shown(circuit)}, not a QuantumCircuit.")
        if must_measure:
            require_measurement(index, circuit)
    return list(circuits)


def read_name(name: object) -> str | None:
    """Check a name for people.

    Raises:
        InvalidInputError: If it is no text, empty, over 128 characters, or has line breaks.
    """
    longest = 128
    if name is None:
        return None
    if (
        not isinstance(name, str)
        or not name.strip()
        or len(name) > longest
        or not name.isprintable()
    ):
        raise InvalidInputError(
            f"name={shown(name)} cannot be used. A name is one line of 1 to {longest} printable "
            'characters, for example name="bell".'
        )
    return name


def read_shots(shots: object) -> int:
    """Check a number of shots.

    Raises:
        InvalidInputError: If it is not a whole number from 1 to ten million.
    """
    # NumPy counts its timedelta64 among the integers.
    if isinstance(shots, bool | np.timedelta64) or not isinstance(shots, int | np.integer):
        raise InvalidInputError(f"shots={shown(shots)} is not a whole number, such as shots=1024.")
    if not 1 <= shots <= MOST_SHOTS:
        raise InvalidInputError(f"shots={shown(shots)} is out of bounds: 1 to {MOST_SHOTS}.")
    return int(shots)


def read_run_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Check what goes to ``backend.run``; options other than the shots are the backend's affair.

    Raises:
        InvalidInputError: If the shots cannot be used.
    """
    if options.get("shots") is None:
        return dict(options)
    return {**options, "shots": read_shots(options["shots"])}


def require_measurement(index: int, circuit: QuantumCircuit) -> None:
    """Refuse a circuit that measures nothing.

    Raises:
        InvalidInputError: If it does not.
    """
    if not _has_output(circuit):
        raise InvalidInputError(
            f"Circuit {index} ({circuit.name!r}) measures nothing, so it has no counts. Add "
            "measurements, for example circuit.measure_all(), or give observables."
        )


def _has_output(circuit: QuantumCircuit) -> bool:
    """Whether anything in it, control flow included, writes a classical bit or saves a state."""
    return any(
        # Aer's save_statevector and its like put something else into the result.
        instruction.clbits or instruction.operation.name.startswith("save_")
        for instruction in circuit.data
    )
