"""A process whose locale knows ASCII alone, as in many containers and batch systems."""

from __future__ import annotations

import os
import subprocess
import sys

C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""The settings under which Python's standard output refuses all but ASCII."""


def run_in_c_locale(code: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program in a process of its own, and wait for it; it may fail."""
    environment = {name: own for name, own in os.environ.items() if name != "PYTHONIOENCODING"}
    return subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-W", "ignore", "-c", code],
        env={**environment, **C_LOCALE},
        capture_output=True,
        check=False,
    )
