"""qiskit-experiments: by a sampler in a session, by default, and by `backend.run`.

No figures are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import CXGate
from qiskit_experiments.library import (
    T1,
    InterleavedRB,
    LocalReadoutError,
    StandardRB,
    StateTomography,
    T2Ramsey,
)
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


def dephasing(session_class: Any, backend: Any) -> Any:
    """T2* of a qubit, by Ramsey fringes."""
    experiment = T2Ramsey((0,), delays=np.linspace(1e-6, 60e-6, 30), osc_freq=1e5)
    return _in_session(session_class, backend, experiment)


def interleaved_benchmarking(session_class: Any, backend: Any) -> Any:
    """The error of a CNOT by interleaved randomized benchmarking."""
    experiment = InterleavedRB(CXGate(), (0, 1), lengths=[1, 10, 20], num_samples=3, seed=SEED)
    return _in_session(session_class, backend, experiment)


def readout(session_class: Any, backend: Any) -> Any:
    """The readout errors of four qubits, analyzed."""
    experiment = LocalReadoutError((0, 1, 2, 3))
    experiment.analysis.set_options(plot=False)
    experiment.backend = backend
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)
        data = experiment.run(sampler=sampler, shots=10_000).block_for_results()
        mitigator = data.analysis_results("Local Readout Mitigator", dataframe=False).value
    return mitigator.assignment_matrix().tolist()


def relaxation_by_default(get_backend: Any, backend: Any) -> Any:
    """T1 of a qubit by a sampler that the experiment makes, which takes no seed."""
    data = _relaxation(backend).run(get_backend(backend), analysis=None, shots=1000)
    return _counts(data.block_for_results())


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
