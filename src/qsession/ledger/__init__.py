"""The ledger: what this user's processes opened and submitted, on disk.

A session costs money until it ends, and a kernel may be killed before it has closed it. So ids are
written down before they are handed out, in one SQLite file for all kernels of a user. A ledger that
cannot be used costs one `LedgerWarning` and nothing else.
"""

from __future__ import annotations

from qsession.ledger.entries import SessionEntry, SessionFacts
from qsession.ledger.process_ledger import (
    close_ledgers,
    ledger_of_process,
    prune,
    write_down,
    write_down_if_used,
)
from qsession.ledger.recorder import Recorder

__all__ = [
    "Recorder",
    "SessionEntry",
    "SessionFacts",
    "close_ledgers",
    "ledger_of_process",
    "prune",
    "write_down",
    "write_down_if_used",
]
