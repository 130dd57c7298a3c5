"""How long a unit of work takes by estimate."""

from __future__ import annotations

import math

import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2

from qsession.engines.local.running.sizing import (
    LOOP_LENGTH,
    MOST_OPERATIONS,
    CircuitSize,
    Run,
    WorkSize,
)
from qsession.engines.local.work import CircuitWork, EstimatorWork, SamplerWork, Work
from qsession.pubs import read_request
from tests.support.circuits import bell, fitted, ghz, rotation

AER, MANILA = AerSimulator(), FakeManilaV2()


def circuits(*circuits: QuantumCircuit, backend=AER, **options) -> CircuitWork:
    return CircuitWork(backend, circuits, options)


def size(work: Work) -> WorkSize:
    size = WorkSize.of(work)
    assert size is not None
    return size


def estimate_s(circuit: QuantumCircuit, backend=AER, **options) -> float:
    return size(circuits(circuit, backend=backend, **options)).estimate_s()


def layered(qubits: int, layers: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    for _ in range(layers):
        circuit.sx(range(qubits))
        for qubit in range(qubits - 1):
            circuit.ecr(qubit, qubit + 1)
    circuit.measure_all()
    return circuit


def test_qubits_without_an_operation_cost_nothing():
    on_127 = fitted(ghz(5), FakeBrisbane())
    assert on_127.num_qubits == 127
    (run,) = size(circuits(on_127, backend=FakeBrisbane(), shots=100)).runs
    assert run.circuit.qubits == 5
    assert run.shots == 100


@pytest.mark.parametrize(
    ("change", "runs_per_shot"),
    [
        (lambda circuit: None, False),
        (lambda circuit: circuit.barrier(), False),
        (lambda circuit: circuit.x(0), True),
        (lambda circuit: circuit.reset(1), True),
        (lambda circuit: circuit.measure(0, 0), True),
    ],
    ids=["terminal", "barrier behind", "gate behind", "reset", "measured twice"],
)
def test_what_follows_a_measurement_makes_each_shot_a_run(change, runs_per_shot):
    circuit = bell()
    change(circuit)
    assert size(circuits(circuit)).runs[0].circuit.runs_per_shot is runs_per_shot


def test_a_loop_counts_as_often_as_it_runs():
    circuit = QuantumCircuit(1, 1)
    with circuit.for_loop(range(30)):
        circuit.x(0)
        circuit.y(0)
    assert size(circuits(circuit)).runs[0].circuit == CircuitSize(1, 60, runs_per_shot=True)


def test_a_loop_without_a_known_end_is_taken_to_run_a_few_times():
    circuit = QuantumCircuit(1, 1)
    with circuit.while_loop((circuit.clbits[0], 0)):
        circuit.h(0)
        circuit.measure(0, 0)
    assert size(circuits(circuit)).runs[0].circuit.operations == 2 * LOOP_LENGTH


def test_one_branch_of_several_counts():
    circuit = QuantumCircuit(1, 1)
    with circuit.switch(circuit.cregs[0]) as case:
        with case(0):
            circuit.x(0)
        with case(case.DEFAULT):
            circuit.x(0)
            circuit.y(0)
    assert size(circuits(circuit)).runs[0].circuit.operations == 2


def test_a_gate_on_many_qubits_weighs_more():
    circuit = QuantumCircuit(6)
    circuit.unitary(
        [[1 if row == column else 0 for column in range(64)] for row in range(64)], range(6)
    )
    assert size(circuits(circuit)).runs[0].circuit.operations == 16


def test_parameter_sets_count_each():
    sweep = read_request((rotation(measured=True), [[0.1], [0.2], [0.3]]), shots=7)
    work = SamplerWork(AER, sweep.sampler_pubs, {})
    (run,) = size(work).runs
    assert (run.times, run.shots) == (3, 7)


def test_an_estimator_counts_a_basis_for_each_group_of_terms():
    request = read_request((rotation(), [{"X": 1, "Z": 2}, "Y"], [[0.1], [0.2]]), precision=0.1)
    (run,) = size(EstimatorWork(AER, request.estimator_pubs)).runs
    assert (run.times, run.shots) == (2 * 3, 100)


def test_terms_that_are_measured_together_count_once():
    terms = {"ZZIII": 1, "IZZII": 1, "IIZZI": 1, "IIIZZ": 1, "XIIII": 1, "IXIII": 1}
    circuit = QuantumCircuit(5)
    circuit.h(range(5))
    request = read_request((circuit, terms), precision=0.1)
    (run,) = size(EstimatorWork(AER, request.estimator_pubs)).runs
    assert run.times == 2


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (estimate_s(layered(6, 3)), estimate_s(layered(12, 3))),
        (estimate_s(layered(6, 3)), estimate_s(layered(6, 30))),
        (estimate_s(bell(), shots=100), estimate_s(bell(), shots=10_000)),
        (estimate_s(layered(8, 3)), estimate_s(layered(8, 3), method="density_matrix")),
        (estimate_s(layered(5, 3)), estimate_s(layered(5, 3), backend=MANILA)),
    ],
    ids=["qubits", "layers", "shots", "density matrix", "noise"],
)
def test_what_costs_more_is_taken_to_take_longer(smaller, larger):
    assert smaller < larger


@pytest.mark.parametrize(
    ("work", "is_noisy"),
    [
        (circuits(bell()), False),
        (circuits(bell(), backend=MANILA), True),
        (circuits(bell(), backend=AerSimulator.from_backend(MANILA)), True),
        (circuits(bell(), noise_model=NoiseModel()), True),
        (SamplerWork(AER, (), {"run_options": {"noise_model": NoiseModel()}}), True),
    ],
    ids=["ideal", "fake", "from a fake", "run option", "sampler's run option"],
)
def test_noise_is_noticed_wherever_it_comes_from(work, is_noisy):
    assert size(work).is_noisy is is_noisy


def test_a_method_that_depends_on_the_state_cannot_be_told():
    assert estimate_s(bell(), backend=AerSimulator(method="matrix_product_state")) == math.inf
    assert estimate_s(bell(), method="extended_stabilizer") == math.inf


def test_more_qubits_than_any_state_vector_has_are_never_short():
    assert estimate_s(ghz(100)) == math.inf


def test_too_large_a_circuit_and_odd_work_have_no_size():
    long = QuantumCircuit(1)
    for _ in range(MOST_OPERATIONS + 1):
        long.x(0)
    assert WorkSize.of(circuits(long)) is None
    assert WorkSize.of(circuits(bell(), shots="many")) is None


def test_equal_work_has_an_equal_size_and_other_work_another():
    def bound(angle: float) -> QuantumCircuit:
        return rotation(measured=True).assign_parameters([angle])

    assert size(circuits(bound(0.1))) == size(circuits(bound(0.2)))
    assert size(circuits(bound(0.1))) != size(circuits(bound(0.1), shots=7))
    assert size(circuits(bell())) != size(circuits(bell(), backend=MANILA))
    assert hash(size(circuits(bell()))) == hash(size(circuits(bell("other"))))


def test_a_noise_model_of_the_backend_itself_counts():
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["x"])
    assert size(circuits(bell(), backend=AerSimulator(noise_model=noise))).is_noisy


def test_times_of_several_circuits_add_up():
    one, two = size(circuits(bell())), size(circuits(bell(), bell()))
    assert two.runs == one.runs * 2
    assert two.estimate_s() == pytest.approx(2 * one.estimate_s())
    assert isinstance(one.runs[0], Run)


def test_a_circuit_is_compiled_once_for_all_its_parameter_sets():
    def sweep(sets: int) -> float:
        request = read_request((rotation(measured=True), [[0.1]] * sets), shots=7)
        return size(SamplerWork(AER, request.sampler_pubs, {})).estimate_s()

    assert sweep(100) < 50 * sweep(1)
