"""The circuits of the tests."""

from __future__ import annotations

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.transpiler import generate_preset_pass_manager


def bell(name: str = "bell") -> QuantumCircuit:
    """Two entangled qubits, measured."""
    circuit = QuantumCircuit(2, name=name)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def ghz(qubits: int) -> QuantumCircuit:
    """Any number of entangled qubits, measured."""
    circuit = QuantumCircuit(qubits, name="ghz")
    circuit.h(0)
    for qubit in range(qubits - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return circuit


def flipped(name: str = "flipped") -> QuantumCircuit:
    """One qubit that is surely measured as 1."""
    circuit = QuantumCircuit(1, name=name)
    circuit.x(0)
    circuit.measure_all()
    return circuit


def rotation(name: str = "rotation", *, measured: bool = False) -> QuantumCircuit:
    """One qubit turned by the parameter theta: 0 leaves it, pi flips it."""
    circuit = QuantumCircuit(1, name=name)
    circuit.rx(Parameter("theta"), 0)
    if measured:
        circuit.measure_all()
    return circuit


def switched() -> QuantumCircuit:
    """Two qubits: the first is surely measured as 1, and the default case flips the other one."""
    circuit = QuantumCircuit(2, 2, name="switched")
    circuit.x(0)
    circuit.measure(0, 0)
    with circuit.switch(circuit.clbits[0]) as case:
        with case(0):
            circuit.z(1)
        with case(case.DEFAULT):
            circuit.x(1)
    circuit.measure([0, 1], [0, 1])
    return circuit


def fitted(circuit: QuantumCircuit, backend: object) -> QuantumCircuit:
    """The circuit as IBM's primitives want it: transpiled to the backend."""
    passes = generate_preset_pass_manager(optimization_level=1, backend=backend, seed_transpiler=1)
    return passes.run(circuit)
