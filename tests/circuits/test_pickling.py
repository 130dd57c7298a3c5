"""Circuits are pickled so that they come back as they were."""

from __future__ import annotations

import io
import pickle
from typing import cast

from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit import CASE_DEFAULT, Parameter
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

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


def test_angles_that_are_bound_later_stay_free():
    """Aer clears those of a controlled gate that is kept as an object."""
    angle = Parameter("angle")
    circuit = QuantumCircuit(2)
    circuit.h(1)
    circuit.cu(1.57, angle, -1.88, angle, 1, 0)
    circuit.h([0, 1])
    circuit.measure_all()
    simulator = AerSimulator(seed_simulator=7)

    def counts(circuit: QuantumCircuit) -> dict[str, int]:
        bound = {parameter: [3.72] for parameter in circuit.parameters}
        found: dict[str, int] = (
            simulator.run(circuit, parameter_binds=[bound]).result().get_counts()
        )
        return found

    ours = copied(circuit)
    assert counts(ours) == counts(circuit)
    assert ours == circuit


def test_all_else_comes_back():
    circuit = QuantumCircuit(2, name="named", metadata={"of": "mine"}, global_phase=0.25)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    fitted = generate_preset_pass_manager(1, FakeManilaV2(), initial_layout=[2, 3]).run(circuit)
    ours = copied(fitted)
    assert ours == fitted
    assert (ours.name, ours.metadata, ours.layout) == ("named", {"of": "mine"}, fitted.layout)
