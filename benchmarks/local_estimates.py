"""How true the estimates are by which local jobs are placed: of a generated family of units.

Each unit is estimated with what steps cost on this machine, and then run on a backend that has run
nothing before; the shorter of two such runs counts. Run it alone on a quiet machine:
``make benchmark-estimates``.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import ParameterVector
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp, random_pauli_list
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2

from benchmarks.machine import machine
from qsession.circuits.pubs import read_request
from qsession.engines.local.work import CircuitWork, EstimatorWork, SamplerWork, Work, run_work
from qsession.engines.local.workers.calibration import costs_here
from qsession.engines.local.workers.cost_estimate import WorkSize

UNITS = 100
ROUNDS = 2
NEAR, FAR = 3, 10
MOSTLY = 0.9
"""So many should be within `NEAR`, and none further than `FAR` too low."""
LONGEST_S = 20.0
"""Units that are estimated longer are not run."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=UNITS, help="how many units are generated")
    parser.add_argument("--seed", type=int, default=1, help="of the family")
    arguments = parser.parse_args()
    print(f"{machine()}\n")
    _load()
    costs = costs_here()
    ratios = []
    families = [family(arguments.units, arguments.seed) for _ in range(ROUNDS)]
    for same in zip(*families, strict=True):
        kind, work = same[0]
        size = WorkSize.of(work)
        estimate_s = size.estimate_s(costs) if size else float("inf")
        if estimate_s > LONGEST_S:
            print(f"{kind}: {estimate_s:.3g} s by estimate, not run")
            continue
        took_s = min(_run(each) for _, each in same)
        ratios.append(estimate_s / took_s)
        print(
            f"{kind}: {estimate_s * 1000:.1f} ms by estimate, {took_s * 1000:.1f} measured "
            f"({ratios[-1]:.2f}×)",
            flush=True,
        )
    near = sum(1 / NEAR <= ratio <= NEAR for ratio in ratios)
    low = sum(ratio < 1 / FAR for ratio in ratios)
    print(
        f"\n{near} of {len(ratios)} within {NEAR}×, {low} more than {FAR}× too low; estimate over "
        f"measurement from {min(ratios):.2f}× to {max(ratios):.2f}×, median "
        f"{statistics.median(ratios):.2f}×"
    )
    if near < len(ratios) * MOSTLY or low:
        sys.exit(1)


def _run(work: Work) -> float:
    began = time.perf_counter()
    run_work(work)
    return time.perf_counter() - began


def _load() -> None:
    """Run something on each kind of backend, so that nothing is loaded while it is measured."""
    for backend in (AerSimulator(), FakeManilaV2()):
        circuit = QuantumCircuit(1)
        circuit.x(0)
        circuit.measure_all()
        run_work(CircuitWork(backend, (circuit,), {"shots": 1}))
        request = read_request((circuit.remove_final_measurements(inplace=False), "Z"), precision=1)
        run_work(EstimatorWork(backend, request.estimator_pubs))


def family(count: int, seed: int) -> Iterator[tuple[str, Work]]:
    """Units of work of all kinds and sizes, with the name of each."""
    rng = random.Random(seed)  # noqa: S311 - nothing is secret
    makers = (
        _ideal_samples,
        _sweep,
        _estimation,
        _noisy_samples,
        _noisy_estimation,
        _dynamic,
        _clifford,
        _resets,
        _noisy_dynamic,
        _density,
        _sequences,
    )
    for number in range(count):
        yield makers[number % len(makers)](rng)


def _size(rng: random.Random, least: float, most: float) -> int:
    return round(least * math.pow(most / least, rng.random()))


def _layered(rng: random.Random, qubits: int, layers: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    for _ in range(layers):
        for qubit in range(qubits):
            circuit.ry(rng.random(), qubit)
        for qubit in range(qubits - 1):
            circuit.cx(qubit, qubit + 1)
    return circuit


def _ideal_samples(rng: random.Random) -> tuple[str, Work]:
    qubits, layers, shots = _size(rng, 2, 20), _size(rng, 1, 30), _size(rng, 100, 100_000)
    circuit = _layered(rng, qubits, layers)
    circuit.measure_all()
    return (
        f"ideal, {qubits} qubits, {layers} layers, {shots} shots",
        SamplerWork(AerSimulator(), (SamplerPub.coerce(circuit, shots),), {}),
    )


def _open(qubits: int, layers: int) -> QuantumCircuit:
    angles = iter(ParameterVector("a", qubits * layers))
    circuit = QuantumCircuit(qubits)
    for _ in range(layers):
        for qubit in range(qubits):
            circuit.ry(next(angles), qubit)
        for qubit in range(qubits - 1):
            circuit.cx(qubit, qubit + 1)
    return circuit


def _sweep(rng: random.Random) -> tuple[str, Work]:
    qubits, layers, sets = _size(rng, 2, 10), _size(rng, 1, 5), _size(rng, 2, 300)
    shots = _size(rng, 100, 4000)
    circuit = _open(qubits, layers)
    circuit.measure_all()
    values = np.random.default_rng(sets).random((sets, qubits * layers))
    return (
        f"sweep, {qubits} qubits, {layers} layers, {sets} sets, {shots} shots",
        SamplerWork(AerSimulator(), (SamplerPub.coerce((circuit, values), shots),), {}),
    )


def _observable(qubits: int, terms: int) -> SparsePauliOp:
    return SparsePauliOp(random_pauli_list(qubits, terms, seed=terms, phase=False))


def _estimation(rng: random.Random) -> tuple[str, Work]:
    qubits, layers, terms = _size(rng, 2, 12), _size(rng, 1, 5), _size(rng, 1, 60)
    sets, precision = _size(rng, 1, 30), rng.choice((0.1, 0.03, 0.015))
    request = read_request(
        (
            _open(qubits, layers),
            _observable(qubits, terms),
            np.random.default_rng(sets).random((sets, qubits * layers)),
        ),
        precision=precision,
    )
    return (
        f"estimator, {qubits} qubits, {layers} layers, {terms} terms, {sets} sets, {precision}",
        EstimatorWork(AerSimulator(), request.estimator_pubs),
    )


def _fitted(circuit: QuantumCircuit, backend: Any) -> QuantumCircuit:
    return transpile(circuit, backend, optimization_level=1, seed_transpiler=1)


def _noisy_samples(rng: random.Random) -> tuple[str, Work]:
    backend = rng.choice((FakeManilaV2, FakeBrisbane))()
    qubits = _size(rng, 2, min(backend.num_qubits, 9))
    layers, shots = _size(rng, 1, 10), _size(rng, 100, 20_000)
    circuit = _layered(rng, qubits, layers)
    circuit.measure_all()
    return (
        f"noisy on {backend.name}, {qubits} qubits, {layers} layers, {shots} shots",
        SamplerWork(backend, (SamplerPub.coerce(_fitted(circuit, backend), shots),), {}),
    )


def _noisy_estimation(rng: random.Random) -> tuple[str, Work]:
    backend = FakeManilaV2()
    qubits, layers, terms = _size(rng, 2, 5), _size(rng, 1, 4), _size(rng, 1, 15)
    circuit = _fitted(_layered(rng, qubits, layers), backend)
    observable = _observable(qubits, terms).apply_layout(circuit.layout)
    request = read_request((circuit, observable), precision=0.03)
    return (
        f"noisy estimator on {backend.name}, {qubits} qubits, {layers} layers, {terms} terms",
        EstimatorWork(backend, request.estimator_pubs),
    )


def _dynamic_circuit(rng: random.Random, qubits: int, rounds: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits, qubits)
    for _ in range(rounds):
        for qubit in range(qubits):
            circuit.ry(rng.random(), qubit)
        for qubit in range(qubits - 1):
            circuit.cx(qubit, qubit + 1)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], True)):
            circuit.x(qubits - 1)
    circuit.measure(range(qubits), range(qubits))
    return circuit


def _dynamic(rng: random.Random) -> tuple[str, Work]:
    qubits, rounds, shots = _size(rng, 2, 10), _size(rng, 1, 10), _size(rng, 50, 5000)
    circuit = _dynamic_circuit(rng, qubits, rounds)
    return (
        f"dynamic, {qubits} qubits, {rounds} rounds, {shots} shots",
        SamplerWork(AerSimulator(), (SamplerPub.coerce(circuit, shots),), {}),
    )


def _noisy_dynamic(rng: random.Random) -> tuple[str, Work]:
    backend = FakeManilaV2()
    qubits, rounds, shots = _size(rng, 2, 5), _size(rng, 1, 5), _size(rng, 50, 3000)
    circuit = _fitted(_dynamic_circuit(rng, qubits, rounds), backend)
    return (
        f"noisy and dynamic, {qubits} qubits, {rounds} rounds, {shots} shots",
        SamplerWork(backend, (SamplerPub.coerce(circuit, shots),), {}),
    )


def _clifford(rng: random.Random) -> tuple[str, Work]:
    qubits, layers, shots = _size(rng, 2, 120), _size(rng, 1, 15), _size(rng, 100, 10_000)
    circuit = QuantumCircuit(qubits)
    for _ in range(layers):
        circuit.h(range(qubits))
        for qubit in range(qubits - 1):
            circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return (
        f"Clifford, {qubits} qubits, {layers} layers, {shots} shots",
        SamplerWork(AerSimulator(), (SamplerPub.coerce(circuit, shots),), {}),
    )


def _resets(rng: random.Random) -> tuple[str, Work]:
    qubits, rounds, shots = _size(rng, 2, 12), _size(rng, 1, 10), _size(rng, 50, 5000)
    circuit = QuantumCircuit(qubits, qubits * rounds)
    for number in range(rounds):
        for qubit in range(0, qubits - 1, 2):
            circuit.cx(qubit, qubit + 1)
            circuit.measure(qubit + 1, number * qubits + qubit)
            circuit.reset(qubit + 1)
    return (
        f"resets, {qubits} qubits, {rounds} rounds, {shots} shots",
        CircuitWork(AerSimulator(), (circuit,), {"shots": shots}),
    )


def _density(rng: random.Random) -> tuple[str, Work]:
    qubits, layers = _size(rng, 2, 9), _size(rng, 1, 10)
    circuit = _layered(rng, qubits, layers)
    circuit.measure_all()
    return (
        f"density matrix, {qubits} qubits, {layers} layers",
        CircuitWork(AerSimulator(method="density_matrix"), (circuit,), {"shots": 1000}),
    )


def _sequences(rng: random.Random) -> tuple[str, Work]:
    """Many circuits that differ, as for benchmarking gates."""
    circuits, qubits, length = _size(rng, 3, 20), _size(rng, 1, 3), _size(rng, 10, 300)
    gates = ("h", "s", "sx", "x", "z")
    pubs = []
    for _ in range(circuits):
        circuit = QuantumCircuit(qubits)
        for _ in range(length):
            getattr(circuit, rng.choice(gates))(rng.randrange(qubits))
            if qubits > 1:
                circuit.cx(*rng.sample(range(qubits), 2))
        circuit.measure_all()
        pubs.append(SamplerPub.coerce(circuit, 500))
    return (
        f"sequences, {circuits} circuits of {length} layers, {qubits} qubits",
        SamplerWork(AerSimulator(), tuple(pubs), {"seed_simulator": 1}),
    )


if __name__ == "__main__":
    main()
