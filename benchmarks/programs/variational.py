"""Loops between an optimiser and a primitive, and what learns from gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import efficient_su2, qaoa_ansatz, unitary_overlap, zz_feature_map
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import EstimatorV2 as Estimator
from qiskit_ibm_runtime import SamplerV2 as Sampler
from scipy.optimize import minimize  # type: ignore[import-untyped]

from benchmarks.programs.seeds import OPTIONS, SEED

EDGES = ((0, 1), (0, 2), (0, 4), (1, 2), (2, 3), (3, 4))


def spin_chain_vqe(session_class: Any, backend: Any) -> Any:
    """The ground state of a Heisenberg chain of four spins by COBYLA."""
    couplings = [
        (pauli * 2, [site, site + 1], 1.0) for site in range(3) for pauli in ("X", "Y", "Z")
    ]
    fields = [("Z", [site], 0.5) for site in range(4)]
    hamiltonian = SparsePauliOp.from_sparse_list([*couplings, *fields], num_qubits=4)
    ansatz = efficient_su2(4, reps=1, entanglement="linear")
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    isa_ansatz = passes.run(ansatz)
    isa_hamiltonian = hamiltonian.apply_layout(isa_ansatz.layout)
    energies: list[float] = []
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)

        def energy(angles: Any) -> float:
            result = estimator.run([(isa_ansatz, isa_hamiltonian, [angles])]).result()
            energies.append(float(result[0].data.evs[0]))
            return energies[-1]

        start = np.random.default_rng(SEED).uniform(0, 2 * np.pi, ansatz.num_parameters)
        found = minimize(energy, start, method="cobyla", options={"maxiter": 25})
    return energies, found.x.tolist()


def qaoa(session_class: Any, backend: Any) -> Any:
    """Max-cut of a graph of five nodes: angles by COBYLA, then samples of the best circuit."""
    hamiltonian = SparsePauliOp.from_sparse_list(
        [("ZZ", list(edge), 1.0) for edge in EDGES], num_qubits=5
    )
    circuit = qaoa_ansatz(hamiltonian, reps=2)
    circuit.measure_all()
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    candidate = passes.run(circuit)
    isa_hamiltonian = hamiltonian.apply_layout(candidate.layout)
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        estimator.options.default_shots = 1000

        def cost(angles: Any) -> float:
            job = estimator.run([(candidate, isa_hamiltonian, angles)])
            return float(job.result()[0].data.evs)

        start = [np.pi, np.pi / 2, np.pi, np.pi / 2]
        found = minimize(cost, start, method="COBYLA", tol=1e-2, options={"maxiter": 25})
        sampler = Sampler(mode=session, options=OPTIONS)
        best = candidate.assign_parameters(found.x)
        counts = sampler.run([(best,)], shots=10_000).result()[0].data.meas.get_int_counts()
    return found.x.tolist(), found.fun, counts


def parameter_shift(session_class: Any, backend: Any) -> Any:
    """A gradient: the ansatz at two shifted angles for each parameter, all in one job."""
    ansatz = efficient_su2(3, reps=1)
    hamiltonian = SparsePauliOp(["ZZI", "IZZ", "XII", "IXI", "IIX"], [1, 1, 0.5, 0.5, 0.5])
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    isa_ansatz = passes.run(ansatz)
    isa_hamiltonian = hamiltonian.apply_layout(isa_ansatz.layout)
    angles = np.random.default_rng(SEED).uniform(0, 2 * np.pi, ansatz.num_parameters)
    shifts = np.eye(len(angles)) * np.pi / 2
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        pub = (isa_ansatz, isa_hamiltonian, np.concatenate([angles + shifts, angles - shifts]))
        values = estimator.run([pub]).result()[0].data.evs
    above, below = np.split(values, 2)
    return ((above - below) / 2).tolist()


def neural_network(session_class: Any, backend: Any) -> Any:
    """What an estimator network does to learn: forward, and backward by shifted weights."""
    inputs, weights = ParameterVector("input", 2), ParameterVector("weight", 4)
    circuit = QuantumCircuit(2)
    for qubit in range(2):
        circuit.h(qubit)
        circuit.rz(inputs[qubit], qubit)
    for layer in range(2):
        for qubit in range(2):
            circuit.ry(weights[2 * layer + qubit], qubit)
        circuit.cx(0, 1)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    observable = SparsePauliOp(["ZI", "IZ", "ZZ"], [0.5, 0.5, 1]).apply_layout(isa_circuit.layout)
    generator = np.random.default_rng(SEED)
    data, targets = generator.uniform(-1, 1, (6, 2)), generator.choice([-1.0, 1.0], 6)
    angles = generator.uniform(0, 2 * np.pi, 4)
    losses = []
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        for _ in range(3):
            forward = [(isa_circuit, observable, [*row, *angles]) for row in data]
            outputs = np.array([each.data.evs for each in estimator.run(forward).result()])
            shifted = [
                (isa_circuit, observable, [*row, *(angles + sign * np.pi / 2 * unit)])
                for row in data
                for unit in np.eye(4)
                for sign in (1, -1)
            ]
            values = np.array([each.data.evs for each in estimator.run(shifted).result()])
            slopes = (values[0::2] - values[1::2]).reshape(len(data), 4) / 2
            losses.append(float(np.mean((outputs - targets) ** 2)))
            angles -= 0.4 * np.mean(2 * (outputs - targets)[:, None] * slopes, axis=0)
    return losses, angles.tolist()


def kernel(session_class: Any, backend: Any) -> Any:
    """The kernel matrix of six points: one circuit for each pair, all in one sampler job."""
    feature_map = zz_feature_map(2, reps=2)
    points = np.random.default_rng(SEED).uniform(0, np.pi, (6, 2))
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    circuits = []
    for row in range(6):
        for column in range(row):
            left, right = (feature_map.assign_parameters(points[each]) for each in (row, column))
            overlap = unitary_overlap(left, right)
            overlap.measure_all()
            circuits.append(passes.run(overlap))
    with session_class(backend=backend) as session:
        result = Sampler(mode=session, options=OPTIONS).run(circuits, shots=2000).result()
        return [each.data.meas.get_int_counts().get(0, 0) / 2000 for each in result]
