"""The questions for an account, and the times at which each is due: `Questions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from qsession.clock import Clock
    from qsession.ledger.entries import SessionEntry
    from qsession.model.session_state import Mode

STILL_S: Final = 60.0
"""While nothing moves there is one request in this time."""

MOVING_S: Final = 15.0
"""While something moves, everything is asked for once in this time."""

LONGEST_PAUSE_S: Final = 600.0
"""The longest pause after failures in a row; each doubles it."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PaidSession:
    """The standing of a session of IBM Quantum that is open as far as it is known."""

    session_id: str
    instance: str | None
    mode: Mode
    backend: str


@dataclass(frozen=True)
class Listing:
    """The sessions that there are in an instance."""

    instance: str | None


Question = PaidSession | Listing
"""A question that is one request."""


class Questions:
    """Keeps the times at which questions were asked, and says which are due.

    New questions are due at once. While nothing moves the others take turns, one a minute; when the
    ledger has news, or an answer brought some, all are due together. After failures everything
    rests, for longer each time. Not thread-safe: its owner guards it with a lock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: dict[Question, datetime] = {}
        self._last: datetime | None = None
        self._news: object = None
        self._has_moved = False
        self._failures = 0

    @property
    def last_answer(self) -> datetime | None:
        """The time of the last answer; None before the first."""
        return max(self._asked.values(), default=None)

    @property
    def rests(self) -> bool:
        """True if the last request failed."""
        return self._failures > 0

    def due(self, questions: Sequence[Question], noted: Sequence[SessionEntry]) -> list[Question]:
        """Return those to ask now.

        Args:
            questions: All that there is to ask.
            noted: The open paid sessions of the ledger.
        """
        since_s = self._since_last_s()
        if self.rests and since_s < min(STILL_S * 2**self._failures, LONGEST_PAUSE_S):
            return []
        new = self.new(questions)
        if new and not self.rests:
            return new
        moved = self._has_moved or _news(noted) != self._news
        if since_s < (MOVING_S if moved else STILL_S):
            return []
        in_turn = sorted(questions, key=lambda question: self._asked.get(question, _NEVER))
        return in_turn if moved else in_turn[:1]

    def new(self, questions: Sequence[Question]) -> list[Question]:
        """Return those that were never asked."""
        return [question for question in questions if question not in self._asked]

    def begin(self, noted: Sequence[SessionEntry]) -> None:
        """Begin to ask: what the ledger says by now is no news any more."""
        self._news, self._has_moved = _news(noted), False

    def note_answer(self, question: Question, *, is_news: bool) -> None:
        """A question was answered."""
        self._asked[question] = self._last = self._clock.now()
        self._has_moved |= is_news
        self._failures = 0

    def note_nobody_to_ask(self) -> None:
        """There is no account: it need not be looked for again at once."""
        self._last = self._clock.now()

    def note_failure(self) -> None:
        """A request failed."""
        self._last = self._clock.now()
        self._failures += 1

    def make_all_due(self) -> None:
        """Have everything be asked at once, whatever happened before."""
        self._news, self._last, self._failures = None, None, 0

    def _since_last_s(self) -> float:
        now = self._clock.now()
        if self._last is None or self._last > now:  # the clock may have been turned back
            return float("inf")
        return (now - self._last).total_seconds()


def _news(noted: Sequence[SessionEntry]) -> frozenset[object]:
    """The ledger's word on sessions, to compare."""
    return frozenset((entry.session_id, entry.state, entry.jobs) for entry in noted)
