"""Settings of the process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qsession.configuration import (
    CURRENCY_VARIABLE,
    PRICE_VARIABLE,
    configure,
    default_price,
    read_price,
)
from qsession.errors import InvalidInputError
from qsession.model.bill import Price


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(PRICE_VARIABLE, raising=False)
    monkeypatch.delenv(CURRENCY_VARIABLE, raising=False)
    configure()
    yield
    configure()


def test_nothing_has_a_price_by_itself():
    assert default_price() is None
    assert read_price(None) is None


def test_the_environment_sets_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(PRICE_VARIABLE, "96")
    assert default_price() == Price(96, "USD")
    monkeypatch.setenv(CURRENCY_VARIABLE, "eur")
    assert default_price() == Price(96, "EUR")
    monkeypatch.setenv(PRICE_VARIABLE, "80 CHF")
    assert default_price() == Price(80, "CHF")


def test_what_is_configured_goes_before_it_and_an_argument_before_both(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv(PRICE_VARIABLE, "96")
    configure(price_per_minute=48, currency="EUR")
    assert read_price(None) == Price(48, "EUR")
    assert read_price(1.5) == Price(1.5, "EUR")
    assert read_price("1.5 USD") == Price(1.5, "USD")
    configure()
    assert read_price(None) == Price(96, "USD")


def test_a_price_that_is_none_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    configure(price_per_minute=48)
    with pytest.raises(InvalidInputError, match=r"price_per_minute='cheap' is not a price"):
        configure(price_per_minute="cheap")
    with pytest.raises(InvalidInputError, match=r"currency='euros'"):
        configure(price_per_minute=48, currency="euros")
    assert default_price() == Price(48, "USD")


def test_one_in_the_environment_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(PRICE_VARIABLE, "a lot")
    with pytest.raises(InvalidInputError, match=r"price_per_minute='a lot'"):
        default_price()
