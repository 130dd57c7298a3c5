"""Reads single values of anybody's objects; what is nonsense, or fails, is None."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

_log = logging.getLogger("qsession")


def answer_of(owner: Any, name: str, *arguments: Any) -> Any:
    """Return what a method gives; None if it has none, or that fails: it may be anybody's."""
    method: Callable[..., Any] | None = getattr(owner, name, None)
    if not callable(method):
        return None
    try:
        return method(*arguments)
    except Exception:  # noqa: BLE001 - see above
        _log.debug("%s of a backend could not be read.", name, exc_info=True)
        return None


def value_of(owner: Any, name: str) -> Any:
    """The value of a property; None if that fails."""
    try:
        return getattr(owner, name, None)
    except Exception:  # noqa: BLE001 - anybody's backend
        return None


def number(value: Any) -> float | None:
    """A finite number, None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def whole_number(value: Any) -> int | None:
    """A whole number, None for anything else."""
    found = number(value)
    return None if found is None else int(found)


def number_range(value: Any) -> tuple[float, float] | None:
    """Two numbers, from the low to the high one; None for anything else."""
    try:
        low, high = map(number, value)
    except (TypeError, ValueError):  # no list, or not of two
        return None
    return None if low is None or high is None else (low, high)


def text(value: Any) -> str | None:
    """A text, None if there is nothing in it."""
    return str(value) if value else None


def moment(value: Any) -> datetime | None:
    """A time with its zone, UTC unless it names one; None for anything else."""
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
