"""When the data of a result were taken."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from qiskit.primitives import PrimitiveResult
from qiskit_ibm_runtime.execution_span import ExecutionSpans, SliceSpan

from qsession.render.execution_spans import MOST_SPANS, ExecutionSpan, execution_spans_of
from qsession.render.job_details import span_details
from tests.unit.story import NOON, at


def ibms(*times: tuple[float, float]) -> ExecutionSpans:
    """Spans of a hundred shots each, as the service's sampler tells them."""
    return ExecutionSpans(
        SliceSpan(at(start), at(stop), {0: ((1000,), slice(0, 100))}) for start, stop in times
    )


def sampled(*times: tuple[float, float]) -> PrimitiveResult[Any]:
    return PrimitiveResult([], {"execution": {"execution_spans": ibms(*times)}})


def chunk(start: datetime, stop: datetime, *sizes: int) -> Any:
    return SimpleNamespace(
        start=start, stop=stop, parts=[SimpleNamespace(size=size) for size in sizes]
    )


def test_those_of_the_services_sampler_are_told_in_order():
    spans = execution_spans_of(sampled((2, 3), (0, 1.5)))
    assert spans == [ExecutionSpan(at(0), at(1.5), 100), ExecutionSpan(at(2), at(3), 100)]


@pytest.mark.parametrize("holder", ["a primitive's result", "a program's result"])
def test_those_of_the_executor_are_told(holder: str):
    timing = SimpleNamespace(chunk_timing=[chunk(at(0), at(1), 3, 4)])
    result: Any = SimpleNamespace(metadata=timing)
    if holder == "a primitive's result":
        result = PrimitiveResult([], {"executor": timing})
    assert execution_spans_of(result) == [ExecutionSpan(at(0), at(1), 7)]


def test_many_are_joined_with_their_neighbours():
    spans = execution_spans_of(sampled(*((number, number + 1) for number in range(1000))))
    assert len(spans) == MOST_SPANS
    assert spans[0] == ExecutionSpan(at(0), at(10), 1000)
    assert spans[-1].stop == at(1000)


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        {"version": 2},
        {"execution": None},
        {"execution": {"execution_spans": 7}},
        {"execution": {"execution_spans": ["never"]}},
        {"executor": None},
        {"executor": SimpleNamespace(chunk_timing=[chunk(at(1), at(0), 1)])},
        {"executor": SimpleNamespace(chunk_timing=[chunk(NOON.replace(tzinfo=None), at(0), 1)])},
    ],
)
def test_a_result_that_tells_none_has_none(metadata: object):
    assert execution_spans_of(SimpleNamespace(metadata=metadata)) == []


def test_the_page_is_told_milliseconds():
    ms = NOON.timestamp() * 1000
    assert span_details(sampled((0.5, 2))) == [[ms + 500, ms + 2000, 100]]
