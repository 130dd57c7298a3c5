"""A session as static HTML: readable where no live view can be, GitHub included."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape

from qsession.model.bill import bill_words
from qsession.model.durations import format_duration
from qsession.model.job import JobRecord
from qsession.model.snapshot import SessionSnapshot
from qsession.render.text import jobs_words, queue_words, time_words

NEWEST_JOBS = 50
"""The number of jobs that the picture lists: it is saved with every notebook that shows a
session."""

LONGEST_ERROR = 300
"""Characters of an error's text in the picture."""

MOST_RESULTS = 20
"""Of how many jobs the results are listed, newest first, where they are asked for."""

_STYLE = (
    ":root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;"
    "max-width:60em;padding:0 1em;overflow-wrap:anywhere}table{border-collapse:collapse;margin:.7em"
    " 0}th,td{padding:.2em .8em .2em 0;border-bottom:1px solid #8884;text-align:left;"
    "vertical-align:top}th{font-weight:600}caption{font-weight:600;text-align:left}"
    "code{font-family:ui-monospace,monospace}"
)

_ICONS = {"QUEUED": "◌", "RUNNING": "◐", "DONE": "●", "CANCELLED": "⊘", "ERROR": "▲"}


def session_html(
    snapshot: SessionSnapshot,
    newest: list[JobRecord],
    summaries: Mapping[str, str] | None = None,
) -> str:
    """The picture: a heading, the facts, the newest jobs, and what they gave.

    Plain elements only, since viewers such as GitHub's strip styles. Every text is escaped.

    Args:
        snapshot: The session.
        newest: Its newest jobs, oldest first; those beyond `NEWEST_JOBS` are left out.
        summaries: HTML with the results of some of them, by their ids.
    """
    title = snapshot.name or snapshot.session_id or snapshot.backend
    shown = newest[::-1][:NEWEST_JOBS]
    parts = [
        f"<div><strong>{snapshot.mode.capitalize()} {escape(title)}</strong>: ",
        snapshot.state.label,
        _facts(snapshot),
        _jobs_table(shown) if shown else "",
    ]
    # The snapshot may be a job behind.
    hidden = sum(snapshot.counts.values()) - len(shown)
    if hidden > 0:
        parts.append(f"<p>… and {hidden} older {'job' if hidden == 1 else 'jobs'}</p>")
    for job_id, summary in (summaries or {}).items():
        parts.append(f"<p><strong>Result of <code>{escape(job_id)}</code></strong></p>{summary}")
    return "".join(parts) + "</div>"


def page(picture: str, title: str) -> str:
    """A whole page around a picture, for a file of its own."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{picture}</body></html>"
    )


def paragraph(text: str) -> str:
    """Text of a result that could not be read."""
    return f"<p>{escape(_cut(text))}</p>"


def _facts(snapshot: SessionSnapshot) -> str:
    facts = {
        "Session ID": snapshot.session_id or "none until the first job runs",
        "Backend": snapshot.backend,
        "Time": time_words(snapshot),
        "Queue": queue_words(snapshot),
        "As of": "" if snapshot.ended else _clock_time(snapshot.now),
        "Ended": _clock_time(snapshot.ended) if snapshot.ended else "",
        "Usage": format_duration(snapshot.usage_s) if snapshot.started else "",
        "Bill": "; ".join(bill_words(snapshot.bill)) if snapshot.session_id else "",
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
