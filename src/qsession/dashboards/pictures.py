"""Text and static HTML of a dashboard. Pure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from qsession.dashboards.entries import state_words, where_words
from qsession.model.durations import format_duration
from qsession.render.text import columns, counted

if TYPE_CHECKING:
    from qsession.dashboards.entries import Entry
    from qsession.dashboards.overview import DashboardSnapshot

_HEADINGS = ("Session", "Backend", "State", "Opened", "Time left", "Usage", "Jobs", "Known from")

_NOTHING = "No open sessions."


def sight_text(sight: DashboardSnapshot) -> str:
    """A table in text, or a sentence if there is nothing to list."""
    table = columns([_HEADINGS, *map(_cells, sight.entries)])
    return "\n".join([*(table if sight.entries else [_NOTHING]), *_notes(sight)])


def sight_html(sight: DashboardSnapshot) -> str:
    """A table in HTML; plain elements, since viewers such as GitHub's strip styles."""
    head = "".join(f'<th align="left">{heading}</th>' for heading in _HEADINGS)
    body = "".join(map(_row, sight.entries))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    notes = "".join(f"<p>{escape(note)}</p>" for note in _notes(sight))
    shown = table if sight.entries else f"<p>{_NOTHING}</p>"
    title = counted(len(sight.entries), "session") if sight.entries else "Sessions"
    return f"<div><strong>{title}</strong>{shown}{notes}</div>"


def _row(entry: Entry) -> str:
    cells = "".join(f'<td align="left">{escape(cell)}</td>' for cell in _cells(entry))
    return f"<tr>{cells}</tr>"


def _notes(sight: DashboardSnapshot) -> list[str]:
    return [sight.problem] if sight.problem else []


def _cells(entry: Entry) -> tuple[str, ...]:
    info = entry.info
    title = " ".join(filter(None, (info.name, info.session_id or "(not opened yet)")))
    return (
        title,
        info.backend or "",
        state_words(info.state),
        f"{info.opened.astimezone():%Y-%m-%d %H:%M}" if info.opened else "",
        "" if info.remaining is None else format_duration(info.remaining),
        "" if info.usage is None else format_duration(info.usage),
        "" if info.jobs is None else str(info.jobs),
        where_words(info),
    )
