"""IBM's primitives, old and new, as a table: `PRIMITIVES`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import qiskit_ibm_runtime
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from qiskit_ibm_runtime.quantum_program import QuantumProgram

from tests.support.circuits import bell, fitted

SHOTS = 64
PRECISION = 0.125  # of 64 shots


@cache
def measured() -> QuantumCircuit:
    """A circuit as samplers want it."""
    return fitted(bell(), FakeManilaV2())


@cache
def observed() -> tuple[QuantumCircuit, SparsePauliOp]:
    """A circuit and an observable as estimators want them."""
    circuit = bell()
    circuit.remove_final_measurements()
    circuit = fitted(circuit, FakeManilaV2())
    return circuit, SparsePauliOp(["ZZ", "XX"], [1.0, 0.5]).apply_layout(circuit.layout)


def _sample(primitive: Any, **options: Any) -> Any:
    return primitive.run([measured()], shots=SHOTS, **options)


def _estimate(primitive: Any, **options: Any) -> Any:
    return primitive.run([observed()], precision=PRECISION, **options)


def _execute(primitive: Any, **options: Any) -> Any:
    program = QuantumProgram(shots=SHOTS)
    program.append_circuit_item(measured())
    return primitive.run(program, **options)


@dataclass(frozen=True)
class Primitive:
    """One of IBM's primitives, and what a session should say of its jobs."""

    id: str
    make: Callable[..., Any]
    submit: Callable[..., Any]
    kind: str
    shots: int | None = SHOTS


PRIMITIVES = [
    Primitive("SamplerV2", qiskit_ibm_runtime.SamplerV2, _sample, "sampler"),
    Primitive("EstimatorV2", qiskit_ibm_runtime.EstimatorV2, _estimate, "estimator"),
    Primitive("client-side Sampler", Sampler, _sample, "sampler"),
    Primitive("client-side Estimator", Estimator, _estimate, "estimator", None),
    Primitive("Executor", qiskit_ibm_runtime.Executor, _execute, "executor"),
]
"""Every primitive that runs in IBM's local testing mode."""
