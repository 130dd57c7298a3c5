"""How often the service is asked."""

from __future__ import annotations

import itertools

import pytest

from qsession.engines.ibm.pacing import next_look_s, next_try_s


@pytest.mark.parametrize("quiet_s", [0, 10, 29.9])
def test_looks_are_a_second_apart_while_something_has_just_changed(quiet_s: float):
    assert next_look_s(runs=False, quiet_s=quiet_s) == 1


@pytest.mark.parametrize("quiet_s", [0, 31, 1e9])
def test_looks_are_a_second_apart_while_a_job_runs(quiet_s: float):
    assert next_look_s(runs=True, quiet_s=quiet_s) == 1


def test_looks_become_rarer_by_doubling_and_stop_at_fifteen_seconds():
    waits: list[float] = []
    quiet_s = 30.0
    for _ in range(8):
        waits.append(next_look_s(runs=False, quiet_s=quiet_s))
        quiet_s += waits[-1]
    assert waits[0] == 2
    assert all(after in (before, 2 * before, 15) for before, after in itertools.pairwise(waits))
    assert waits[-1] == 15
    assert next_look_s(runs=False, quiet_s=1e9) == 15


def test_an_hour_of_quiet_is_at_most_three_hundred_looks():
    looks, quiet_s = 0, 0.0
    while quiet_s < 3600:
        quiet_s += next_look_s(runs=False, quiet_s=quiet_s)
        looks += 1
    assert looks < 280  # some of the first ask for two things


def test_failures_in_a_row_back_off_to_fifteen_seconds():
    assert [next_try_s(n) for n in (1, 2, 3, 4, 5, 6, 10_000)] == [1, 2, 4, 8, 15, 15, 15]


@pytest.mark.parametrize(
    ("asked", "waits"), [(7, 7), (0, 1), (120, 120), (3600, 3600), (1e12, 3600)]
)
def test_the_service_may_ask_for_a_pause_of_up_to_an_hour(asked: float, waits: float):
    assert next_try_s(1, asked_to_wait_s=asked) == waits
    assert next_try_s(9, asked_to_wait_s=asked) == waits
