"""qiskit-algorithms: VQE, and Grover's search."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import real_amplitudes
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_algorithms import VQE, AmplificationProblem, Grover
from qiskit_algorithms.optimizers import SPSA
from qiskit_algorithms.utils import algorithm_globals
from qiskit_ibm_runtime import EstimatorV2 as Estimator
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED

HYDROGEN = SparsePauliOp(
    ["II", "IZ", "ZI", "ZZ", "XX"], [-1.05237325, 0.39793742, -0.39793742, -0.01128010, 0.18093120]
)


def vqe(session_class: Any, backend: Any) -> Any:
    """The hydrogen molecule by SPSA."""
    algorithm_globals.random_seed = SEED
    ansatz = real_amplitudes(2, reps=2)
    start = np.random.default_rng(SEED).uniform(-np.pi, np.pi, ansatz.num_parameters)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    with session_class(backend=backend) as session:
        found = VQE(
            Estimator(mode=session, options=OPTIONS),
            ansatz,
            SPSA(maxiter=15, learning_rate=0.1, perturbation=0.1),
            initial_point=start,
            transpiler=passes,
        ).compute_minimum_eigenvalue(HYDROGEN)
    return float(found.eigenvalue), found.optimal_point.tolist()


def grover(session_class: Any, backend: Any) -> Any:
    """A search for one of eight states."""
    oracle = QuantumCircuit(3)
    oracle.ccz(0, 1, 2)
    problem = AmplificationProblem(oracle, is_good_state=["111"])
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        found = Grover(iterations=2, sampler=sampler, transpiler=passes).amplify(problem)
    return found.top_measurement, [dict(each) for each in found.circuit_results]
