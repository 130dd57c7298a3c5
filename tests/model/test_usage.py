"""Stretches in which a backend was held add up, unless the service counts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qsession.model.usage import HeldTime

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_nothing_was_held_at_first():
    held = HeldTime()
    assert held.seconds(START, runs=False) == 0
    assert not held.is_in_a_stretch
    assert not held.is_observed


def test_stretches_add_up_and_the_last_one_goes_on():
    held = HeldTime()
    held.begin(at(0))
    held.end(at(10))
    assert held.seconds(at(50), runs=False) == 10
    held.begin(at(60))
    assert held.is_in_a_stretch
    assert held.seconds(at(65), runs=False) == 15


def test_an_end_without_a_beginning_adds_nothing():
    held = HeldTime()
    held.end(at(10))
    assert held.seconds(at(20), runs=False) == 0


def test_a_clock_that_was_set_back_takes_nothing_away():
    held = HeldTime()
    held.begin(at(10))
    assert held.seconds(at(0), runs=False) == 0


@pytest.mark.parametrize(("runs", "seconds"), [(True, 42), (False, 30)])
def test_what_the_service_told_counts_instead_and_goes_on_where_it_runs(runs: bool, seconds: int):
    held = HeldTime()
    held.begin(at(0))
    held.observe(at(100), 30)
    assert held.is_observed
    assert held.seconds(at(112), runs=runs) == seconds
