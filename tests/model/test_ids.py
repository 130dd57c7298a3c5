"""What can be the id of a job or session, and what is refused at the door."""

from __future__ import annotations

from typing import Any

import pytest

from qsession import InvalidInputError
from qsession.model.ids import LONGEST_ID, read_id


@pytest.mark.parametrize(
    "value", ["a", "c8f4xn9f0j2g", "my session", "Zürich", "x" * LONGEST_ID, "a\0b"]
)
def test_a_text_can_be_an_id(value: str):
    assert read_id("job_id", value) == value


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (None, "None"),
        ("", "''"),
        (7, "7"),
        (2**200, "16069"),
        pytest.param(10**5000, "<int>", id="5000 digits"),
        (True, "True"),
        (b"a", "b'a'"),
        (["a"], r"\['a'\]"),
        ({}, "{}"),
        ("\ud800", r"'\\ud800'"),
        ("fine \udfff", r"'fine \\udfff'"),
        ("x" * (LONGEST_ID + 1), "str 'xxx"),
    ],
)
def test_anything_else_is_refused_in_words(value: Any, named: str):
    with pytest.raises(InvalidInputError, match=rf"^job_id={named}.* cannot be an id\. Expected a"):
        read_id("job_id", value)


def test_what_is_long_is_not_repeated_at_length():
    with pytest.raises(InvalidInputError) as caught:
        read_id("job_id", "x" * 10_000_000)
    assert len(str(caught.value)) < 300
