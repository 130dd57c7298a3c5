"""qiskit-addon-cutting: parts of a circuit, and what puts them together."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_addon_cutting import (
    DeviceConstraints,
    OptimizationParameters,
    PartitionedCuttingProblem,
    cut_wires,
    expand_observables,
    find_cuts,
    generate_cutting_experiments,
    partition_problem,
    reconstruct_expectation_values,
)
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED


def two_halves(session_class: Any, backend: Any) -> Any:
    """Four qubits with one entangling layer, cut in the middle."""
    circuit = efficient_su2(4, entanglement="linear", reps=2).decompose()
    circuit = circuit.assign_parameters([0.4] * circuit.num_parameters)
    observable = SparsePauliOp(["ZZII", "IZZI", "IIZZ", "XIXI", "ZIZZ", "IXIX"])
    partitioned = partition_problem(
        circuit=circuit, partition_labels="AABB", observables=observable.paulis
    )
    return _reconstructed(session_class, backend, partitioned, observable)


def found_cuts(session_class: Any, backend: Any) -> Any:
    """Seven qubits for a device of four: where to cut gates and wires is found by the library."""
    circuit = QuantumCircuit(7)
    for qubit in range(7):
        circuit.rx(np.pi / 4, qubit)
    for left, right in ((0, 3), (1, 3), (2, 3), (3, 4), (4, 5), (4, 6)):
        circuit.cx(left, right)
    for qubit in range(7):
        circuit.rx(np.pi / 4, qubit)
    observable = SparsePauliOp(["ZIIIIII", "IIIZIII", "IIIIIIZ"])
    cut, _ = find_cuts(
        circuit, OptimizationParameters(seed=SEED), DeviceConstraints(qubits_per_subcircuit=4)
    )
    with_moves = cut_wires(cut)
    partitioned = partition_problem(
        circuit=with_moves,
        observables=expand_observables(observable.paulis, circuit, with_moves),
    )
    return _reconstructed(session_class, backend, partitioned, observable)


def _reconstructed(
    session_class: Any,
    backend: Any,
    partitioned: PartitionedCuttingProblem,
    observable: SparsePauliOp,
) -> float:
    experiments, coefficients = generate_cutting_experiments(
        circuits=partitioned.subcircuits,
        observables=partitioned.subobservables,
        num_samples=np.inf,
    )
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    fitted = {label: passes.run(circuits) for label, circuits in experiments.items()}
    with session_class(backend=backend) as batch:
        sampler = Sampler(mode=batch, options=OPTIONS)
        jobs = {label: sampler.run(circuits, shots=1024) for label, circuits in fitted.items()}
        results = {label: job.result() for label, job in jobs.items()}
    terms = reconstruct_expectation_values(results, coefficients, partitioned.subobservables)
    return float(np.dot(terms, observable.coeffs.real))
