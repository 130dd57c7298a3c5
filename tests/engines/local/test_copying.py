"""What waits in a queue is out of its submitter's reach."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import RZGate, UnitaryGate
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp

from qsession.engines.local.work import own_circuit, own_pub

MATRIX = np.array([[0, 1], [1, 0]], complex)


def circuit() -> QuantumCircuit:
    made = QuantumCircuit(2, 2, metadata={"run": [1]})
    made.rz(Parameter("t"), 0)
    made.append(RZGate(0.1), [1])
    made.measure([0, 1], [0, 1])
    return made


def with_body() -> QuantumCircuit:
    made = circuit()
    with made.if_test((made.clbits[0], 1)):
        made.x(1)
    return made


def with_matrix() -> QuantumCircuit:
    made = circuit()
    made.append(UnitaryGate(MATRIX.copy()), [0])
    return made


def remove_gate(changed: QuantumCircuit) -> None:
    del changed.data[0]


def bind(changed: QuantumCircuit) -> None:
    changed.assign_parameters([0.5], inplace=True)


def edit_metadata(changed: QuantumCircuit) -> None:
    changed.metadata["run"].append(2)


def add_register(changed: QuantumCircuit) -> None:
    changed.measure_all()


def turn_phase(changed: QuantumCircuit) -> None:
    changed.global_phase = 1.0


@pytest.mark.parametrize("make", [circuit, with_body, with_matrix])
@pytest.mark.parametrize("edit", [remove_gate, bind, edit_metadata, add_register, turn_phase])
def test_editing_a_circuit_leaves_the_copy_as_it_was(
    make: Callable[[], QuantumCircuit], edit: Callable[[QuantumCircuit], None]
):
    original = make()
    copied = own_circuit(original)
    assert copied == original
    edit(original)
    assert len(copied.data) == len(make().data)
    assert copied.num_parameters == 1
    assert (copied.metadata, len(copied.cregs), copied.global_phase) == ({"run": [1]}, 1, 0)
    assert copied.name == original.name


def test_editing_the_matrix_of_a_gate_leaves_the_copy_as_it_was():
    original = with_matrix()
    copied = own_circuit(original)
    original.data[-1].operation.params[0][:] = 0
    assert np.array_equal(copied.data[-1].operation.params[0], MATRIX)


def test_editing_the_body_of_a_condition_leaves_the_copy_as_it_was():
    original = with_body()
    copied = own_circuit(original)
    original.data[-1].operation.blocks[0].data.clear()
    assert len(copied.data[-1].operation.blocks[0].data) == 1


def test_values_and_observables_of_a_pub_are_copied():
    angles, observable = np.array([0.5]), SparsePauliOp("ZZ")
    sampled = SamplerPub.coerce((circuit(), angles, 7))
    estimated = EstimatorPub.coerce((circuit(), observable, angles, 0.5))
    copies = own_pub(sampled), own_pub(estimated)
    for pub in (sampled, estimated):
        for values in pub.parameter_values.data.values():
            values.flags.writeable = True
            values[:] = 0
    estimated.observables._array[()].clear()
    for copied in copies:
        assert copied.parameter_values.as_array().tolist() == [0.5]
    assert copies[0].shots == 7
    assert copies[1].precision == 0.5
    assert dict(copies[1].observables[()]) == {"ZZ": 1.0}
