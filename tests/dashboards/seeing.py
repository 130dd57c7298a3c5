"""What a dashboard sees, in a form that tests can compare."""

from __future__ import annotations

from typing import Protocol

from qsession.dashboards.overview import Overview


class OpenElsewhere(Protocol):
    """What the ``open_elsewhere`` fixture gives."""

    def __call__(self, mode: str = "dedicated") -> str:
        """Open one and return its id."""


def seen(overview: Overview, *, ask: bool = False) -> dict[str, tuple[str, str]]:
    """State and source of each session by its name, else by its id."""
    return {
        info.name or str(info.session_id): (info.state, info.source)
        for info in (entry.info for entry in overview.look(ask=ask).entries)
    }


def key_of(overview: Overview, name: str) -> str:
    """The key of the session with this name or id."""
    (key,) = (
        entry.key
        for entry in overview.look(ask=False).entries
        if name in (entry.info.name, entry.info.session_id)
    )
    return key
