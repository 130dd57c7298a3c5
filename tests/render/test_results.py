"""How results are summed up for people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult

from qsession.render.results import MOST_OUTCOMES, MOST_VALUES, ResultSummary

COUNTED = ("Outcome", "Counts", "Share")
VALUED = ("Index", "Value", "Standard error")


def result(*pubs: dict[str, Any]) -> PrimitiveResult[Any]:
    return PrimitiveResult([PubResult(DataBin(**data)) for data in pubs])


def bits(counts: dict[str, int]) -> BitArray:
    return BitArray.from_counts(counts, num_bits=len(next(iter(counts))))


def tables(*pubs: dict[str, Any]) -> Any:
    return ResultSummary.of(result(*pubs)).tables


def test_counts_are_listed_most_frequent_first():
    assert tables({"meas": bits({"00": 10, "11": 70, "01": 20})}) == (
        (
            "register meas, 100 shots",
            COUNTED,
            [("11", "70", "70.0%"), ("01", "20", "20.0%"), ("00", "10", "10.0%")],
        ),
    )


def test_outcomes_of_equal_counts_are_in_order():
    ((_, _, rows),) = tables({"meas": bits({"11": 5, "00": 5, "10": 5})})
    assert [row[0] for row in rows] == ["00", "10", "11"]


def test_leading_zeros_are_shown():
    ((_, _, rows),) = tables({"meas": bits({"0001": 1})})
    assert rows[0][0] == "0001"


@pytest.mark.parametrize(("outcomes", "others"), [(20, 0), (21, 1), (32, 12)])
def test_rare_outcomes_are_summed_up(outcomes, others):
    counts = {f"{outcome:05b}": 100 - outcome for outcome in range(outcomes)}
    total = sum(counts.values())
    ((title, _, rows),) = tables({"meas": bits(counts)})
    assert title == f"register meas, {total} shots"
    assert len(rows) == min(outcomes, MOST_OUTCOMES) + bool(others)
    assert sum(int(count) for _, count, _ in rows) == total
    if others:
        rest = sum(sorted(counts.values())[:others])
        assert rows[-1] == (f"{others} others", str(rest), f"{rest / total:.1%}")


def test_every_register_has_a_table():
    shown = tables({"a": bits({"0": 5}), "b": bits({"11": 5})})
    assert [title for title, _, _ in shown] == ["register a, 5 shots", "register b, 5 shots"]


def test_every_pub_has_tables_that_name_it():
    shown = tables({"meas": bits({"0": 5})}, {"evs": np.array(1.0)})
    assert [title for title, _, _ in shown] == [
        "PUB 0, register meas, 5 shots",
        "PUB 1, expectation values",
    ]


def test_counts_of_a_parameter_sweep_are_added_up():
    sweep = BitArray.from_bool_array(np.array([[[False], [True]], [[True], [True]]]))
    assert sweep.shape == (2,)
    ((title, _, rows),) = tables({"meas": sweep})
    assert title == "register meas, 4 shots"
    assert rows == [("1", "3", "75.0%"), ("0", "1", "25.0%")]


def test_what_is_no_register_is_left_out():
    assert tables({"meas": bits({"0": 1}), "extra": np.array([1, 2])}) == tables(
        {"meas": bits({"0": 1})}
    )


def test_a_single_value_is_shown_with_its_error():
    assert tables({"evs": np.array(0.70710678), "stds": np.array(0.01234)}) == (
        ("expectation values", VALUED, [("-", "0.707107", "0.012")]),
    )


def test_values_are_shown_with_their_places():
    ((_, _, rows),) = tables({"evs": np.array([[1.0, -1.0]]), "stds": np.array([[0.1, 0.2]])})
    assert rows == [("0, 0", "1", "0.1"), ("0, 1", "-1", "0.2")]


def test_one_error_may_hold_for_all_values():
    ((_, _, rows),) = tables({"evs": np.array([1.0, 2.0]), "stds": np.array(0.5)})
    assert [error for _, _, error in rows] == ["0.5", "0.5"]


def test_values_without_errors_say_so():
    ((_, _, rows),) = tables({"evs": np.array(1.0)})
    assert rows == [("-", "1", "nan")]


@pytest.mark.parametrize("shape", [(MOST_VALUES + 1,), (3, 7), (1000, 1000)])
def test_many_values_are_cut(shape):
    values = np.zeros(shape)
    ((_, _, rows),) = tables({"evs": values, "stds": values})
    assert len(rows) == MOST_VALUES + 1
    assert rows[-1] == (f"{values.size - MOST_VALUES} others", "", "")


def test_as_many_values_as_fit_are_not_cut():
    ((_, _, rows),) = tables({"evs": np.zeros(MOST_VALUES)})
    assert len(rows) == MOST_VALUES
    assert rows[-1][0] == "19"


def test_a_register_may_be_called_evs():
    ((title, _, _),) = tables({"evs": bits({"0": 5})})
    assert title == "register evs, 5 shots"


def test_a_result_without_pubs_says_nothing():
    summary = ResultSummary.of(result())
    assert repr(summary) == ""
    assert summary._repr_html_() == ""


def test_plain_text_stands_in_columns():
    summary = ResultSummary.of(result({"a": bits({"00": 1, "11": 99})}, {"evs": np.array(0.5)}))
    assert repr(summary) == (
        "PUB 0, register a, 100 shots\n"
        "Outcome  Counts  Share\n"
        "11       99      99.0%  ████████████████████████\n"
        "00       1       1.0%   ▎\n"
        "\n"
        "PUB 1, expectation values\n"
        "Index  Value  Standard error  0 to 0.5\n"
        "-      0.5    nan             │                      ●"
    )


def test_html_holds_the_same_table_with_bars_that_only_eyes_need():
    summary = ResultSummary.of(result({"a": bits({"1": 5})}))
    assert summary._repr_html_() == (
        "<table><caption>register a, 5 shots</caption><thead><tr>"
        '<th align="left">Outcome</th><th align="left">Counts</th><th align="left">Share</th>'
        '<td align="left" aria-hidden="true"></td></tr></thead><tbody><tr>'
        '<td align="left">1</td><td align="left">5</td><td align="left">100.0%</td>'
        '<td align="left" aria-hidden="true"><svg width="160" height="12" viewBox="0 0 160 12" '
        'aria-hidden="true"><rect width="160" height="12" fill="#4589ff"/></svg></td>'
        "</tr></tbody></table>"
    )


def test_texts_in_html_are_escaped():
    summary = ResultSummary((("<b>&", ("<i>",), [("<script>",)]),))
    shown = summary._repr_html_()
    assert "&lt;b&gt;&amp;" in shown
    assert "&lt;i&gt;" in shown
    assert "&lt;script&gt;" in shown


def test_a_long_list_of_pubs_is_cut_and_says_so():
    circuits = [PubResult(DataBin(c=BitArray.from_counts({"0": 1}))) for _ in range(30)]
    summary = ResultSummary.of(PrimitiveResult(circuits))
    assert len(summary.tables) == 20
    assert repr(summary).endswith("… and 10 more PUBs")
    assert summary._repr_html_().endswith("<p>… and 10 more PUBs</p>")
