"""Aer's random numbers, as the C++ standard has them."""

from __future__ import annotations

import numpy as np
import pytest

from qsession.simulator import random
from qsession.simulator.lru import Bounded
from qsession.simulator.random import uniforms, uniforms_in_parts

SEED_OF_THE_STANDARD = 5489
TEN_THOUSANDTH = 9981545732273789042
"""[rand.predef]: the 10000th number of a default-constructed ``std::mt19937_64``."""


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Bounded[int, np.ndarray]:
    """What is kept, of this test alone."""
    kept: Bounded[int, np.ndarray] = Bounded(5000)
    monkeypatch.setattr(random, "_kept", kept)
    return kept


def test_the_standards_example():
    assert uniforms(SEED_OF_THE_STANDARD, 10_000)[-1] == float(TEN_THOUSANDTH) / 2**64


def test_more_numbers_begin_with_the_same_ones():
    few, more = uniforms(3, 10).copy(), uniforms(3, 1000)
    assert more[:10].tolist() == few.tolist() == uniforms(3, 10).tolist()


@pytest.mark.parametrize("most_kept", [0, 10**6])
def test_in_parts_they_are_the_same(most_kept: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(random, "MOST_KEPT", most_kept)
    monkeypatch.setattr(random, "PART", 300)
    parts = list(uniforms_in_parts(3, 700, 2))
    assert [each.shape for each in parts] == [(300, 2), (300, 2), (100, 2)]
    assert np.concatenate(parts).ravel().tolist() == uniforms(3, 1400).tolist()


def test_all_of_a_seed_counts():
    firsts = {float(uniforms(seed, 1)[0]) for seed in (0, 1, 2**32, 2**63, 2**64 - 1)}
    assert len(firsts) == 5


def test_numbers_are_kept_for_the_next_job_and_cannot_be_changed(kept):
    drawn = uniforms(7, 400)
    assert np.shares_memory(uniforms(7, 300), drawn)
    with pytest.raises(ValueError, match="read-only"):
        drawn[0] = 0
    assert kept.weight == 400


def test_what_is_kept_is_bounded(kept):
    for seed in range(30):
        uniforms(seed, 400)
    assert kept.weight <= 5000
    assert len(uniforms(1, 6000)) == 6000
    assert kept.weight <= 5000


def test_no_number_is_one(monkeypatch: pytest.MonkeyPatch):
    largest = np.uint64(2**64 - 1)
    monkeypatch.setattr(random, "_tempered", lambda words: np.full_like(words, largest))
    assert uniforms(1, 5).max() < 1
