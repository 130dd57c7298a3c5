"""Reads single facts of the service's JSON: details, numbers, why a session ended. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from qsession.model.durations import format_duration
from qsession.model.states import State

_NAMES: dict[str, tuple[str, Any]] = {
    "id": ("id", None),
    "backend_name": ("backend_name", None),
    "interactive_timeout": ("interactive_ttl", None),
    "max_time": ("max_ttl", None),
    "active_timeout": ("active_ttl", None),
    "state": ("state", None),
    "accepting_jobs": ("accepting_jobs", None),
    "last_job_started": ("last_job_started", None),
    "last_job_completed": ("last_job_completed", None),
    "started_at": ("started_at", None),
    "closed_at": ("closed_at", None),
    "activated_at": ("activated_at", None),
    "mode": ("mode", None),
    "usage_time": ("elapsed_time", None),
    "timestamps": ("timestamps", []),
}
"""IBM's names in ``details()``, the API's, and what stands for a missing one."""


def details_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an answer of the service, under the names of IBM's client."""
    return {name: raw.get(told, default) for name, (told, default) in _NAMES.items()}


_LARGEST = 2**31 - 1
"""The API's integers are of 32 bits; more seconds than that are no span of anything."""


def number(value: object) -> float | None:
    """A number from 0 to the API's largest; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LARGEST else None


def whole(value: object) -> int | None:
    """The same, in whole units."""
    read = number(value)
    return None if read is None else int(read)


_TOLERANCE = timedelta(seconds=2)
"""Timestamps of one event differ by this much."""

_UNUSED = timedelta(minutes=30)
"""IBM Quantum closes a session that was opened and got no job for this long."""


def ending_of(
    raw: Mapping[str, Any],
    read_time: Callable[[object], datetime | None],
    *,
    cancelled_here: bool,
) -> tuple[State, str | None]:
    """The state that a closed session ended in, and why.

    It is expired if ``max_ttl`` had run out when it was closed, cancelled if the service's reason
    or our own call says so, else closed; the service's words are kept.
    """
    told = raw.get("state_reason")
    words = told.strip() if isinstance(told, str) else ""
    started, closed = read_time(raw.get("started_at")), read_time(raw.get("closed_at"))
    limit_s = whole(raw.get("max_ttl"))
    if cancelled_here:
        return State.CANCELLED, words or None
    if _is_over(started, closed, limit_s):
        reason = f"its max_time of {format_duration(limit_s or 0)} ran out"
        return State.EXPIRED, f"{reason} ({words})" if words else reason
    if "cancel" in words.lower():
        return State.CANCELLED, words
    if words:
        return State.CLOSED, words
    opened = opened_at(raw, read_time)
    if started is None and opened and closed and closed - opened >= _UNUSED - _TOLERANCE:
        return State.CLOSED, f"no job was submitted within {format_duration(_UNUSED.seconds)}"
    return State.CLOSED, None


def _is_over(started: datetime | None, closed: datetime | None, limit_s: int | None) -> bool:
    if started is None or closed is None or limit_s is None:
        return False
    return closed - started >= timedelta(seconds=limit_s) - _TOLERANCE


def opened_at(
    raw: Mapping[str, Any], read_time: Callable[[object], datetime | None]
) -> datetime | None:
    """Return the earliest of the session's timestamps, its opening; None if there are none."""
    steps = raw.get("timestamps")
    if not isinstance(steps, list):
        return None
    times = [read_time(step.get("timestamp")) for step in steps if isinstance(step, Mapping)]
    return min((time for time in times if time), default=None)
