"""All sessions in one view: `dashboard`.

Loaded when they are first used: `qsession.dashboards.entries` serves programs without Qiskit, too.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qsession.dashboards.board import Dashboard, dashboard

__all__ = ["Dashboard", "dashboard"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("qsession.dashboards.board"), name)
