"""The ledgers that this process has open: one, unless the environment changes."""

from __future__ import annotations

import atexit
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from qsession.ledger.ledger import Ledger
from qsession.ledger.paths import ledger_path
from qsession.ledger.recorder import Recorder

if TYPE_CHECKING:
    from qsession.engines.base import Journal
    from qsession.ledger.entries import SessionFacts

_ledgers: dict[Path, Ledger] = {}
_left_to_parent: list[Ledger] = []
"""Kept, so that their connections are not closed in a forked process."""
_lock = threading.Lock()


def ledger_of_process() -> Ledger | None:
    """The ledger that the environment names now; None if it is turned off."""
    path = ledger_path()
    if path is None:
        return None
    with _lock:
        return _ledgers.setdefault(path, Ledger(path))


def write_down(journal: Journal, facts: SessionFacts) -> None:
    """Have a session be written to the ledger, unless that is turned off."""
    ledger = ledger_of_process()
    if ledger is not None:
        journal.keeper = Recorder(ledger, journal, facts)


def close_ledgers() -> None:
    """Write what was noted, and let go of every file."""
    with _lock:
        ledgers = list(_ledgers.values())
        _ledgers.clear()
    for ledger in ledgers:
        ledger.close()


def _begin_anew_in_child() -> None:
    """A SQLite connection must not be used on both sides of a fork."""
    global _lock  # noqa: PLW0603 - the parent may have held it
    _lock = threading.Lock()
    for ledger in _ledgers.values():
        ledger.abandon()
        _left_to_parent.append(ledger)
    _ledgers.clear()


# Before whatever closes sessions at the end: the last that is registered is the first that runs.
atexit.register(close_ledgers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew_in_child)
