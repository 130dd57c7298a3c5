"""How counts and values are drawn beside the rows of their table."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from qsession.model.job import ExpectationValue
from qsession.render.charts import TEXT_WIDTH, Bars, ErrorBars


def values(*pairs: tuple[float | None, float | None]) -> ErrorBars:
    return ErrorBars(tuple(ExpectationValue(*pair) for pair in pairs))


def number(svg: str, name: str) -> float:
    found = next(mark for mark in ET.fromstring(svg) if name in mark.attrib)  # noqa: S314 - ours
    return float(found.attrib[name])


def test_bars_are_as_long_as_their_counts_are_large():
    longest, half, none = Bars((1000, 500, 0)).text()
    assert longest == "█" * TEXT_WIDTH
    assert half == "█" * (TEXT_WIDTH // 2)
    assert none == ""
    drawn = [number(svg, "width") for svg in Bars((1000, 500, 0)).svg()]
    assert drawn == [160, 80, 0]


def test_a_rare_outcome_can_be_seen():
    _, rare = Bars((1_000_000, 1)).text()
    assert rare == "▏"
    assert number(Bars((1_000_000, 1)).svg()[1], "width") == 1


@pytest.mark.parametrize("bars", [Bars(()), Bars((0, 0))])
def test_where_nothing_was_counted_no_bar_is_drawn(bars: Bars):
    assert not any(bars.text())
    assert len(bars.svg()) == len(bars.lengths)


def test_values_of_both_signs_stand_on_both_sides_of_zero():
    bars = values((-1.0, 0.5), (1.0, 0.5))
    assert bars.head == "-1.5 to 1.5"
    assert bars.text() == [
        "├───●───┤   │",
        "            │  ├───●───┤",
    ]
    left, right = (number(svg, "cx") for svg in bars.svg())
    assert left + right == pytest.approx(160, abs=0.1)


def test_an_error_reaches_from_the_value_less_it_to_the_value_and_it():
    (svg,) = values((0.5, 0.5)).svg()
    assert "M4 6H156" in svg


def test_energies_far_from_zero_have_a_scale_of_their_own():
    bars = values((-75.2, 0.1), (-75.0, 0.1))
    assert bars.head == "-75.3 to -74.9"
    assert not any("│" in line for line in bars.text())
    assert not any("currentColor" in svg for svg in bars.svg())


def test_one_value_without_an_error_is_drawn_from_zero():
    bars = values((-0.5, None))
    assert bars.head == "-0.5 to 0"
    assert bars.text() == ["●" + " " * (TEXT_WIDTH - 2) + "│"]


def test_zero_alone_has_a_scale_around_it():
    assert values((0.0, 0.0)).head == "-1 to 1"


def test_what_is_no_number_has_no_mark():
    bars = values((None, None), (1.0, None))
    assert bars.text()[0] == ""
    assert bars.svg()[0] == ""


@pytest.mark.parametrize(
    "bars", [values((None, None)), values((1e308, 1e308), (-1e308, 1e308)), values()]
)
def test_without_a_scale_nothing_is_drawn(bars: ErrorBars):
    assert bars.head == ""
    assert not any([*bars.text(), *bars.svg()])
