"""Where the ledger is: `ledger_path`."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_state_path

_OFF = frozenset({"off", "0", "no", "false"})


def ledger_path() -> Path | None:
    """The ledger's file; None if it is turned off.

    ``QSESSION_HOME`` names another directory than the user's state directory, and
    ``QSESSION_LEDGER=off`` turns the ledger off.
    """
    if os.environ.get("QSESSION_LEDGER", "").strip().lower() in _OFF:
        return None
    home = os.environ.get("QSESSION_HOME")
    directory = Path(home).expanduser() if home else user_state_path("qsession", appauthor=False)
    return directory.absolute() / "ledger.sqlite3"
