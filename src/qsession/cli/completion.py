"""Completes ids and names of sessions from the ledger: `complete_session`."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from click import Context, Parameter

_MOST = 50
_QUERY = """
    SELECT session_id, name, backend, state FROM sessions
    WHERE session_id LIKE ?1 || '%' OR name LIKE ?1 || '%' ORDER BY opened DESC LIMIT ?2
"""


def complete_session(_: Context, __: Parameter, begun: str) -> list[CompletionItem]:
    """The sessions of the ledger whose id or name begins so; nothing if it cannot be read."""
    from qsession.ledger.place import ledger_path  # noqa: PLC0415 - only when Tab is pressed

    path = ledger_path()
    if path is None or not path.exists():
        return []
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0.2)
        try:
            rows = connection.execute(_QUERY, (begun, _MOST)).fetchall()
        finally:
            connection.close()
    except sqlite3.Error:
        return []
    items: dict[str, CompletionItem] = {}
    for session_id, name, backend, state in rows:
        for word in filter(None, (name, session_id)):
            if word.startswith(begun):
                items.setdefault(word, CompletionItem(word, help=f"{state} on {backend}"))
    return list(items.values())
