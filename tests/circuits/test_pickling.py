"""Circuits are pickled so that they come back as they were."""

from __future__ import annotations

import io
import pickle
from typing import cast

from qiskit import QuantumCircuit
from qiskit.circuit import CASE_DEFAULT

from qsession.circuits.pickling import CircuitPickler
from tests.support.circuits import switched


def specifiers(circuit: QuantumCircuit) -> list[object]:
    """What the switches of a circuit tell apart, those in the blocks of others included."""
    found: list[object] = []
    for instruction in circuit.data:
        if instruction.name == "switch_case":
            found += [
                each for label, _ in instruction.operation.cases_specifier() for each in label
            ]
        for block in getattr(instruction.operation, "blocks", ()):
            found += specifiers(block)
    return found


def copied(circuit: QuantumCircuit) -> QuantumCircuit:
    file = io.BytesIO()
    CircuitPickler(file).dump(circuit)
    return cast("QuantumCircuit", pickle.loads(file.getvalue()))  # noqa: S301 - our own bytes


def test_the_default_case_of_a_switch_stays_the_one():
    assert copied(switched()) == switched()
    assert specifiers(copied(switched())) == [0, CASE_DEFAULT]


def test_it_does_in_the_blocks_of_other_instructions():
    circuit = QuantumCircuit(2, 1)
    with (
        circuit.for_loop(range(2)),
        circuit.if_test((0, 0)),
        circuit.switch(circuit.clbits[0]) as c,
    ):
        with c(1):
            circuit.x(0)
        with c(c.DEFAULT):
            circuit.x(1)
    assert specifiers(copied(circuit))[-1] is CASE_DEFAULT
