"""Durations as people write them (``"2h 30m 40s"``), and the bounds of a session's ``max_time``."""

from __future__ import annotations

import operator
import re
from datetime import datetime, timedelta
from numbers import Integral

from qsession.errors import InvalidInputError, InvalidMaxTimeError, shown

MIN_MAX_TIME_S = 300
"""The shortest session the older provider allowed, in seconds."""

SYSTEM_MAX_TIME_S = 28_800
"""IBM Quantum's default and usual limit of a session, in seconds (8 hours)."""

_UNIT_S = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PARTS = re.compile(r" *(?:[0-9]+[DHMSdhms] *)+")
_PART = re.compile(r"([0-9]+)([DHMSdhms])")
_MOST_DIGITS = 12
"""A part longer than this is out of every bound; it is refused before it is multiplied."""

_LONGEST_S = 10**_MOST_DIGITS
"""Beyond the end of the calendar."""


def parse_duration(text: str) -> int | None:
    """Read a duration such as ``"2h 30m 40s"``.

    Units are d, h, m and s in either case and any order, each at most once; spaces around parts
    are optional. The whole text must be a duration.

    Returns:
        The seconds, or None if the text is not a duration.
    """
    if not _PARTS.fullmatch(text):
        return None
    parts = [(digits, unit.lower()) for digits, unit in _PART.findall(text)]
    units = [unit for _, unit in parts]
    if len(set(units)) != len(units) or any(len(digits) > _MOST_DIGITS for digits, _ in parts):
        return None
    return sum(int(digits) * _UNIT_S[unit] for digits, unit in parts)


def read_max_time(
    value: object, *, minimum_s: int = MIN_MAX_TIME_S, maximum_s: int = SYSTEM_MAX_TIME_S
) -> int | None:
    """Check a ``max_time`` and turn it into seconds.

    Args:
        value: Whole seconds, a duration text, a `timedelta` of whole seconds, or None.
        minimum_s: The smallest value allowed, in seconds.
        maximum_s: The largest value allowed, in seconds.

    Returns:
        The seconds, or None for None.

    Raises:
        InvalidMaxTimeError: If it is none of these or out of bounds.
    """
    if value is None:
        return None
    seconds = _whole_seconds(value)
    bounds = f"{minimum_s} s ({format_duration(minimum_s)}) to {maximum_s} s"
    bounds += f" ({format_duration(maximum_s)})"
    expected = f'Expected {bounds}, for example max_time=1800 or max_time="2h 30m 40s".'
    if seconds is None:
        raise InvalidMaxTimeError(f"max_time={shown(value)} is not a duration. {expected}")
    if not minimum_s <= seconds <= maximum_s:
        side = "under the minimum" if seconds < minimum_s else "over the maximum"
        given = shown(value if isinstance(value, str | timedelta) else seconds)
        raise InvalidMaxTimeError(f"max_time={given} is {shown(seconds)} s, {side}. {expected}")
    return seconds


def read_duration(value: object, what: str) -> int | None:
    """Check a span that is any positive duration, and turn it into seconds.

    Args:
        value: As for `read_max_time`.
        what: The argument's name, for the message.

    Returns:
        The seconds, or None for None.

    Raises:
        InvalidInputError: If it is no positive duration, or longer than any calendar.
    """
    if value is None:
        return None
    seconds = _whole_seconds(value)
    if seconds is None or not 0 < seconds <= _LONGEST_S:
        raise InvalidInputError(
            f"{what}={shown(value)} is not a positive duration in whole seconds up to "
            f'{_LONGEST_S:.0e}, such as {what}=600 or {what}="1h 30m"; None is none.'
        )
    return seconds


def time_after(start: datetime, seconds: float) -> datetime | None:
    """The time so many seconds after another; None if it is beyond the last year there is."""
    try:
        return start + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _whole_seconds(value: object) -> int | None:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, timedelta):
        seconds, rest = divmod(value, timedelta(seconds=1))
        return None if rest else seconds
    # bool is an Integral too, and Session(True) is surely a mistake.
    if isinstance(value, bool) or not isinstance(value, Integral):
        return None
    try:
        return operator.index(value)
    except TypeError:  # NumPy counts its timedelta64 among the integers
        return None


def format_duration(seconds: float) -> str:
    """Write a span for people: ``"2h 30m 40s"``, ``"5m"``, ``"1.2s"``, ``"0s"``."""
    if 0 < seconds < 10:  # noqa: PLR2004 - where tenths still mean something to a reader
        tenths = f"{seconds:.1f}".removesuffix(".0")
        return f"{tenths}s"
    rest = round(max(seconds, 0))
    parts = []
    for unit, size in _UNIT_S.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"
