"""Rows into the ledger.

Rows are made first and written then: other kernels wait as long as a transaction lasts. Each
function that writes is a part of one that its caller holds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from qsession.ledger.entries import SessionEntry
from qsession.model.job import JobRecord


@dataclass(frozen=True, slots=True)
class StoredResult:
    """The result of a job as bytes, see `qsession.ledger.result_codec`."""

    job_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredWork:
    """The pickled work of a job that has not ended, see `qsession.ledger.pending_work`."""

    job_id: str
    backend: str
    made_by: str
    content: bytes


Row = tuple[object, ...]


def write_session(connection: sqlite3.Connection, row: Row) -> None:
    """Write a session, a `session_row`; what ended stays ended."""
    connection.execute(
        """
        INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (session_id) DO UPDATE SET
            name = coalesce(excluded.name, name),
            instance = coalesce(excluded.instance, instance),
            max_time_s = coalesce(excluded.max_time_s, max_time_s),
            state = excluded.state,
            ended = excluded.ended,
            ended_reason = excluded.ended_reason,
            usage_s = excluded.usage_s,
            pid = excluded.pid,
            process_started = excluded.process_started,
            host = excluded.host,
            notebook = excluded.notebook,
            seen = excluded.seen
        WHERE ended IS NULL
        """,
        row,
    )


def write_jobs(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Write jobs, each a `job_row`; what ended does not begin again."""
    connection.executemany(
        """
        INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (session_id, job_id) DO UPDATE SET
            name = excluded.name,
            primitive = excluded.primitive,
            status = excluded.status,
            started = excluded.started,
            finished = excluded.finished,
            qpu_seconds = excluded.qpu_seconds,
            shots = excluded.shots,
            tags = excluded.tags,
            error = excluded.error,
            expectation_values = excluded.expectation_values
        WHERE finished IS NULL OR excluded.finished IS NOT NULL
        """,
        rows,
    )


def write_results(
    connection: sqlite3.Connection, session_id: str, results: Iterable[StoredResult]
) -> None:
    """Write the results of jobs that are done."""
    connection.executemany(
        "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)",
        [(session_id, result.job_id, len(result.content), result.content) for result in results],
    )


def write_works(
    connection: sqlite3.Connection, session_id: str, works: Iterable[StoredWork]
) -> None:
    """Write what jobs that wait or run are to do."""
    connection.executemany(
        "INSERT OR REPLACE INTO works VALUES (?, ?, ?, ?, ?, ?)",
        [
            (session_id, work.job_id, len(work.content), work.made_by, work.backend, work.content)
            for work in works
        ],
    )


def forget_works(connection: sqlite3.Connection, session_id: str, job_ids: Iterable[str]) -> None:
    """Drop what jobs were to do: they have ended."""
    connection.executemany(
        "DELETE FROM works WHERE session_id = ? AND job_id = ?",
        [(session_id, job_id) for job_id in job_ids],
    )


def session_row(entry: SessionEntry) -> Row:
    """A session as it is written."""
    facts, process = entry.facts, entry.process
    return (
        entry.session_id,
        facts.kind,
        _storable(facts.name),
        _storable(facts.backend),
        facts.mode,
        facts.instance,
        facts.max_time_s,
        entry.state.value,
        entry.opened.isoformat(),
        _time(entry.ended),
        _storable(entry.ended_reason),
        entry.usage_s,
        process.pid,
        process.started,
        _storable(process.host),
        _storable(entry.notebook),
        entry.seen.isoformat(),
    )


def job_row(session_id: str, record: JobRecord) -> Row:
    """A job as it is written."""
    return (
        session_id,
        record.job_id,
        _storable(record.name),
        record.primitive,
        record.status.value,
        record.created.isoformat(),
        _time(record.started),
        _time(record.finished),
        record.qpu_seconds,
        None if record.shots is None else int(record.shots),
        json.dumps(record.tags, default=str) if record.tags else None,
        _storable(record.error),
        json.dumps(record.values) if record.values else None,
    )


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _storable(text: str | None) -> str | None:
    """Text from outside may hold halves of characters, which SQLite refuses."""
    if text is None or text.isascii():
        return text
    return text.encode(errors="replace").decode()


def forget_session(connection: sqlite3.Connection, session_id: str) -> None:
    """Remove a session with its jobs, their results and what was to run."""
    for table in ("sessions", "jobs", "results", "works"):
        statement = f"DELETE FROM {table} WHERE session_id = ?"  # noqa: S608 - names of our own
        connection.execute(statement, (session_id,))
