"""Guards, which end or continue a session by themselves: `Guards`, and `Guard`, which runs them.

A guard says so in the log (as a warning, which Python shows) and in the reason of the end.
"""

from __future__ import annotations

import logging
import math
import weakref
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from qsession.clock import start_polling_thread
from qsession.errors import InvalidInputError, QSessionError, shown
from qsession.model.bill import MOST_MONEY, Budget
from qsession.model.durations import format_duration, read_duration, time_after
from qsession.model.states import State

if TYPE_CHECKING:
    from qsession.clock import WakeUps
    from qsession.model.bill import Price
    from qsession.model.session_state import SessionState
    from qsession.session.renewal import Renewal

_log = logging.getLogger("qsession")

_ROUNDING_S = 0.001
"""Sums of seconds may fall this short of what they should be."""


_WARNED_AT = 0.9
"""The share of a budget from which on there is a warning."""


def read_max_cost(max_cost: object, price: Price | None) -> float | None:
    """Check an amount of money.

    Raises:
        InvalidInputError: If it is none, or there is no price to reckon with.
    """
    if max_cost is None:
        return None
    is_number = isinstance(max_cost, int | float) and not isinstance(max_cost, bool)
    if not is_number or not 0 < max_cost <= MOST_MONEY:  # type: ignore[operator]  # it is a number
        raise InvalidInputError(
            f"max_cost={shown(max_cost)} is not an amount of money from above 0 to "
            f"{MOST_MONEY:.0e}, such as max_cost=20."
        )
    if price is None:
        raise InvalidInputError(
            f"max_cost={shown(max_cost)} needs a price: give price_per_minute=…, call "
            "qsession.configure(price_per_minute=…), or set QSESSION_PRICE_PER_MINUTE."
        )
    return float(max_cost)  # type: ignore[arg-type]  # likewise


@dataclass(frozen=True)
class Guards:
    """The settings of a session's guards; all off by default."""

    idle_timeout_s: int | None = None
    max_usage_s: int | None = None
    max_cost: float | None = None
    refuse_over_budget: bool = False
    auto_renew: bool = False

    @classmethod
    def read(  # noqa: PLR0913 - those of the constructor
        cls,
        *,
        idle_timeout: object,
        max_usage: object,
        max_cost: object = None,
        refuse_over_budget: object = False,
        auto_renew: object,
        price: Price | None = None,
    ) -> Self:
        """Check what was asked for.

        Raises:
            InvalidInputError: If a span is no positive duration, a switch no bool, or ``max_cost``
                no amount of money, or there is no price to reckon with.
        """
        for name, value in (("auto_renew", auto_renew), ("refuse_over_budget", refuse_over_budget)):
            if not isinstance(value, bool):
                raise InvalidInputError(f"{name}={shown(value)} is neither True nor False.")
        return cls(
            idle_timeout_s=read_duration(idle_timeout, "idle_timeout"),
            max_usage_s=read_duration(max_usage, "max_usage"),
            max_cost=read_max_cost(max_cost, price),
            refuse_over_budget=refuse_over_budget is True,
            auto_renew=auto_renew is True,
        )

    @property
    def are_off(self) -> bool:
        """True if there is nothing to guard while time passes."""
        spans = (self.idle_timeout_s, self.max_usage_s, self.max_cost)
        return not self.auto_renew and all(each is None for each in spans)

    @property
    def budget(self) -> Budget:
        """The amount that the session may use."""
        return Budget(self.max_usage_s, self.max_cost, self.refuse_over_budget)

    def as_arguments(self) -> dict[str, int | None]:
        """The spans in seconds, by the names of the arguments that they came with."""
        return {"idle_timeout": self.idle_timeout_s, "max_usage": self.max_usage_s}

    def reason_to_close(self, state: SessionState, now: datetime) -> str | None:
        """Why the session is to be closed now; None if it is not."""
        if self.is_spent(state, now):
            return f"its {self._budget_words(state)} was used up"
        idle_until = self._idle_until(state)
        if idle_until is not None and now >= idle_until:
            return f"no job came within its idle_timeout of {format_duration(self._idle_s)}"
        return None

    def is_spent(self, state: SessionState, now: datetime) -> bool:
        """Return True if the budget is used up."""
        return self._has_used(state, now, 1.0)

    def warning(self, state: SessionState, now: datetime) -> str | None:
        """That the budget is nearly used up, in words; None as long as it is not."""
        if not self._has_used(state, now, _WARNED_AT):
            return None
        return f"has used {_WARNED_AT:.0%} of its {self._budget_words(state)}"

    def _has_used(self, state: SessionState, now: datetime, share: float) -> bool:
        allowed_s = self.budget.seconds(state.price)
        if allowed_s is None or not state.state.accepts_jobs:
            return False
        return state.total_usage_seconds(now) >= share * allowed_s - _ROUNDING_S

    def _budget_words(self, state: SessionState) -> str:
        price = state.price
        if price is not None and self.max_cost is not None and self.budget.is_cost_first(price):
            return f"max_cost of {price.words(self.max_cost)}"
        return f"max_usage of {format_duration(self.max_usage_s or 0)}"

    def next_deadline(self, state: SessionState, now: datetime) -> datetime | None:
        """Return the next time at which time alone may trigger a guard; None if it cannot."""
        deadlines = [self._idle_until(state)]
        allowed_s = self.budget.seconds(state.price)
        is_counting = state.total_usage_runs and state.state.accepts_jobs
        if allowed_s is not None and math.isfinite(allowed_s) and is_counting:
            used_s = state.total_usage_seconds(now)
            marks_s = [share * allowed_s for share in (_WARNED_AT, 1.0)]
            # A mark that was passed has been told of, if it could be.
            ahead_s = [mark_s - used_s for mark_s in marks_s if mark_s > used_s]
            deadlines += [time_after(now, each_s) for each_s in ahead_s[:1] or [0.0]]
        return min((deadline for deadline in deadlines if deadline), default=None)

    @property
    def _idle_s(self) -> int:
        return self.idle_timeout_s or 0

    def _idle_until(self, state: SessionState) -> datetime | None:
        if self.idle_timeout_s is None or state.quiet_since is None:
            return None
        return time_after(state.quiet_since, self.idle_timeout_s)


class Guard:
    """Does what the guards of one session say, on a daemon thread of its own.

    The thread holds what it guards weakly and ends with it.
    """

    def __init__(self, renewal: Renewal, guards: Guards) -> None:
        self._renewal = weakref.ref(renewal)
        self._guards = guards
        self._wake_ups: WakeUps = SimpleQueue()
        self._has_warned = False
        journal = renewal.journal
        journal.subscribe(self._wake_ups)
        weakref.finalize(renewal, self._wake_ups.put, None).atexit = False
        start_polling_thread(self.look, self._wake_ups, journal.clock, "qsession-guard")

    def look(self) -> tuple[datetime | None, bool]:
        """Do what is due.

        Returns:
            When to look again (None: when something changes), and whether nothing can follow.
        """
        renewal = self._renewal()
        if renewal is None:
            return None, True
        with renewal.journal.lock:
            state, now = renewal.journal.state, renewal.journal.clock.now()
            reason = self._guards.reason_to_close(state, now)
            is_spent = self._guards.is_spent(state, now)
            warning = None if self._has_warned else self._guards.warning(state, now)
            session_id = state.session_id
            deadline = self._guards.next_deadline(state, now)
            is_over = state.state.is_terminal
            has_expired = state.state is State.EXPIRED
        if warning is not None:
            self._has_warned = True
            if not is_spent:
                _log.warning("Session %s %s, where it is closed.", session_id, warning)
        if reason is not None:
            _close(renewal, reason, drops_queue=is_spent)
            return None, False
        if has_expired and renewal.renew_if_expired():
            return None, False
        return deadline, is_over


def _close(renewal: Renewal, reason: str, *, drops_queue: bool) -> None:
    session_id = renewal.journal.state.session_id
    try:
        renewal.close(reason=reason)
    except QSessionError as error:
        _log.warning("Session %s is to be closed: %s. %s", session_id, reason, error)
        return
    _log.warning("Session %s was closed: %s.", session_id, reason)
    if drops_queue and (dropped := renewal.cancel_queued_jobs(f"Cancelled because {reason}.")):
        _log.warning("%s queued jobs of session %s were cancelled.", dropped, session_id)
