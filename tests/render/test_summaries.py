"""What results say, bounded in size."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult
from qiskit.result import Result
from qiskit_aer import AerSimulator

from qsession.model.job import MOST_VALUES_OF_A_JOB, ExpectationValue
from qsession.render.summaries import (
    MOST_OUTCOMES,
    MOST_VALUES,
    OtherData,
    RegisterCounts,
    ValueArray,
    expectation_values,
    parts_of,
)
from tests.support.circuits import bell, flipped


def result(*pubs: dict[str, Any]) -> PrimitiveResult[Any]:
    return PrimitiveResult([PubResult(DataBin(**data)) for data in pubs])


def counts_of(bits: BitArray) -> RegisterCounts:
    (part,) = parts_of(result({"meas": bits}))
    assert isinstance(part, RegisterCounts)
    return part


def values_of(data: dict[str, Any]) -> ValueArray:
    (part,) = parts_of(result(data))
    assert isinstance(part, ValueArray)
    return part


@pytest.mark.parametrize("num_bits", [1, 7, 8, 9, 63, 64])
def test_outcomes_are_counted_as_qiskit_counts_them(num_bits: int):
    shots = np.random.default_rng(num_bits).integers(0, 2, (500, num_bits), dtype=np.uint8)
    shots[:400] = shots[np.arange(400) % 4]  # so that some come often
    bits = BitArray.from_bool_array(shots.astype(bool))
    expected: Counter[str] = Counter(bits.get_counts())
    counts = counts_of(bits)
    assert (counts.shots, counts.distinct) == (500, len(expected))
    frequent = sorted(expected.items(), key=lambda item: (-item[1], item[0]))
    assert list(counts.frequent) == frequent[:MOST_OUTCOMES]
    assert list(counts.first) == sorted(expected.items())[:MOST_OUTCOMES]


def test_outcomes_of_long_registers_are_written_in_hexadecimal_digits():
    shots = np.zeros((3, 127), dtype=bool)
    shots[1:, -1] = True
    counts = counts_of(BitArray.from_bool_array(shots))
    assert counts.frequent == ((f"0x{1:032x}", 2), (f"0x{0:032x}", 1))


def test_outcomes_of_very_long_registers_are_cut():
    counts = counts_of(BitArray.from_bool_array(np.ones((1, 5000), dtype=bool)))
    ((outcome, count),) = counts.frequent
    assert (len(outcome), outcome[-1], count) == (257, "…", 1)


def test_the_shots_of_a_sweep_are_counted_together():
    sweep = BitArray.from_bool_array(np.array([[[False], [True]], [[True], [True]]]))
    assert counts_of(sweep).frequent == (("1", 3), ("0", 1))


def test_values_come_with_their_errors_and_places():
    part = values_of({"evs": np.array([[1.0, 2.0]]), "stds": np.array([[0.1, np.nan]])})
    assert part == ValueArray(
        0, (1, 2), 2, (ExpectationValue(1.0, 0.1), ExpectationValue(2.0, None))
    )


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_is_no_finite_number_is_none(odd: float):
    assert values_of({"evs": np.array(odd)}).values == (ExpectationValue(None, None),)


def test_only_the_first_values_are_listed():
    part = values_of({"evs": np.arange(10_000.0).reshape(100, 100)})
    assert (part.size, len(part.values)) == (10_000, MOST_VALUES)
    assert part.values[-1].value == MOST_VALUES - 1


def test_other_data_is_told_in_words():
    data = {"counts": np.zeros((3, 4)), "note": "x"}
    (first, second) = parts_of([data])
    assert first == OtherData(0, "counts", "3 × 4 float64")
    assert second == OtherData(0, "note", "str")


def test_the_older_results_have_counts_for_each_circuit():
    older: Result = AerSimulator().run([bell("a"), flipped("b")], shots=50).result()
    first, second = parts_of(older)
    assert isinstance(first, RegisterCounts)
    assert isinstance(second, RegisterCounts)
    assert (first.name, first.shots) == ("a", 50)
    assert (second.name, second.frequent) == ("b", (("1", 50),))


def test_the_first_values_of_a_result_are_kept_with_its_job():
    sampled = {"meas": BitArray.from_counts({"0": 1})}
    several = result(
        sampled, {"evs": np.array(0.5), "stds": np.array(0.1)}, {"evs": np.arange(9.0)}
    )
    values = expectation_values(several)
    assert len(values) == MOST_VALUES_OF_A_JOB
    assert values[:2] == (ExpectationValue(0.5, 0.1), ExpectationValue(0.0, None))
    assert expectation_values(result(sampled)) == ()


@pytest.mark.parametrize("odd", [None, 7, [object()], "text"])
def test_odd_results_have_no_values_and_stop_nobody(odd: object):
    assert expectation_values(odd) == ()


def test_circuits_that_nobody_named_are_told_by_their_number():
    made = Result.from_dict(
        {
            "success": True,
            "results": [
                {
                    "shots": 1,
                    "success": True,
                    "header": {"name": name},
                    "data": {"counts": {"0x1": 1}},
                }
                for name in ("bell", "circuit-46", "circuit-123-5")
            ],
        }
    )
    names = [part.name for part in parts_of(made) if not isinstance(part, ValueArray)]
    assert names == ["bell", "circuit 1", "circuit 2"]
