"""Shots by register, and sums of their bits."""

from __future__ import annotations

import numpy as np

from qsession.simulator.branched_shots import BranchedShots

SHOTS = BranchedShots(np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0]], dtype=bool))
"""Of three bits, in rows: 5, 4 and 3."""


def test_a_register_has_its_lowest_bit_last():
    packed = SHOTS.shots(3, [("all", 3, 0), ("upper", 2, 1), ("one", 1, 2)])
    assert {name: each[:, 0].tolist() for name, each in packed.items()} == {
        "all": [5, 4, 3],
        "upper": [2, 2, 1],
        "one": [1, 1, 0],
    }


def test_more_than_eight_bits_take_several_bytes():
    bits = np.zeros((10, 2), dtype=bool)
    bits[[0, 9], 1] = True
    (packed,) = BranchedShots(bits).shots(2, [("all", 10, 0)]).values()
    assert packed.tolist() == [[0, 0], [2, 1]]


def test_a_register_that_reaches_beyond_the_last_bit_has_zeros_there():
    (packed,) = SHOTS.shots(3, [("turned", 3, 1)]).values()
    assert packed[:, 0].tolist() == [2, 2, 1]


def test_shots_with_an_odd_sum_are_counted():
    assert SHOTS.odd(3, [0b000, 0b001, 0b101, 0b111]) == [0, 2, 2, 1]
    assert SHOTS.odd(1, [0b001, 0b101]) == [1, 0]
