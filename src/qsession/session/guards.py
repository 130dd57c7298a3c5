"""Guards, which end or continue a session by themselves: `Guards`, and `Guard`, which runs them.

A guard says so in the log (as a warning, which Python shows) and in the reason of the end.
"""

from __future__ import annotations

import logging
import weakref
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from qsession.clock import start_polling_thread
from qsession.errors import InvalidInputError, QSessionError, shown
from qsession.model.durations import format_duration, read_duration
from qsession.model.states import State

if TYPE_CHECKING:
    from qsession.clock import WakeUps
    from qsession.model.session_state import SessionState
    from qsession.session.renewal import Renewal

_log = logging.getLogger("qsession")

_ROUNDING_S = 0.001
"""Sums of seconds may fall this short of what they should be."""


@dataclass(frozen=True)
class Guards:
    """The settings of a session's guards; all off by default."""

    idle_timeout_s: int | None = None
    max_usage_s: int | None = None
    auto_renew: bool = False

    @classmethod
    def read(cls, *, idle_timeout: object, max_usage: object, auto_renew: object) -> Self:
        """Check what was asked for.

        Raises:
            InvalidInputError: If a span is no positive duration, or ``auto_renew`` no bool.
        """
        if not isinstance(auto_renew, bool):
            raise InvalidInputError(f"auto_renew={shown(auto_renew)} is neither True nor False.")
        return cls(
            idle_timeout_s=read_duration(idle_timeout, "idle_timeout"),
            max_usage_s=read_duration(max_usage, "max_usage"),
            auto_renew=auto_renew,
        )

    @property
    def are_off(self) -> bool:
        """True if there is nothing to guard."""
        return self == type(self)()

    def as_arguments(self) -> dict[str, int | None]:
        """The spans in seconds, by the names of the arguments that they came with."""
        return {"idle_timeout": self.idle_timeout_s, "max_usage": self.max_usage_s}

    def reason_to_close(self, state: SessionState, now: datetime) -> str | None:
        """Why the session is to be closed now; None if it is not."""
        if self.is_spent(state, now):
            return f"its max_usage of {format_duration(self.max_usage_s or 0)} was used up"
        idle_until = self._idle_until(state)
        if idle_until is not None and now >= idle_until:
            return f"no job came within its idle_timeout of {format_duration(self._idle_s)}"
        return None

    def is_spent(self, state: SessionState, now: datetime) -> bool:
        """Return True if the budget is used up."""
        if self.max_usage_s is None or not state.state.accepts_jobs:
            return False
        return state.total_usage_seconds(now) >= self.max_usage_s - _ROUNDING_S

    def next_deadline(self, state: SessionState, now: datetime) -> datetime | None:
        """Return the next time at which time alone may trigger a guard; None if it cannot."""
        spent = None
        if self.max_usage_s is not None and state.total_usage_runs and state.state.accepts_jobs:
            left_s = self.max_usage_s - state.total_usage_seconds(now)
            spent = now + timedelta(seconds=left_s)
        deadlines = (spent, self._idle_until(state))
        return min((deadline for deadline in deadlines if deadline), default=None)

    @property
    def _idle_s(self) -> int:
        return self.idle_timeout_s or 0

    def _idle_until(self, state: SessionState) -> datetime | None:
        if self.idle_timeout_s is None or state.quiet_since is None:
            return None
        return state.quiet_since + timedelta(seconds=self.idle_timeout_s)


class Guard:
    """Does what the guards of one session say, on a daemon thread of its own.

    The thread holds what it guards weakly and ends with it.
    """

    def __init__(self, renewal: Renewal, guards: Guards) -> None:
        self._renewal = weakref.ref(renewal)
        self._guards = guards
        self._wake_ups: WakeUps = SimpleQueue()
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
            deadline = self._guards.next_deadline(state, now)
            is_over = state.state.is_terminal
            has_expired = state.state is State.EXPIRED
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
