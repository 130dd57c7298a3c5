"""A forecast beside what is left for it."""

from __future__ import annotations

import pytest

from qsession.forecast.estimate import Estimate, Left, left_of
from qsession.forecast.usage import Forecast
from qsession.model.bill import Budget, Price, Quota
from qsession.model.events import QuotaObserved
from qsession.model.session_state import Limits, SessionState
from tests.unit.story import at, finished, first_job, session

FOUR_SECONDS = Forecast(8000, 150e-6, 100e-6)
PRICE = Price(96)


def limited() -> SessionState:
    """Five minutes of quota are left, a minute of the budget, and ten minutes of the time."""
    state = session(*first_job(0), finished(60, qpu_seconds=30), limits=Limits(660, 600))
    state.price, state.budget = PRICE, Budget(max_usage_s=120, max_cost=500)
    state.apply(QuotaObserved(at(60), Quota(at(60), 300, 600, 300, instance="mine")))
    return state


def test_what_limits_work_is_told_the_tightest_first():
    assert left_of(limited(), at(60)) == (
        Left(60, "its max_usage"),
        Left(300, "the quota of mine"),
        Left(600, "its max_time"),
    )


def test_a_budget_in_money_limits_it_too():
    state = limited()
    state.budget = Budget(max_usage_s=120, max_cost=100)
    tightest = left_of(state, at(60))[0]
    assert tightest.of == "its max_cost"
    assert tightest.seconds == pytest.approx(2.5)


def test_a_quota_that_is_used_up_leaves_nothing():
    state = limited()
    state.apply(QuotaObserved(at(60), Quota(at(60), 600, 600, 7, is_used_up=True)))
    assert left_of(state, at(60))[0] == Left(0, "the quota")


def test_nothing_limits_a_session_that_knows_of_no_limit():
    assert left_of(session(limits=Limits(None, None)), at(0)) == ()


def test_an_estimate_tells_time_money_and_what_is_left():
    estimate = Estimate.of(FOUR_SECONDS, limited(), at(60))
    assert estimate.qpu_s == pytest.approx(4)
    assert estimate.cost == pytest.approx(6.4)
    assert estimate.fits
    assert str(estimate) == (
        "about 4.0 s of QPU time (8,000 executions), about $6.40; 1 m 00 s left of its max_usage"
    )


def test_what_does_not_fit_says_what_it_exceeds():
    estimate = Estimate(4.0, None, None, (Left(2.5, "the quota of mine"),))
    assert not estimate.fits
    assert estimate.excess == (
        "about 4.0 s of QPU time are needed, and 2.5 s are left of the quota of mine"
    )
    assert estimate.cost is None


def test_without_a_limit_all_fits():
    assert Estimate(4.0).fits


def test_seconds_alone_make_an_estimate():
    estimate = Estimate.of(4.0, limited(), at(60))
    assert str(estimate).startswith("about 4.0 s of QPU time, about $6.40; ")
