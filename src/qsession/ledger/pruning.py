"""Keeps the ledger small: `prune_file`, and when a process does it by itself."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Final

from qsession.ledger.database import transaction

MOST_BYTES: Final = 256 * 2**20
"""The bytes that all results together may take, and so may all works that wait; the oldest go
first."""

KEPT_DAYS: Final = 90
"""For how long a session is remembered after it was last heard of."""

_GROWTH = 16 * 2**20
"""After so many bytes of this process it is time to prune again."""


class Pruning:
    """The times at which a process prunes: once after opening the file, and as the file grows."""

    def __init__(self) -> None:
        self._written: int | None = None

    @property
    def is_due(self) -> bool:
        """True if it is time to prune."""
        return self._written is None or self._written >= _GROWTH

    def count(self, size: int) -> None:
        """Take note of bytes that were written."""
        if self._written is not None:
            self._written += size

    def prune(self, connection: sqlite3.Connection, now: datetime) -> None:
        """Do it."""
        self._written = 0
        prune_file(connection, now, most_bytes=MOST_BYTES, kept_days=KEPT_DAYS)


def prune_file(
    connection: sqlite3.Connection, now: datetime, *, most_bytes: int, kept_days: float
) -> int:
    """Drop the oldest results and works beyond a size, and sessions not heard of for days.

    Returns:
        How many results, works and sessions were dropped.
    """
    since_year_1 = (now - datetime.min.replace(tzinfo=UTC)).days
    horizon = (now - timedelta(days=min(kept_days, since_year_1))).isoformat()
    if _bytes_of(connection) <= most_bytes and not _is_any_older(connection, horizon):
        return 0  # as nearly always; to add up all sizes of a large ledger takes long
    old = "session_id IN (SELECT session_id FROM sessions WHERE seen < ?)"
    dropped = 0
    with transaction(connection):
        for table in ("results", "works"):
            beyond = f"""
                DELETE FROM {table} WHERE rowid IN (
                    SELECT number FROM (
                        SELECT rowid AS number, sum(size) OVER (ORDER BY rowid DESC) AS total
                        FROM {table}
                    ) WHERE total > ?
                )
            """  # noqa: S608 - names of our own
            dropped += connection.execute(beyond, (most_bytes,)).rowcount
            dropped += connection.execute(f"DELETE FROM {table} WHERE {old}", (horizon,)).rowcount  # noqa: S608
        connection.execute(f"DELETE FROM jobs WHERE {old}", (horizon,))  # noqa: S608
        dropped += connection.execute("DELETE FROM sessions WHERE seen < ?", (horizon,)).rowcount
    if dropped:
        with contextlib.suppress(sqlite3.OperationalError):  # locked: the next time takes it along
            # As a script: `execute` would take the first of its steps alone, a page.
            connection.executescript("PRAGMA incremental_vacuum")
    return dropped


def _bytes_of(connection: sqlite3.Connection) -> int:
    """Return the size of the file, which results and works cannot exceed."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages * page_bytes)


def _is_any_older(connection: sqlite3.Connection, horizon: str) -> bool:
    statement = "SELECT EXISTS (SELECT 1 FROM sessions WHERE seen < ?)"
    return bool(connection.execute(statement, (horizon,)).fetchone()[0])
