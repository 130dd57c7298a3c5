"""The tables of the ledger, and how those of an older release become those of this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from qsession.ledger.transactions import transaction
from qsession.ledger.trouble import LedgerTooNewError

MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE sessions (
        session_id TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT,
        backend TEXT NOT NULL,
        mode TEXT NOT NULL,
        instance TEXT,
        max_time_s INTEGER,
        state TEXT NOT NULL,
        opened TEXT NOT NULL,
        ended TEXT,
        ended_reason TEXT,
        usage_s REAL NOT NULL,
        pid INTEGER NOT NULL,
        process_started TEXT,
        host TEXT NOT NULL,
        notebook TEXT,
        seen TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX sessions_by_time ON sessions (opened);
    CREATE TABLE jobs (
        session_id TEXT NOT NULL,
        job_id TEXT NOT NULL,
        name TEXT,
        primitive TEXT NOT NULL,
        status TEXT NOT NULL,
        created TEXT NOT NULL,
        started TEXT,
        finished TEXT,
        qpu_seconds REAL,
        shots INTEGER,
        tags TEXT,
        error TEXT,
        expectation_values TEXT,
        PRIMARY KEY (session_id, job_id)
    );
    CREATE TABLE results (
        session_id TEXT NOT NULL,
        job_id TEXT NOT NULL,
        size INTEGER NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (session_id, job_id)
    );
    CREATE TABLE works (
        session_id TEXT NOT NULL,
        job_id TEXT NOT NULL,
        size INTEGER NOT NULL,
        made_by TEXT NOT NULL,
        backend TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (session_id, job_id)
    );
    """,
)
"""Step n leads from version n to n + 1. A released step is never changed: another follows it."""


def migrate(connection: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Bring the tables to the newest version, at once or not at all.

    Raises:
        LedgerTooNewError: If they are newer than this release knows.
        sqlite3.Error: If the file cannot be used.
    """
    if _version(connection) == len(migrations):
        return
    with transaction(connection):
        # Another kernel may have done it meanwhile.
        for step in migrations[_known_version(connection, migrations) :]:
            for statement in step.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _known_version(connection: sqlite3.Connection, migrations: Sequence[str]) -> int:
    version = _version(connection)
    if version > len(migrations):
        raise LedgerTooNewError(
            f"its version is {version}, and this release of qsession knows {len(migrations)}: "
            "update qsession"
        )
    return version


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
