"""Copies of PUBs that share nothing their submitter could change: `own_pub`."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from qiskit.circuit import Barrier, Measure, Reset
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

_UNCHANGEABLE = {Barrier, Measure, Reset}


def own_pub(pub: Any) -> Any:
    """A copy of a PUB, as deep as its submitter can reach."""
    if isinstance(pub, SamplerPub):
        values = copy.deepcopy(pub.parameter_values)
        return SamplerPub(own_circuit(pub.circuit), values, pub.shots, validate=False)
    if isinstance(pub, EstimatorPub):
        return EstimatorPub(
            own_circuit(pub.circuit),
            copy.deepcopy(pub.observables),
            copy.deepcopy(pub.parameter_values),
            pub.precision,
            validate=False,
        )
    return copy.deepcopy(pub)


def own_circuit(circuit: QuantumCircuit) -> QuantumCircuit:
    """A copy of a circuit, ten times as fast as a deep one where its gates are Qiskit's own.

    Those are kept by value; other instructions are objects that somebody may hold.
    """
    if not all(
        each.is_standard_gate() or each.operation.base_class in _UNCHANGEABLE
        for each in circuit.data
    ):
        return copy.deepcopy(circuit)
    copied = circuit.copy()
    copied.metadata = copy.deepcopy(circuit.metadata)
    return copied
