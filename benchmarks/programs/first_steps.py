"""The first pages of IBM's tutorials."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import EstimatorV2 as Estimator
from qiskit_ibm_runtime import SamplerV2 as Sampler
from qiskit_ibm_runtime.executor_estimator import Estimator as ClientSideEstimator
from qiskit_ibm_runtime.executor_sampler import Sampler as ClientSideSampler

from benchmarks.programs.seeds import OPTIONS, SEED


def hello_world(session_class: Any, backend: Any) -> Any:
    """A Bell state: six observables in one job, then what is measured."""
    return _hello_world(session_class, backend, Estimator, Sampler)


def hello_world_on_the_client_side(session_class: Any, backend: Any) -> Any:
    """The same with the primitives that IBM recommends by now."""
    return _hello_world(session_class, backend, ClientSideEstimator, ClientSideSampler)


def _hello_world(session_class: Any, backend: Any, estimator_class: Any, sampler_class: Any) -> Any:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    observables = [SparsePauliOp(label) for label in ("IZ", "IX", "ZI", "XI", "ZZ", "XX")]
    fitted = [observable.apply_layout(isa_circuit.layout) for observable in observables]
    measured = passes.run(circuit.measure_all(inplace=False))
    with session_class(backend=backend) as session:
        estimator = estimator_class(mode=session)
        estimator.options.default_shots = 5000
        estimator.options.simulator.seed_simulator = SEED
        data = estimator.run([(isa_circuit, fitted)]).result()[0].data
        sampler = sampler_class(mode=session)
        sampler.options.simulator.seed_simulator = SEED
        counts = sampler.run([measured], shots=1024).result()[0].data.meas.get_counts()
    return data.evs.tolist(), data.stds.tolist(), counts


def bell_counts(session_class: Any, backend: Any) -> Any:
    """The shortest of all: one circuit, one job."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        return sampler.run([passes.run(circuit)]).result()[0].data.meas.get_counts()


def large_ghz(session_class: Any, backend: Any) -> Any:
    """How two-point correlations fall off along a GHZ state (the second half of "hello world")."""
    qubits = min(12, backend.num_qubits)
    circuit = QuantumCircuit(qubits)
    circuit.h(0)
    for qubit in range(qubits - 1):
        circuit.cx(qubit, qubit + 1)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    labels = ["Z" + "I" * gap + "Z" + "I" * (qubits - 2 - gap) for gap in range(qubits - 1)]
    observables = [SparsePauliOp(label).apply_layout(isa_circuit.layout) for label in labels]
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        return estimator.run([(isa_circuit, observables)]).result()[0].data.evs.tolist()


def chsh(session_class: Any, backend: Any) -> Any:
    """The CHSH inequality: two observables of four terms at 21 angles, in one PUB."""
    angle = Parameter("angle")
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.ry(angle, 0)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    first = SparsePauliOp(["ZZ", "ZX", "XZ", "XX"], [1, -1, 1, 1])
    second = SparsePauliOp(["ZZ", "ZX", "XZ", "XX"], [1, 1, -1, 1])
    observables = [[each.apply_layout(isa_circuit.layout)] for each in (first, second)]
    angles = [[value] for value in np.linspace(0, 2 * np.pi, 21)]
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        return estimator.run([(isa_circuit, observables, angles)]).result()[0].data.evs.tolist()


def eight_pubs(session_class: Any, backend: Any) -> Any:
    """Eight circuits and their observables in one estimator job."""
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    energy = SparsePauliOp(["ZZI", "IZZ", "XII", "IXI", "IIX"], [1, 1, 0.5, 0.5, 0.5])
    pubs = []
    for number in range(8):
        circuit = QuantumCircuit(3)
        for qubit in range(3):
            circuit.ry(0.1 * number + 0.3 * qubit, qubit)
        circuit.cx(0, 1)
        circuit.cx(1, 2)
        isa_circuit = passes.run(circuit)
        pubs.append((isa_circuit, energy.apply_layout(isa_circuit.layout)))
    with session_class(backend=backend) as session:
        result = Estimator(mode=session, options=OPTIONS).run(pubs).result()
        return [float(each.data.evs) for each in result]


def sweep(session_class: Any, backend: Any) -> Any:
    """A grid of 10 by 10 angles by broadcasting, in one sampler and in one estimator PUB."""
    first, second = Parameter("first"), Parameter("second")
    circuit = QuantumCircuit(2)
    circuit.ry(first, 0)
    circuit.cx(0, 1)
    circuit.rx(second, 1)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    measured = passes.run(circuit.measure_all(inplace=False))
    axis = np.linspace(0, np.pi, 10)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    observable = SparsePauliOp("ZZ").apply_layout(isa_circuit.layout)
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        bits = sampler.run([(measured, grid)], shots=200).result()[0].data.meas
        estimator = Estimator(mode=session, options=OPTIONS)
        data = estimator.run([(isa_circuit, observable, grid)], precision=0.05).result()[0].data
    return bits.array.tolist(), data.evs.tolist()
