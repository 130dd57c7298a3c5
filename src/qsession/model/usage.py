"""The time for which a session has held its backend: `HeldTime`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class HeldTime:
    """The stretches in which a session was active, added up; or what its service said of them."""

    _past_s: float = 0.0
    _began: datetime | None = None
    _observed: tuple[datetime, float] | None = None

    @property
    def is_observed(self) -> bool:
        """True if the service has told the usage; False if it is counted here."""
        return self._observed is not None

    @property
    def is_in_a_stretch(self) -> bool:
        """True if a stretch of holding the backend has begun and not ended."""
        return self._began is not None

    def begin(self, at: datetime) -> None:
        """A stretch begins."""
        self._began = at

    def end(self, at: datetime) -> None:
        """The stretch ends, if there is one."""
        self._past_s += _seconds_since(self._began, at)
        self._began = None

    def observe(self, at: datetime, seconds: float) -> None:
        """The service told how much it was."""
        self._observed = (at, seconds)

    def seconds(self, now: datetime, *, runs: bool) -> float:
        """Return the time held until now, in seconds.

        Args:
            now: The time.
            runs: Whether what the service told last has gone on since.
        """
        if self._observed is None:
            return self._past_s + _seconds_since(self._began, now)
        at, told_s = self._observed
        return told_s + (_seconds_since(at, now) if runs else 0.0)


def _seconds_since(start: datetime | None, now: datetime) -> float:
    return 0.0 if start is None else max((now - start).total_seconds(), 0.0)
