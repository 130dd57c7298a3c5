"""The cost of a QPU, in money and of a quota: `Price`, `Quota`, `Budget`, `Bill`.

A session of IBM Quantum is charged for the time for which it is active, whether jobs run or not; a
batch for the time for which the QPU is locked for its jobs, added up (IBM, "Workload usage",
https://quantum.cloud.ibm.com/docs/en/guides/estimate-job-run-time, looked up in November 2026).

What a minute costs is the user's to say: it depends on the plan and on the contract. All money is
an estimate until IBM has billed it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from qsession.errors import InvalidInputError, shown
from qsession.model.durations import format_duration
from qsession.printing import with_plain_marks

if TYPE_CHECKING:
    from qsession.model.job import JobRecord

DEFAULT_CURRENCY: Final = "USD"
"""IBM specifies prices and cost limits in US dollars ("Manage cost", November 2026)."""

MOST_MONEY: Final = 1e15
"""More is no price and no budget, and hundredths of it are no longer told apart."""

_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£"}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([A-Za-z]{3})?")


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a minute of usage, in a currency by its code of three letters (ISO 4217)."""

    per_minute: float
    currency: str = DEFAULT_CURRENCY

    def cost(self, seconds: float) -> float:
        """Money for so many seconds."""
        return seconds / 60 * self.per_minute

    def seconds(self, cost: float) -> float:
        """Seconds for so much money; infinite if a minute costs nothing."""
        return cost / self.per_minute * 60 if self.per_minute else math.inf

    def words(self, cost: float) -> str:
        """Money for people: ``$1.60``, ``CHF 1.60``."""
        return money_words(cost, self.currency)

    @classmethod
    def read(cls, value: object, currency: object = None) -> Price:
        """Read a price a minute: a number, or a text such as ``"96"`` or ``"89.50 EUR"``.

        Raises:
            InvalidInputError: If it is none, or the currency no code of three letters.
        """
        amount, told = value, None
        if isinstance(value, str) and (parts := _AMOUNT.fullmatch(value.strip())):
            amount, told = float(parts[1]), parts[2]
        if isinstance(amount, bool) or not isinstance(amount, int | float):
            amount = math.nan
        if not 0 <= amount <= MOST_MONEY:
            raise InvalidInputError(
                f"price_per_minute={shown(value)} is not a price: give a number from 0 to "
                f'{MOST_MONEY:.0e}, or a text with its currency such as "96 USD".'
            )
        return cls(float(amount), read_currency(told or currency or DEFAULT_CURRENCY))


def read_currency(value: object) -> str:
    """Read a currency.

    Raises:
        InvalidInputError: If it is no code of three letters.
    """
    if not isinstance(value, str) or re.fullmatch("[A-Za-z]{3}", value.strip()) is None:
        raise InvalidInputError(
            f'currency={shown(value)} is not a code of three letters, such as "USD" or "EUR".'
        )
    return value.strip().upper()


def money_words(amount: float, currency: str) -> str:
    """An amount of money for people, in hundredths."""
    sign = _SIGNS.get(currency, f"{currency} ")
    return f"{sign}{amount:,.2f}"


@dataclass(frozen=True, slots=True)
class Quota:
    """The use of an instance of IBM Quantum, and the limit of it, as the service said.

    Attributes:
        asked: When.
        used_s: Seconds used in the present period.
        limit_s: Seconds that may be used in it; None if there is no limit.
        remaining_s: Seconds left of the limit; None if there is no limit.
        is_used_up: Whether nothing runs any more until there is time again.
        instance: The name of the instance; None if it is not known.
        plan: The plan of the instance, such as ``"open"``; None if it is not known.
    """

    asked: datetime
    used_s: float
    limit_s: float | None = None
    remaining_s: float | None = None
    is_used_up: bool = False
    instance: str | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """The amount that a session may use before its guard closes it; None is any."""

    max_usage_s: float | None = None
    max_cost: float | None = None
    refuses_unfitting: bool = False
    """True if work that by its forecast does not fit what is left is refused."""

    def seconds(self, price: Price | None) -> float | None:
        """Seconds of usage that it allows; None if any."""
        costing = None
        if self.max_cost is not None and price is not None:
            costing = price.seconds(self.max_cost)
        given = [each for each in (self.max_usage_s, costing) if each is not None]
        return min(given, default=None)

    def is_cost_first(self, price: Price | None) -> bool:
        """Return True if ``max_cost`` is reached before ``max_usage``."""
        if self.max_cost is None or price is None:
            return False
        return self.max_usage_s is None or price.seconds(self.max_cost) < self.max_usage_s


@dataclass(frozen=True, slots=True)
class Bill:
    """The usage of a session, and its cost; spans are seconds, money is estimated.

    Attributes:
        usage_s: Usage as IBM counts it.
        qpu_s: What its jobs used of it.
        price: What a minute costs; None if the user has set none.
        quota: What its instance has used, and may use; None if it is not known.
        is_charged: Whether the backend is paid for; otherwise it is what a QPU would cost.
    """

    usage_s: float
    qpu_s: float
    price: Price | None
    quota: Quota | None
    is_charged: bool

    @property
    def idle_s(self) -> float:
        """Seconds in which the backend was held and no job used it: they are charged, too."""
        return max(self.usage_s - self.qpu_s, 0.0)

    @property
    def cost(self) -> float | None:
        """Money for the usage; None without a price."""
        return None if self.price is None else self.price.cost(self.usage_s)

    @property
    def idle_cost(self) -> float | None:
        """Money for the part of it in which no job used the backend; None without a price."""
        return None if self.price is None else self.price.cost(self.idle_s)

    def cost_of(self, record: JobRecord) -> float | None:
        """Money for the QPU time of a job; None without a price, or if the time is not known."""
        if self.price is None or record.qpu_seconds is None:
            return None
        return self.price.cost(record.qpu_seconds)

    def __str__(self) -> str:
        """One line: the money, the idle share of it, what is left of the quota."""
        return with_plain_marks(
            "; ".join(bill_words(self)) or "no price is set, and no quota is known"
        )


def bill_words(bill: Bill) -> list[str]:
    """The words of a bill, in parts: the money if it has a price, the quota if that is known."""
    return [words for words in (_cost_words(bill), quota_words(bill.quota)) if words]


def _cost_words(bill: Bill) -> str:
    if bill.price is None or bill.cost is None or bill.idle_cost is None:
        return ""
    verb = "about" if bill.is_charged else "would cost about"
    idle = f", idle {bill.price.words(bill.idle_cost)}" if bill.idle_s > 0 else ""
    return f"{verb} {bill.price.words(bill.cost)}{idle}"


def quota_words(quota: Quota | None) -> str:
    """The rest of a quota in words; empty if nothing is known of one."""
    if quota is None:
        return ""
    whose = " ".join(filter(None, (quota.instance, f"({quota.plan} plan)" if quota.plan else "")))
    of = f" of {whose}" if whose else ""
    if quota.is_used_up:
        return f"the quota{of} is used up"
    if quota.remaining_s is None or quota.limit_s is None:
        return f"{format_duration(quota.used_s)} used{of}, without a limit"
    left, limit = format_duration(quota.remaining_s), format_duration(quota.limit_s)
    return f"{left} left of the {limit} quota{of}"
