"""Numbers of the service's JSON, which may be anything. Pure."""

from __future__ import annotations

import math

_LARGEST = 2**31 - 1
"""The API's integers are of 32 bits; more seconds than that are no span of anything."""


def number(value: object) -> float | None:
    """A number from 0 to the API's largest; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= _LARGEST else None


def whole(value: object) -> int | None:
    """The same, in whole units."""
    read = number(value)
    return None if read is None else int(read)
