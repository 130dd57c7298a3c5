"""How Aer simulates a circuit when the choice is left to it: `Methods`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qsession.engines.local.simulating.bounded import Bounded

MOST_KNOWN = 64
"""Sets of angles of one circuit whose method is remembered."""

_QUARTER = math.pi / 2
_SURELY_ASIDE = 1e-3
"""So far from a quarter turn no angle belongs to a Clifford gate."""


class Methods:
    """Of one circuit without noise, with its angles open.

    Aer takes a stabilizer where all is Clifford, which angles decide about, and a state elsewhere.
    Its shots depend on that.
    """

    def __init__(self) -> None:
        self._seen: Bounded[tuple[float, ...], str] = Bounded(MOST_KNOWN)

    def of(self, angles: Sequence[float]) -> str | None:
        """The method with these angles; None where that is not known yet."""
        if any(_is_aside(angle) for angle in angles):
            return "statevector"
        return self._seen.get(tuple(angles))

    def note(self, angles: Sequence[float], method: str) -> None:
        """Remember what Aer has told."""
        self._seen.put(tuple(angles), method)


def _is_aside(angle: float) -> bool:
    turns = angle / _QUARTER
    return abs(turns - round(turns)) > _SURELY_ASIDE
