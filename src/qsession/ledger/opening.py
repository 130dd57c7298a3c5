"""Opens the ledger's file: private, shared by several kernels, and replaced if it is broken."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from qsession.ledger.schema import migrate

LONGEST_WAIT_S = 2.0
"""How long to wait for another kernel's write, which takes less than a millisecond."""

_BESIDE = ("", "-wal", "-shm")
"""The files of a SQLite database in WAL mode."""


def open_file(path: Path) -> sqlite3.Connection:
    """Open the ledger, making it if there is none, for its user alone.

    A commit is in the hands of the operating system when it returns: a killed process loses
    nothing. Only a power cut may take the last ones (``synchronous=NORMAL``).

    Raises:
        LedgerTooNewError: If a later release has changed it.
        sqlite3.Error: If it cannot be used.
        OSError: If its directory or the file cannot be made.
    """
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_private(path)
    connection = sqlite3.connect(
        path, timeout=LONGEST_WAIT_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # before there is a table
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # see `checkpoints`
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    """SQLite gives the files beside it the same permissions."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if os.fstat(descriptor).st_mode & 0o077 and hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def identity(path: Path) -> tuple[int, int] | None:
    """Which file has this name now; None if none has."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def set_aside(path: Path, broken: tuple[int, int] | None) -> Path | None:
    """Rename a corrupt file and those beside it, so that a new one can begin.

    Args:
        path: The ledger.
        broken: The `identity` of the corrupt file.

    Returns:
        Its new name; None if another kernel has renamed it before.

    Raises:
        OSError: If it cannot be renamed.
    """
    if identity(path) != broken:
        return None
    aside = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for ending in reversed(_BESIDE):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{aside}{ending}")
    return aside
