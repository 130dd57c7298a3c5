"""Against the noise: options of the primitives, and circuits made for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import efficient_su2, unitary_overlap
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import EstimatorV2 as Estimator
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED


def combined_options(session_class: Any, backend: Any) -> Any:
    """One circuit and observable with more and more of the estimator's options: five jobs."""
    qubits = min(10, backend.num_qubits)
    ansatz = efficient_su2(qubits, entanglement="pairwise", reps=2)
    angles = np.random.default_rng(SEED).uniform(-np.pi, np.pi, ansatz.num_parameters)
    circuit = unitary_overlap(ansatz.assign_parameters(angles), ansatz.assign_parameters(angles))
    observable = SparsePauliOp("Z" * qubits)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    pub = (isa_circuit, observable.apply_layout(isa_circuit.layout))
    jobs = []
    with session_class(backend=backend) as batch:
        estimator = Estimator(mode=batch, options=OPTIONS)
        estimator.options.default_shots = 10_000
        estimator.options.resilience_level = 0
        jobs.append(estimator.run([pub]))
        estimator.options.dynamical_decoupling.enable = True
        estimator.options.dynamical_decoupling.sequence_type = "XpXm"
        jobs.append(estimator.run([pub]))
        estimator.options.resilience.measure_mitigation = True
        jobs.append(estimator.run([pub]))
        estimator.options.twirling.enable_gates = True
        estimator.options.twirling.num_randomizations = "auto"
        jobs.append(estimator.run([pub]))
        estimator.options.resilience.zne_mitigation = True
        estimator.options.resilience.zne.noise_factors = (1, 3, 5)
        estimator.options.resilience.zne.extrapolator = ("exponential", "linear")
        jobs.append(estimator.run([pub]))
    return [float(job.result()[0].data.evs) for job in jobs]


def zero_noise_extrapolation(session_class: Any, backend: Any) -> Any:
    """Folded circuits at three strengths of the noise, extrapolated by hand."""
    circuit = QuantumCircuit(3)
    for layer in range(3):
        for qubit in range(3):
            circuit.rx(0.3 + 0.1 * layer, qubit)
        circuit.cx(0, 1)
        circuit.cx(1, 2)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    base = passes.run(circuit)
    observable = SparsePauliOp(["ZII", "IZI", "IIZ"]).apply_layout(base.layout)
    basis_passes = generate_preset_pass_manager(
        backend=backend, optimization_level=0, seed_transpiler=SEED
    )
    factors, folded = (1, 3, 5), []
    for factor in factors:
        whole = base.copy()
        for _ in range(factor // 2):
            whole.barrier()
            whole.compose(base.inverse(), inplace=True)
            whole.barrier()
            whole.compose(base, inplace=True)
        folded.append(basis_passes.run(whole))
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        result = estimator.run([(each, observable) for each in folded], precision=0.01).result()
    values = [float(each.data.evs) for each in result]
    return [*values, float(np.polyfit(factors, values, 1)[1])]


def readout_mitigation(session_class: Any, backend: Any) -> Any:
    """The readout of three qubits calibrated with all eight basis states, then a GHZ state."""
    passes = generate_preset_pass_manager(
        backend=backend,
        optimization_level=1,
        seed_transpiler=SEED,
        initial_layout=range(3),
    )
    calibrations = []
    for state in range(8):
        circuit = QuantumCircuit(3)
        for qubit in range(3):
            if state >> qubit & 1:
                circuit.x(qubit)
        circuit.measure_all()
        calibrations.append(passes.run(circuit))
    ghz = QuantumCircuit(3)
    ghz.h(0)
    ghz.cx(0, 1)
    ghz.cx(1, 2)
    ghz.measure_all()
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        columns = sampler.run(calibrations, shots=4000).result()
        measured = sampler.run([passes.run(ghz)], shots=4000).result()[0].data.meas
    matrix = np.array([_frequencies(each.data.meas) for each in columns]).T
    return np.linalg.solve(matrix, _frequencies(measured)).tolist()


def _frequencies(bits: Any) -> list[float]:
    counts = bits.get_int_counts()
    return [counts.get(state, 0) / bits.num_shots for state in range(8)]
