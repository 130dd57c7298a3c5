"""Settings that hold for all sessions of this process: `configure`, and environment variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Final

from qsession.model.bill import Price, read_currency

PRICE_VARIABLE: Final = "QSESSION_PRICE_PER_MINUTE"
CURRENCY_VARIABLE: Final = "QSESSION_CURRENCY"


@dataclass(frozen=True)
class _Configuration:
    price: Price | None = None
    currency: str | None = None


_configured = _Configuration()  # replaced as a whole, so that any thread may read it


def configure(*, price_per_minute: float | str | None = None, currency: str | None = None) -> None:
    """Set what a minute of a QPU costs, for the sessions that are made from here on.

    Only you know it: it depends on the plan and the contract. With it, the view, `Session.
    bill` and the dashboard show money beside seconds, and ``max_cost`` can be given. A session's
    own argument takes precedence over this, and this over the environment variables
    ``QSESSION_PRICE_PER_MINUTE`` and ``QSESSION_CURRENCY``.

    Args:
        price_per_minute: A number, or a text with its currency such as ``"96 USD"``; None takes
            back what was set.
        currency: The currency's code of three letters, US dollars unless given.

    Raises:
        InvalidInputError: If the price is no amount, or the currency no code.
    """
    global _configured  # noqa: PLW0603 - the one place where it is kept
    code = None if currency is None else read_currency(currency)
    price = None if price_per_minute is None else Price.read(price_per_minute, code)
    _configured = replace(_configured, price=price, currency=code)


def default_price() -> Price | None:
    """The price a minute for sessions that are given none; None if there is none.

    Raises:
        InvalidInputError: If the environment names one that is none.
    """
    if _configured.price is not None:
        return _configured.price
    told = os.environ.get(PRICE_VARIABLE, "").strip()
    return Price.read(told, default_currency()) if told else None


def default_currency() -> str | None:
    """The currency of prices without one; None if none is set."""
    return _configured.currency or os.environ.get(CURRENCY_VARIABLE, "").strip() or None


def read_price(price_per_minute: object) -> Price | None:
    """The price of one session: its own, else that of all.

    Raises:
        InvalidInputError: If it is none.
    """
    if price_per_minute is None:
        return default_price()
    return Price.read(price_per_minute, default_currency())
