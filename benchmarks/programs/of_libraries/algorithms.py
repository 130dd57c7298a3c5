"""qiskit-algorithms: variational algorithms, gradients, and Grover's search."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import real_amplitudes
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_algorithms import QAOA, VQD, VQE, AdaptVQE, AmplificationProblem, Grover
from qiskit_algorithms.gradients import ParamShiftEstimatorGradient, SPSAEstimatorGradient
from qiskit_algorithms.optimizers import COBYLA, SPSA
from qiskit_algorithms.state_fidelities import ComputeUncompute
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
    passes = _passes(backend)
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
    passes = _passes(backend)
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        found = Grover(iterations=2, sampler=sampler, transpiler=passes).amplify(problem)
    return found.top_measurement, [dict(each) for each in found.circuit_results]


def qaoa(session_class: Any, backend: Any) -> Any:
    """The largest cut of a chain, laid out as it is: QAOA takes no other layout."""
    algorithm_globals.random_seed = SEED
    nodes = min(5, backend.num_qubits)
    edges = [("ZZ", [node, node + 1], 0.5) for node in range(nodes - 1)]
    passes = generate_preset_pass_manager(
        backend=backend,
        optimization_level=1,
        seed_transpiler=SEED,
        initial_layout=list(range(nodes)) if backend.coupling_map else None,
    )
    with session_class(backend=backend) as session:
        found = QAOA(
            Sampler(mode=session, options=OPTIONS),
            COBYLA(maxiter=25),
            reps=2,
            initial_point=np.array([0.2, 0.4, 0.6, 0.8]),
            transpiler=passes,
        ).compute_minimum_eigenvalue(SparsePauliOp.from_sparse_list(edges, num_qubits=nodes))
    return float(found.eigenvalue.real), found.optimal_point.tolist(), found.best_measurement


def adaptive_vqe(session_class: Any, backend: Any) -> Any:
    """The hydrogen molecule by an ansatz that grows by the operator of the steepest slope."""
    algorithm_globals.random_seed = SEED
    pool = [SparsePauliOp(label) for label in ("XY", "YX", "YI", "IY")]
    start = QuantumCircuit(2)
    start.x(0)
    passes = _passes(backend)
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        solver = VQE(
            estimator,
            start,  # to which the chosen operators are added
            COBYLA(maxiter=15),
            gradient=ParamShiftEstimatorGradient(estimator, transpiler=passes),
            transpiler=passes,
        )
        found = AdaptVQE(
            solver, operators=pool, initial_state=start, max_iterations=2, gradient_threshold=1e-2
        ).compute_minimum_eigenvalue(HYDROGEN)
    return float(found.eigenvalue), found.num_iterations, found.termination_criterion.value


def deflation(session_class: Any, backend: Any) -> Any:
    """The two lowest states of the hydrogen molecule by VQD."""
    algorithm_globals.random_seed = SEED
    ansatz = real_amplitudes(2, reps=1)
    passes = _passes(backend)
    with session_class(backend=backend) as session:
        found = VQD(
            Estimator(mode=session, options=OPTIONS),
            ComputeUncompute(Sampler(mode=session, options=OPTIONS), transpiler=passes),
            ansatz,
            COBYLA(maxiter=20),
            k=2,
            initial_point=np.full(ansatz.num_parameters, 0.3),
            transpiler=passes,
        ).compute_eigenvalues(HYDROGEN)
    return found.eigenvalues.tolist(), [point.tolist() for point in found.optimal_points]


def gradients(session_class: Any, backend: Any) -> Any:
    """The slope of the energy at three points, exactly and by random directions."""
    ansatz = real_amplitudes(2, reps=1)
    points = np.random.default_rng(SEED).uniform(-np.pi, np.pi, (3, ansatz.num_parameters))
    passes = _passes(backend)
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        exact = ParamShiftEstimatorGradient(estimator, transpiler=passes)
        random = SPSAEstimatorGradient(
            estimator, epsilon=0.1, batch_size=4, seed=SEED, transpiler=passes
        )
        slopes = [
            gradient.run([ansatz] * 3, [HYDROGEN] * 3, points.tolist()).result().gradients
            for gradient in (exact, random)
        ]
    return [[slope.tolist() for slope in each] for each in slopes]


def _passes(backend: Any) -> Any:
    return generate_preset_pass_manager(backend=backend, optimization_level=1, seed_transpiler=SEED)
