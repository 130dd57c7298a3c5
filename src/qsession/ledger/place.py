"""The place of the ledger's file, and of one that is broken: `ledger_path`, `set_aside`."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from platformdirs import user_state_path

from qsession.errors import in_words
from qsession.ledger.failures import DO_WITHOUT, warn_once
from qsession.ledger.private_file import Identity, identity

_OFF: Final = frozenset({"off", "0", "no", "false"})


def ledger_path() -> Path | None:
    """The ledger's file; None if it is turned off, or has no place, of which it warns once.

    ``QSESSION_HOME`` names another directory than the user's state directory, and
    ``QSESSION_LEDGER=off`` turns the ledger off.
    """
    if os.environ.get("QSESSION_LEDGER", "").strip().lower() in _OFF:
        return None
    try:
        return _directory().absolute() / "ledger.sqlite3"
    except (RuntimeError, OSError) as error:
        # A user without a home, or a working directory that was removed.
        warn_once(
            "no place",
            f"There is no place for the ledger ({in_words(error)}). Sessions and jobs go on, and "
            f"are not written down. {DO_WITHOUT}",
        )
        return None


def _directory() -> Path:
    home = os.environ.get("QSESSION_HOME")
    if home:
        return Path(home).expanduser()
    return _of_user(os.environ.get("HOME"), os.environ.get("XDG_STATE_HOME"))


@lru_cache(maxsize=8)
def _of_user(home: str | None, state_home: str | None) -> Path:  # noqa: ARG001 - they decide it
    """The user's directory for such programs; each session asks for it."""
    return user_state_path("qsession", appauthor=False)


_BESIDE: Final = ("", "-wal", "-shm", "-journal")
"""The files of a SQLite database."""


def set_aside(path: Path, broken: Identity | None) -> Path | None:
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
