"""Moves what was written from SQLite's log into the file: `Checkpoints`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_TRANSACTIONS = 500
"""So many make a log of a few megabytes."""

_LONG_LOG = 16_384
"""Pages of 4 kB; a log that several kernels write without a pause is cut now and then."""


class Checkpoints:
    """Does by a connection of its own what SQLite would do within every few hundredth write.

    It waits for the disk, some milliseconds, and no submission of a job shall.
    """

    def __init__(self) -> None:
        self._transactions = 0

    def count(self) -> None:
        """Take note of a write."""
        self._transactions += 1

    @property
    def is_due(self) -> bool:
        """Whether it is time."""
        return self._transactions >= _TRANSACTIONS

    def run(self, path: Path) -> None:
        """Do it; writers go on meanwhile, unless the log has become long.

        Raises:
            sqlite3.Error: If the file cannot be used.
        """
        self._transactions = 0
        with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if pages > _LONG_LOG:
                connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
