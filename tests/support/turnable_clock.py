"""A clock that stands still, and may be turned back: `TurnableClock`."""

from __future__ import annotations

from datetime import timedelta

from qsession.testing import ManualClock


class TurnableClock(ManualClock):
    """A clock that may be corrected, as a computer's is."""

    def turn_back(self, seconds: float) -> None:
        """Go back without waking anybody."""
        self._now -= timedelta(seconds=seconds)
