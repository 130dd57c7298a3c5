"""A forecast beside what is left for it: `Estimate`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsession.forecast.usage import Forecast, seconds_words
from qsession.printing import with_plain_marks

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.model.bill import Price
    from qsession.model.session_state import SessionState


@dataclass(frozen=True, slots=True)
class Left:
    """The rest of something that limits work.

    Attributes:
        seconds: How many.
        of: Of what, in words.
    """

    seconds: float
    of: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate of the QPU time and the cost of work, and whether they fit what is left.

    Attributes:
        qpu_s: Seconds of QPU time.
        forecast: Where they come from; None if only the seconds are known.
        price: What a minute costs; None if no price is set.
        left: What limits it, the tightest first: the quota of the instance, the budget of the
            session, its ``max_time``.
    """

    qpu_s: float
    forecast: Forecast | None = None
    price: Price | None = None
    left: tuple[Left, ...] = ()

    @classmethod
    def of(cls, forecast: Forecast | float, state: SessionState, now: datetime) -> Estimate:
        """The estimate for a session; the caller holds the lock that guards ``state``.

        Args:
            forecast: The forecast, or its seconds alone.
            state: The session.
            now: The time.
        """
        left = left_of(state, now)
        if isinstance(forecast, Forecast):
            return cls(forecast.qpu_s, forecast, state.price, left)
        return cls(forecast, None, state.price, left)

    @property
    def cost(self) -> float | None:
        """Money for them; None without a price."""
        return None if self.price is None else self.price.cost(self.qpu_s)

    @property
    def fits(self) -> bool:
        """True if all that limits it leaves as much."""
        return self.excess is None

    @property
    def excess(self) -> str | None:
        """The reason why it does not fit, in words; None if it does."""
        tightest = next(iter(self.left), None)
        if tightest is None or self.qpu_s <= tightest.seconds:
            return None
        return (
            f"about {seconds_words(self.qpu_s)} of QPU time are needed, and "
            f"{seconds_words(tightest.seconds)} are left of {tightest.of}"
        )

    def __str__(self) -> str:
        """One line: ``about 4.1 s of QPU time (…), about $6.56; 9 m 00 s left of …``."""
        seconds = f"about {seconds_words(self.qpu_s)} of QPU time"
        parts = [seconds if self.forecast is None else str(self.forecast)]
        if self.price is not None and self.cost is not None:
            parts[0] += f", about {self.price.words(self.cost)}"
        parts += [f"{seconds_words(each.seconds)} left of {each.of}" for each in self.left[:1]]
        return with_plain_marks("; ".join(parts))


def left_of(state: SessionState, now: datetime) -> tuple[Left, ...]:
    """The limits of further work of a session, the tightest first."""
    found = []
    quota, budget, price = state.quota, state.budget, state.price
    if quota is not None and quota.remaining_s is not None:
        whose = f" of {quota.instance}" if quota.instance else ""
        found.append(Left(0.0 if quota.is_used_up else quota.remaining_s, f"the quota{whose}"))
    allowed_s = budget.seconds(price)
    if allowed_s is not None:
        name = "max_cost" if budget.is_cost_first(price) else "max_usage"
        used_s = state.total_usage_seconds(now)
        found.append(Left(max(allowed_s - used_s, 0.0), f"its {name}"))
    remaining_s = state.remaining(now)
    if remaining_s is not None:
        found.append(Left(remaining_s, "its max_time"))
    return tuple(sorted(found, key=lambda each: each.seconds))
