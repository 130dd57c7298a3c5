"""Where this program runs: in a notebook's kernel, in a terminal, or in neither."""

from __future__ import annotations

import sys


def in_kernel() -> bool:
    """Whether this runs in a Jupyter kernel, where a live view has a page to live on.

    Nothing of Jupyter is loaded to find out: in a kernel it is.
    """
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None
