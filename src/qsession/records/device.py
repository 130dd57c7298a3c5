"""A backend's properties as plain JSON, and a target made of them again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qiskit.circuit import Delay, Measure, Reset
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler import InstructionProperties, QubitProperties, Target

_TIMING = ("dt", "granularity", "min_length", "pulse_alignment", "acquire_alignment")
_OF_A_QUBIT = ("t1", "t2", "frequency")
_TEXTS = ("description", "backend_version", "online_date")


def device_as_dict(backend: Any) -> dict[str, Any]:
    """The properties that a backend tells: seconds, hertz, and errors as probabilities.

    Raises:
        Exception: Whatever the backend's own code raises.
    """
    target: Target = backend.target
    told: dict[str, Any] = {
        "name": str(backend.name),
        **{name: _text(getattr(backend, name, None)) for name in _TEXTS},
        "num_qubits": target.num_qubits,
        **{name: _number(getattr(target, name, None)) for name in _TIMING},
    }
    qubits = target.qubit_properties or []
    told["qubits"] = [
        {name: _number(getattr(qubit, name, None)) for name in _OF_A_QUBIT} for qubit in qubits
    ]
    told["operations"] = {name: _operation(target[name]) for name in sorted(target.operation_names)}
    return told


def _operation(places: Mapping[Any, Any] | None) -> list[dict[str, Any]] | None:
    """The places of an operation, each with its duration and error; None is everywhere."""
    if places is None or None in places:
        return None
    return [
        {
            "qubits": list(qubits),
            "duration": None if own is None else _number(own.duration),
            "error": None if own is None else _number(own.error),
        }
        for qubits, own in places.items()
    ]


def target_of(told: Mapping[str, Any]) -> Target:
    """A target with these properties. Operations that Qiskit has no standard gate for are left out.

    Raises:
        Exception: If these are no properties.
    """
    qubits = [
        QubitProperties(**{name: each[name] for name in _OF_A_QUBIT}) for each in told["qubits"]
    ]
    timing = {name: told[name] for name in _TIMING if told.get(name) is not None}
    target = Target(
        num_qubits=told["num_qubits"],
        qubit_properties=qubits or None,
        **{name: value if name == "dt" else int(value) for name, value in timing.items()},
    )
    known = {
        **get_standard_gate_name_mapping(),
        "measure": Measure(),
        "reset": Reset(),
        "delay": Delay(0),
    }
    for name, places in told["operations"].items():
        if name in known:
            target.add_instruction(known[name], _places(places), name=name)
    return target


def _places(places: list[dict[str, Any]] | None) -> dict[Any, Any] | None:
    if places is None:
        return None
    return {
        tuple(place["qubits"]): None
        if place["duration"] is None and place["error"] is None
        else InstructionProperties(duration=place["duration"], error=place["error"])
        for place in places
    }


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)
