"""Sessions, and rows of any kind, in plain text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from qsession.model.bill import bill_words
from qsession.model.durations import format_duration
from qsession.model.job import JobRecord
from qsession.model.snapshot import SessionSnapshot
from qsession.model.states import JobStatus

_COUNTED = (
    (JobStatus.RUNNING, "running"),
    (JobStatus.QUEUED, "queued"),
    (JobStatus.DONE, "done"),
    (JobStatus.ERROR, "failed"),
    (JobStatus.CANCELLED, "cancelled"),
)


NEWEST_JOBS = 10
"""The largest number of jobs that a text lists."""


def session_line(snapshot: SessionSnapshot) -> str:
    """One line, such as ``<Session 'a' 7b2e on fake_manila: In progress, 29m left, no jobs>``."""
    parts = [snapshot.mode.capitalize()]
    if snapshot.name:
        parts.append(repr(snapshot.name))
    if snapshot.session_id:
        parts.append(snapshot.session_id)
    facts = [snapshot.state.label, time_words(snapshot), jobs_words(snapshot)]
    return f"<{' '.join(parts)} on {snapshot.backend}: {', '.join(filter(None, facts))}>"


def session_text(snapshot: SessionSnapshot, records: list[JobRecord]) -> str:
    """Some lines for a terminal: the facts, and a table of the newest jobs.

    Args:
        snapshot: The session.
        records: Its jobs, oldest first.
    """
    title = f"{snapshot.mode.capitalize()}{f' {snapshot.name!r}' if snapshot.name else ''}"
    usage = f"{format_duration(snapshot.usage_s)}, QPU {format_duration(snapshot.qpu_s)}"
    facts = {
        "ID": snapshot.session_id or "none until the first job runs",
        "Time": time_words(snapshot),
        "Queue": queue_words(snapshot),
        "Usage": usage if snapshot.started else "",
        "Bill": "; ".join(bill_words(snapshot.bill)) if snapshot.session_id else "",
        "Jobs": jobs_words(snapshot),
        "Problem": snapshot.error or "",
    }
    lines = [f"{title} on {snapshot.backend}: {snapshot.state.label}"]
    lines += [f"  {name:8}{value}" for name, value in facts.items() if value]
    if records:
        heads = ("Job", "Name", "Primitive", "Status", "Ran")
        table = columns([heads, *map(_job_cells, records[-NEWEST_JOBS:])])
        lines += ["", *(f"  {line}" for line in table)]
    if len(records) > NEWEST_JOBS:
        lines.append(f"  (the newest {NEWEST_JOBS} of {len(records)} jobs)")
    return "\n".join(lines)


def columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Lines whose cells stand below each other."""
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _job_cells(record: JobRecord) -> tuple[str, ...]:
    ran = "" if record.run_seconds is None else format_duration(record.run_seconds)
    return (record.job_id, record.name or "", record.primitive, record.status, ran)


def time_words(snapshot: SessionSnapshot) -> str:
    """Return the time left of ``max_time`` in words, or the reason why the session ended."""
    if snapshot.state.is_terminal:
        return snapshot.ended_reason or ""
    if snapshot.remaining_s is not None:
        return f"{format_duration(snapshot.remaining_s)} left"
    return f"max_time {format_duration(snapshot.limit_s)}" if snapshot.limit_s else ""


def queue_words(snapshot: SessionSnapshot) -> str:
    """Return what the service said of the backend that the session waits for, or nothing."""
    queue = snapshot.queue
    if queue is None:
        return ""
    jobs = "" if queue.pending_jobs is None else f"{counted(queue.pending_jobs, 'job')} pending "
    parts = [
        "" if queue.is_operational else "the backend runs no jobs at present",
        f"{jobs}as of {queue.asked.astimezone():%H:%M:%S}",
        queue.message,
    ]
    return "; ".join(filter(None, parts))


def jobs_words(snapshot: SessionSnapshot) -> str:
    """Return the number of jobs in words, with their statuses: ``3 jobs (1 running, 2 done)``."""
    total = sum(snapshot.counts.values())
    counted = [
        f"{snapshot.counts[status]} {word}" for status, word in _COUNTED if snapshot.counts[status]
    ]
    jobs = "1 job" if total == 1 else f"{total or 'no'} jobs"
    return f"{jobs} ({', '.join(counted)})" if counted else jobs


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 job``, ``2 jobs``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@dataclass(frozen=True)
class Table:
    """The table that a command answers with.

    Attributes:
        heads: The heads of the columns.
        rows: The cells of each row.
        nothing: What to say instead of a table without rows.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    nothing: str

    def __repr__(self) -> str:
        """Columns side by side."""
        if not self.rows:
            return self.nothing
        return "\n".join(columns([self.heads, *self.rows]))

    def _repr_html_(self) -> str:
        if not self.rows:
            return f"<p>{escape(self.nothing)}</p>"
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
