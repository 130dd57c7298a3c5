"""Encoding of a dashboard's snapshot for the page."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from qsession.dashboards.words import state_words, where_words
from qsession.widget.checking import Actions, an_id
from qsession.widget.encoding import sendable

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.dashboards.overview import DashboardSnapshot, Entry

WIRE_VERSION: Final = 1
"""Raised when an older page could misread what is sent."""

ACTIONS: Final[Actions] = {
    "look": {},
    "ask": {},
    "show": {"key": an_id},
    "hide": {"key": an_id},
    "close": {"key": an_id},
    "cancel": {"key": an_id},
    "close_all": {},
}
"""What a page may ask for; anything else is answered with an error."""


def encode_sight(
    sight: DashboardSnapshot, now: datetime, *, shown: Collection[str], clicks_wait: bool
) -> dict[str, Any]:
    """The sight as a page reads it: times in milliseconds (``_ms``), spans in seconds (``_s``).

    Args:
        sight: What was seen.
        now: When.
        shown: The keys of the sessions that are shown below the list.
        clicks_wait: Whether clicks wait for the running cell.
    """
    overview = {
        "version": WIRE_VERSION,
        "now_ms": _ms(now),
        "asked_ms": _ms(sight.asked),
        "problem": sight.problem,
        "clicks_wait": clicks_wait,
        "entries": [_encode_entry(entry, is_shown=entry.key in shown) for entry in sight.entries],
    }
    found: dict[str, Any] = sendable(overview)
    return found


def _encode_entry(entry: Entry, *, is_shown: bool) -> dict[str, Any]:
    info = entry.info
    return {
        "key": entry.key,
        "session_id": info.session_id,
        "name": info.name,
        "backend": info.backend,
        "mode": info.mode,
        "state": info.state,
        "label": state_words(info.state),
        "opened_ms": _ms(info.opened),
        "ended_ms": _ms(info.ended),
        "remaining_s": info.remaining,
        "usage_s": info.usage,
        "jobs": info.jobs,
        "where": where_words(info),
        "pid": info.pid,
        "is_open": entry.is_open,
        "is_shown": is_shown,
    }


def _ms(time: datetime | None) -> int | None:
    return None if time is None else round(time.timestamp() * 1000)
