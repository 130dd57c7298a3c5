"""Counts how local jobs were computed: `Tally`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from qsession.engines.base import SimulationCounts

if TYPE_CHECKING:
    from qsession.engines.local.work import Outcome


class Tally:
    """Counts outcomes. Not thread-safe: its owner guards it with a lock."""

    def __init__(self) -> None:
        self._fast = 0
        self._reasons: Counter[str] = Counter()

    def add(self, outcome: Outcome | None) -> None:
        """Count how a job was computed; None is one that gave nothing."""
        if outcome is None:
            return
        reason = getattr(outcome, "fallback", None)
        if reason is None:
            self._fast += 1
        else:
            self._reasons[reason] += 1

    @property
    def counts(self) -> SimulationCounts:
        """The counts so far."""
        return SimulationCounts(self._fast, self._reasons.total(), dict(self._reasons))
