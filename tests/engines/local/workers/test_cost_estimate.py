"""How long a unit of work takes by estimate."""

from __future__ import annotations

import math
from dataclasses import fields

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Parameter
from qiskit.circuit.library import HGate, RYGate, RZGate, TGate
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2

from qsession.circuits.pubs import read_request
from qsession.engines.local.work import CircuitWork, EstimatorWork, SamplerWork, Work
from qsession.engines.local.workers.circuit_sizes import (
    LOOP_LENGTH,
    MOST_OPERATIONS,
    CircuitSize,
    circuit_size,
)
from qsession.engines.local.workers.cost_estimate import Run, WorkSize
from qsession.engines.local.workers.costs import USUAL, Costs
from qsession.simulator.drawing import MOST_DRAWN_SHOTS
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
        (lambda circuit: circuit.x(0), False),
        (lambda circuit: circuit.reset(1), False),
        (lambda circuit: circuit.measure(0, 0), False),
        (lambda circuit: (circuit.x(0), circuit.measure(0, 0)), True),
        (lambda circuit: (circuit.reset(1), circuit.measure(1, 1)), True),
        (lambda circuit: (circuit.cx(0, 1), circuit.measure(1, 1)), True),
    ],
    ids=[
        "terminal",
        "barrier behind",
        "gate behind",
        "reset behind",
        "measured twice",
        "gate between measurements",
        "reset between measurements",
        "gate on both between measurements",
    ],
)
def test_what_follows_a_measurement_and_is_measured_makes_each_shot_a_run(change, runs_per_shot):
    circuit = bell()
    change(circuit)
    assert circuit_size(circuit).runs_per_shot is runs_per_shot


def test_what_no_measurement_depends_on_costs_nothing():
    circuit = QuantumCircuit(3, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.cx(1, 2)
    circuit.x(0)
    size = circuit_size(circuit)
    assert (size.qubits, size.operations) == (1, 2)
    assert circuit_size(circuit, keeps_all=True).qubits == 3


@pytest.mark.parametrize("angles", [(0.3, math.pi / 2), (math.pi / 2, 0.3)])
def test_one_angle_that_is_no_quarter_turn_needs_amplitudes(angles: tuple[float, float]):
    circuit = QuantumCircuit(1)
    for angle in angles:
        circuit.ry(angle, 0)
        circuit.x(0)
    circuit.measure_all()
    assert not circuit_size(circuit).is_clifford


def test_a_loop_counts_as_often_as_it_runs():
    circuit = QuantumCircuit(1, 1)
    with circuit.for_loop(range(30)):
        circuit.x(0)
        circuit.y(0)
    assert circuit_size(circuit) == CircuitSize(
        1, 60, runs_per_shot=True, is_clifford=True, gates=2
    )


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
    assert circuit_size(circuit, keeps_all=True).operations == 16


def test_parameter_sets_count_each():
    sweep = read_request((rotation(measured=True), [[0.1], [0.2], [0.3]]), shots=7)
    work = SamplerWork(AER, sweep.sampler_pubs, {})
    (run,) = size(work).runs
    assert (run.times, run.shots) == (3, 7)


def test_an_estimator_counts_a_basis_for_each_group_of_terms():
    request = read_request((rotation(), [{"X": 1, "Z": 2}, "Y"], [[0.1], [0.2]]), precision=0.1)
    (run,) = size(EstimatorWork(AER, request.estimator_pubs)).runs
    assert (run.times, run.shots, run.bases) == (2 * 3, 100, 3)


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
    assert estimate_s(bell(), method="extended_stabilizer") == math.inf
    assert estimate_s(bell(), method="tensor_network") == math.inf


def test_few_qubits_are_a_short_product_of_matrices_and_many_may_be_a_long_one():
    product = AerSimulator(method="matrix_product_state")
    assert estimate_s(bell(), backend=product) < 0.01
    assert estimate_s(layered(20, 10), backend=product) > 1


def test_more_qubits_than_any_state_vector_has_are_never_short():
    circuit = ghz(100)
    circuit.data.insert(0, circuit.data[0].replace(operation=RYGate(0.1)))
    assert estimate_s(circuit) == math.inf


@pytest.mark.parametrize(
    ("gate", "is_clifford"),
    [
        (HGate(), True),
        (RZGate(math.pi / 2), True),
        (RZGate(0.1), False),
        (RZGate(Parameter("a")), False),
        (TGate(), False),
    ],
    ids=str,
)
def test_a_circuit_of_clifford_gates_needs_no_amplitudes(gate, is_clifford):
    circuit = ghz(40)
    circuit.data.insert(0, circuit.data[0].replace(operation=gate))
    assert circuit_size(circuit).is_clifford is is_clifford
    assert (size(circuits(circuit)).estimate_s() < 1) is is_clifford


def test_of_a_long_circuit_a_part_is_looked_at():
    def repeated(times: int) -> CircuitSize:
        circuit = QuantumCircuit(1)
        for _ in range(times):
            circuit.x(0)
        return circuit_size(circuit, keeps_all=True)

    assert repeated(3 * MOST_OPERATIONS).operations == 3 * MOST_OPERATIONS


def test_odd_work_has_no_size():
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
    one = size(circuits(layered(3, 1)))
    other = size(circuits(layered(3, 2)))
    both = size(circuits(layered(3, 1), layered(3, 2)))
    assert both.runs == one.runs + other.runs
    assert both.estimate_s() == pytest.approx(one.estimate_s() + other.estimate_s())
    assert isinstance(one.runs[0], Run)


def counting(**costs: float) -> Costs:
    """Costs of nothing but these steps, so that an estimate is how many of them there are."""
    nothing = dict.fromkeys((field.name for field in fields(Costs)), 0.0)
    return Costs(**{**nothing, **costs})


def steps(work: Work, *, is_first: bool = True, **costs: float) -> float:
    return size(work).estimate_s(counting(**costs), is_first=is_first)


def sampling(*pubs: object, shots: int = 7, backend=AER) -> SamplerWork:
    return SamplerWork(backend, read_request(list(pubs), shots=shots).sampler_pubs, {})


def test_a_circuit_is_compiled_once_for_all_its_parameter_sets_and_run_for_each():
    sweep = sampling((rotation(measured=True), [[0.1]] * 100))
    assert steps(sweep, circuit_s=1) == 1
    assert steps(sweep, run_s=1) == 100
    assert steps(sweep, drawn_shot_s=1) == 700


def test_an_estimator_compiles_a_circuit_for_each_basis_and_counts_outcomes():
    pub = (rotation(), {"X": 1, "Z": 2}, [[0.1], [0.2], [0.3]])
    work = EstimatorWork(AER, read_request(pub, precision=0.1).estimator_pubs)
    assert steps(work, circuit_s=1) == 2
    assert steps(work, run_s=1) == 2 * 3
    assert steps(work, outcome_s=1) == 2 * 3 * 2, "of one qubit"


def test_shots_of_a_small_state_are_drawn_and_those_of_other_work_read():
    assert steps(sampling(bell()), shot_s=1) == 0
    assert steps(sampling(bell(), backend=MANILA), shot_s=1) == 7
    assert steps(sampling(layered(13, 1)), shot_s=1) == 7


def test_shots_of_circuits_are_drawn_unless_a_stabilizers_outcomes_are_as_many():
    assert steps(circuits(bell(), shots=7), shot_s=1) == 7
    assert steps(circuits(bell(), shots=8), shot_s=1) == 0
    assert steps(circuits(bell(), shots=8, backend=MANILA), shot_s=1) == 8
    turned = ghz(12)
    turned.data.insert(0, turned.data[0].replace(operation=RYGate(0.1)))
    assert steps(circuits(turned, shots=7), shot_s=1) == 0


def test_shots_are_simulated_one_by_one_where_something_follows_a_measurement():
    circuit = bell()
    circuit.x(0)
    circuit.measure(0, 0)
    assert steps(circuits(circuit, shots=7), simulated_shot_s=1) == 7
    assert steps(circuits(circuit, shots=7), shot_operation_s=1) == 7 * 6
    noisy = circuits(circuit, shots=7, backend=MANILA)
    assert steps(noisy, noisy_shot_operation_s=1) == 7 * 6


def measured_on_the_way(qubits: int, rounds: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits, qubits)
    for _ in range(rounds):
        circuit.ry(0.3, range(qubits))
        circuit.measure(range(qubits), range(qubits))
    return circuit


def test_shots_of_a_small_circuit_branch_where_nothing_but_shots_is_told():
    circuit = measured_on_the_way(2, 3)
    assert 0 < steps(sampling(circuit, shots=1000), simulated_shot_s=1, branched_s=1) < 0.01
    assert steps(circuits(circuit, shots=1000), simulated_shot_s=1, branched_s=1) == 1000
    assert sampled_s(circuit, 1000) < 0.3 * estimate_s(circuit, shots=1000)


@pytest.mark.parametrize(
    ("circuit", "shots", "backend"),
    [
        (measured_on_the_way(2, 3), 7, AER),
        (measured_on_the_way(11, 3), 1000, AER),
        (measured_on_the_way(9, 9), 1000, AER),
        (measured_on_the_way(2, 3), 1000, MANILA),
        (measured_on_the_way(2, 3), 1000, AerSimulator(method="matrix_product_state")),
    ],
    ids=["few", "wide", "spread", "noise", "method"],
)
def test_shots_that_may_not_branch_take_as_long_as_aer(circuit, shots, backend):
    work = sampling(circuit, shots=shots, backend=backend)
    assert steps(work, simulated_shot_s=1, branched_s=1) == pytest.approx(shots, rel=0.001)


def test_errors_are_built_by_the_first_unit_of_a_backend():
    noisy = circuits(bell(), backend=MANILA)
    assert steps(noisy, error_s=1) == 2, "of the Hadamard gate and of the controlled one"
    assert steps(noisy, error_s=1, is_first=False) == 0
    assert steps(circuits(bell()), error_s=1) == 0


def test_a_density_matrix_counts_where_aer_takes_one():
    few, many = circuits(bell(), backend=MANILA, shots=3), circuits(bell(), backend=MANILA, shots=9)
    assert steps(few, density_s=1) == 0
    assert steps(many, density_s=1) == 4 * 4**2


def test_a_stabilizer_state_grows_with_the_square_of_its_qubits():
    per_shot = steps(circuits(ghz(40), shots=1000), tableau_s=1) / 1000
    assert per_shot == pytest.approx(40**2, rel=0.01)
    assert steps(circuits(ghz(40)), amplitude_s=1) == 0


def test_costs_are_those_of_a_machine():
    slow = USUAL.scaled(python=2, shots=3, amplitudes=5)
    assert slow.operation_s == 2 * USUAL.operation_s
    assert slow.simulated_shot_s == 3 * USUAL.simulated_shot_s
    assert slow.amplitude_s == 5 * USUAL.amplitude_s


def sampled_s(circuit: QuantumCircuit, shots: int, backend=AER, **options) -> float:
    pub = SamplerPub.coerce((circuit, None, shots))
    return size(SamplerWork(backend, (pub,), options)).estimate_s()


def test_each_shot_that_is_drawn_counts():
    assert sampled_s(bell(), 1000) < 0.002
    assert 0.05 < sampled_s(bell(), 2_000_000) < 0.5


def test_more_shots_than_are_drawn_take_aer_as_long_as_it_writes_them_down():
    assert sampled_s(bell(), MOST_DRAWN_SHOTS + 1) > 10 * sampled_s(bell(), MOST_DRAWN_SHOTS)


@pytest.mark.parametrize(
    ("backend", "options"),
    [
        (AER, {"seed_simulator": 1}),
        (AER, {"run_options": {"seed_simulator": 1}}),
        (AerSimulator(seed_simulator=1), {}),
    ],
    ids=["job", "run", "simulator"],
)
def test_with_a_seed_a_stabilizer_takes_a_number_for_each_qubit(backend, options):
    often = 1_000_000
    many = sampled_s(ghz(10), often, backend=backend, **options)
    assert many > 5 * sampled_s(ghz(10), often)
    tilted = ghz(10)
    tilted.data.insert(0, CircuitInstruction(RYGate(0.1), [tilted.qubits[0]]))
    assert many > 5 * sampled_s(tilted, often, backend=backend, **options)
