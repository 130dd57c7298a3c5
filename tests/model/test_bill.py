"""What the use of a QPU costs."""

from __future__ import annotations

import math
from typing import Any

import pytest

from qsession.errors import InvalidInputError
from qsession.model.bill import Bill, Budget, Price, Quota, money_words, quota_words
from qsession.model.events import QuotaObserved
from qsession.model.states import State
from tests.unit.pictures import picture
from tests.unit.story import at, finished, first_job, moved, record, session

PRICE = Price(96)


# --- prices ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "currency", "price"),
    [
        (96, None, Price(96, "USD")),
        (1.5, "EUR", Price(1.5, "EUR")),
        ("96", None, Price(96, "USD")),
        (" 89.50 chf ", "EUR", Price(89.5, "CHF")),
        (".5USD", None, Price(0.5, "USD")),
        (0, None, Price(0, "USD")),
    ],
)
def test_a_price_is_a_number_or_a_text_with_its_currency(value: Any, currency: Any, price: Price):
    assert Price.read(value, currency) == price


@pytest.mark.parametrize(
    "value",
    [-1, math.nan, math.inf, 10**400, True, "", "cheap", "96 dollars", "1,50", "-3", None, [96]],
)
def test_what_is_no_price_is_refused(value: Any):
    with pytest.raises(InvalidInputError, match=r"price_per_minute=.* is not a price"):
        Price.read(value)


@pytest.mark.parametrize("currency", ["dollars", "$", 7, "U1D"])
def test_a_currency_is_a_code_of_three_letters(currency: Any):
    with pytest.raises(InvalidInputError, match=r"currency=.* is not a code of three letters"):
        Price.read(96, currency)


def test_seconds_become_money_and_money_seconds():
    assert PRICE.cost(30) == 48
    assert PRICE.seconds(48) == 30
    assert Price(0).seconds(1) == math.inf


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [(1.6, "USD", "$1.60"), (1234.5, "EUR", "€1,234.50"), (0.004, "CHF", "CHF 0.00")],
)
def test_money_is_written_in_hundredths(amount: float, currency: str, words: str):
    assert money_words(amount, currency) == words


# --- budgets --------------------------------------------------------------------------------------


def test_a_budget_is_what_ends_first():
    assert Budget().seconds(PRICE) is None
    assert Budget(max_usage_s=60).seconds(None) == 60
    assert Budget(max_usage_s=60, max_cost=48).seconds(PRICE) == 30
    assert Budget(max_usage_s=20, max_cost=48).seconds(PRICE) == 20
    assert Budget(max_cost=48).seconds(None) is None
    assert [
        Budget(each, 48).is_cost_first(price)
        for each, price in ((60, PRICE), (20, PRICE), (None, PRICE), (60, None))
    ] == [True, False, True, False]


# --- bills ----------------------------------------------------------------------------------------


def test_a_session_is_charged_for_all_of_its_usage_and_its_idle_share_is_told():
    state = session(*first_job(0), finished(12, qpu_seconds=9), moved(60, State.INACTIVE))
    state.price = PRICE
    bill = picture(state, 600, is_paid=True).bill
    assert (bill.usage_s, bill.qpu_s, bill.idle_s) == (60, 9, 51)
    assert bill.cost == pytest.approx(96)
    assert bill.idle_cost == pytest.approx(81.6)
    assert bill.cost_of(record(qpu_seconds=9)) == pytest.approx(14.4)
    assert bill.cost_of(record()) is None
    assert str(bill) == "about $96.00, idle $81.60"


def test_a_batch_is_charged_for_what_its_jobs_used():
    state = session(*first_job(0), finished(12, qpu_seconds=9), mode="batch")
    state.price = PRICE
    bill = picture(state, 600).bill
    assert bill.cost == pytest.approx(14.4)
    assert bill.idle_cost == 0
    assert str(bill) == "would cost about $14.40"


def test_without_a_price_there_is_no_money():
    bill = Bill(60, 9, None, None, is_charged=True)
    assert (bill.cost, bill.idle_cost, bill.cost_of(record(qpu_seconds=9))) == (None, None, None)
    assert str(bill) == "no price is set, and no quota is known"


@pytest.mark.parametrize(
    ("quota", "words"),
    [
        (
            Quota(at(0), 180, 600, 420, instance="mine", plan="open"),
            "7m left of the 10m quota of mine (open plan)",
        ),
        (Quota(at(0), 600, 600, 0, True, "mine"), "the quota of mine is used up"),
        (Quota(at(0), 180), "3m used, without a limit"),
        (None, ""),
    ],
)
def test_a_quota_in_words(quota: Quota | None, words: str):
    assert quota_words(quota) == words


def test_a_session_that_continues_another_has_its_price_budget_and_quota():
    state = session(*first_job(0))
    state.price, state.budget = PRICE, Budget(max_cost=5)
    state.apply(QuotaObserved(at(1), Quota(at(1), 180)))
    later = state.continued(state.limits)
    assert (later.price, later.budget, later.quota) == (PRICE, Budget(max_cost=5), state.quota)
