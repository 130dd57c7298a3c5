"""What waits in a queue is out of its submitter's reach."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import RZGate, UnitaryGate
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.providers import BackendV2, Options
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import InstructionProperties
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, pauli_error
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession import Session
from qsession.engines.local.submitted_backend import backend_as_submitted, own_noise
from qsession.engines.local.work import own_circuit, own_pub
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

    def __init__(self, backend: BackendV2) -> None:
        self.backend = backend
        self.executor = ThreadPoolExecutor(1)
        self._go = threading.Event()
        self.executor.submit(self._go.wait)
        self.session = Session(backend, executor=self.executor)

    def counts(self, edit: Callable[[], None], **options: Any) -> dict[str, int]:
        """What one circuit, which measures 0, gives if something is edited while it waits."""
        job = self.session.run_circuits(idle(), **options)
        result = self.result(job, edit)
        counts: dict[str, int] = result.get_counts()
        return counts

    def result(self, job: Any, edit: Callable[[], None]) -> Any:
        """The result of a job if something is edited while it waits."""
        edit()
        self._go.set()
        result = job.result()
        self.session.close()
        self.executor.shutdown()
        return result


def idle() -> QuantumCircuit:
    made = QuantumCircuit(1, 1)
    made.measure(0, 0)
    return made


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


class Elsewhere(BackendV2):
    """A backend of another provider, as theirs are: it keeps things, and an inner simulator."""

    def __init__(self) -> None:
        super().__init__(name="elsewhere")
        self._simulator = AerSimulator()
        self.shots_of_runs: list[int] = []

    @property
    def target(self) -> Any:
        return self._simulator.target

    @property
    def max_circuits(self) -> None:
        return None

    @classmethod
    def _default_options(cls) -> Options:
        return Options(shots=100)

    def run(self, run_input: Any, **options: Any) -> Any:
        self.shots_of_runs = [*self.shots_of_runs, options.get("shots", self.options.shots)]
        return self._simulator.run(run_input, shots=self.shots_of_runs[-1])


@pytest.mark.parametrize(
    "make",
    [FakeManilaV2, partial(GenericBackendV2, 2, seed=1), BasicSimulator, Elsewhere],
    ids=["fake", "generic", "basic", "other provider's"],
)
@pytest.mark.parametrize("runs_before", [0, 1])
def test_a_waiting_job_has_the_options_that_any_backend_had(make, runs_before: int):
    backend = make()
    backend.set_options(shots=9)
    for _ in range(runs_before):
        with Session(backend) as session:
            assert sum(session.run_circuits(idle()).result().get_counts().values()) == 9
    counts = Held(backend).counts(lambda: backend.set_options(shots=5))
    assert sum(counts.values()) == 9
    with Session(backend) as session:
        assert sum(session.run_circuits(idle()).result().get_counts().values()) == 5
    if isinstance(backend, Elsewhere):
        assert backend.shots_of_runs == [*[9] * runs_before, 9, 5]


def test_a_waiting_job_has_the_noise_of_a_devices_target_at_submission():
    backend = GenericBackendV2(2, noise_info=True, seed=1)

    def edit() -> None:
        misread = InstructionProperties(error=1.0)
        backend.target.update_instruction_properties("measure", (0,), misread)

    held = Held(backend)
    job = Sampler(mode=held.session).run([idle()], shots=200)
    counts = held.result(job, edit)[0].data.c.get_counts()
    assert counts["0"] > 150
    assert max(Held(backend).counts(lambda: None, shots=200).items(), key=itemgetter(1))[0] == "1"


def test_refreshed_properties_of_a_fake_backend_reach_no_waiting_job():
    backend = FakeManilaV2()
    properties = backend_as_submitted(backend)
    backend._props_dict = {**properties._props_dict, "qubits": []}  # as its refresh() does
    assert properties.properties().qubits
    assert backend_as_submitted(backend) is not properties


def test_values_in_the_options_of_a_run_reach_no_waiting_job():
    binds = [{Parameter("t"): [0.0]}]
    turned = QuantumCircuit(1, 1)
    turned.rx(next(iter(binds[0])), 0)
    turned.measure(0, 0)
    held = Held(AerSimulator())
    job = held.session.run_circuits(turned, shots=9, parameter_binds=binds)

    def edit() -> None:
        binds[0] = {next(iter(binds[0])): [np.pi]}

    assert held.result(job, edit).get_counts() == {"0": 9}


def test_a_device_is_copied_anew_when_it_has_changed_only():
    backend = FakeManilaV2()
    first = backend_as_submitted(backend)
    assert first is backend_as_submitted(backend) is not backend
    assert backend_as_submitted(backend, "program").target is not backend.target
    backend.set_options(shots=3)
    assert (backend_as_submitted(backend).options.shots, first.options.shots) == (3, 1024)
    assert simulator_of(first) is simulator_of(backend)


def test_copies_of_a_simulator_use_what_is_kept_for_it():
    backend = AerSimulator()
    copied = backend_as_submitted(backend_as_submitted(backend))
    assert copied is not backend
    assert simulator_of(copied) is simulator_of(backend)
