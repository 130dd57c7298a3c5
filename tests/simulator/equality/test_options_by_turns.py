"""Simulators that share what is kept, each with options of its own, give the bits of new ones."""

from __future__ import annotations

import random
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import BackendEstimatorV2, BackendSamplerV2
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

from qsession.engines.local.work import CircuitWork, EstimatorWork, SamplerWork, run_work

STEPS = 60
SHOTS = 100


def noise(rate: float) -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(rate, 1), ["h", "rx"])
    model.add_all_qubit_readout_error(ReadoutError([[1 - rate, rate], [rate, 1 - rate]]))
    return model


CHOICES: dict[str, list[Any]] = {
    "method": ["automatic", "statevector", "density_matrix", "matrix_product_state"],
    "precision": ["double", "single"],
    "noise_model": [None, noise(0.05), noise(0.1)],
    "statevector_sample_measure_opt": [10, 0],
    "fusion_enable": [True, False],
    "matrix_product_state_max_bond_dimension": [None, 1],
    "zero_threshold": [1e-10, 1e-3],
    "chop_threshold": [1e-8, 0.1],
}


def circuit(number: int) -> QuantumCircuit:
    """One of six: with or without a rotation, a decision, and a gate that is not Clifford."""
    made = QuantumCircuit(3, 3)
    made.h([0, 1])
    made.cx(1, 2)
    if number % 2:
        made.rx(0.3 * (number // 2), 0)
    if number % 3 == 0:
        made.measure(0, 0)
        with made.if_test((0, True)):
            made.x(1)
        made.h(0)
    return made


def sampled(backend: AerSimulator, fresh: AerSimulator, number: int, seed: int) -> tuple[Any, Any]:
    measured = circuit(number)
    measured.measure_all()
    pub = SamplerPub.coerce(measured, SHOTS)
    options = {"seed_simulator": seed}
    result: Any = run_work(SamplerWork(backend, (pub,), options)).result
    expected = BackendSamplerV2(backend=fresh, options=options).run([pub]).result()
    own, others = (
        {name: bits.array.tolist() for name, bits in each[0].data.items()}
        for each in (result, expected)
    )
    return own, others


def estimated(
    backend: AerSimulator, fresh: AerSimulator, number: int, seed: int
) -> tuple[Any, Any]:
    pub = EstimatorPub.coerce((circuit(number), SparsePauliOp(["XXI", "IYZ"]), None, 0.1))
    options = {"seed_simulator": seed}
    result: Any = run_work(EstimatorWork(backend, (pub,), None, options)).result
    expected = BackendEstimatorV2(backend=fresh, options=options).run([pub]).result()
    own, others = ((each[0].data.evs, each[0].data.stds) for each in (result, expected))
    return own, others


def run(backend: AerSimulator, fresh: AerSimulator, number: int, seed: int) -> tuple[Any, Any]:
    measured = circuit(number)
    measured.measure(range(3), range(3))
    options = {"shots": SHOTS, "seed_simulator": seed, "memory": True}
    result: Any = run_work(CircuitWork(backend, (measured,), options)).result
    expected = fresh.run(measured, **options).result()
    own, others = (
        (each.get_memory(), each.results[0].metadata["method"]) for each in (result, expected)
    )
    return own, others


@pytest.mark.parametrize("seed", range(3))
def test_options_of_one_do_not_reach_another(seed: int):
    rng = random.Random(seed)
    simulators: list[tuple[AerSimulator, dict[str, Any]]] = [(AerSimulator(), {}) for _ in range(3)]
    for _ in range(STEPS):
        backend, options = rng.choice(simulators)
        name = rng.choice(list(CHOICES))
        options[name] = rng.choice(CHOICES[name])
        backend.set_options(**options)
        compare = rng.choice([sampled, estimated, run])
        own, others = compare(
            backend, AerSimulator(**options), rng.randrange(6), rng.choice([1, 2**40])
        )
        assert own == others, (compare.__name__, options)
