"""Rows out of the ledger: sessions, their jobs, results and works."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from qsession.ledger.entries import SessionEntry, SessionFacts
from qsession.ledger.processes import Process
from qsession.ledger.writing import StoredWork
from qsession.model.job import ExpectationValue, JobRecord
from qsession.model.states import JobStatus, State

T = TypeVar("T")
_log = logging.getLogger("qsession")

_SESSIONS = """
    SELECT session_id, kind, name, backend, mode, instance, max_time_s, state, opened, ended,
        ended_reason, usage_s, pid, process_started, host, notebook, seen,
        (SELECT count(*) FROM jobs WHERE jobs.session_id = sessions.session_id)
    FROM sessions
"""


def read_sessions(connection: sqlite3.Connection, *, ended: bool) -> list[SessionEntry]:
    """Every session, newest first; without ``ended`` those that are not known to have ended."""
    condition = "" if ended else "WHERE ended IS NULL"
    rows = connection.execute(f"{_SESSIONS} {condition} ORDER BY opened DESC")
    return _readable(rows, _entry)


def find_sessions(connection: sqlite3.Connection, session_id_or_name: str) -> list[SessionEntry]:
    """The session with this id and those with this name, newest first."""
    rows = connection.execute(
        f"{_SESSIONS} WHERE session_id = ?1 OR name = ?1 "
        "ORDER BY session_id = ?1 DESC, opened DESC",
        (session_id_or_name,),
    )
    return _readable(rows, _entry)


def read_jobs(connection: sqlite3.Connection, session_id: str) -> list[JobRecord]:
    """The jobs of a session, oldest first."""
    rows = connection.execute(
        """
        SELECT job_id, name, primitive, status, created, started, finished, qpu_seconds, shots,
            tags, error, expectation_values
        FROM jobs WHERE session_id = ? ORDER BY created, rowid
        """,
        (session_id,),
    )
    return _readable(rows, _record)


def first_starts(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, datetime]:
    """The start of the first job of each of these sessions, of those that had one."""
    query = "SELECT min(started) FROM jobs WHERE session_id = ?"
    found = {each: connection.execute(query, (each,)).fetchone()[0] for each in ids}
    return {each: datetime.fromisoformat(told) for each, told in found.items() if told}


def read_result(connection: sqlite3.Connection, session_id: str, job_id: str) -> bytes | None:
    """The result of a job, None if it was not kept."""
    row = connection.execute(
        "SELECT content FROM results WHERE session_id = ? AND job_id = ?", (session_id, job_id)
    ).fetchone()
    return None if row is None else bytes(row[0])


def read_work(connection: sqlite3.Connection, job_id: str) -> tuple[JobRecord, StoredWork] | None:
    """A job that did not end and what it was to run; None if that was not kept."""
    row = connection.execute(
        "SELECT session_id, backend, made_by, content FROM works WHERE job_id = ?", (job_id,)
    ).fetchone()
    if row is None:
        return None
    session_id, backend, made_by, content = row
    records = read_jobs(connection, session_id)
    record = next((record for record in records if record.job_id == job_id), None)
    return None if record is None else (record, StoredWork(job_id, backend, made_by, content))


def _readable(rows: Iterable[tuple[Any, ...]], read: Callable[[tuple[Any, ...]], T]) -> list[T]:
    """Return the rows that can be read: one broken or changed row hides no other."""
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except (ValueError, TypeError):
            _log.debug("A row of the ledger cannot be read: %.60r…", row)
    return found


def _entry(row: tuple[Any, ...]) -> SessionEntry:
    (session_id, kind, name, backend, mode, instance, max_time_s, state, opened, ended) = row[:10]
    (ended_reason, usage_s, pid, process_started, host, notebook, seen, jobs) = row[10:]
    return SessionEntry(
        session_id,
        SessionFacts(kind, backend, mode, name, instance, max_time_s),
        State(state),
        datetime.fromisoformat(opened),
        _time(ended),
        ended_reason,
        usage_s,
        Process(pid, process_started, host),
        notebook,
        datetime.fromisoformat(seen),
        jobs,
    )


def _record(row: tuple[Any, ...]) -> JobRecord:
    (job_id, name, primitive, status, created, started, finished, qpu_seconds, shots) = row[:9]
    (tags, error, values) = row[9:]
    return JobRecord(
        job_id=job_id,
        name=name,
        primitive=primitive,
        status=JobStatus(status),
        created=datetime.fromisoformat(created),
        started=_time(started),
        finished=_time(finished),
        qpu_seconds=qpu_seconds,
        shots=shots,
        tags=tuple(json.loads(tags)) if tags else (),
        error=error,
        values=tuple(ExpectationValue(*value) for value in json.loads(values)) if values else (),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
