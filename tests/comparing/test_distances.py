"""How far samples and values are from each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit.quantum_info import hellinger_fidelity

from qsession.comparing.distances import distance, in_errors

COUNTS = st.dictionaries(
    st.sampled_from(["00", "01", "10", "11"]), st.integers(1, 1000), min_size=1
)


def test_equal_samples_have_no_distance():
    found = distance({"00": 50, "11": 50}, {"00": 100, "11": 100})
    assert found.total_variation == 0
    assert found.hellinger_fidelity == pytest.approx(1)


def test_samples_without_a_common_outcome_are_as_far_as_can_be():
    found = distance({"00": 5}, {"11": 7})
    assert (found.total_variation, found.hellinger_fidelity) == (1, 0)


def test_the_total_variation_is_half_the_sum_of_the_differences():
    assert distance({"0": 60, "1": 40}, {"0": 50, "1": 50}).total_variation == pytest.approx(0.1)


@given(COUNTS, COUNTS)
def test_the_fidelity_is_qiskits(counts, others):
    own = distance(counts, others).hellinger_fidelity
    assert own == pytest.approx(hellinger_fidelity(counts, others), abs=1e-9)


@given(COUNTS, COUNTS)
def test_it_is_the_same_from_both_sides(counts, others):
    there, back = distance(counts, others), distance(others, counts)
    assert there.total_variation == pytest.approx(back.total_variation)
    assert there.from_shots == pytest.approx(back.from_shots)


def test_what_shots_alone_give_is_what_samples_of_one_distribution_show():
    random = np.random.default_rng(1)
    shares = random.dirichlet(np.ones(16))
    outcomes = [f"{index:04b}" for index in range(16)]
    found = [
        distance(
            *(dict(zip(outcomes, random.multinomial(n, shares), strict=True)) for n in (500, 2000))
        )
        for _ in range(300)
    ]
    measured = np.mean([each.total_variation for each in found])
    expected = np.mean([each.from_shots for each in found])
    assert expected == pytest.approx(measured, rel=0.05)


def test_differences_are_told_in_units_of_both_errors():
    units = in_errors(np.array([0.5]), np.array([0.3]), np.array([0.4]))
    assert units == pytest.approx([1.0])


def test_values_without_errors_differ_by_nothing_or_infinitely():
    zero = np.zeros(2)
    assert list(in_errors(np.array([0.0, 0.1]), zero, zero)) == [0, np.inf]


def test_without_a_known_error_nothing_can_be_said():
    assert np.isnan(in_errors(np.array([0.1]), np.array([np.nan]), np.array([0.1]))).all()
