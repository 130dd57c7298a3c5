"""Where this program runs: in a notebook's kernel, in a terminal, or in neither."""

from __future__ import annotations

import os
import sys
from typing import Any


def shell_of_kernel() -> Any:
    """IPython's shell in a Jupyter kernel; None elsewhere.

    Nothing of Jupyter is loaded to find out: in a kernel it is.
    """
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return None if getattr(shell, "kernel", None) is None else shell


def in_kernel() -> bool:
    """Whether this runs in a Jupyter kernel, where a live view has a page to live on."""
    return shell_of_kernel() is not None


def is_run_by_program() -> bool:
    """Whether a program runs the notebook, to keep what it shows: nbconvert, Quarto, papermill.

    Such a program says that nobody can be asked for input. Voila says so too, but people come to
    its page while the kernel lives.
    """
    shell = shell_of_kernel()
    if shell is None or os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
        return False
    message = shell.kernel.get_parent() or {}
    return message.get("content", {}).get("allow_stdin") is False
