"""A process that can start no more threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from qsession import threads

if TYPE_CHECKING:
    import pytest


def refuse_threads(patched: pytest.MonkeyPatch) -> None:
    """Start no thread and have none that is idle."""

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    patched.setattr(threading.Thread, "start", refuse)
    patched.setattr(threads, "_idle", [])
