"""What a kernel would answer for jobs of the gallery that are compared: from real results."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult

from qsession.widget.comparisons import comparison_of


def compared_counts() -> dict[str, Any]:
    """Two jobs of a sampler beside the ideal."""
    return _compared(
        {
            "bell": _sampled({"00": 2013, "11": 1987, "01": 57, "10": 39}),
            "bell, mitigated": _sampled({"00": 2040, "11": 2031, "01": 14, "10": 11}),
            "ideal ": _sampled({"00": 50_080, "11": 49_920}),
        }
    )


def compared_values() -> dict[str, Any]:
    """The grid of an estimator beside the ideal."""
    values = np.array([-1.0, -0.31, 0.72])
    return _compared(
        {
            "ansatz": _estimated(np.add(values, [0.04, -0.02, 0.003]), 0.011),
            "ideal ": _estimated(values, 0.002),
        }
    )


def _sampled(counts: dict[str, int]) -> PrimitiveResult[Any]:
    return PrimitiveResult([PubResult(DataBin(meas=BitArray.from_counts(counts, 2), shape=()))])


def _estimated(values: Any, error: float) -> PrimitiveResult[Any]:
    data = DataBin(evs=np.asarray(values), stds=np.full(len(values), error), shape=(len(values),))
    return PrimitiveResult([PubResult(data)])


def _compared(results: dict[str, Any]) -> dict[str, Any]:
    """As of jobs whose ids are their names. With a blank it is a job's: none is simulated."""

    def job(name: str) -> Any:
        record = SimpleNamespace(name=name.strip())
        return SimpleNamespace(job_id=lambda: name, result=lambda: results[name], record=record)

    session: Any = SimpleNamespace(job=job)
    records: Any = SimpleNamespace(of=lambda job_ids: job_ids)
    return comparison_of(session, records, list(results), with_ideal=False)
