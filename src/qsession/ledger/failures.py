"""Reactions to a ledger that cannot be used: warn once, wait, and try again."""

from __future__ import annotations

import logging
import sqlite3
import warnings
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from qsession.errors import LedgerWarning

_log = logging.getLogger("qsession")

Trouble: TypeAlias = Literal[
    "no place", "writing", "reading", "corrupt", "too new", "not storable", "no thread"
]
"""Kinds of trouble: to have been told of one says nothing of another."""

DO_WITHOUT = "QSESSION_HOME names another directory, QSESSION_LEDGER=off does without."
"""The advice that a warning of most of it ends with."""

FIRST_REST_S = 1.0
LONGEST_REST_S = 60.0

_warned_of: set[str] = set()


class LedgerTooNewError(Exception):
    """A later release of qsession has changed the file."""


def warn_once(kind: Trouble, words: str) -> None:
    """Warn, the first time in this process of this kind of trouble."""
    if kind in _warned_of:
        _log.debug("%s", words)
        return
    _warned_of.add(kind)
    try:
        warnings.warn(words, LedgerWarning, stacklevel=2)
    except LedgerWarning:
        # Warnings are errors in this program. A job was just submitted: its handle counts more.
        _log.warning("%s", words)


def is_corrupt(error: Exception) -> bool:
    """Return True if the file itself is broken."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def may_pass(error: Exception) -> bool:
    """Return True if the same may succeed later: a lock is released, a disk gets room."""
    return isinstance(error, OSError | sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.ProgrammingError | sqlite3.DataError | sqlite3.NotSupportedError
    )


class Rest:
    """Between two attempts: 1 s after the first failure, then twice as long, 60 s at most."""

    def __init__(self) -> None:
        self._next_s = FIRST_REST_S
        self._until: datetime | None = None

    @property
    def until(self) -> datetime | None:
        """The time at which to try again; None while the ledger works."""
        return self._until

    def begin(self, now: datetime) -> None:
        """Take note of a failure."""
        self._until = now + timedelta(seconds=self._next_s)
        self._next_s = min(2 * self._next_s, LONGEST_REST_S)

    def end(self) -> None:
        """Take note of a success."""
        self._next_s = FIRST_REST_S
        self._until = None
