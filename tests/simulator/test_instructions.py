"""What is not known by its exact class is left to Qiskit, whatever its name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Instruction, Measure, Reset
from qiskit.circuit.classical import expr
from qiskit.circuit.library import (
    CXGate,
    RCCXGate,
    UnitaryGate,
    XGate,
    get_standard_gate_name_mapping,
)
from qiskit_aer.backends.backend_utils import BASIS_GATES
from qiskit_aer.library import SaveStatevector, SetStatevector
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qsession.simulator.aer_noise_models import content_of
from qsession.simulator.errors import FastPathError
from qsession.simulator.fingerprint import read
from qsession.simulator.instructions import GATES, noise_name, require_known_noise
from qsession.simulator.noise import ModelNoise
from tests.support.known_circuits import CIRCUITS


class OwnMeasure(Measure):
    pass


class OwnReset(Reset):
    pass


class OwnUnitary(UnitaryGate):
    pass


def renamed() -> UnitaryGate:
    gate = UnitaryGate(np.eye(2))
    gate.name = "h"
    return gate


def gate(name: str) -> Callable[[], Gate]:
    return lambda: Gate(name, 1, [])


UNKNOWN: dict[str, Callable[[], Instruction]] = {
    **{name: gate(name) for name in ("x", "measure", "reset", "nop", "jump", "roerror")},
    **{name: gate(name) for name in ("quantum_channel", "kraus", "barrier", "delay", "mine")},
    "an instruction's name": lambda: Instruction("x", 1, 0, []),
    "a subclass of a measurement": OwnMeasure,
    "a subclass of a reset": OwnReset,
    "a subclass of a unitary": lambda: OwnUnitary(np.eye(2)),
    "a renamed unitary": renamed,
    "a control that is open": lambda: CXGate(ctrl_state=0),
    "a standard gate that Aer does not take": RCCXGate,
    "a save instruction": lambda: SaveStatevector(1),
    "a set instruction": lambda: SetStatevector([1, 0]),
    "an error": lambda: depolarizing_error(0.1, 1).to_instruction(),
    "a box": lambda: boxed().data[0].operation,
}


def boxed() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    with circuit.box():
        circuit.x(0)
    return circuit


def with_one(instruction: Instruction) -> QuantumCircuit:
    circuit = QuantumCircuit(3, 1)
    circuit.h(0)
    circuit.append(instruction, range(instruction.num_qubits), range(instruction.num_clbits))
    circuit.measure(0, 0)
    return circuit


@pytest.mark.parametrize("kind", UNKNOWN)
def test_an_unknown_instruction_is_left_to_qiskit(kind: str):
    with pytest.raises(FastPathError, match="not one that is known"):
        read(with_one(UNKNOWN[kind]()))


@pytest.mark.parametrize("kind", UNKNOWN)
def test_an_unknown_instruction_is_seen_inside_control_flow(kind: str):
    inner = with_one(UNKNOWN[kind]())
    branch = QuantumCircuit(3, 1)
    branch.if_test((branch.clbits[0], 1), inner, range(3), [0])
    circuit = QuantumCircuit(3, 1)
    circuit.measure(0, 0)
    circuit.for_loop(range(2), None, branch, range(3), [0])
    with pytest.raises(FastPathError, match="not one that is known"):
        read(circuit)


def test_variables_make_a_circuit_one_that_aer_takes_whole():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    assert read(circuit).is_plain
    circuit.add_input("given", CIRCUITS["unused_variable"]().get_var("v").type)
    assert not read(circuit).is_plain


def test_standard_gates_are_those_of_qiskit_that_aer_takes():
    standard = get_standard_gate_name_mapping()
    for name, angles in GATES.items():
        assert name in BASIS_GATES["statevector"], name
        assert name == "mcx" or len(standard[name].params) == angles
    missing = {
        name
        for name in standard
        if name in BASIS_GATES["statevector"] and name not in GATES and name != "delay"
    }
    assert not missing


@pytest.mark.parametrize(("label", "name"), [("foo", "foo"), (None, "x")])
def test_aer_looks_for_the_noise_of_a_gate_by_its_label(label: str | None, name: str):
    circuit = QuantumCircuit(1)
    circuit.append(XGate(label=label), [0])
    assert noise_name(circuit.data[0]) == name


def test_aer_looks_for_the_noise_of_a_measurement_by_its_name():
    circuit = QuantumCircuit(1, 1)
    circuit.append(Measure(label="foo"), [0], [0])
    assert noise_name(circuit.data[0]) == "measure"


def test_which_noise_follows_a_store_is_not_known():
    circuit = QuantumCircuit(1, 2)
    circuit.store(circuit.clbits[1], expr.lift(True))
    noise = NoiseModel()
    require_known_noise(circuit, ModelNoise(content_of(noise)))

    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["store"], warnings=False)
    with pytest.raises(FastPathError, match="none of qubits"):
        require_known_noise(circuit, ModelNoise(content_of(noise)))
