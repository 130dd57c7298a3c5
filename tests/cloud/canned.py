"""Results of the right shape with nothing in them: for speed, where no test looks at them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from qiskit.primitives import (
    BitArray,
    DataBin,
    PrimitiveResult,
    PubResult,
    SamplerPubResult,
)
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_ibm_runtime.fake_provider.executor.broadcast_sample import broadcast_sample
from samplomatic.quantum_program import SamplexItem  # type: ignore[import-untyped]


def of_sampler(pubs: list[tuple[Any, ...]], shots: int) -> PrimitiveResult[Any]:
    """Each shot found zeros."""
    results = []
    for pub in (SamplerPub.coerce(pub, shots) for pub in pubs):
        bits = {
            register.name: BitArray(
                np.zeros((*pub.shape, pub.shots, math.ceil(register.size / 8)), np.uint8),
                register.size,
            )
            for register in pub.circuit.cregs
        }
        results.append(SamplerPubResult(DataBin(**bits, shape=pub.shape)))
    return PrimitiveResult(results)


def of_estimator(pubs: list[tuple[Any, ...]], precision: float) -> PrimitiveResult[Any]:
    """Each expectation value is zero."""
    results = []
    for pub in (EstimatorPub.coerce(pub, precision) for pub in pubs):
        values = {"evs": np.zeros(pub.shape), "stds": np.full(pub.shape, pub.precision)}
        results.append(PubResult(DataBin(**values, shape=pub.shape)))
    return PrimitiveResult(results)


def of_executor(program: Any) -> list[dict[str, Any]]:
    """Each shot found zeros; randomizations are drawn as ever."""
    generator = np.random.default_rng(0)
    items = []
    for item in program.items:
        arrays: dict[str, Any] = {}
        if isinstance(item, SamplexItem):
            arrays |= broadcast_sample(item.samplex, item.samplex_arguments, item.shape, generator)
            del arrays["parameter_values"]
        for register in item.circuit.cregs:
            shape = (*item.shape, program.shots, register.size)
            arrays[register.name] = np.zeros(shape, bool)
        items.append(arrays)
    return items
