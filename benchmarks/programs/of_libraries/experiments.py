"""qiskit-experiments: by a sampler in a session, and by `backend.run`; no figures are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit_experiments.library import T1, StandardRB, StateTomography
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED

if TYPE_CHECKING:
    from qiskit_experiments.framework import BaseExperiment


def relaxation(session_class: Any, backend: Any) -> Any:
    """T1 of a qubit."""
    return _in_session(session_class, backend, _relaxation(backend))


def randomized_benchmarking(session_class: Any, backend: Any) -> Any:
    """Standard randomized benchmarking of two qubits."""
    experiment = StandardRB((0, 1), lengths=[1, 10, 20, 40], num_samples=3, seed=SEED)
    return _in_session(session_class, backend, experiment)


def tomography(session_class: Any, backend: Any) -> Any:
    """The state of an entangled pair."""
    return _in_session(session_class, backend, StateTomography(_pair(), physical_qubits=(0, 1)))


def relaxation_by_backend_run(get_backend: Any, backend: Any) -> Any:
    """T1 of a qubit, without a primitive."""
    return _by_backend_run(get_backend, backend, _relaxation(backend))


def tomography_by_backend_run(get_backend: Any, backend: Any) -> Any:
    """The state of an entangled pair, without a primitive."""
    return _by_backend_run(get_backend, backend, StateTomography(_pair(), physical_qubits=(0, 1)))


def _relaxation(backend: Any) -> BaseExperiment:
    return T1((0,), delays=np.linspace(1e-6, 300e-6, 12), backend=backend)


def _pair() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    return circuit


def _in_session(session_class: Any, backend: Any, experiment: BaseExperiment) -> Any:
    experiment.backend = backend
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        data = experiment.run(sampler=sampler, analysis=None, shots=1000)
        return _counts(data.block_for_results())


def _by_backend_run(get_backend: Any, backend: Any, experiment: BaseExperiment) -> Any:
    data = experiment.run(
        backend=get_backend(backend),
        backend_run=True,
        analysis=None,
        shots=1000,
        seed_simulator=SEED,
    )
    return _counts(data.block_for_results())


def _counts(data: Any) -> list[dict[str, int]]:
    return [dict(each["counts"]) for each in data.data()]
