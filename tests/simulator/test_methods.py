"""Which method Aer takes is known where angles tell it, or Aer has told it."""

from __future__ import annotations

import math

import pytest

from qsession.simulator.aer_sampling import MOST_KNOWN, Methods


@pytest.mark.parametrize("angle", [0.3, math.pi / 4, math.pi / 2 + 0.01, -7.7])
def test_an_angle_between_the_quarter_turns_needs_a_state(angle: float):
    assert Methods().of([0.0, angle]) == "statevector"


@pytest.mark.parametrize("angles", [[], [0.0], [math.pi / 2, -math.pi], [1e-5], [13 * math.pi / 2]])
def test_otherwise_aer_has_to_tell(angles: list[float]):
    methods = Methods()
    assert methods.of(angles) is None
    methods.note(angles, "stabilizer")
    assert methods.of(angles) == "stabilizer"
    assert methods.of([*angles, math.pi]) is None


def test_not_all_of_them_are_remembered_forever():
    methods = Methods()
    for turns in range(MOST_KNOWN + 1):
        methods.note([turns * math.pi / 2], "stabilizer")
    assert methods.of([0.0]) is None
    assert methods.of([MOST_KNOWN * math.pi / 2]) == "stabilizer"
