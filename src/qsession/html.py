"""A session as static HTML: readable where no live view can be, GitHub included."""

from __future__ import annotations

from datetime import datetime
from html import escape

from qsession.model.durations import format_duration
from qsession.model.records import JobRecord
from qsession.model.snapshot import SessionSnapshot
from qsession.text import jobs_words, time_words

NEWEST_JOBS = 50
"""How many jobs the picture lists: it is saved with every notebook that shows a session."""

LONGEST_ERROR = 300
"""Characters of an error's text in the picture."""

_ICONS = {"QUEUED": "◌", "RUNNING": "◐", "DONE": "●", "CANCELLED": "⊘", "ERROR": "▲"}


def session_html(snapshot: SessionSnapshot, records: list[JobRecord]) -> str:
    """The picture: a heading, the facts and the newest jobs.

    Plain elements only, since viewers such as GitHub's strip styles. Every text is escaped.
    """
    title = snapshot.name or snapshot.session_id or snapshot.backend
    shown = records[::-1][:NEWEST_JOBS]
    parts = [
        f"<div><strong>{snapshot.mode.capitalize()} {escape(title)}</strong>: ",
        snapshot.state.label,
        _facts(snapshot),
        _jobs_table(shown) if shown else "",
    ]
    hidden = len(records) - len(shown)
    if hidden:
        parts.append(f"<p>… and {hidden} older {'job' if hidden == 1 else 'jobs'}</p>")
    return "".join(parts) + "</div>"


def _facts(snapshot: SessionSnapshot) -> str:
    facts = {
        "Session ID": snapshot.session_id or "none until the first job runs",
        "Backend": snapshot.backend,
        "Time": time_words(snapshot),
        "Ended": _clock_time(snapshot.ended) if snapshot.ended else "",
        "Usage": format_duration(snapshot.usage_s) if snapshot.started else "",
        "Jobs": jobs_words(snapshot),
        "Problem": _cut(snapshot.error or ""),
    }
    rows = "".join(
        f'<tr><th align="left">{name}</th><td align="left">{escape(value)}</td></tr>'
        for name, value in facts.items()
        if value
    )
    return f"<table>{rows}</table>"


def _jobs_table(records: list[JobRecord]) -> str:
    heads = ("Job", "Name", "Primitive", "Status", "Submitted", "Run time")
    head = "".join(f'<th align="left">{name}</th>' for name in heads)
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, records))}</tbody></table>"
    )


def _row(record: JobRecord) -> str:
    status = f"{_ICONS[record.status]} {record.status.capitalize()}"
    if record.error:
        status += f": {_cut(record.error)}"
    run_time = "" if record.run_seconds is None else f"{record.run_seconds:.2f} s"
    cells = (
        f"<code>{escape(record.job_id)}</code>",
        escape(record.name or ""),
        escape(record.primitive),
        escape(status),
        _clock_time(record.created),
        run_time,
    )
    return "<tr>" + "".join(f'<td align="left">{cell}</td>' for cell in cells) + "</tr>"


def _cut(error: str) -> str:
    return error if len(error) <= LONGEST_ERROR else f"{error[:LONGEST_ERROR]}…"


def _clock_time(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}"
