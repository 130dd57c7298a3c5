"""Shots of small ideal circuits are drawn from their distribution; with a seed they are Aer's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.primitives import BitArray
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp, random_unitary
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.engines.local.work import EstimatorWork, SamplerWork, run_work
from qsession.simulator import aer_sampling, drawing, random, runner
from qsession.simulator.compiled_ideal import IdealCircuit
from qsession.simulator.drawing import (
    MOST_DRAWN_QUBITS,
    MOST_DRAWN_SHOTS,
    Distribution,
    Drawing,
    may_draw,
)
from qsession.simulator.fingerprint import read
from qsession.simulator.random import uniforms
from tests.support.circuits import bell, ghz

SHOTS = 200


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Distribution]:
    """The distributions that were drawn from."""
    made: list[Distribution] = []

    def make(*args: Any) -> Distribution:
        made.append(Distribution(*args))
        return made[-1]

    monkeypatch.setattr(runner, "Distribution", make)
    monkeypatch.setattr(aer_sampling, "_lone_runs", count(2))  # not the first of its process
    return made


def sampled(circuit: Any, values: Any = None, backend: Any = None, **options: Any) -> Any:
    pub = SamplerPub.coerce((circuit, values, SHOTS))
    outcome: Any = run_work(SamplerWork(backend or AerSimulator(), (pub,), options))
    assert outcome.fallback is None
    return outcome.result[0].data


def rows(data: Any) -> dict[str, list[Any]]:
    return {name: each.array.tolist() for name, each in data.items()}


# --- which bit goes where ------------------------------------------------------------------------

QUBITS, SIZES = 4, (3, 9, 1)


@st.composite
def certain(draw: st.DrawFn) -> QuantumCircuit:
    """A circuit with but one outcome, measured in any order into any bits, some of them twice."""
    registers = [ClassicalRegister(size, f"c{size}") for size in SIZES]
    circuit = QuantumCircuit(QuantumRegister(QUBITS), *registers)
    for qubit in draw(st.sets(st.integers(0, QUBITS - 1))):
        circuit.x(qubit)
    places = st.tuples(st.integers(0, QUBITS - 1), st.integers(0, sum(SIZES) - 1))
    for qubit, clbit in draw(st.lists(places, min_size=1, max_size=12)):
        circuit.measure(qubit, clbit)
    return circuit


@given(circuit=certain())
def test_each_bit_is_where_aer_puts_it(circuit: QuantumCircuit):
    assert rows(sampled(circuit)) == rows(sampled(circuit, seed_simulator=1))


@given(
    outcome=st.integers(0, 2**6 - 1),
    measured=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), max_size=12),
    start=st.integers(0, 4),
    size=st.integers(1, 17),
)
def test_a_register_is_packed_as_a_bit_array_is(
    outcome: int, measured: list[tuple[int, int]], start: int, size: int
):
    probabilities = np.zeros(2**6)
    probabilities[outcome] = 1
    told = Distribution(probabilities, Drawing.of(measured))
    (packed,) = told.shots(3, [("register", size, start)]).values()
    bits = {clbit: outcome >> qubit & 1 for qubit, clbit in measured}
    expected = "".join(str(bits.get(start + place, 0)) for place in reversed(range(size)))
    assert BitArray(packed, size).get_bitstrings() == [expected] * 3


def test_the_bits_of_one_shot_belong_together(drawn: list[Distribution]):
    data = sampled(ghz(5))
    assert len(drawn) == 1
    assert set(data.meas.get_counts()) == {"00000", "11111"}
    assert data.meas.num_shots == SHOTS


def test_circuits_of_one_job_are_measured_each_in_its_own_way(drawn: list[Distribution]):
    pubs = []
    for clbit in range(3):
        circuit = QuantumCircuit(1, 3)
        circuit.x(0)
        circuit.measure(0, clbit)
        pubs.append(SamplerPub.coerce((circuit, None, SHOTS)))
    result: Any = run_work(SamplerWork(AerSimulator(), tuple(pubs))).result
    assert len(drawn) == 3
    assert [pub.data.c.get_counts() for pub in result] == [
        {"001": SHOTS},
        {"010": SHOTS},
        {"100": SHOTS},
    ]


def test_each_point_of_a_sweep_has_its_own_distribution(drawn: list[Distribution]):
    angle = Parameter("angle")
    circuit = QuantumCircuit(1)
    circuit.rx(angle, 0)
    circuit.measure_all()
    data = sampled(circuit, [[[0.0], [np.pi]], [[np.pi], [0.0]]])
    assert len(drawn) == 4
    ones = [[data.meas[i, j].get_counts() for j in range(2)] for i in range(2)]
    assert ones == [[{"0": SHOTS}, {"1": SHOTS}], [{"1": SHOTS}, {"0": SHOTS}]]


# --- when ----------------------------------------------------------------------------------------


def reset_first() -> QuantumCircuit:
    circuit = bell()
    circuit.reset(0)
    circuit.measure(0, 0)
    return circuit


def measured_between() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.h(0)
    circuit.measure(0, 1)
    return circuit


def noisy() -> AerSimulator:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), "cx")
    return AerSimulator(noise_model=model)


@pytest.mark.parametrize(
    ("circuit", "backend"),
    [
        pytest.param(bell(), AerSimulator(method="stabilizer"), id="another method"),
        pytest.param(bell(), AerSimulator(precision="single"), id="another precision"),
        pytest.param(bell(), AerSimulator(max_memory_mb=100), id="bounded memory"),
        pytest.param(bell(), noisy(), id="noise"),
        pytest.param(bell(), FakeManilaV2(), id="noise of a device"),
        pytest.param(ghz(MOST_DRAWN_QUBITS + 1), AerSimulator(), id="many qubits"),
        pytest.param(reset_first(), AerSimulator(), id="reset"),
        pytest.param(measured_between(), AerSimulator(), id="measured between"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"seed_simulator": 3}], ids=["no seed", "seed"])
def test_aer_draws_the_shots(circuit, backend, options, drawn: list[Distribution]):
    for _ in range(2):
        data = sampled(circuit, backend=backend, **options)
        assert next(iter(data.values())).num_shots == SHOTS
    assert drawn == []


def test_many_shots_are_left_to_aer():
    assert may_draw({}, MOST_DRAWN_SHOTS)
    assert not may_draw({}, MOST_DRAWN_SHOTS + 1)


@pytest.mark.parametrize("most_kept", [0, 10**6], ids=["anew", "kept"])
@pytest.mark.parametrize("angle", [0.4, np.pi / 2], ids=["state", "stabilizer"])
def test_many_shots_are_drawn_in_parts(
    angle: float, most_kept: int, drawn: list[Distribution], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(random, "MOST_KEPT", most_kept)
    for module in (random, drawing):
        monkeypatch.setattr(module, "PART", 312)
    circuit = QuantumCircuit(3)
    circuit.ry(angle, [0, 2])
    circuit.cx(0, 1)
    circuit.measure_all()
    pub = SamplerPub.coerce((circuit, None, 2000))
    work = SamplerWork(AerSimulator(), (pub,), {"seed_simulator": 2})
    theirs: Any = work.run()
    ours: Any = [work.run_fast() for _ in range(2)][-1]
    assert drawn
    assert rows(ours[0].data) == rows(theirs[0].data)


@pytest.mark.parametrize("method", ["automatic", "statevector"])
def test_shots_are_drawn_from_a_state(method: str, drawn: list[Distribution]):
    for circuit in (bell(), ghz(MOST_DRAWN_QUBITS)):
        sampled(circuit, backend=AerSimulator(method=method))
    assert len(drawn) == 2


# --- with a seed ---------------------------------------------------------------------------------

CLIFFORD = ("h", "s", "sdg", "x", "y", "z", "sx", "cx", "cz", "swap")


@st.composite
def circuits(draw: st.DrawFn, *, is_clifford: bool) -> QuantumCircuit:
    """Any circuit of one kind, measured in any order into any bits."""
    circuit = QuantumCircuit(QUBITS, 6)
    qubits = st.permutations(range(QUBITS))
    for _ in range(draw(st.integers(0, 12))):
        gate = draw(st.sampled_from(CLIFFORD))
        getattr(circuit, gate)(*draw(qubits)[: 2 if gate in ("cx", "cz", "swap") else 1])
        if not is_clifford:
            circuit.ry(draw(st.floats(-7, 7)), draw(qubits)[0])
    places = st.tuples(st.integers(0, QUBITS - 1), st.integers(0, 5))
    for qubit, clbit in draw(st.lists(places, min_size=1, max_size=8)):
        circuit.measure(qubit, clbit)
    return circuit


SEEDS = st.one_of(st.integers(0, 100), st.integers(0, 2**62))


def by_qiskit(*pubs: Any, **options: Any) -> Any:
    work = SamplerWork(AerSimulator(), tuple(map(SamplerPub.coerce, pubs)), options)
    result: Any = work.run()
    return [rows(pub.data) for pub in result]


@given(circuit=circuits(is_clifford=True), seed=SEEDS)
def test_shots_of_clifford_circuits_are_aers(circuit: QuantumCircuit, seed: int):
    backend = AerSimulator()
    first = rows(sampled(circuit, backend=backend, seed_simulator=seed))
    assert rows(sampled(circuit, backend=backend, seed_simulator=seed)) == first
    assert by_qiskit((circuit, None, SHOTS), seed_simulator=seed) == [first]


@given(circuit=circuits(is_clifford=False), seed=SEEDS)
def test_shots_of_other_circuits_are_aers(circuit: QuantumCircuit, seed: int):
    backend = AerSimulator()
    first = rows(sampled(circuit, backend=backend, seed_simulator=seed))
    assert rows(sampled(circuit, backend=backend, seed_simulator=seed)) == first
    assert by_qiskit((circuit, None, SHOTS), seed_simulator=seed) == [first]


@pytest.mark.parametrize(
    ("backend", "options"),
    [
        (AerSimulator(), {"seed_simulator": 3}),
        (AerSimulator(seed_simulator=3), {}),
        (AerSimulator(), {"run_options": {"seed_simulator": 3}}),
    ],
    ids=["of the job", "of the simulator", "of the run"],
)
def test_a_seed_counts_wherever_it_is_given(backend, options, drawn: list[Distribution]):
    found = [rows(sampled(ghz(3), backend=backend, **options)) for _ in range(2)]
    assert len(drawn) == 2
    assert found == 2 * by_qiskit((ghz(3), None, SHOTS), seed_simulator=3)


def test_aer_draws_once_where_only_it_can_tell_how(drawn: list[Distribution]):
    nearly = QuantumCircuit(2)
    nearly.rx(np.pi / 2 + 1e-9, 0)  # a quarter turn, or not
    nearly.cx(0, 1)
    nearly.measure_all()
    backend = AerSimulator()
    found = [rows(sampled(nearly, backend=backend, seed_simulator=3)) for _ in range(2)]
    assert len(drawn) == 1
    assert found == 2 * by_qiskit((nearly, None, SHOTS), seed_simulator=3)


def test_shots_without_a_seed_do_not_change_those_with_one():
    backend = AerSimulator()
    first = rows(sampled(bell(), backend=backend, seed_simulator=3))
    sampled(bell(), backend=backend)
    assert rows(sampled(bell(), backend=backend, seed_simulator=3)) == first


def test_what_no_measurement_depends_on_does_not_count(drawn: list[Distribution]):
    circuit = QuantumCircuit(3, 2)
    circuit.h(0)
    circuit.ry(0.3, 2)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    backend = AerSimulator()
    found = [rows(sampled(circuit, backend=backend, seed_simulator=3)) for _ in range(2)]
    assert len(drawn) == 2
    assert found == 2 * by_qiskit((circuit, None, SHOTS), seed_simulator=3)


def test_each_circuit_of_a_job_has_a_seed_of_its_own(drawn: list[Distribution]):
    angle = Parameter("angle")
    sweep = QuantumCircuit(2)
    sweep.ry(angle, 0)
    sweep.cx(0, 1)
    sweep.measure_all()
    values = np.array([0.0, 0.4, np.pi / 2, 1.9])  # two of them make a Clifford circuit
    pubs = [(ghz(3), None, SHOTS), (sweep, values[:, None], SHOTS), (bell(), None, SHOTS)]
    backend = AerSimulator()
    for _ in range(2):
        drawn.clear()
        work = SamplerWork(backend, tuple(map(SamplerPub.coerce, pubs)), {"seed_simulator": 9})
        result: Any = run_work(work).result
        assert [rows(pub.data) for pub in result] == by_qiskit(*pubs, seed_simulator=9)
        assert len(drawn) == 6


def test_estimates_with_a_seed_are_qiskits(drawn: list[Distribution]):
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    observable = SparsePauliOp(["ZZI", "XXX", "IYY"], [0.5, 1.0, 0.3])
    pub = EstimatorPub.coerce((circuit, observable))
    work = EstimatorWork(AerSimulator(), (pub,), 0.1, {"seed_simulator": 4})
    theirs: Any = work.run()
    for draws in (3, 6):
        ours: Any = run_work(work).result
        assert (ours[0].data.evs, ours[0].data.stds) == (theirs[0].data.evs, theirs[0].data.stds)
        assert len(drawn) == draws


def test_aer_draws_for_a_seed_if_its_release_does_it_in_another_way(
    monkeypatch: pytest.MonkeyPatch, drawn: list[Distribution]
):
    monkeypatch.setattr(aer_sampling, "draws_as_aer", lambda: False)
    backend = AerSimulator()
    for _ in range(2):
        sampled(bell(), backend=backend, seed_simulator=3)
    assert drawn == []
    sampled(bell(), backend=backend)
    assert len(drawn) == 1


def test_the_first_run_of_a_process_is_aer_s_own_if_it_comes_alone(
    monkeypatch: pytest.MonkeyPatch, drawn: list[Distribution]
):
    """It takes less time than to try whether shots are drawn here as there."""
    monkeypatch.setattr(aer_sampling, "_lone_runs", count(1))
    first = sampled(bell(), seed_simulator=3)
    assert drawn == []
    second = sampled(bell(), seed_simulator=3)
    assert len(drawn) == 1
    assert np.array_equal(first.meas.array, second.meas.array)


def test_a_sweep_is_drawn_though_it_is_the_first(
    monkeypatch: pytest.MonkeyPatch, drawn: list[Distribution]
):
    monkeypatch.setattr(aer_sampling, "_lone_runs", count(1))
    angle = Parameter("angle")
    circuit = QuantumCircuit(1)
    circuit.ry(angle, 0)
    circuit.measure_all()
    sampled(circuit, [[0.1], [0.2]], seed_simulator=3)
    assert len(drawn) == 2


def test_another_way_is_noticed(monkeypatch: pytest.MonkeyPatch):
    assert aer_sampling.draws_as_aer()

    def others(seed: int | None, count: int, width: int = 1) -> Iterator[Any]:
        assert seed is not None
        yield uniforms(seed, count * width + 1)[1:].reshape(count, width)

    monkeypatch.setattr(drawing, "uniforms_in_parts", others)
    assert not aer_sampling.draws_as_aer.__wrapped__()


@pytest.mark.parametrize("order", ["C", "F"])
def test_matrices_and_delays_are_taken_as_they_are(order: Literal["C", "F"]):
    circuit = QuantumCircuit(4, 3)
    circuit.h(0)
    circuit.unitary(np.array(random_unitary(4, seed=1).data, order=order), [2, 0])
    circuit.delay(100, 2, "ns")
    circuit.u(0.1, 0.2, 0.3, 3)
    circuit.ccx(0, 2, 3)
    circuit.unitary(random_unitary(2, seed=3), [3], label="own")
    circuit.measure([3, 0, 2], [2, 0, 1])
    backend = AerSimulator()
    pub = SamplerPub.coerce((circuit, None, SHOTS))
    work = SamplerWork(backend, (pub,), {"seed_simulator": 5})
    theirs: Any = work.run()
    for _ in range(2):  # a method that is not known before is told by the first run
        assert rows(sampled(circuit, backend=backend, seed_simulator=5)) == rows(theirs[0].data)


# --- from which distribution ---------------------------------------------------------------------


def test_jobs_that_are_alike_have_shots_of_their_own():
    backend = AerSimulator()
    orders = {sampled(ghz(2), backend=backend).meas.array.tobytes() for _ in range(5)}
    assert len(orders) == 5


def test_estimates_are_as_far_from_the_truth_as_their_errors_say(drawn: list[Distribution]):
    circuit = QuantumCircuit(2)
    circuit.ry(1.1, 0)
    circuit.cx(0, 1)
    observable = SparsePauliOp(["ZZ", "ZI", "XX"], [0.5, 1.0, 0.3])
    pub = EstimatorPub.coerce((circuit, observable))
    backend = AerSimulator()
    truth = 0.5 + np.cos(1.1) + 0.3 * np.sin(1.1)
    distances = []
    for _ in range(200):
        outcome: Any = run_work(EstimatorWork(backend, (pub,), 0.05))
        assert outcome.fallback is None
        data = outcome.result[0].data
        distances.append((float(data.evs) - truth) / float(data.stds))
    assert len(drawn) >= 400  # two bases
    assert abs(np.mean(distances)) < 0.4
    assert 0.6 < np.std(distances) < 1.3


@given(circuit=circuits(is_clifford=False), seed=SEEDS, masks=st.lists(st.integers(0, 63)))
def test_parities_are_those_of_the_shots(circuit: QuantumCircuit, seed: int, masks: list[int]):
    ideal = IdealCircuit(read(circuit))
    form = ideal.distribution
    assert form is not None
    drawing = form.drawing
    assert drawing is not None
    probabilities = np.random.default_rng(seed).random(2**ideal.qubits)
    distribution = Distribution(probabilities / probabilities.sum(), drawing, seed)
    shots = distribution.shots(SHOTS, [("all", 6, 0)])["all"][:, 0]
    assert distribution.odd(SHOTS, masks) == [
        sum(int(shot & mask).bit_count() & 1 for shot in shots) for mask in masks
    ]
