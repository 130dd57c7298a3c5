"""The Jupyter kernel that this program may run in: `in_kernel`, `busy_channel`, `clicks_wait`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any


def running_shell() -> Any:
    """Return IPython's shell, in a terminal or a kernel; None where there is none.

    Nothing is loaded to find out: where there is a shell, IPython is loaded.
    """
    # Another thread may be importing IPython at this moment: the module is there, and empty.
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return None if get is None else get()


def shell_of_kernel() -> Any:
    """Return IPython's shell in a Jupyter kernel; None elsewhere."""
    shell = running_shell()
    return None if getattr(shell, "kernel", None) is None else shell


def in_kernel() -> bool:
    """Return True in a Jupyter kernel, where a live view can be displayed."""
    return shell_of_kernel() is not None


def is_in_vscode() -> bool:
    """Return True if VS Code shows the notebook."""
    shell = shell_of_kernel()
    return shell is not None and "__vsc_ipynb_file__" in shell.user_ns


def is_in_colab() -> bool:
    """Return True if Google Colab shows the notebook."""
    return "google.colab" in sys.modules and in_kernel()


def is_run_by_program() -> bool:
    """Return True if a program executes the notebook: nbconvert, Quarto, papermill.

    Such a program says that nobody can be asked for input. Voila says so too, but people come to
    its page while the kernel lives.
    """
    shell = shell_of_kernel()
    # A kernel that Voila has started before its reader comes knows nothing of the request yet.
    is_of_voila = "VOILA_PREHEAT" in os.environ or (
        os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
    )
    if shell is None or is_of_voila:
        return False
    message = shell.kernel.get_parent() or {}
    return message.get("content", {}).get("allow_stdin") is False


def let_clicks_overtake_cells(comm: Any) -> None:
    """Keep messages of this comm on the subshell on which the page sends them.

    ipykernel 7.4 sends them to the shell that last wrote to the comm, which for a widget that a
    cell made or changed is the busy one. Other releases have no such hook and need nothing.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _stay_where_it_came  # noqa: SLF001 - see above


def busy_channel() -> str:
    """Return the channel that works while a cell runs: "subshell", "control", or "" for none.

    A page that has the kernel's connection sends them there, if its host does not do so itself.
    """
    shell = shell_of_kernel()
    kernel = None if shell is None else shell.kernel
    if getattr(kernel, "_supports_kernel_subshells", False):
        return "subshell"
    return "control" if isinstance(getattr(kernel, "control_handlers", None), dict) else ""


def take_on_control(comm_id: str, handle: Callable[[Mapping[str, Any]], object]) -> None:
    """Handle messages for a comm that come on the control channel of a kernel without subshells.

    Its control channel has a thread of its own, which also interrupts and shuts down: ``handle``
    must not wait for anything. Messages for other comms are passed over.
    """
    if busy_channel() != "control":
        return
    handlers = shell_of_kernel().kernel.control_handlers
    _on_control[comm_id] = handle
    handlers.setdefault("comm_msg", _take_comm_message)


def leave_control(comm_id: str) -> None:
    """Handle no more messages for a comm there."""
    _on_control.pop(comm_id, None)


_on_control: dict[str, Callable[[Mapping[str, Any]], object]] = {}


def _take_comm_message(_stream: object, _ident: object, message: Mapping[str, Any]) -> None:
    handle = _on_control.get(message["content"].get("comm_id"))
    if handle is not None:
        handle(message)


def clicks_wait() -> bool:
    """Return True if clicks wait for the running cell, unless the page has its own channel.

    So it is where there are no subshells (ipykernel 6, marimo); see `busy_channel`.
    """
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
