"""Keeps the ledger small: `prune`, and what a process does by itself."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Final

from qsession.clock import SystemClock
from qsession.errors import InvalidInputError, shown
from qsession.ledger.transactions import transaction

MOST_BYTES: Final = 256 * 2**20
"""What all results together may take, and so may all works that wait; the oldest go first."""

KEPT_DAYS: Final = 90
"""For how long a session is remembered after it was last heard of."""

_MOST: Final = 10**9
"""Megabytes or days that can be asked for."""

_GROWTH = 16 * 2**20
"""After so many bytes of this process it is time to prune again."""


class Pruning:
    """When a process prunes: once after it has opened the file, and as it grows."""

    def __init__(self) -> None:
        self._written: int | None = None

    @property
    def is_due(self) -> bool:
        """Whether it is time."""
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


def _check(name: str, value: object) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= _MOST:  # type: ignore[operator]  # mypy forgets it
        raise InvalidInputError(
            f"{name}={shown(value)} is not a number from 0 to {_MOST:.0e}, such as {name}=100."
        )


def prune(*, most_megabytes: float = 0.0, kept_days: float = KEPT_DAYS) -> int:
    """Make the ledger of this user smaller now.

    Results of local jobs and work that was never run are dropped, the oldest first, until they fit;
    sessions that were not heard of for long are forgotten with their jobs. By itself the ledger
    keeps 256 MB of each, and sessions for 90 days.

    Args:
        most_megabytes: What may be left of results, and of works, in MB (2**20 bytes).
        kept_days: For how many days sessions are remembered.

    Returns:
        How many results, works and sessions were dropped.

    Raises:
        InvalidInputError: If a number is negative or none.
    """
    from qsession.ledger.process_ledger import ledger_of_process  # noqa: PLC0415 - it prunes, too

    _check("most_megabytes", most_megabytes)
    _check("kept_days", kept_days)
    ledger = ledger_of_process()
    if ledger is None:
        return 0
    most_bytes = round(most_megabytes * 2**20)
    dropped = ledger.read(
        lambda connection: prune_file(
            connection, SystemClock().now(), most_bytes=most_bytes, kept_days=kept_days
        )
    )
    return dropped or 0
