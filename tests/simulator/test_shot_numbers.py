"""The random numbers of shots that Aer seeds one by one."""

from __future__ import annotations

import numpy as np
import pytest

from qsession.simulator import shot_numbers
from qsession.simulator.random import uniforms
from qsession.simulator.shot_numbers import ShotNumbers, first_uniforms

SEEDS = (0, 1, 42, 2**33 + 5, 2**64 - 1)


@pytest.mark.parametrize("count", [1, 2, 155, 156, 157, 312, 700])
def test_each_column_is_what_its_seed_gives(count: int):
    numbers = first_uniforms(np.array(SEEDS, dtype=np.uint64), count)
    assert numbers.T.tolist() == [uniforms(seed, count).tolist() for seed in SEEDS]


def test_more_seeds_than_are_held_at_once_are_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shot_numbers, "_SEEDED_TOGETHER", 2)
    numbers = first_uniforms(np.array(SEEDS, dtype=np.uint64), 200)
    assert numbers.T.tolist() == [uniforms(seed, 200).tolist() for seed in SEEDS]


def every(numbers: ShotNumbers, shots: list[int]) -> list[float]:
    return list(numbers.draw(np.array(shots)))


@pytest.mark.parametrize("expected", [1, 3, 500])
def test_each_shot_goes_through_its_own_numbers_whoever_draws_beside_it(expected: int):
    numbers = ShotNumbers(7, 100, 3, expected)
    own = [uniforms(7 + 100 + shot, 1000) for shot in range(3)]
    assert every(numbers, [0, 1, 2]) == [own[0][0], own[1][0], own[2][0]]
    for place in range(1, 400):
        assert every(numbers, [1]) == [own[1][place]]
    assert every(numbers, [2, 1, 0]) == [own[2][1], own[1][400], own[0][1]]
    for place in range(2, 9):
        assert every(numbers, [0, 2]) == [own[0][place], own[2][place]]


def test_seeds_beyond_the_last_begin_anew():
    numbers = ShotNumbers(2**64 - 1, 0, 2, 1)
    assert every(numbers, [0, 1]) == [uniforms(2**64 - 1, 1)[0], uniforms(0, 1)[0]]


def test_numbers_that_are_kept_serve_the_next_job():
    first, second = ShotNumbers(11, 0, 2, 3), ShotNumbers(11, 0, 2, 2)
    own = [uniforms(11 + shot, 10) for shot in range(2)]
    for numbers in (first, second):
        for place in range(10):
            assert every(numbers, [0, 1]) == [own[0][place], own[1][place]]


def test_without_a_seed_no_number_is_drawn_twice():
    numbers = ShotNumbers(None, 0, 2, 2)
    drawn = [each for _ in range(50) for each in every(numbers, [0, 1])]
    drawn += [each for _ in range(40) for each in every(numbers, [1])]
    drawn += [each for _ in range(60) for each in every(numbers, [1, 0])]
    assert len(set(drawn)) == len(drawn)
    assert 0 <= min(drawn) <= max(drawn) < 1
