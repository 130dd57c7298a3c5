"""The live sessions: `Session` and `Batch`.

They are loaded when they are first used: which sessions this process holds (`live`) can be asked
without IBM's client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qsession.session.batch import Batch
    from qsession.session.session import Session

__all__ = ["Batch", "Session"]

_HOMES = {"Batch": "qsession.session.batch", "Session": "qsession.session.session"}


def __getattr__(name: str) -> Any:
    """Load a class on its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
