"""The ledger's file and the one connection to it: `LedgerFile`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from qsession.forks import never_finalize
from qsession.ledger.database import OpenFile, is_log_due, open_file
from qsession.ledger.failures import is_corrupt, warn_once
from qsession.ledger.place import set_aside
from qsession.ledger.private_file import Identity, identity

T = TypeVar("T")


class LedgerFile:
    """Opens the file when it is needed, and replaces it when it is corrupt.

    Whoever calls it holds the ledger's lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.generation = 0
        """The number of the file: another one, for whatever reason, has to be told everything."""
        self._opened: OpenFile | None = None

    @property
    def is_open(self) -> bool:
        """True if there is a connection."""
        return self._opened is not None

    @property
    def has_log(self) -> bool:
        """True if the file is open and has a write-ahead log."""
        return self._opened is not None and self._opened.has_log

    @property
    def exists(self) -> bool:
        """True if there is a file at the path."""
        return identity(self.path) is not None

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, which is made if there is none.

        Raises:
            sqlite3.Error: If the file cannot be used, or is locked.
            OSError: If it cannot be made.
        """
        return self._open().connection

    def write(self, write: Callable[[sqlite3.Connection], None]) -> None:
        """Write; what turns out to be corrupt is set aside, and a new file gets what is written.

        Args:
            write: Is called once more for the new file.
        """
        try:
            write(self.connection)
        except sqlite3.DatabaseError as error:
            broken = self._opened
            if broken is None or not is_corrupt(error):
                raise
            self.close()
            self._set_aside(broken.identity)
            write(self.connection)

    def close_if_gone(self) -> bool:
        """Let go of a file that was removed, or renamed by another kernel: nobody reads it."""
        is_gone = self._opened is not None and identity(self.path) != self._opened.identity
        if is_gone:
            self.close()
        return is_gone

    def close(self) -> None:
        """Let go of the file. Its log is moved into it if nobody else has it open."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.connection.close()

    def leave_to_exit(self) -> None:
        """Let go of the file as the process ends: a short log stays beside it.

        To move the log waits for the disk, and so does whoever begins the next one: the first job
        of each script. What was committed is in the hands of the operating system.
        """
        opened = self._opened
        if opened is None or not opened.has_log or is_log_due(opened.connection, self.path):
            self.close()
            return
        self._opened = None
        never_finalize(opened.connection)  # which would close it

    def _open(self) -> OpenFile:
        if self._opened is not None:
            return self._opened
        try:
            return self._take(open_file(self.path))
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            self._set_aside(identity(self.path))
            return self._take(open_file(self.path))

    def _take(self, opened: OpenFile) -> OpenFile:
        self._opened = opened
        self.generation += 1
        return opened

    def _set_aside(self, broken: Identity | None) -> None:
        aside = set_aside(self.path, broken)
        if aside is not None:
            warn_once(
                "corrupt",
                f"The ledger {self.path} was corrupt. It is now {aside.name}, and a new one has "
                "begun: sessions of earlier processes are not listed any more.",
            )
