"""What waits in a queue is out of its submitter's reach."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import RZGate, UnitaryGate
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, pauli_error

from qsession import Session
from qsession.engines.local.work import own_backend, own_circuit, own_noise, own_pub
from qsession.simulator.simulator import simulator_of

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


# --- the simulator and its noise ------------------------------------------------------------------


def flipping(probability: float) -> NoiseModel:
    noise = NoiseModel()
    noise.add_all_qubit_readout_error(
        ReadoutError([[1 - probability, probability], [probability, 1 - probability]])
    )
    return noise


class Held:
    """A session whose jobs wait until they are let go."""

    def __init__(self, backend: AerSimulator) -> None:
        self.backend = backend
        self.executor = ThreadPoolExecutor(1)
        self._go = threading.Event()
        self.executor.submit(self._go.wait)
        self.session = Session(backend, executor=self.executor)

    def counts(self, edit: Callable[[], None], **options: Any) -> dict[str, int]:
        """What one circuit, which measures 0, gives if something is edited while it waits."""
        idle = QuantumCircuit(1, 1)
        idle.measure(0, 0)
        job = self.session.run_circuits(idle, **options)
        edit()
        self._go.set()
        counts: dict[str, int] = job.result().get_counts()
        self.session.close()
        self.executor.shutdown()
        return counts


def test_a_waiting_job_has_the_options_that_its_simulator_had():
    held = Held(AerSimulator(shots=9))
    edits = {"shots": 5, "noise_model": flipping(1), "method": "superop"}

    assert held.counts(lambda: held.backend.set_options(**edits)) == {"0": 9}
    assert held.backend.options.shots == 5


def test_a_noise_model_that_is_edited_reaches_no_waiting_job():
    noise = flipping(1)
    held = Held(AerSimulator(noise_model=noise))

    def edit() -> None:
        noise.add_quantum_error(pauli_error([("X", 1)]), "measure", [0])

    assert held.counts(edit, shots=9) == {"1": 9}


def test_nor_does_one_that_is_given_to_the_run():
    noise = flipping(1)

    def edit() -> None:
        noise.add_quantum_error(pauli_error([("X", 1)]), "measure", [0])

    assert Held(AerSimulator()).counts(edit, shots=9, noise_model=noise) == {"1": 9}


def test_a_noise_model_is_copied_anew_when_it_has_changed_only():
    noise = flipping(0.5)
    first = own_noise(noise)
    assert first is own_noise(noise) is not noise

    noise.add_basis_gates(["ecr"])
    second = own_noise(noise)
    assert second is not first
    assert "ecr" in second.basis_gates
    assert "ecr" not in first.basis_gates


def test_copies_of_a_simulator_use_what_is_kept_for_it():
    backend = AerSimulator()
    copied = own_backend(own_backend(backend))
    assert copied is not backend
    assert simulator_of(copied) is simulator_of(backend)
