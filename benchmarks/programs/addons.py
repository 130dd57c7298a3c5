"""The workloads of Qiskit's addons: many observables, many subexperiments, many samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit.library import PauliEvolutionGate, efficient_su2
from qiskit.quantum_info import SparsePauliOp
from qiskit.synthesis import SuzukiTrotter
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import EstimatorV2 as Estimator
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED


def backpropagated_observables(session_class: Any, backend: Any) -> Any:
    """A short circuit and an observable that has grown to sixty terms (as OBP makes them)."""
    qubits = min(8, backend.num_qubits)
    circuit = _ising_evolution(qubits)
    generator = np.random.default_rng(SEED)
    labels = sorted({"".join(generator.choice(list("IXYZ"), qubits)) for _ in range(60)})
    observable = SparsePauliOp(labels, generator.normal(size=len(labels)))
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        pub = (isa_circuit, observable.apply_layout(isa_circuit.layout))
        return float(estimator.run([pub], precision=0.02).result()[0].data.evs)


def many_observables(session_class: Any, backend: Any) -> Any:
    """Every one- and two-point correlation of a chain as an observable of its own."""
    qubits = min(6, backend.num_qubits)
    circuit = _ising_evolution(qubits)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    terms = [(pauli, [site]) for site in range(qubits) for pauli in "XYZ"]
    terms += [
        (pauli * 2, [left, right])
        for left in range(qubits)
        for right in range(left)
        for pauli in "XYZ"
    ]
    observables = [
        SparsePauliOp.from_sparse_list([(*term, 1.0)], num_qubits=qubits).apply_layout(
            isa_circuit.layout
        )
        for term in terms
    ]
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        return estimator.run([(isa_circuit, observables)]).result()[0].data.evs.tolist()


def _ising_evolution(qubits: int) -> QuantumCircuit:
    couplings = [("ZZ", [site, site + 1], 1.0) for site in range(qubits - 1)]
    fields = [("X", [site], 0.8) for site in range(qubits)]
    hamiltonian = SparsePauliOp.from_sparse_list([*couplings, *fields], num_qubits=qubits)
    circuit = QuantumCircuit(qubits)
    evolution = PauliEvolutionGate(hamiltonian, time=0.4, synthesis=SuzukiTrotter(reps=2))
    circuit.append(evolution, range(qubits))
    return circuit


def cut_circuit(session_class: Any, backend: Any) -> Any:
    """Forty subexperiments, some measured on the way, for each half of a cut circuit."""
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    halves = [
        [passes.run(_subexperiment(half, number)) for number in range(40)] for half in range(2)
    ]
    with session_class(backend=backend) as batch:
        jobs = [Sampler(mode=batch, options=OPTIONS).run(half, shots=512) for half in halves]
        results = [job.result() for job in jobs]
    return [
        [each.data.observable.get_counts() for each in result]
        + [each.data.cut.get_counts() for each in result]
        for result in results
    ]


def _subexperiment(half: int, number: int) -> QuantumCircuit:
    """A half with one of the gates that stand for the cut one, measured in one of three bases."""
    cut, observable = ClassicalRegister(1, "cut"), ClassicalRegister(2, "observable")
    circuit = QuantumCircuit(QuantumRegister(2), cut, observable)
    for qubit in range(2):
        circuit.ry(0.3 + 0.2 * half + 0.1 * qubit, qubit)
    circuit.cx(0, 1)
    instead, basis = number % 6, number // 6 % 3
    if instead < 2:  # noqa: PLR2004 - two of six measure
        circuit.measure(1, cut[0])
    elif instead < 4:  # noqa: PLR2004 - two of six turn one way or the other
        circuit.rz((-1) ** instead * np.pi / 2, 1)
    elif instead == 4:  # noqa: PLR2004 - one of six flips the phase
        circuit.z(1)
    circuit.ry(0.7, 0)
    circuit.cx(1, 0)
    for qubit in range(2):
        if basis == 1:
            circuit.sdg(qubit)
        if basis:
            circuit.h(qubit)
    circuit.measure([0, 1], observable)
    return circuit


def sampled_subspace(session_class: Any, backend: Any) -> Any:
    """A hundred thousand samples of an ansatz, for diagonalization in the space they span."""
    qubits = min(12, backend.num_qubits)
    ansatz = efficient_su2(qubits, reps=2, entanglement="linear")
    angles = np.random.default_rng(SEED).uniform(-0.6, 0.6, ansatz.num_parameters)
    circuit = ansatz.assign_parameters(angles)
    circuit.measure_all()
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        bits = sampler.run([isa_circuit], shots=100_000).result()[0].data.meas
        return bits.get_int_counts()
