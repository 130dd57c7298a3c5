"""The ledger's file as an SQLite database: how it is opened, its tables, its log.

It is the user's own, shared by several kernels, and replaced if it is broken. Tables of an older
release become those of this one when it is opened.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qsession.ledger.failures import LedgerTooNewError
from qsession.ledger.file_systems import is_on_network
from qsession.ledger.private_file import (
    ForeignFileError,
    Identity,
    identity,
    identity_of_open,
    open_private,
)

_FORM_AT: Final = 18
_WAL_FORM: Final = b"\x02\x02"
"""The bytes that stand there in the file of a database with a write-ahead log."""


@dataclass(frozen=True)
class OpenFile:
    """The ledger, opened.

    Attributes:
        connection: To SQLite, for any thread, which does not wait for locks.
        identity: Which file it is.
        has_log: Whether it has a write-ahead log, which is to be moved into it now and then.
    """

    connection: sqlite3.Connection
    identity: Identity
    has_log: bool


def open_file(path: Path) -> OpenFile:
    """Open the ledger, making it if there is none, for its user alone.

    A commit is in the hands of the operating system when it returns: a killed process loses
    nothing. On a disk there is a write-ahead log, and only a power cut may take the last commits
    (``synchronous=NORMAL``). The log's index is memory that processes of one computer share, so
    where other computers may write, or have written, there is a rollback journal instead.

    Raises:
        LedgerTooNewError: If a later release has changed it.
        ForeignFileError: If it is somebody else's, or no file.
        sqlite3.Error: If it cannot be used, or is locked.
        OSError: If its directory or the file cannot be made.
    """
    with open_private(path) as descriptor:
        opened = identity_of_open(path, descriptor)
        os.lseek(descriptor, _FORM_AT, os.SEEK_SET)
        has_log = os.read(descriptor, len(_WAL_FORM)) == _WAL_FORM
        may_have_log = is_on_network(path.parent) is not True
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        _require_same(path, opened)
        has_log = _choose_journal(connection, has_log=has_log, may_have_log=may_have_log)
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return OpenFile(connection, opened, has_log)


def _require_same(path: Path, opened: Identity) -> None:
    """SQLite opens by name: the name may have come to be that of something else."""
    if identity(path) != opened:
        raise ForeignFileError(f"{path} was replaced while it was opened")


def _choose_journal(connection: sqlite3.Connection, *, has_log: bool, may_have_log: bool) -> bool:
    """Have the right journal be kept; say whether it is a write-ahead log."""
    version = _version(connection)
    if not version:  # before there is a table; SQLite writes it down, and waits for the disk
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if may_have_log:
        # A ledger in use without a log is another computer's, too, from where it is on the network.
        if has_log or not version:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode == "wal":
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA wal_autocheckpoint = 0")  # see `checkpoints`
                return True
    elif has_log:
        # Alone, or not at all: so the log's index needs no shared memory.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA locking_mode = NORMAL")
        connection.execute("SELECT count(*) FROM sqlite_master")  # which gives the lock back
    # Its file stays: other computers would go on seeing one that is removed for a while.
    connection.execute("PRAGMA journal_mode = TRUNCATE")
    connection.execute("PRAGMA synchronous = FULL")
    return False


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


LONGEST_LEFT_LOG_BYTES: Final = 2**18
"""A log that is read anew by each process that opens it, in a quarter of a millisecond."""


def is_log_due(connection: sqlite3.Connection, path: Path) -> bool:
    """Return True if the log is to be moved into the file: it is long, or makes the file smaller.

    Args:
        connection: To a ledger that has one.
        path: Its file.
    """
    try:
        log_bytes = Path(f"{path}-wal").stat().st_size
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        return log_bytes > LONGEST_LEFT_LOG_BYTES or path.stat().st_size > pages * page_bytes
    except (OSError, sqlite3.Error):
        return True


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
        """True if enough transactions were written for a checkpoint."""
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


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write what the block writes, all of it or nothing.

    Raises:
        sqlite3.OperationalError: If the file is locked; nothing has been written then.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
