"""What a ``max_time`` may be, and how spans are written."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsession.errors import InvalidMaxTimeError
from qsession.model.durations import (
    MIN_MAX_TIME_S,
    SYSTEM_MAX_TIME_S,
    format_duration,
    parse_duration,
    read_max_time,
)

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        # whole seconds
        (300, 300),
        (1800, 1800),
        (28_800, 28_800),
        (np.int64(1800), 1800),
        (np.uint16(1800), 1800),
        # each unit, in either case
        ("8h", 28_800),
        ("8H", 28_800),
        ("30m", 1800),
        ("30M", 1800),
        ("1800s", 1800),
        ("1800S", 1800),
        # several
        ("2h 30m 40s", 9040),
        ("2h30m40s", 9040),
        ("2H30m 40S", 9040),
        # in any order
        ("40s 2h 30m", 9040),
        ("30m2h", 9000),
        # spaces around parts
        ("  2h   30m ", 9000),
        # parts that add nothing
        ("0h 30m", 1800),
        ("0d 2h 0m 0s", 7200),
        ("007h", 25_200),
        # more of a small unit than makes a larger one
        ("90m", 5400),
        ("1h 90m", 9000),
        # spans
        (timedelta(minutes=5), 300),
        (timedelta(hours=8), 28_800),
        (timedelta(hours=1, milliseconds=1000), 3601),
    ],
    ids=repr,
)
def test_these_are_max_times(value, seconds):
    read = read_max_time(value)
    assert read == seconds
    assert type(read) in (int, type(None))


NOT_DURATIONS = [
    # texts
    "",
    " ",
    "5",
    "1800",
    "m",
    "h30",
    "1.5h",
    "1,5h",
    "+30m",
    "-30m",
    "30 m",
    "2h 30 m",
    "30min",
    "2h garbage",
    "garbage 2h",
    "2h, 30m",
    "2h and 30m",
    "1w",
    "300ms",
    "2h2h",
    "1h 30m 1h",
    "30m 30M",
    "0s 1800s",
    "30m\n",
    "\n30m",
    "2h\n30m",
    "2h\t30m",
    "2h\u00a030m",
    "\u0663\u0660m",  # Arabic digits
    "\uff13\uff10m",  # fullwidth digits
    "30\uff4d",  # fullwidth m
    "1800\u017f",  # the long s, which is an S to re.IGNORECASE
    "1_800s",
    "0x708s",
    "PT30M",
    "00:30:00",
    "fake_manila",
    "1" * 13 + "s",
    "9" * 5000 + "h",
    b"30m",
    # numbers
    True,
    False,
    np.True_,
    1800.0,
    1800.5,
    np.float64(1800),
    math.nan,
    math.inf,
    -math.inf,
    Fraction(1800),
    Fraction(3601, 2),
    Decimal(1800),
    1800 + 0j,
    # spans
    timedelta(minutes=30, milliseconds=500),
    timedelta(minutes=30, microseconds=1),
    timedelta(seconds=-1800, microseconds=1),
    timedelta.max,
    np.timedelta64(1800),
    np.timedelta64(1800, "s"),
    # others
    [1800],
    (1800,),
    {"seconds": 1800},
    np.array([1800, 1800]),
    object,
]

OUT_OF_BOUNDS = [
    (0, "under the minimum"),
    (1, "under the minimum"),
    (299, "under the minimum"),
    (-1, "under the minimum"),
    (-1800, "under the minimum"),
    (np.int64(-1800), "under the minimum"),
    (np.uint8(200), "under the minimum"),
    ("0s", "under the minimum"),
    ("0d 0h 0m 0s", "under the minimum"),
    ("299s", "under the minimum"),
    ("4m 59s", "under the minimum"),
    (timedelta(0), "under the minimum"),
    (timedelta(minutes=-30), "under the minimum"),
    (timedelta(seconds=299), "under the minimum"),
    (28_801, "over the maximum"),
    (10**30, "over the maximum"),
    (10**5000, "over the maximum"),
    (-(10**5000), "under the minimum"),
    ("8h 1s", "over the maximum"),
    ("1d", "over the maximum"),
    ("1D", "over the maximum"),
    ("999999999999d", "over the maximum"),
    (timedelta(hours=8, seconds=1), "over the maximum"),
    (timedelta(days=1), "over the maximum"),
]


def id_of(value: object) -> str:
    try:
        return ascii(value)[:30]
    except ValueError:  # an int too long for Python to write
        return type(value).__name__


@pytest.mark.parametrize("value", NOT_DURATIONS, ids=id_of)
def test_anything_else_is_not_a_duration(value):
    with pytest.raises(InvalidMaxTimeError, match=r"^max_time=.+ is not a duration\. "):
        read_max_time(value)


@pytest.mark.parametrize(("value", "side"), OUT_OF_BOUNDS, ids=id_of)
def test_a_duration_out_of_bounds_is_refused(value, side):
    with pytest.raises(InvalidMaxTimeError, match=rf"^max_time=.+ is .+ s, {side}\. "):
        read_max_time(value)


@pytest.mark.parametrize(
    "value", [*NOT_DURATIONS, *(value for value, _ in OUT_OF_BOUNDS)], ids=id_of
)
def test_every_refusal_is_a_value_error_that_names_the_bounds_and_an_example(value):
    with pytest.raises(ValueError, match="max_time=") as caught:
        read_max_time(value)
    message = str(caught.value)
    assert "Expected 300 s (5m) to 28800 s (8h)" in message
    assert 'for example max_time=1800 or max_time="2h 30m 40s"' in message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("1.5h", "max_time='1.5h' is not"),
        ("30m\n", r"max_time='30m\n' is not"),
        (True, "max_time=True is not"),
        (1800.5, "max_time=1800.5 is not"),
        (math.nan, "max_time=nan is not"),
        (Fraction(1800), "max_time=Fraction(1800, 1) is not"),
        (299, "max_time=299 is 299 s, under"),
        (-5, "max_time=-5 is -5 s, under"),
        (np.int64(299), "max_time=299 is 299 s, under"),
        ("9h", "max_time='9h' is 32400 s, over"),
        (timedelta(hours=9), "max_time=datetime.timedelta(seconds=32400) is 32400 s, over"),
    ],
    ids=id_of,
)
def test_every_refusal_names_the_value(value, named):
    with pytest.raises(InvalidMaxTimeError) as caught:
        read_max_time(value)
    assert str(caught.value).startswith(named)


def test_the_bounds_themselves_are_allowed():
    assert read_max_time(MIN_MAX_TIME_S) == 300
    assert read_max_time(SYSTEM_MAX_TIME_S) == 28_800


@pytest.mark.parametrize("value", [60, "15m", 900])
def test_a_plan_may_have_bounds_of_its_own(value):
    assert read_max_time(value, minimum_s=60, maximum_s=900) in (60, 900)


@pytest.mark.parametrize("value", [59, "16m", 28_800])
def test_a_plans_own_bounds_are_what_the_refusal_names(value):
    with pytest.raises(InvalidMaxTimeError, match=r"Expected 60 s \(1m\) to 900 s \(15m\)"):
        read_max_time(value, minimum_s=60, maximum_s=900)


@pytest.mark.parametrize("text", ["", "5", "fake_manila", "1.5h", "1h1h", "30m\n"])
def test_a_text_that_is_no_duration_parses_as_none(text):
    assert parse_duration(text) is None


def test_parsing_alone_knows_no_bounds():
    assert parse_duration("0s") == 0
    assert parse_duration("365d") == 31_536_000


@given(
    st.permutations(list(UNITS)).flatmap(
        lambda units: st.lists(
            st.tuples(
                st.integers(0, 10**11),
                st.booleans(),
                st.sampled_from(["", " ", "  "]),
            ),
            min_size=1,
            max_size=4,
        ).map(lambda parts: list(zip(units, parts, strict=False)))
    )
)
def test_units_in_any_order_case_and_spacing_add_up(parts):
    text = "".join(
        f"{count}{unit.upper() if upper else unit}{space}" for unit, (count, upper, space) in parts
    )
    assert parse_duration(text) == sum(count * UNITS[unit] for unit, (count, _, _) in parts)


@given(st.text())
def test_no_text_makes_parsing_fail(text):
    assert parse_duration(text) is None or set(text.lower()) <= set("0123456789dhms ")


@given(st.integers(0, 10**12))
def test_what_is_written_can_be_read(seconds):
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.0, "0s"),
        (-5, "0s"),
        (0.04, "0s"),
        (0.05, "0.1s"),
        (0.96, "1s"),
        (1, "1s"),
        (1.24, "1.2s"),
        (9.94, "9.9s"),
        (9.96, "10s"),
        (10.4, "10s"),
        (59.6, "1m"),
        (60, "1m"),
        (61, "1m 1s"),
        (300, "5m"),
        (3599.7, "1h"),
        (3600, "1h"),
        (3601, "1h 1s"),
        (9040, "2h 30m 40s"),
        (28_800, "8h"),
        (86_400, "1d"),
        (93_784, "1d 2h 3m 4s"),
    ],
)
def test_spans_are_written_for_people(seconds, text):
    assert format_duration(seconds) == text
