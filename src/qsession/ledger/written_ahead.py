"""New ids on disk before the ledger's file is open, or while others have it locked.

To open an SQLite database takes most of a millisecond: a good part of what the first job of a
script takes. So a process writes its first ids into a small file beside it, which is removed once
they are in the ledger. Whoever uses the ledger takes in what a killed process has left.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
import stat
import threading
import time
import uuid
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from qsession.ledger.database import MIGRATIONS, transaction
from qsession.ledger.private_file import read_private, write_private
from qsession.ledger.writing import Row, write_jobs, write_session

_log = logging.getLogger("qsession")

_MOST_BYTES: Final = 2**24

_SURELY_WRITTEN_S: Final = 60.0


class WrittenAhead:
    """The files beside one ledger, by who has something to say there. Safe from any thread."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._own: dict[Hashable, list[Path]] = {}

    def write(self, owner: Hashable, session: Row | None, jobs: Sequence[Row]) -> None:
        """Write rows: they are in the hands of the operating system when this returns.

        Only beside a ledger that is there; what is wrong with it is told by its opening. It is not
        opened here: to close it again would take the locks away that SQLite has on it for this
        process.

        Args:
            owner: Whose they are, for `remove`.
            session: A `session_row`.
            jobs: Each a `job_row`.

        Raises:
            OSError: If that is not possible.
            TypeError: If they have values that only SQLite may know.
        """
        found = self._ledger.lstat()
        if not (stat.S_ISREG(found.st_mode) and found.st_size):
            raise FileNotFoundError(f"{self._ledger} is no file yet")
        path = Path(f"{self._ledger}{_ENDING}{uuid.uuid4().hex}")
        with self._lock:
            self._own.setdefault(owner, []).append(path)
        content = json.dumps({"version": len(MIGRATIONS), "session": session, "jobs": jobs})
        write_private(path, content.encode())

    def files_of(self, owner: Hashable) -> list[Path]:
        """The files with what an owner has said so far."""
        with self._lock:
            return list(self._own.get(owner, ()))

    def remove(self, owner: Hashable, paths: Sequence[Path]) -> None:
        """Remove an owner's files, once the ledger has what they say."""
        for path in paths:
            with contextlib.suppress(OSError):  # somebody has taken it in
                path.unlink()
        with self._lock:
            left = [path for path in self._own.pop(owner, ()) if path not in paths]
            if left:
                self._own[owner] = left

    def remove_all(self) -> None:
        """Remove the files of this process: nobody will take them in."""
        for owner in tuple(self._own):
            self.remove(owner, self.files_of(owner))

    def take_in(self, connection: sqlite3.Connection) -> None:
        """Write into the ledger what is beside it, whoever it is of, and remove it. Never fails.

        Rows may be written twice, and late: what has ended stays ended.
        """
        for path in _files_beside(self._ledger):
            try:
                rows = _rows_in(path)
            except OSError:
                continue  # it was removed meanwhile, or is not the user's
            except _OfAnotherReleaseError:
                continue  # which knows what it means
            except ValueError:
                _remove_if_old(path)
                continue
            try:
                with transaction(connection):
                    rows.write(connection)
            except sqlite3.OperationalError:
                return  # the ledger is locked, or the disk full: the next one may do it
            except (sqlite3.Error, ValueError, TypeError, OverflowError):
                _log.debug("What is beside the ledger is nothing for it.", exc_info=True)
            with contextlib.suppress(OSError):
                path.unlink()


_ENDING: Final = "-new-"


def _files_beside(ledger: Path) -> list[Path]:
    begin = f"{ledger.name}{_ENDING}"
    try:
        with os.scandir(ledger.parent) as found:
            return [Path(each.path) for each in found if each.name.startswith(begin)]
    except OSError:
        return []


class _OfAnotherReleaseError(Exception):
    """A file has rows of other tables."""


class _Rows(NamedTuple):
    """The rows in one file."""

    session: Row | None
    jobs: list[Row]

    def write(self, connection: sqlite3.Connection) -> None:
        """Write them: a part of a transaction."""
        if self.session is not None:
            write_session(connection, self.session)
        write_jobs(connection, self.jobs)


def _rows_in(path: Path) -> _Rows:
    """Read a file.

    Raises:
        OSError: If it is gone, or not the user's.
        ValueError: If it is not complete.
        _OfAnotherReleaseError: If only another release knows what it means.
    """
    content: Any = json.loads(read_private(path, _MOST_BYTES))
    try:
        version, session, jobs = content["version"], content["session"], content["jobs"]
        rows = _Rows(None if session is None else tuple(session), [tuple(row) for row in jobs])
    except (KeyError, TypeError) as error:
        raise ValueError(f"there are no rows in {path}") from error
    if version != len(MIGRATIONS):
        raise _OfAnotherReleaseError
    return rows


def _remove_if_old(path: Path) -> None:
    """Remove what a killed process did not write to its end; a younger one may be at it."""
    with contextlib.suppress(OSError):
        if time.time() - path.lstat().st_mtime > _SURELY_WRITTEN_S:
            path.unlink()
