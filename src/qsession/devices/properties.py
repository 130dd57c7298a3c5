"""Reads the configuration and the properties of IBM's backends, fake ones included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qsession.devices.facts import Qubit
from qsession.devices.gates import Gates, GateUse, is_certain, largest_errors
from qsession.devices.values import answer_of, number


def read_properties(configuration: Any, properties: Any) -> tuple[list[Qubit], Gates, set[GateUse]]:
    """Qubits and gates, and the gates that are out of service.

    Args:
        configuration: What the backend is made of.
        properties: How well that does.
    """
    gates: Gates = {}
    faulty: set[GateUse] = set()
    offered = set(getattr(configuration, "basis_gates", ()))
    for gate in configuration.gates:
        for place in getattr(gate, "coupling_map", None) or ():
            if gate.name in offered:
                gates[gate.name, tuple(place)] = (None, None)
    for gate in properties.gates:
        if gate.gate not in offered:
            continue
        use = (gate.gate, tuple(gate.qubits))
        values = answer_of(properties, "gate_property", *use) or {}
        gates[use] = (_first(values, "gate_error"), _first(values, "gate_length"))
        if not properties.is_gate_operational(*use):
            faulty.add(use)
    largest = largest_errors(gates)
    qubits = []
    for index in range(configuration.n_qubits):
        values = answer_of(properties, "qubit_property", index) or {}
        readout = _first(values, "readout_error")
        qubits.append(
            Qubit(
                index,
                t1_s=_first(values, "T1"),
                t2_s=_first(values, "T2"),
                readout_error=readout,
                gate_error=largest.get(index),
                frequency_hz=_first(values, "frequency"),
                readout_length_s=_first(values, "readout_length"),
                prob_meas0_prep1=_first(values, "prob_meas0_prep1"),
                prob_meas1_prep0=_first(values, "prob_meas1_prep0"),
                is_usable=bool(values)
                and bool(properties.is_qubit_operational(index))
                and not is_certain(readout),
            )
        )
    return qubits, gates, faulty


def _first(values: Mapping[str, Any], name: str) -> float | None:
    """The value of a property, which comes with its date."""
    found = values.get(name)
    return number(found[0] if isinstance(found, tuple) and found else None)
