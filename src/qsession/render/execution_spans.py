"""The times at which a QPU took the data of a result: `execution_spans_of`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

MOST_SPANS = 100
"""The largest number of spans that are told; those of a job with more are joined."""

_MOST_READ = 100_000


@dataclass(frozen=True, slots=True)
class ExecutionSpan:
    """A time in which data were taken.

    Attributes:
        start: Not after the first of them was.
        stop: Not before the last of them was.
        size: The number of executions, or of items of the program, as the service counts them.
    """

    start: datetime
    stop: datetime
    size: int


def execution_spans_of(result: Any) -> list[ExecutionSpan]:
    """Read the spans out of the metadata of a result, in order; none if it tells none.

    The sampler of the service tells them as ``metadata["execution"]["execution_spans"]``, the
    client-side primitives as ``metadata["executor"].chunk_timing``, and a program of the executor
    as ``metadata.chunk_timing`` (qiskit-ibm-runtime 0.50 and 0.51).
    """
    found = [_span(told) for told in islice(_told(result), _MOST_READ)]
    spans = sorted((span for span in found if span), key=lambda span: span.start)
    return _joined(spans)


def _told(result: Any) -> Iterable[Any]:
    metadata = getattr(result, "metadata", None)
    if isinstance(metadata, Mapping):
        execution = metadata.get("execution")
        spans = execution.get("execution_spans") if isinstance(execution, Mapping) else None
        metadata = metadata.get("executor") if spans is None else None
    else:
        spans = None
    spans = getattr(metadata, "chunk_timing", None) if spans is None else spans
    return spans if isinstance(spans, Iterable) else ()


def _span(told: Any) -> ExecutionSpan | None:
    start, stop = getattr(told, "start", None), getattr(told, "stop", None)
    if not isinstance(start, datetime) or not isinstance(stop, datetime):
        return None
    if start.tzinfo is None or stop.tzinfo is None or stop < start:
        return None
    size = getattr(told, "size", None)
    if not isinstance(size, int):
        size = sum(getattr(part, "size", 0) for part in getattr(told, "parts", ()))
    return ExecutionSpan(start, stop, size)


def _joined(spans: list[ExecutionSpan]) -> list[ExecutionSpan]:
    """As many spans as are told, each of the same number of neighbours."""
    together = -(-len(spans) // MOST_SPANS)
    if together <= 1:
        return spans
    groups = (spans[first : first + together] for first in range(0, len(spans), together))
    return [
        ExecutionSpan(
            group[0].start, max(each.stop for each in group), sum(each.size for each in group)
        )
        for group in groups
    ]
