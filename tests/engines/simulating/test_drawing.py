"""Where no seed asks for Aer's own shots, they are drawn from Aer's exact distribution."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.engines.local.simulating import running
from qsession.engines.local.simulating.drawing import MOST_DRAWN_QUBITS, Distribution
from qsession.engines.local.work import EstimatorWork, SamplerWork, run_work
from tests.support.circuits import bell, ghz

SHOTS = 200


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Distribution]:
    """The distributions that were drawn from."""
    made: list[Distribution] = []

    def make(*args: Any) -> Distribution:
        made.append(Distribution(*args))
        return made[-1]

    monkeypatch.setattr(running, "Distribution", make)
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
    ("circuit", "backend", "options"),
    [
        pytest.param(bell(), AerSimulator(), {"seed_simulator": 3}, id="seed of the job"),
        pytest.param(bell(), AerSimulator(seed_simulator=3), {}, id="seed of the simulator"),
        pytest.param(
            bell(), AerSimulator(), {"run_options": {"seed_simulator": 3}}, id="seed of the run"
        ),
        pytest.param(bell(), AerSimulator(method="stabilizer"), {}, id="another method"),
        pytest.param(bell(), AerSimulator(precision="single"), {}, id="another precision"),
        pytest.param(bell(), AerSimulator(max_memory_mb=100), {}, id="bounded memory"),
        pytest.param(bell(), noisy(), {}, id="noise"),
        pytest.param(bell(), FakeManilaV2(), {}, id="noise of a device"),
        pytest.param(ghz(MOST_DRAWN_QUBITS + 1), AerSimulator(), {}, id="many qubits"),
        pytest.param(reset_first(), AerSimulator(), {}, id="reset"),
        pytest.param(measured_between(), AerSimulator(), {}, id="measured between"),
    ],
)
def test_aer_draws_the_shots(circuit, backend, options, drawn: list[Distribution]):
    data = sampled(circuit, backend=backend, **options)
    assert next(iter(data.values())).num_shots == SHOTS
    assert drawn == []


@pytest.mark.parametrize("method", ["automatic", "statevector"])
def test_shots_are_drawn_from_a_state(method: str, drawn: list[Distribution]):
    for circuit in (bell(), ghz(MOST_DRAWN_QUBITS)):
        sampled(circuit, backend=AerSimulator(method=method))
    assert len(drawn) == 2


def test_with_a_seed_they_are_aers_again_after_others_were_drawn():
    backend = AerSimulator()
    first = rows(sampled(bell(), backend=backend, seed_simulator=3))
    sampled(bell(), backend=backend)
    assert rows(sampled(bell(), backend=backend, seed_simulator=3)) == first


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


def test_counts_are_by_classical_bits():
    distribution = Distribution({"distribution": [0, 0, 0, 1.0]}, {2: 0, 5: 1})
    assert Counter(distribution.counts(7)) == {hex(0b100100): 7}
