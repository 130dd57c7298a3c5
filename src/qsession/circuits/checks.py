"""Checks what people hand in besides PUBs: circuits, names, shots, precisions, seeds, options."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
from qiskit import QuantumCircuit

from qsession.errors import InvalidInputError, shown
from qsession.render.circuit_names import name_of

MOST_SEED = 2**63 - 1
"""Aer holds a seed in a signed integer of 64 bits."""

MOST_OPTIMIZATION_LEVEL = 3
"""The level at which Qiskit optimizes most."""

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


def read_shots(shots: object, called: str = "shots") -> int:
    """Check a number of shots.

    Args:
        shots: The number.
        called: What it is called where it was given, such as ``"default_shots"``.

    Raises:
        InvalidInputError: If it is not a whole number from 1 to ten million.
    """
    if not _is_whole(shots):
        raise InvalidInputError(
            f"{called}={shown(shots)} is not a whole number, such as {_plain(called)}=1024."
        )
    if not 1 <= shots <= MOST_SHOTS:
        raise InvalidInputError(f"{called}={shown(shots)} is out of bounds: 1 to {MOST_SHOTS}.")
    return int(shots)


def read_precision(precision: Any, called: str = "precision") -> float:
    """Check a precision: the standard error that expectation values are to have.

    Args:
        precision: The number.
        called: What it is called where it was given, such as ``"default_precision"``.

    Raises:
        InvalidInputError: If it is not a positive, finite number.
    """
    is_number = isinstance(precision, int | float | np.integer | np.floating)
    is_odd = isinstance(precision, bool | np.timedelta64)
    if not is_number or is_odd or not 0 < precision < math.inf:
        raise InvalidInputError(
            f"{called}={shown(precision)} is not a positive number, such as {_plain(called)}=0.02."
        )
    return float(precision)


def read_seed(seed: object, called: str = "seed_simulator") -> int:
    """Check a seed.

    Raises:
        InvalidInputError: If it is not a whole number from 0 to the largest that Aer takes.
    """
    if not _is_whole(seed) or not 0 <= seed <= MOST_SEED:
        raise InvalidInputError(
            f"{called}={shown(seed)} is not a whole number from 0 to {MOST_SEED}, such as "
            f"{called}=42."
        )
    return int(seed)


def read_optimization_level(level: object) -> int | None:
    """Check a level of Qiskit's transpiler; None is the default of `TranspileCache`.

    Raises:
        InvalidInputError: If it is not a whole number from 0 to 3.
    """
    if level is None:
        return None
    if not _is_whole(level) or not 0 <= level <= MOST_OPTIMIZATION_LEVEL:
        raise InvalidInputError(
            f"optimization_level={shown(level)} is none of Qiskit's levels. Expected 0 (fits the "
            "circuit to the backend, no more), 1, 2 or 3 (optimizes most), such as "
            "optimization_level=1."
        )
    return int(level)


def read_primitive_options(options: object) -> dict[str, Any]:
    """Check options of a primitive: the quantities among them as if they were arguments.

    Raises:
        InvalidInputError: If it is no mapping, or shots, a precision or a seed in it cannot be
            used.
    """
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise InvalidInputError(
            f"options={shown(options)} is not a mapping. Give primitive options as a dict, for "
            'example options={"simulator": {"seed_simulator": 42}}.'
        )
    if (shots := options.get("default_shots")) is not None:
        read_shots(shots, "default_shots")
    if (precision := options.get("default_precision")) is not None:
        read_precision(precision, "default_precision")
    simulator = options.get("simulator")
    if isinstance(simulator, Mapping) and (seed := simulator.get("seed_simulator")) is not None:
        read_seed(seed)
    return dict(options)


def _plain(called: str) -> str:
    """The name of a quantity without the place where it was given."""
    return called.rpartition(" ")[2]


def _is_whole(number: object) -> TypeGuard[int | np.integer[Any]]:
    # NumPy counts its timedelta64 among the integers.
    is_odd = isinstance(number, bool | np.timedelta64)
    return isinstance(number, int | np.integer) and not is_odd


def read_run_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Check what goes to ``backend.run``: shots and seed; the rest is the backend's affair.

    Raises:
        InvalidInputError: If the shots or the seed cannot be used.
    """
    checked = dict(options)
    if options.get("shots") is not None:
        checked["shots"] = read_shots(options["shots"])
    if options.get("seed_simulator") is not None:
        checked["seed_simulator"] = read_seed(options["seed_simulator"])
    return checked


def require_measurement(index: int, circuit: QuantumCircuit) -> None:
    """Refuse a circuit that measures nothing.

    Raises:
        InvalidInputError: If it does not.
    """
    if not _has_output(circuit):
        raise InvalidInputError(
            f"Circuit {index} ({name_of(circuit)!r}) measures nothing, so it has no counts. Add "
            "measurements, for example circuit.measure_all(), or give observables."
        )


def require_bits(index: int, circuit: QuantumCircuit) -> None:
    """Refuse a classical register without bits: a sampler's result can say nothing of it.

    Raises:
        InvalidInputError: If there is one.
    """
    for register in circuit.cregs:
        if register.size == 0:
            raise InvalidInputError(
                f"Classical register {register.name!r} of circuit {index} ({name_of(circuit)!r}) "
                "has no bits, so it has no counts. Give it bits, or leave it out."
            )


def _has_output(circuit: QuantumCircuit) -> bool:
    """Return True if the circuit, control flow included, writes a bit or saves a state."""
    return any(
        # Aer's save_statevector and its like put something else into the result.
        instruction.clbits or instruction.operation.name.startswith("save_")
        for instruction in circuit.data
    )
