"""Shots of circuits that measure on their way are Aer's own, though no shot is simulated alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.circuit.classical import expr, types
from qiskit.primitives import BackendEstimatorV2, BackendSamplerV2
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp, random_unitary
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from benchmarks.programs import dynamic_circuits
from qsession.engines.local.work import EstimatorWork, SamplerWork, run_work
from qsession.simulator import aer_private as aer
from qsession.simulator import branch_costs, branching, runner
from qsession.simulator.branch_program import program_of
from qsession.simulator.branched_shots import BranchedShots
from qsession.simulator.branching import branched
from qsession.simulator.errors import FastPathError
from tests.support.circuits import bell

CIRCUITS: dict[str, Callable[[], QuantumCircuit]] = {}
"""Small circuits, each with something that may go wrong."""


def circuit(make: Callable[[], QuantumCircuit]) -> Callable[[], QuantumCircuit]:
    CIRCUITS[make.__name__] = make
    return make


@circuit
def one_bit_measured_twice() -> QuantumCircuit:
    qc = QuantumCircuit(2, 1)
    qc.ry(1.1, 0)
    qc.measure(0, 0)
    qc.ry(0.7, [0, 1])
    qc.measure(1, 0)
    qc.measure(0, 0)
    return qc


@circuit
def reset_of_an_entangled_qubit() -> QuantumCircuit:
    qc = QuantumCircuit(3, 3)
    qc.ry(1.3, 0)
    qc.cx(0, 1)
    qc.cx(1, 2)
    qc.reset(1)
    qc.ry(0.4, 1)
    qc.measure([2, 1, 0], [0, 1, 2])
    return qc


@circuit
def reset_at_the_start() -> QuantumCircuit:
    qc = QuantumCircuit(2, 2)
    qc.reset([0, 1])
    qc.h(0)
    qc.cx(0, 1)
    qc.measure([0, 1], [0, 1])
    return qc


@circuit
def reset_that_no_measurement_depends_on() -> QuantumCircuit:
    qc = QuantumCircuit(3, 2)
    qc.h([0, 1, 2])
    qc.reset(2)
    qc.measure(0, 0)
    qc.reset([2, 0])
    qc.ry(0.9, [0, 2])
    qc.measure(0, 1)
    qc.reset(1)
    return qc


@circuit
def clifford() -> QuantumCircuit:
    qc = QuantumCircuit(3, 4)
    qc.h(0)
    qc.cx(0, 1)
    qc.measure(0, 0)
    qc.cx(0, 2)
    qc.h(0)
    qc.s(0)
    qc.sdg(2)
    qc.swap(0, 2)
    qc.measure(0, 1)
    qc.reset(2)
    qc.h(2)
    qc.cz(2, 1)
    qc.h(2)
    qc.measure([2, 1], [2, 3])
    return qc


@circuit
def nearly_clifford() -> QuantumCircuit:
    qc = clifford()
    qc.rz(1e-7, 0)
    qc.h(0)
    qc.measure(0, 0)
    return qc


@circuit
def nested_conditions() -> QuantumCircuit:
    qc = QuantumCircuit(3, 3)
    qc.ry(1.4, [0, 1])
    qc.measure(0, 0)
    with qc.if_test((qc.clbits[0], 1)) as otherwise:
        qc.h(1)
        qc.measure(1, 1)
        with qc.if_test((qc.clbits[1], 0)):
            qc.reset(0)
            qc.ry(0.3, 2)
    with otherwise:
        qc.ry(2.1, 2)
        qc.measure(2, 2)
        with qc.if_test((qc.clbits[2], 1)):
            qc.x(1)
    qc.ry(0.2, [0, 1, 2])
    qc.measure([0, 1, 2], [0, 1, 2])
    return qc


@circuit
def switch_with_default() -> QuantumCircuit:
    chosen, outcome = ClassicalRegister(3, "chosen"), ClassicalRegister(1, "outcome")
    qc = QuantumCircuit(QuantumRegister(4), chosen, outcome)
    qc.ry(1.0, [0, 1, 2])
    qc.measure([0, 1, 2], chosen)
    with qc.switch(chosen) as case:
        with case(0, 3):
            qc.x(3)
        with case(5):
            qc.ry(0.4, 3)
            qc.measure(3, outcome)
            qc.h(3)
        with case(case.DEFAULT):
            qc.ry(1.2, 3)
    qc.measure(3, outcome)
    return qc


@circuit
def condition_on_a_register() -> QuantumCircuit:
    first, second = ClassicalRegister(2, "first"), ClassicalRegister(3, "second")
    qc = QuantumCircuit(QuantumRegister(4), first, second)
    qc.ry(1.2, range(3))
    qc.measure([0, 1], first)
    qc.measure(2, second[1])
    with qc.if_test((second, 2)):
        qc.ry(0.8, 3)
    with qc.if_test((first, 2)) as otherwise:
        qc.x(3)
    with otherwise:
        qc.h(3)
    qc.measure([3, 0], [second[0], second[2]])
    return qc


@circuit
def expressions() -> QuantumCircuit:
    a, b, c = (ClassicalRegister(size, name) for name, size in (("a", 3), ("b", 3), ("c", 2)))
    qc = QuantumCircuit(QuantumRegister(7), a, b, c)
    qc.ry(1.3, range(6))
    qc.measure(range(3), a)
    qc.measure(range(3, 6), b)
    with qc.if_test(expr.less(a, b)):
        qc.ry(0.7, 6)
    with qc.if_test(expr.logic_and(expr.bit_xor(a[0], b[2]), expr.logic_not(a[1]))):
        qc.ry(1.1, 6)
    with qc.if_test(expr.equal(expr.bit_or(expr.bit_and(a, b), 4), 6)):
        qc.x(6)
    wide = expr.cast(a, types.Uint(5))
    with qc.if_test(expr.greater_equal(wide, expr.lift(5, types.Uint(5)))):
        qc.h(6)
    with qc.switch(expr.lift(a)) as case:
        with case(1, 2):
            qc.z(6)
        with case(case.DEFAULT):
            qc.sx(6)
    qc.measure([6, 0], c)
    return qc


@circuit
def loop_that_breaks() -> QuantumCircuit:
    qc = QuantumCircuit(2, 3)
    with qc.for_loop(range(5)):
        qc.ry(1.0, 0)
        qc.cx(0, 1)
        qc.measure(0, 0)
        with qc.if_test((qc.clbits[0], 1)):
            qc.ry(0.3, 1)
            qc.break_loop()
        qc.measure(1, 1)
        with qc.if_test((qc.clbits[1], 1)):
            qc.continue_loop()
        qc.ry(0.5, 1)
    qc.measure([0, 1], [1, 2])
    return qc


@circuit
def loop_whose_length_is_measured() -> QuantumCircuit:
    qc = QuantumCircuit(2, 2)
    qc.ry(2.2, 0)
    qc.measure(0, 0)
    with qc.while_loop((qc.clbits[0], True)):
        qc.ry(0.9, [0, 1])
        qc.measure(0, 0)
    qc.measure(1, 1)
    return qc


@circuit
def loop_after_whose_measurement_nothing_is_measured() -> QuantumCircuit:
    qc = QuantumCircuit(1, 1)
    qc.h(0)
    qc.measure(0, 0)
    with qc.while_loop((qc.clbits[0], True)):
        qc.h(0)
        qc.measure(0, 0)
    return qc


@circuit
def loop_beside_what_is_measured() -> QuantumCircuit:
    qc = QuantumCircuit(2, 2)
    qc.ry(0.8, [0, 1])
    qc.measure(0, 0)
    with qc.for_loop(range(3)):
        qc.ry(0.4, 1)
        qc.reset(1)
        qc.ry(1.4, 1)
    qc.measure(1, 1)
    return qc


@circuit
def branch_that_no_shot_takes() -> QuantumCircuit:
    qc = QuantumCircuit(2, 2)
    qc.measure(0, 0)
    with qc.if_test((qc.clbits[0], 1)):
        qc.x(1)
        qc.reset(0)
    qc.ry(0.6, 1)
    qc.measure(1, 1)
    return qc


@circuit
def matrices_and_delays() -> QuantumCircuit:
    qc = QuantumCircuit(3, 3)
    qc.unitary(random_unitary(4, seed=3), [2, 0])
    qc.delay(100, 1)
    qc.measure(2, 2)
    qc.unitary(random_unitary(8, seed=4), [1, 2, 0])
    qc.measure([0, 1, 2], [0, 1, 2])
    return qc


@circuit
def gates_of_all_sizes() -> QuantumCircuit:
    qc = QuantumCircuit(3, 3)
    qc.u(0.3, 0.4, 0.5, 0)
    qc.cu(0.3, 0.4, 0.5, 0.6, 2, 1)
    qc.sx([0, 1, 2])
    qc.measure(1, 1)
    qc.rzx(0.7, 0, 2)
    qc.ecr(2, 1)
    qc.cswap(0, 2, 1)
    qc.ccx(2, 1, 0)
    qc.crx(1.9, 1, 2)
    qc.measure([0, 1, 2], [2, 1, 0])
    return qc


@circuit
def more_qubits_than_gates_are_fused_on() -> QuantumCircuit:
    qc = QuantumCircuit(8, 8)
    for qubit in range(7):
        qc.ry(0.3 * (qubit + 1), qubit)
        qc.cx(qubit, qubit + 1)
    qc.measure(range(0, 8, 2), range(4))
    qc.ccx(0, 7, 3)
    qc.reset(0)
    qc.h([0, 5])
    qc.measure(range(8), range(8))
    return qc


@circuit
def idle_qubits() -> QuantumCircuit:
    qc = QuantumCircuit(40, 20)
    qc.ry(0.7, 33)
    qc.cx(33, 7)
    qc.measure(7, 18)
    qc.ry(0.7, 7)
    qc.barrier()
    qc.measure([7, 33], [18, 0])
    return qc


@circuit
def registers_of_the_bits_of_others() -> QuantumCircuit:
    qc = QuantumCircuit(QuantumRegister(2), ClassicalRegister(2, "c"))
    qc.add_register(ClassicalRegister(name="turned", bits=[qc.clbits[1], qc.clbits[0]]))
    qc.ry(0.7, [0, 1])
    qc.measure(0, 0)
    qc.ry(0.9, 0)
    qc.measure([0, 1], [1, 0])
    return qc


PROGRAMS = (
    "repetition_code",
    "corrected_repetition_code",
    "switch",
    "one_qubit_loop",
    "repeat_until_success",
    "long_range_cnot",
    "teleportation",
)


def of_benchmark(name: str, monkeypatch: pytest.MonkeyPatch) -> QuantumCircuit:
    made: list[QuantumCircuit] = []
    monkeypatch.setattr(dynamic_circuits, "_sampled", lambda *given: made.append(given[-1]))
    getattr(dynamic_circuits, name)(None, AerSimulator())
    return made[0]


class Calls(list[Any]):
    """What was branched: a program each time, and whether that came to an end."""

    @property
    def ended(self) -> int:
        return sum(done for _, done in self)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls = Calls()

    def spied(program: Any, *rest: Any) -> BranchedShots:
        calls.append((program, False))
        shots = branched(program, *rest)
        calls[-1] = program, True
        return shots

    monkeypatch.setattr(runner, "branched", spied)
    return calls


@pytest.fixture
def any_shots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few shots are branched, too, and all have the time that they need."""
    monkeypatch.setattr(branch_costs, "LEAST_SHOTS", 1)
    monkeypatch.setattr(branch_costs, "_SHARE", 1e6)


def ours(pubs: Any, seed: int | None = None, backend: Any = None) -> list[dict[str, Any]]:
    options = {} if seed is None else {"seed_simulator": seed}
    coerced = tuple(SamplerPub.coerce(pub) for pub in pubs)
    outcome: Any = run_work(SamplerWork(backend or AerSimulator(), coerced, options))
    assert outcome.fallback is None
    return [rows(each.data) for each in outcome.result]


def theirs(pubs: Any, seed: int, backend: Any = None) -> list[dict[str, Any]]:
    sampler = BackendSamplerV2(backend=backend or AerSimulator(), options={"seed_simulator": seed})
    return [rows(each.data) for each in sampler.run(pubs).result()]


def rows(data: Any) -> dict[str, Any]:
    return {name: each.array.tolist() for name, each in data.items()}


# --- bits -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("any_shots")
@pytest.mark.parametrize("name", CIRCUITS)
def test_bits_are_those_of_aer(name: str, calls: Calls):
    made, backend = CIRCUITS[name](), AerSimulator()
    ours([(made, None, 1)], 5, backend)  # Aer tells the method where rounding decides
    calls.clear()
    for shots, seed in ((1, 5), (2, 6), (300, 7), (1000, 2**40 + 8)):
        pubs = [(made, None, shots)]
        assert ours(pubs, seed, backend) == theirs(pubs, seed)
    assert calls.ended == 4


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_of_the_benchmark_have_the_bits_of_aer(
    name: str, calls: Calls, monkeypatch: pytest.MonkeyPatch
):
    made = of_benchmark(name, monkeypatch)
    for shots, seed in ((1000, 42), (4096, 3)):
        pubs = [(made, None, shots)]
        assert ours(pubs, seed) == theirs(pubs, seed)
    assert calls.ended == 2


def test_circuits_of_one_job_have_their_own_seeds(calls: Calls):
    pubs = [
        (clifford(), None, 200),
        (bell(), None, 200),
        (reset_of_an_entangled_qubit(), None, 200),
        (bell(), None, 100),
        (nested_conditions(), None, 200),
        (clifford(), None, 100),
    ]
    assert ours(pubs, 9) == theirs(pubs, 9)
    assert calls.ended == 4


@pytest.mark.parametrize("has_flow", [False, True])
def test_each_point_of_a_sweep_has_its_own_seed(has_flow: bool, calls: Calls):
    angle, other = Parameter("angle"), Parameter("other")
    made = QuantumCircuit(2, 2)
    made.ry(angle, 0)
    made.measure(0, 0)
    made.ry(2 * other + angle, 0)
    made.cx(0, 1)
    made.measure(0, 0)
    if has_flow:
        with made.if_test((made.clbits[0], 1)):
            made.ry(other, 1)
    made.measure(1, 1)
    values = [[[0.3, 0.1], [0.9, -0.4]], [[np.pi / 2, 0.0], [np.pi, np.pi / 2]]]
    pubs = [(made, values, 200)]
    assert ours(pubs, 9) == theirs(pubs, 9)
    # The fourth point is of Clifford gates.
    assert calls.ended == 4


def test_the_seed_of_the_simulator_counts(calls: Calls):
    backend = AerSimulator(seed_simulator=77)
    pubs = [(nested_conditions(), None, 100)]
    assert ours(pubs, None, backend) == theirs(pubs, 77)
    assert calls.ended == 1


@pytest.mark.parametrize("seed", [0, -1, -(2**63), 2**63 - 1, True])
def test_each_number_that_aer_takes_is_a_seed(seed: int, calls: Calls):
    pubs = [(clifford(), None, 100), (reset_of_an_entangled_qubit(), None, 100)]
    assert ours(pubs, seed) == theirs(pubs, seed)
    assert calls.ended == 2


@pytest.mark.parametrize("seed", [2**63, 2**64 + 1, -(2**63) - 1])
def test_what_aer_refuses_as_a_seed_is_refused(seed: int):
    pubs = [(clifford(), None, 100)]
    for run in (ours, theirs):
        with pytest.raises(TypeError, match="incompatible function arguments"):
            run(pubs, seed)


def test_an_option_that_aer_refuses_is_refused():
    backend = AerSimulator(max_parallel_threads="many")
    pubs = [(clifford(), None, 100)]
    for run in (ours, theirs):
        with pytest.raises(TypeError, match="invalid option type"):
            run(pubs, 4, backend)


def test_a_method_that_was_set_counts(calls: Calls):
    backend = AerSimulator(method="statevector")
    pubs = [(clifford(), None, 300)]
    assert ours(pubs, 4, backend) == theirs(pubs, 4, backend)
    assert calls.ended == 1


def test_shots_that_are_taken_in_parts_are_the_same(monkeypatch: pytest.MonkeyPatch, calls: Calls):
    monkeypatch.setattr(branch_costs, "MOST_TOGETHER", 64)
    monkeypatch.setattr(branch_costs, "_SHARE", 1e6)
    pubs = [(nested_conditions(), None, 1000)]
    assert ours(pubs, 4) == theirs(pubs, 4)
    assert calls.ended == 1


def test_a_job_of_others_options_is_the_same_again(calls: Calls):
    made = nested_conditions()
    for shots in (300, 100, 300):
        pubs = [(made, None, shots)]
        assert ours(pubs, 4) == theirs(pubs, 4)
    assert calls.ended == 3


def test_values_of_a_circuit_that_measures_on_its_way_are_those_of_aer(calls: Calls):
    made = QuantumCircuit(2, 1)
    made.ry(1.1, 0)
    made.cx(0, 1)
    made.reset(0)
    made.ry(0.4, 0)
    made.measure(1, 0)
    with made.if_test((made.clbits[0], 1)):
        made.ry(0.9, 0)
    pub = (made, SparsePauliOp.from_list([("ZZ", 1), ("XI", 0.5), ("IX", 2)]))
    coerced = (EstimatorPub.coerce(pub),)
    options = {"seed_simulator": 8, "default_precision": 0.03}
    outcome: Any = run_work(EstimatorWork(AerSimulator(), coerced, options=options))
    estimator = BackendEstimatorV2(backend=AerSimulator(), options=options)
    (theirs,) = estimator.run([pub]).result()
    assert outcome.fallback is None
    assert outcome.result[0].data.evs == theirs.data.evs
    assert outcome.result[0].data.stds == theirs.data.stds
    assert calls.ended == 2


def test_without_a_seed_each_job_has_new_shots_of_the_same_distribution(calls: Calls):
    made = reset_of_an_entangled_qubit()
    shots = 20_000
    first, second, seeded = (ours([(made, None, shots)], seed)[0]["c"] for seed in (None, None, 5))
    assert first != second
    assert calls.ended == 3
    counted = [np.bincount(np.ravel(each), minlength=8) / shots for each in (first, seeded)]
    # Five standard deviations of the difference of two such shares.
    assert np.abs(counted[0] - counted[1]).max() < 5 * np.sqrt(0.5 / shots)


# --- when -----------------------------------------------------------------------------------------


def test_few_shots_are_simulated_by_aer(calls: Calls):
    pubs = [(nested_conditions(), None, branch_costs.LEAST_SHOTS - 1)]
    assert ours(pubs, 4) == theirs(pubs, 4)
    assert not calls


def test_a_circuit_whose_shots_spread_too_far_is_simulated_by_aer(calls: Calls):
    made = QuantumCircuit(9, 1)
    for _ in range(40):
        made.ry(0.7, range(9))
        made.cx(range(8), range(1, 9))
        made.measure(0, 0)
    pubs = [(made, None, 100)]
    assert ours(pubs, 4) == theirs(pubs, 4)
    assert calls.ended == 0


def test_a_loop_without_an_end_is_left_to_aer_soon(monkeypatch: pytest.MonkeyPatch):
    drawn: list[float] = []

    def counted(shots: int, amplitudes: int) -> float:
        drawn.append(draw_s(shots, amplitudes))
        return drawn[-1]

    draw_s = branch_costs.draw_s
    monkeypatch.setattr(branch_costs, "draw_s", counted)
    made = QuantumCircuit(1, 1)
    made.ry(0.3, 0)
    made.measure(0, 0)
    with made.while_loop((made.clbits[0], False)):
        made.measure(0, 0)
    program = program_of(aer.without_control_flow(made))
    with pytest.raises(FastPathError, match="too many states"):
        branched(program, 1000, 1, "statevector")
    assert sum(drawn) < 0.1


def test_a_number_at_the_border_leaves_a_circuit_to_aer(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(branching, "BORDER", 0.01)
    pubs = [(one_bit_measured_twice(), None, 300)]
    assert ours(pubs, 4) == theirs(pubs, 4)
    assert len(calls) == 1
    assert calls.ended == 0


def test_noise_leaves_a_circuit_to_aer(calls: Calls):
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["ry"])
    pubs = [(nested_conditions(), None, 100)]
    backend = AerSimulator(noise_model=noise)
    assert ours(pubs, 4, backend) == theirs(pubs, 4, backend)
    assert not calls


@pytest.mark.parametrize(
    "options",
    [
        {"method": "density_matrix"},
        {"method": "matrix_product_state"},
        {"precision": "single"},
        {"zero_threshold": 1e-3},
    ],
)
def test_other_options_leave_a_circuit_to_aer(options: dict[str, Any], calls: Calls):
    backend = AerSimulator(**options)
    pubs = [(one_bit_measured_twice(), None, 100)]
    assert ours(pubs, 4, backend) == theirs(pubs, 4, backend)
    assert not calls


def test_an_integer_taken_for_a_boolean_is_left_to_aer(calls: Calls):
    made = QuantumCircuit(QuantumRegister(3), ClassicalRegister(2, "a"), ClassicalRegister(1, "b"))
    made.ry(1.2, [0, 1])
    made.measure([0, 1], made.cregs[0])
    with made.if_test(expr.cast(made.cregs[0], types.Bool())):
        made.x(2)
    made.measure(2, made.cregs[1])
    pubs = [(made, None, 100)]
    assert ours(pubs, 4) == theirs(pubs, 4)
    assert not calls


def test_where_aer_draws_in_another_way_seeded_shots_are_its_own(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(runner, "branches_as_aer", lambda: False)
    pubs = [(nested_conditions(), None, 100)]
    assert ours(pubs, 4) == theirs(pubs, 4)
    assert not calls
    ours(pubs)
    assert calls.ended == 1
