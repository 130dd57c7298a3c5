"""Results as bytes and back."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit.result import Result
from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.executor_sampler import Sampler

from qsession import Session
from qsession.ledger import result_codec
from qsession.ledger.result_codec import decode_result, encode_result
from tests.support.circuits import bell, fitted, rotation


def again(result: Any) -> Any:
    content = encode_result(result)
    assert content is not None
    return decode_result(content)


def picture(value: Any) -> Any:
    """Something to compare that says all of a value, classes and signs of zero included."""
    kind = type(value).__name__
    if isinstance(value, np.ndarray | np.generic):
        return kind, value.dtype.str, np.shape(value), value.tobytes()
    if isinstance(value, BitArray):  # one that is counted at once is written as Qiskit's
        return "BitArray", value.num_bits, picture(value.array)
    if hasattr(value, "items"):
        pairs = [(picture(key), picture(item)) for key, item in value.items()]
        return kind, pairs, getattr(value, "shape", None), repr(getattr(value, "metadata", None))
    if isinstance(value, list | tuple):
        return kind, [picture(item) for item in value]
    if hasattr(value, "metadata"):
        parts = value.data if hasattr(value, "data") else list(value)
        more = [getattr(value, name, None) for name in ("passthrough_data", "_semantic_role")]
        return kind, picture(parts), picture(value.metadata), picture(more)
    return kind, repr(value)


def require_same(left: Any, right: Any) -> None:
    assert picture(left) == picture(right)


def sampled(metadata: dict[str, Any] | None = None) -> PrimitiveResult[Any]:
    """Two PUBs: two registers over parameter values, and one register."""
    first = BitArray(np.arange(24, dtype=np.uint8).reshape(2, 3, 4, 1), 5)
    second = BitArray(np.zeros((2, 3, 4, 2), np.uint8), 9)
    data = DataBin(shape=(2, 3), alpha=first, beta=second)
    one = DataBin(meas=BitArray.from_samples(["01", "11"]))
    pubs = [SamplerPubResult(data, {"shots": 4}), SamplerPubResult(one, metadata or {})]
    return PrimitiveResult(pubs, {"version": 2})


def test_registers_shapes_and_metadata_of_a_sampler_come_back():
    result = sampled()
    require_same(again(result), result)
    assert again(result)[0].data.shape == (2, 3)
    assert again(result)[1].data.meas.get_counts() == {"01": 1, "11": 1}


def test_values_and_shapes_of_an_estimator_come_back():
    values = np.array([[1.0, math.nan], [-0.0, math.inf]])
    data = DataBin(evs=values, stds=np.full((2, 2), 0.5), shape=(2, 2))
    result = PrimitiveResult([PubResult(data, {"target_precision": 0.01})], {})
    require_same(again(result), result)


METADATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary()
    | st.builds(datetime.fromtimestamp, st.integers(0, 2**31), st.sampled_from([None, UTC]))
    | arrays.arrays(
        st.sampled_from(["<f8", ">f8", "<i4", "u1", "?", "<c16", "<U3", "S2", "<M8[us]"]),
        arrays.array_shapes(min_dims=0, min_side=0),
    )
    | st.sampled_from([np.int64(5), np.float32(0.1), np.bool_(False)]),
    lambda parts: (
        st.lists(parts)
        | st.dictionaries(st.text(), parts)
        | st.dictionaries(st.integers() | st.tuples(st.integers(), st.text()), parts)
        | st.tuples(parts, parts)
    ),
    max_leaves=12,
)


@settings(max_examples=50)
@given(METADATA)
def test_whatever_stands_in_metadata_comes_back_exactly(value: Any):
    metadata = {"found": value}
    require_same(again(sampled(metadata))[1].metadata, metadata)


def test_results_of_earlier_releases_come_back():
    content = (
        b'qsession-result-1\xd1\x00\x00\x00{"a": ["tuple", 1, ["list", 2.5, ["float", "inf"]], '
        b'["dict", [3, 4], [["tuple", 5, "x"], null]]], "n": ["scalar", "<i8", [], 0], '
        b'"t": ["datetime", "2026-01-01T00:00:00+00:00"], "arr": ["array", "<i2", [3], 8]}'
        b"\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x02\x00"
    )
    expected = {
        "a": (1, [2.5, math.inf], {3: 4, (5, "x"): None}),
        "n": np.int64(7),
        "t": datetime(2026, 1, 1, tzinfo=UTC),
        "arr": np.arange(3, dtype="<i2"),
    }
    require_same(decode_result(content), expected)
    assert encode_result(expected) == content


def test_arrays_that_come_back_may_be_changed():
    array = again(PrimitiveResult([], {"found": np.zeros(3)})).metadata["found"]
    array[0] = 1
    assert array.tolist() == [1, 0, 0]


class Odd:
    """Nothing that this package knows."""


@pytest.mark.parametrize(
    "value",
    [
        Odd(),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        {1, 2},
        np.array([Odd()]),
        type("Number", (int,), {})(5),
        lambda: None,
    ],
)
def test_what_cannot_be_written_exactly_is_not_kept(value: Any):
    assert encode_result(sampled({"found": value})) is None


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch):
    content = encode_result(sampled())
    assert content is not None
    monkeypatch.setattr(result_codec, "MOST_RESULT_BYTES", len(content) - 1)
    assert encode_result(sampled()) is None


def test_a_file_makes_no_class_that_is_not_named_here():
    content = encode_result(datetime(2026, 1, 1, tzinfo=UTC))
    assert content is not None
    evil = content.replace(b'["datetime", ', b'["object", "')
    with pytest.raises(ValueError, match="no result"):
        decode_result(evil)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[:30],
        lambda content: content[:-1],
        lambda content: b"x" + content[1:],
        lambda content: content.replace(b'"array"', b'"arrow"'),
        lambda content: content.replace(b"|u1", b"|O1"),
    ],
)
def test_other_bytes_are_refused(spoil: Any):
    content = encode_result(sampled())
    assert content is not None
    with pytest.raises(ValueError, match="no result"):
        decode_result(spoil(content))


# --- what jobs give -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def session() -> Session:
    return Session("fake_manila")


def test_results_of_run_come_back(session: Session):
    sampled = session.run([bell(), bell()], shots=100).result()
    require_same(again(sampled), sampled)
    estimated = session.run((rotation(), ["Z", "X"], [[[0.1]], [[0.2]], [[0.3]]])).result()
    require_same(again(estimated), estimated)
    assert estimated[0].data.shape == again(estimated)[0].data.shape == (3, 2)


def test_results_of_client_side_primitives_come_back(session: Session):
    circuit = fitted(bell(), session._backend)
    sampled = Sampler(mode=session).run([circuit], shots=100).result()
    require_same(again(sampled), sampled)
    job = Estimator(mode=session).run([(circuit.remove_final_measurements(inplace=False), "ZZIII")])
    require_same(again(job.result()), job.result())


def test_what_the_decoders_of_the_client_take_comes_back(session: Session):
    circuit = fitted(bell(), session._backend)
    job: Any = Sampler(mode=session).run([circuit], shots=100)
    raw: Any = job._future.result(60)
    found = again(raw)
    require_same(found, raw)
    assert found._semantic_role == raw._semantic_role == "sampler_v2"


def test_counts_of_backend_run_come_back(session: Session):
    result = session.run_circuits([bell(), bell()], shots=50).result()
    found = again(result)
    assert isinstance(found, Result)
    assert found.to_dict() == result.to_dict()
    assert found.get_counts(1) == result.get_counts(1)
