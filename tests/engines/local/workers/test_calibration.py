"""What the steps of a simulation cost on this machine."""

from __future__ import annotations

import math
import sys
from dataclasses import astuple

import pytest

from qsession.engines.local.workers import calibration
from qsession.engines.local.workers.calibration import (
    _AMPLITUDES_S,
    _PYTHON_S,
    _SHOTS_S,
    MOST_TIMES,
    costs_here,
)
from qsession.engines.local.workers.costs import USUAL, Costs


@pytest.fixture
def tried_as(monkeypatch):
    """Says what the tries take, one after the other, instead of the clock."""

    def say(python: list[float], shots: list[float], amplitudes: list[float]) -> Costs:
        for name, factors, usual_s in (
            ("_python_s", python, _PYTHON_S),
            ("_shots_s", shots, _SHOTS_S),
            ("_amplitudes_s", amplitudes, _AMPLITUDES_S),
        ):
            seconds = iter([factor * usual_s for factor in factors])
            monkeypatch.setattr(calibration, name, lambda seconds=seconds: next(seconds))
        return calibration._try()

    return say


def test_the_shorter_try_counts(tried_as):
    costs = tried_as([2, 9], [9, 3], [0.5, 0.6])
    assert astuple(costs) == pytest.approx(astuple(USUAL.scaled(2, 3, 0.5)))


def test_an_interruption_makes_no_machine_a_thousand_times_slower(tried_as):
    costs = tried_as([1000, 1000], [1, 1], [1e-6, 1])
    assert astuple(costs) == pytest.approx(astuple(USUAL.scaled(MOST_TIMES, 1, 1 / MOST_TIMES)))


def test_the_tries_are_real():
    costs = calibration._try()
    assert all(0 < each < math.inf for each in astuple(costs))
    assert costs != USUAL


def test_what_cannot_be_tried_is_usual(monkeypatch):
    def fail() -> float:
        raise RuntimeError

    monkeypatch.setattr(calibration, "_shots_s", fail)
    assert calibration._try() == USUAL


def test_they_are_tried_once_and_only_when_aer_is_loaded(monkeypatch):
    tries: list[Costs] = []

    def try_costs() -> Costs:
        tries.append(USUAL)
        return USUAL

    monkeypatch.setattr(calibration, "_try", try_costs)
    monkeypatch.setattr(calibration, "_tried", None)
    with monkeypatch.context() as without:
        without.delitem(sys.modules, "qiskit_aer")
        assert costs_here() == USUAL
        assert not tries
    costs_here()
    costs_here()
    assert len(tries) == 1
