"""What a kernel would answer for jobs of the gallery that are opened: from real results."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult
from qiskit.quantum_info import SparsePauliOp

from qsession.render.job_details import (
    circuit_details,
    error_details,
    parameter_details,
    result_details,
)
from tests.unit.story import at


def _bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2, name="bell")
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def _ansatz() -> QuantumCircuit:
    circuit = QuantumCircuit(2, name="ansatz")
    circuit.ry(0.12, 0)
    circuit.cx(0, 1)
    return circuit


def _details(job_id: str, status: str, inputs: dict[str, Any], **told: Any) -> dict[str, Any]:
    circuits, circuit_count = circuit_details(inputs)
    parameters, parameter_count = parameter_details(inputs)
    return {
        "job_id": job_id,
        "status": status,
        "code": [f'session.job("{job_id}").result()'],
        "problem": None,
        "result": None,
        "spans": [],
        "error": None,
        "circuits": circuits,
        "circuit_count": circuit_count,
        "parameters": parameters,
        "parameter_count": parameter_count,
        **told,
    }


def counts_details(job_id: str) -> dict[str, Any]:
    """A sampler's job that is done."""
    bits = BitArray.from_counts({"00": 2013, "11": 1987, "01": 57, "10": 39}, 2)
    result = PrimitiveResult([PubResult(DataBin(meas=bits, shape=()))])
    return _details(
        job_id,
        "DONE",
        {"pubs": [(_bell(), None, 4096)]},
        result=result_details(result),
        spans=_spans(begun_s=700),
    )


def _spans(begun_s: float) -> list[list[float]]:
    """Three spans of a job of nine seconds."""
    begun_ms = at(begun_s).timestamp() * 1000
    return [
        [begun_ms + 1000 * start, begun_ms + 1000 * stop, 1366]
        for start, stop in ((0.8, 2.9), (3.2, 5.4), (5.6, 8.1))
    ]


def values_details(job_id: str) -> dict[str, Any]:
    """An estimator's job that is done."""
    data = DataBin(
        evs=np.array([-1.12, 0.31, 0.02]), stds=np.array([0.011, 0.02, 0.02]), shape=(3,)
    )
    pub = (_ansatz(), [SparsePauliOp(name) for name in ("ZZ", "XX", "ZI")])
    return _details(
        job_id, "DONE", {"pubs": [pub]}, result=result_details(PrimitiveResult([PubResult(data)]))
    )


def failure_details(job_id: str, message: str) -> dict[str, Any]:
    """A job that failed."""
    try:
        raise ValueError(message)  # noqa: TRY301 - for its traceback
    except ValueError as error:
        told = error_details(error)
    return _details(job_id, "ERROR", {"pubs": [(_ansatz(), "ZZ")]}, error=told)
