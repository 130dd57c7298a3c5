"""A small ideal circuit is simulated once; its later jobs draw from the same distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qsession.engines.local.work import EstimatorWork, SamplerWork, run_work
from qsession.simulator import aer_private, aer_sampling, simulator
from qsession.simulator.compiled_ideal import MOST_KNOWN
from qsession.simulator.drawing import MOST_DRAWN_QUBITS
from tests.support.circuits import ghz

SHOTS = 200
SEED_STEP = 2113


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator, "_of_aer", simulator.WithoutNoise())
    monkeypatch.setattr(aer_sampling, "_lone_runs", count(2))  # not the first of its process


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many circuits each call of Aer got."""
    numbers: list[int] = []
    execute = aer_private.execute

    def noting(circuits: Sequence[Any], noise: Mapping[str, Any], config: Any) -> Any:
        numbers.append(sum(max(1, len(values)) for values in _sets(circuits, config)))
        return execute(circuits, noise, config)

    def _sets(circuits: Sequence[Any], config: Any) -> list[list[Any]]:
        given = config.parameterizations or [[] for _ in circuits]
        return [each[0][1] if each else [] for each in given]

    assert aer_sampling.draws_as_aer()  # which asks Aer, too
    monkeypatch.setattr(aer_private, "execute", noting)
    return numbers


def sampled(circuit: QuantumCircuit, values: Any = None, **options: Any) -> list[Any]:
    pub = SamplerPub.coerce((circuit, values, SHOTS))
    backend = AerSimulator(noise_model=options.pop("noise_model", None))
    outcome: Any = run_work(SamplerWork(backend, (pub,), options))
    assert outcome.fallback is None
    return outcome.result[0].data.meas.array.tolist()  # type: ignore[no-any-return]


def turned() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.ry(Parameter("angle"), 0)
    circuit.measure_all()
    return circuit


def test_a_circuit_is_simulated_once_for_jobs_on_all_simulators(simulated: list[int]):
    first, second = sampled(ghz(5)), sampled(ghz(5))
    assert simulated == [1]
    assert first != second
    assert {tuple(row) for row in first + second} == {(0,), (31,)}


@pytest.mark.parametrize("seed", [0, 7, 2**40])
def test_a_seed_draws_the_same_shots_from_what_is_known(seed: int, simulated: list[int]):
    seen = [sampled(turned(), [0.7], seed_simulator=seed) for _ in range(3)]
    assert simulated == [1]
    assert seen[0] == seen[1] == seen[2]
    assert seen[0] != sampled(turned(), [0.7], seed_simulator=seed + 1)


def test_of_a_sweep_only_new_angles_are_simulated(simulated: list[int]):
    sampled(turned(), [[0.1], [0.2]], seed_simulator=3)
    seen = sampled(turned(), [[0.1], [1.3], [0.2], [2.5]], seed_simulator=3)
    assert simulated == [2, 1, 1]
    alone = [
        sampled(turned(), [angle], seed_simulator=3 + SEED_STEP * number)
        for number, angle in enumerate([0.1, 1.3, 0.2, 2.5])
    ]
    assert seen == alone
    assert simulated == [2, 1, 1]


def test_estimators_know_them_too(simulated: list[int]):
    pub = EstimatorPub.coerce((ghz(3).remove_final_measurements(inplace=False), ["ZZI", "XXX"]))
    for _ in range(2):
        outcome = run_work(EstimatorWork(AerSimulator(), (pub,), None, {}))
        assert outcome.fallback is None
    assert simulated == [2]


def test_with_noise_each_job_is_simulated(simulated: list[int]):
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["h"])
    for _ in range(2):
        sampled(ghz(2), noise_model=noise)
    assert simulated == [1, 1]


def test_a_seed_that_aer_does_not_take_is_refused_again():
    sampled(ghz(2), seed_simulator=1)
    pub = SamplerPub.coerce((ghz(2), None, SHOTS))
    for _ in range(2):
        with pytest.raises(TypeError):
            run_work(SamplerWork(AerSimulator(), (pub,), {"seed_simulator": 2**63}))


def test_no_more_is_known_of_a_circuit_than_it_was_weighed_for(simulated: list[int]):
    circuit = QuantumCircuit(MOST_DRAWN_QUBITS)
    circuit.ry(Parameter("angle"), range(MOST_DRAWN_QUBITS))
    circuit.measure_all()
    for angle in (0.1, 0.2, 0.2, 0.1):
        sampled(circuit, [angle])
    assert simulated == [1, 1, 1]
    (entry,) = simulator._of_aer.circuits._entries.values()
    assert entry[1] >= 8 * MOST_KNOWN
