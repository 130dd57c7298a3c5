"""Sessions and jobs as a terminal and as JSON show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from qsession.clock import SystemClock
from qsession.model.durations import format_duration
from qsession.printing import encodable

if TYPE_CHECKING:
    from qsession.model.job import JobRecord
    from qsession.session_info import SessionInfo

_STYLES = {
    "open": "cyan",
    "active": "bold green",
    "inactive": "yellow",
    "closing": "yellow",
    "lost": "red",
    "expired": "red",
    "RUNNING": "bold green",
    "QUEUED": "cyan",
    "ERROR": "red",
    "CANCELLED": "dim",
}


_FIRST_LEFT_OUT = ("from", "mode", "shots", "primitive", "opened", "created", "jobs", "left", "ran")
"""The columns that go first on a narrow terminal; ``--json`` and a pipe have everything."""

_WIDEST = 10_000


def print_table(table: Table) -> None:
    """Print a table: in colours and as wide as it is on a terminal, whole lines into a pipe."""
    console = Console()
    if console.is_terminal:
        console.print(fitted(table, console))
    else:
        # Nothing reads a pipe by screens: no cell is folded.
        Console(width=_WIDEST).print(table)


def fitted(table: Table, console: Console) -> Table:
    """Return the table without the columns for which a terminal has no room, folding none."""
    unbounded = console.options.update(max_width=_WIDEST)
    for head in _FIRST_LEFT_OUT:
        if Measurement.get(console, unbounded, table).maximum <= console.width:
            break
        table = _without(head, table)
    return table


def _without(head: str, table: Table) -> Table:
    columns = [column for column in table.columns if column.header != head]
    kept = _table(*(str(column.header) for column in columns))
    for row in zip(*(column.cells for column in columns), strict=True):
        kept.add_row(*row)
    return kept


def session_facts(info: SessionInfo) -> dict[str, Any]:
    """A session for JSON; times are ISO 8601 in UTC."""
    return {name: _plain(value) for name, value in asdict(info).items()}


def sessions_table(found: Sequence[SessionInfo]) -> Table:
    """One row a session."""
    table = _table("session", "name", "backend", "mode", "state", "opened", "left", "jobs", "from")
    for info in found:
        table.add_row(
            info.session_id or "not opened yet",
            _cell(info.name),
            _cell(info.backend),
            info.mode,
            _state(info.state),
            ago(info.opened),
            "" if info.remaining is None else format_duration(info.remaining),
            "" if info.jobs is None else str(info.jobs),
            info.source if info.pid is None else f"process {info.pid}",
        )
    return table


def jobs_table(records: Iterable[JobRecord]) -> Table:
    """One row a job."""
    table = _table("job", "name", "primitive", "status", "created", "ran", "shots", "error")
    for record in records:
        table.add_row(
            record.job_id,
            _cell(record.name),
            record.primitive,
            _state(str(record.status.value)),
            ago(record.created),
            "" if record.run_seconds is None else format_duration(record.run_seconds),
            "" if record.shots is None else str(record.shots),
            _cell(record.error),
        )
    return table


def ago(moment: datetime | None) -> str:
    """Return the time since a moment in words, such as "5 s ago"; empty without a moment."""
    if moment is None:
        return ""
    seconds = max((SystemClock().now() - moment).total_seconds(), 0.0)
    return f"{format_duration(seconds)} ago"


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head in ("session", "job"))
    return table


def _cell(text: str | None) -> Text:
    # Before the columns get their widths: what stands for a character may be longer.
    return Text(encodable(text or ""))


def _state(word: str) -> Text:
    return Text(word, style=_STYLES.get(word, ""))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
