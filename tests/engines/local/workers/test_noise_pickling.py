"""Noise models travel with each different circuit of their errors once, and come out the same."""

from __future__ import annotations

import pickle

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Reset
from qiskit.circuit.library import PauliGate, XGate
from qiskit_aer.noise import NoiseModel, QuantumError, amplitude_damping_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.engines.local.workers.noise_pickling import pickled_noise
from qsession.simulator.aer_noise_models import content_of


@pytest.fixture(scope="module")
def of_manila() -> NoiseModel:
    return NoiseModel.from_backend(FakeManilaV2())


def there(model: NoiseModel) -> NoiseModel:
    return pickle.loads(pickled_noise(model))  # noqa: S301 - our own


def of(error: QuantumError) -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(error, ["x"])
    return model


def circuits_of(model: NoiseModel) -> list[QuantumCircuit]:
    return [circuit for error in content_of(model).errors() for circuit in error.circuits]


def test_the_noise_of_a_device_comes_out_the_same(of_manila):
    arrived = there(of_manila)
    assert repr(arrived.to_dict()) == repr(of_manila.to_dict())
    errors, expected = content_of(arrived).errors(), content_of(of_manila).errors()
    assert [error.id for error in errors] == [error.id for error in expected]
    assert vars(arrived).keys() == vars(of_manila).keys()


def test_circuits_that_do_the_same_are_one_object_there(of_manila):
    arrived = circuits_of(there(of_manila))
    assert len(arrived) == len(circuits_of(of_manila))
    assert len({id(circuit) for circuit in arrived}) < len(arrived) / 4


def test_it_takes_less_than_a_fifth_of_what_python_writes(of_manila):
    assert len(pickled_noise(of_manila)) < len(pickle.dumps(of_manila)) / 5


def test_an_error_of_matrices_comes_out_the_same():
    model = of(amplitude_damping_error(0.2))
    assert any(circuit.count_ops().get("kraus") for circuit in circuits_of(model))
    assert repr(there(model).to_dict()) == repr(model.to_dict())


def _named() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.append(Gate("x", 1, []), [0])
    return circuit


def _labelled() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.append(XGate(label="mine"), [0])
    return circuit


def _turned() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.rx(0.25, 0)
    return circuit


def _with_phase() -> QuantumCircuit:
    circuit = QuantumCircuit(1, global_phase=0.5)
    circuit.x(0)
    return circuit


def _of_two() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.append(PauliGate("XZ"), [1, 0])
    circuit.append(Reset(), [1])
    circuit.id(0)
    return circuit


@pytest.mark.parametrize("make", [_named, _labelled, _turned, _with_phase, _of_two])
def test_a_circuit_keeps_all_that_it_does(make):
    circuit = make()
    model = NoiseModel()
    error = QuantumError([(circuit, 0.25), (QuantumCircuit(circuit.num_qubits), 0.75)])
    model.add_all_qubit_quantum_error(error, ["x" if circuit.num_qubits == 1 else "cx"])
    arrived = circuits_of(there(model))[0]
    assert arrived == circuit
    assert [each.operation for each in arrived] == [each.operation for each in circuit]
    assert [each.label for each in arrived] == [each.label for each in circuit]
