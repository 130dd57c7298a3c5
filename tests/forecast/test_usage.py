"""IBM's formula for the usage of a job, against what IBM documents."""

from __future__ import annotations

import pytest

from qsession.forecast.usage import Forecast, qpu_seconds, rescaled, seconds_words


@pytest.mark.parametrize("executions", [0, 1, 4096, 10_000, 80_000, 500_000])
def test_the_formula_with_its_defaults_is_ibms_quick_one(executions: int):
    """``2 + 0.00035 * <num executions>``, "Workload usage", November 2026."""
    assert qpu_seconds(executions) == pytest.approx(2 + 0.00035 * executions)
    assert Forecast(executions).qpu_s == qpu_seconds(executions)


def test_the_formula_is_ibms_baseline():
    """``<per sub-job overhead> + (rep_delay + <circuit length>) * <num executions>``."""
    told = qpu_seconds(10_000, rep_delay_s=500e-6, circuit_s=40e-6, sub_jobs=3)
    assert told == pytest.approx(3 * 2 + (500e-6 + 40e-6) * 10_000)


def test_ibms_example_of_an_estimate_is_of_the_same_size():
    """The guide's Bell circuit, run with the default of 4096 shots, was estimated at 4.1 s.

    The guide names neither backend nor release; the service estimates it, not the formula.
    """
    ibms_s = 4.1058720028432445
    forecast = Forecast(4096)
    assert forecast.qpu_s == pytest.approx(3.43, abs=0.01)
    assert abs(forecast.qpu_s - ibms_s) / ibms_s < 0.2


def test_a_known_length_takes_the_place_of_the_allowance():
    assert Forecast(10_000, 250e-6, 5e-6).qpu_s == pytest.approx(2 + 2.55)


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        (Forecast(4096, 250e-6, 5e-6), "about 3.0 s of QPU time (4,096 executions)"),
        (Forecast(10), "about 2.0 s of QPU time (10 executions; circuits are not transpiled yet)"),
        (
            Forecast(10, 250e-6, 0.0, is_without_mitigation=True),
            "about 2.0 s of QPU time (10 executions; executions for error mitigation come on top)",
        ),
    ],
)
def test_a_forecast_says_that_it_is_an_estimate_and_of_what(forecast: Forecast, words: str):
    assert str(forecast) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2.04, "2.0 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 m 00 s"), (3725, "1 h 02 m")],
)
def test_spans_are_as_fine_as_an_estimate_can_be(seconds: float, words: str):
    assert seconds_words(seconds) == words


def test_other_shots_change_all_but_the_overhead():
    assert rescaled(4.0, shots=2000, before=1000) == pytest.approx(6.0)
    assert rescaled(1.0, shots=2000, before=1000) == 2.0
