"""qiskit-addon-sqd: diagonalization in the space that samples span."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_addon_sqd.counts import counts_to_arrays
from qiskit_addon_sqd.fermion import diagonalize_fermionic_hamiltonian
from qiskit_addon_sqd.qubit import solve_qubit
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED


def spin_chain(session_class: Any, backend: Any) -> Any:
    """The lowest energy of a Heisenberg chain from a hundred thousand samples."""
    qubits = min(8, backend.num_qubits)
    couplings = [
        (pauli * 2, [site, site + 1], 1.0) for site in range(qubits - 1) for pauli in "XYZ"
    ]
    hamiltonian = SparsePauliOp.from_sparse_list(couplings, num_qubits=qubits)
    ansatz = efficient_su2(qubits, reps=1, entanglement="linear")
    angles = np.random.default_rng(SEED).uniform(-0.8, 0.8, ansatz.num_parameters)
    circuit = ansatz.assign_parameters(angles)
    circuit.measure_all()
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        counts = sampler.run([isa_circuit], shots=100_000).result()[0].data.meas.get_counts()
    samples, _ = counts_to_arrays(counts)
    energies, _ = solve_qubit(samples, hamiltonian, k=1, v0=np.ones(len(samples)))
    return counts, round(float(energies[0]), 9)


def hubbard(session_class: Any, backend: Any) -> Any:
    """The lowest energy of a Hubbard chain, by recovering configurations again and again."""
    sites = min(4, backend.num_qubits // 2)
    hopping = np.zeros((sites, sites))
    for site in range(sites - 1):
        hopping[site, site + 1] = hopping[site + 1, site] = -1.0
    repulsion = np.zeros((sites,) * 4)
    repulsion[(np.arange(sites),) * 4] = 4.0
    ansatz = efficient_su2(2 * sites, reps=1, entanglement="linear")
    angles = np.random.default_rng(SEED).uniform(-np.pi, np.pi, ansatz.num_parameters)
    circuit = ansatz.assign_parameters(angles)
    circuit.measure_all()
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        bits = sampler.run([isa_circuit], shots=10_000).result()[0].data.meas
    found = diagonalize_fermionic_hamiltonian(
        hopping,
        repulsion,
        bits,
        samples_per_batch=100,
        norb=sites,
        nelec=(sites // 2, sites // 2),
        num_batches=2,
        max_iterations=3,
        seed=SEED,
    )
    return bits.get_int_counts(), round(float(found.energy), 9)
