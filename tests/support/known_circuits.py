"""Circuits with each kind of instruction that local sessions know, and noise models on and off it.

By name; whatever is run on them can be compared with Aer's own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit, Measure
from qiskit.circuit.classical import expr, types
from qiskit.circuit.library import CXGate, DiagonalGate, HGate, RYGate, SXGate, XGate
from qiskit.quantum_info import Kraus, SuperOp, random_unitary
from qiskit_aer.noise import (
    NoiseModel,
    PauliError,
    PauliLindbladError,
    QuantumError,
    amplitude_damping_error,
    coherent_unitary_error,
    depolarizing_error,
    kraus_error,
    pauli_error,
    thermal_relaxation_error,
)

CIRCUITS: dict[str, Callable[[], QuantumCircuit]] = {}
NOISES: dict[str, Callable[[], NoiseModel]] = {}

_FLIPS = Kraus([np.sqrt(0.9) * np.eye(2), np.sqrt(0.1) * np.array([[0, 1], [1, 0]])])


def _circuit(make: Callable[[], QuantumCircuit]) -> Callable[[], QuantumCircuit]:
    CIRCUITS[make.__name__.strip("_")] = make
    return make


def _noise(make: Callable[[], NoiseModel]) -> Callable[[], NoiseModel]:
    NOISES[make.__name__.strip("_")] = make
    return make


# --- stores and variables ------------------------------------------------------------------------


@_circuit
def _store_after_a_measurement() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.store(circuit.clbits[1], expr.lift(circuit.clbits[0]))
    circuit.x(2)
    return circuit


@_circuit
def _store_before_a_measurement() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 2)
    circuit.store(circuit.clbits[1], True)
    circuit.h(1)
    circuit.measure(1, 0)
    return circuit


@_circuit
def _stores_between_measurements() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 2)
    circuit.h(1)
    circuit.measure(1, 0)
    circuit.store(circuit.clbits[1], expr.bit_not(circuit.clbits[0]))
    circuit.measure(1, 0)
    circuit.store(circuit.clbits[0], True)
    return circuit


@_circuit
def _store_into_a_register() -> QuantumCircuit:
    circuit, register = QuantumCircuit(2), ClassicalRegister(3, "r")
    circuit.add_register(register)
    circuit.h(0)
    circuit.measure(0, register[1])
    circuit.store(register, expr.bit_xor(register, 7))
    return circuit


@_circuit
def _store_in_a_branch() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.store(circuit.clbits[1], True)
    return circuit


@_circuit
def _stores_beside_control_flow() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.store(circuit.clbits[1], expr.bit_not(circuit.clbits[0]))
    with circuit.if_test((circuit.clbits[1], 1)):
        circuit.x(0)
        circuit.store(circuit.clbits[1], False)
    circuit.measure(0, 0)
    return circuit


@_circuit
def _unused_variable() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.add_var("v", expr.lift(3, types.Uint(4)))
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.ry(0.3, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


# --- measurements --------------------------------------------------------------------------------


@_circuit
def _two_measurements_into_one_bit() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 1)
    circuit.h([0, 1])
    circuit.ry(0.2, 0)
    circuit.measure(0, 0)
    circuit.measure(1, 0)
    return circuit


@_circuit
def _measurement_into_a_used_bit() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.ry(0.9, 0)
    circuit.measure(0, 0)
    circuit.ry(0.8, 0)
    circuit.measure(0, 0)
    circuit.measure(0, 1)
    return circuit


@_circuit
def _overlapping_registers() -> QuantumCircuit:
    bits = [Clbit() for _ in range(3)]
    circuit = QuantumCircuit(QuantumRegister(3), bits)
    circuit.add_register(ClassicalRegister(name="a", bits=bits[:2]))
    circuit.add_register(ClassicalRegister(name="b", bits=bits[1:]))
    circuit.h([0, 1])
    circuit.ry(0.3, 2)
    circuit.measure(range(3), range(3))
    return circuit


@_circuit
def _idle_qubits_between() -> QuantumCircuit:
    circuit = QuantumCircuit(6, 2)
    circuit.h(3)
    circuit.cx(3, 5)
    circuit.ry(0.2, 5)
    circuit.x(1)
    circuit.measure([3, 5], [0, 1])
    return circuit


@_circuit
def _reset_between() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.ry(1.0, 0)
    circuit.reset(0)
    circuit.ry(1.0, 0)
    circuit.measure(0, 0)
    return circuit


@_circuit
def _delays() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.ry(1.0, 0)
    circuit.delay(0, 0, "ns")
    circuit.delay(100, 1, "ns")
    circuit.measure([0, 1], [0, 1])
    return circuit


# --- gates and what counts as one -----------------------------------------------------------------


@_circuit
def _clifford_gates() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.s(1)
    circuit.measure([2, 0, 1], [0, 1, 2])
    return circuit


@_circuit
def _turns() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.ry(0.3, 2)
    circuit.rzz(0.4, 1, 2)
    circuit.measure(range(3), range(3))
    return circuit


@_circuit
def _labels_that_are_names() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.append(XGate(label="foo"), [0])
    circuit.append(RYGate(0.3, label="measure"), [1])
    circuit.append(CXGate(label="x"), [0, 1])
    circuit.append(Measure(label="foo"), [0], [0])
    circuit.reset(1)
    circuit.append(HGate(label="jump"), [1])
    circuit.append(Measure(label="x"), [1], [1])
    return circuit


@_circuit
def _labels_of_jumps_beside_control_flow() -> QuantumCircuit:
    # Aer takes such gates apart, and what remains of them is a phase.
    circuit = QuantumCircuit(2, 2, global_phase=0.3)
    circuit.append(SXGate(label="jump"), [0])
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.append(SXGate(label="mark"), [1])
    circuit.measure(1, 1)
    return circuit


@_circuit
def _unitaries() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.unitary(random_unitary(4, seed=3), [1, 0])
    circuit.unitary(random_unitary(2, seed=4), [1], label="x")
    circuit.measure([0, 1], [0, 1])
    return circuit


@_circuit
def _many_controls() -> QuantumCircuit:
    circuit = QuantumCircuit(5, 5)
    circuit.h(range(4))
    circuit.mcx([0, 1, 2, 3], 4)
    circuit.mcx([0, 1, 2], 3)
    circuit.mcp(0.3, [0, 1], 2)
    circuit.h(range(4))
    circuit.measure(range(5), range(5))
    return circuit


@_circuit
def _initialize_behind_others() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    circuit.x(2)
    circuit.h(1)
    circuit.initialize([0.6, 0.8], 0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


@_circuit
def _channels() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.append(_FLIPS, [0])
    circuit.append(SuperOp(_FLIPS).to_instruction(), [1])
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


@_circuit
def _paulis_and_diagonals() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    circuit.h(range(3))
    circuit.pauli("XYZ", [0, 1, 2])
    circuit.append(DiagonalGate([1, -1, 1j, 1]), [0, 1])
    circuit.h(range(3))
    circuit.measure(range(3), range(3))
    return circuit


# --- control flow --------------------------------------------------------------------------------


@_circuit
def _if_else() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.ry(0.9, 0)
    circuit.measure(0, 0)
    circuit.h(1)
    with circuit.if_test((circuit.cregs[0], 1)) as otherwise:
        circuit.x(1)
    with otherwise:
        circuit.z(1)
        circuit.rx(0.3, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


@_circuit
def _while() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.while_loop((circuit.clbits[0], 1)):
        circuit.h(0)
        circuit.measure(0, 0)
    circuit.h(0)
    circuit.measure(0, 0)
    return circuit


@_circuit
def _for() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    with circuit.for_loop(range(3)) as step:
        circuit.rx(step * 0.3, 0)
        circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


@_circuit
def _switch() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h([0, 1])
    circuit.measure([0, 1], [0, 1])
    with circuit.switch(circuit.cregs[0]) as case:
        with case(1):
            circuit.x(0)
        with case(2):
            circuit.h(1)
        with case(case.DEFAULT):
            circuit.y(0)
    circuit.measure([0, 1], [0, 1])
    return circuit


@_circuit
def _break() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    with circuit.for_loop(range(4)):
        circuit.h(0)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.break_loop()
        circuit.x(1)
    circuit.measure(1, 1)
    return circuit


@_circuit
def _if_on_idle_qubits() -> QuantumCircuit:
    circuit = QuantumCircuit(6, 2)
    circuit.h(3)
    circuit.measure(3, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(5)
    circuit.x(1)
    circuit.measure(5, 1)
    return circuit


# --- noise models --------------------------------------------------------------------------------


def _everywhere(error: object, *names: str) -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(error, list(names))
    return model


def _on(error: object, name: str, *qubits: int) -> NoiseModel:
    model = NoiseModel()
    model.add_quantum_error(error, name, qubits)
    return model


@_noise
def _no_errors() -> NoiseModel:
    return NoiseModel()


@_noise
def _on_pairs() -> NoiseModel:
    return _everywhere(depolarizing_error(0.05, 2), "cx")


@_noise
def _on_turns() -> NoiseModel:
    return _everywhere(depolarizing_error(0.05, 1), "h", "ry", "x", "rx")


@_noise
def _misreadings() -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_readout_error([[0.9, 0.1], [0.2, 0.8]])
    return model


@_noise
def _misreadings_of_one_qubit() -> NoiseModel:
    model = NoiseModel()
    model.add_readout_error([[0.9, 0.1], [0.2, 0.8]], [1])
    return model


@_noise
def _relaxation() -> NoiseModel:
    model = _everywhere(thermal_relaxation_error(50, 70, 10), "h", "ry", "reset")
    model.add_quantum_error(thermal_relaxation_error(50, 30, 10), "x", [5])
    return model


@_noise
def _damping_elsewhere() -> NoiseModel:
    return _on(amplitude_damping_error(0.1), "sx", 0)


@_noise
def _unitary_elsewhere() -> NoiseModel:
    return _on(coherent_unitary_error(random_unitary(2, seed=1)), "sx", 0)


@_noise
def _gate_elsewhere_that_density_matrices_do_not_know() -> NoiseModel:
    circuit = QuantumCircuit(3)
    circuit.ccz(0, 1, 2)
    error = QuantumError([(circuit, 0.5), (QuantumCircuit(3), 0.5)])
    model = _on(error, "ccx", 0, 1, 2)
    model.add_all_qubit_quantum_error(depolarizing_error(0.05, 1), "h")
    return model


@_noise
def _kraus_that_hardly_ever_happens() -> NoiseModel:
    dephasing = kraus_error([np.sqrt(0.5) * np.eye(2), np.sqrt(0.5) * np.diag([1, -1])])
    parts = [(XGate(), 1 - 1e-12), (dephasing.circuits[0], 1e-12)]
    return _on(QuantumError(parts), "sx", 0)


@_noise
def _before_measurements() -> NoiseModel:
    return _everywhere(pauli_error([("X", 0.1), ("I", 0.9)]), "measure", "reset")


@_noise
def _on_labels() -> NoiseModel:
    error = pauli_error([("X", 0.4), ("I", 0.6)])
    return _everywhere(error, "foo", "measure", "jump", "x", "mark")


@_noise
def _paulis_of_other_classes() -> NoiseModel:
    model = _everywhere(PauliLindbladError(["X", "Z"], [0.1, 0.05]), "h", "ry")
    model.add_all_qubit_quantum_error(PauliError(["XX", "II"], [0.1, 0.9]), "cx")
    return model
