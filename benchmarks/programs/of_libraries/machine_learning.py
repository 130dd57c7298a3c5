"""qiskit-machine-learning: networks and a classifier that learn, and a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit.circuit.library import real_amplitudes, zz_feature_map
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import EstimatorV2 as Estimator
from qiskit_ibm_runtime import SamplerV2 as Sampler
from qiskit_machine_learning.algorithms import VQC
from qiskit_machine_learning.gradients import (
    ParamShiftEstimatorGradient,
    ParamShiftSamplerGradient,
)
from qiskit_machine_learning.kernels import FidelityQuantumKernel
from qiskit_machine_learning.neural_networks import EstimatorQNN, SamplerQNN
from qiskit_machine_learning.optimizers import COBYLA
from qiskit_machine_learning.state_fidelities import ComputeUncompute
from qiskit_machine_learning.utils import algorithm_globals

from benchmarks.programs.seeds import OPTIONS, SEED


def estimator_network(session_class: Any, backend: Any) -> Any:
    """Three steps of an estimator network: forward and backward for eight samples."""
    feature_map, ansatz = zz_feature_map(2), real_amplitudes(2, reps=1)
    circuit = feature_map.compose(ansatz)
    generator = np.random.default_rng(SEED)
    samples = generator.uniform(-1, 1, (8, 2))
    weights = generator.uniform(0, 2 * np.pi, ansatz.num_parameters)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    observable = SparsePauliOp("ZZ").apply_layout(isa_circuit.layout)
    values = []
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        network = EstimatorQNN(
            circuit=isa_circuit,
            estimator=estimator,
            observables=observable,
            input_params=feature_map.parameters,
            weight_params=ansatz.parameters,
            gradient=ParamShiftEstimatorGradient(estimator),
        )
        for _ in range(3):
            outputs = network.forward(samples, weights)
            _, slopes = network.backward(samples, weights)
            weights = weights - 0.3 * slopes[:, 0, :].mean(axis=0)
            values.append(outputs.tolist())
    return values, weights.tolist()


def fidelity_kernel(session_class: Any, backend: Any) -> Any:
    """The kernel matrix of eight samples."""
    samples = np.random.default_rng(SEED).uniform(0, np.pi, (8, 2))
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    with session_class(backend=backend) as session:
        fidelity = ComputeUncompute(Sampler(mode=session, options=OPTIONS), pass_manager=passes)
        kernel = FidelityQuantumKernel(feature_map=zz_feature_map(2), fidelity=fidelity)
        return kernel.evaluate(x_vec=samples).tolist()


def sampler_network(session_class: Any, backend: Any) -> Any:
    """Three steps of a sampler network that tells parities, for eight samples."""
    feature_map, ansatz = zz_feature_map(2), real_amplitudes(2, reps=1)
    generator = np.random.default_rng(SEED)
    samples = generator.uniform(-1, 1, (8, 2))
    weights = generator.uniform(0, 2 * np.pi, ansatz.num_parameters)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    if backend.coupling_map is None:
        passes = None  # the gradients look for the layout of what was transpiled
    values = []
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        network = SamplerQNN(
            circuit=feature_map.compose(ansatz),
            sampler=sampler,
            input_params=feature_map.parameters,
            weight_params=ansatz.parameters,
            interpret=lambda outcome: outcome.bit_count() % 2,
            output_shape=2,
            gradient=ParamShiftSamplerGradient(sampler, pass_manager=passes),
            pass_manager=passes,
        )
        for _ in range(3):
            outputs = network.forward(samples, weights)
            _, slopes = network.backward(samples, weights)
            weights = weights - 0.3 * slopes[:, 0, :].mean(axis=0)
            values.append(outputs.tolist())
    return values, weights.tolist()


def classifier(session_class: Any, backend: Any) -> Any:
    """A variational classifier of two clouds of points."""
    algorithm_globals.random_seed = SEED
    generator = np.random.default_rng(SEED)
    points = np.concatenate([generator.normal(center, 0.2, (6, 2)) for center in (0.3, 1.2)])
    labels = np.repeat([0, 1], 6)
    ansatz = real_amplitudes(2, reps=1)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    with session_class(backend=backend) as session:
        learner = VQC(
            feature_map=zz_feature_map(2),
            ansatz=ansatz,
            optimizer=COBYLA(maxiter=20),
            initial_point=np.full(ansatz.num_parameters, 0.5),
            sampler=Sampler(mode=session, options=OPTIONS),
            pass_manager=passes,
        )
        learner.fit(points, labels)
        return learner.weights.tolist(), learner.predict(points).tolist()
