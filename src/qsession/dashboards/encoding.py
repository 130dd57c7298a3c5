"""Encoding of a dashboard's snapshot for the page."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from qsession.dashboards.entries import encode_entry, milliseconds
from qsession.widget.checking import Actions, an_id
from qsession.widget.encoding import sendable

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.dashboards.overview import DashboardSnapshot

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
"""The requests of a page; anything else is answered with an error."""


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
        "now_ms": milliseconds(now),
        "asked_ms": milliseconds(sight.asked),
        "problem": sight.problem,
        "clicks_wait": clicks_wait,
        "entries": [encode_entry(entry, is_shown=entry.key in shown) for entry in sight.entries],
    }
    found: dict[str, Any] = sendable(overview)
    return found
