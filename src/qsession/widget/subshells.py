"""Whether a click reaches the kernel while a cell runs, and a repair for ipykernel 7.4."""

from __future__ import annotations

import sys
from typing import Any


def let_clicks_overtake_cells(comm: Any) -> None:
    """Keep messages of this comm on the subshell on which the page sends them.

    ipykernel 7.4 sends them to the shell that last wrote to the comm, which for a widget that a
    cell made or changed is the busy one. Other releases have no such hook and need nothing.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _stay_where_it_came  # noqa: SLF001 - see above


def clicks_wait() -> bool:
    """Whether clicks wait for the running cell: there are no subshells (ipykernel 6, marimo)."""
    try:
        from IPython.core.getipython import get_ipython  # noqa: PLC0415 - scripts need no IPython
    except ImportError:
        return False
    shell = get_ipython()
    if shell is None:
        # marimo's own answer depends on the thread that asks, and this one may be any.
        return "marimo" in sys.modules
    kernel = getattr(shell, "kernel", None)
    return kernel is not None and not getattr(kernel, "_supports_kernel_subshells", False)


def _stay_where_it_came(_data: object, default: str | None) -> str | None:
    return default
