"""Waiting for processes without sleeping: `ended`, and stopping what a test has started."""

from __future__ import annotations

import os
import select
import signal

from tests.support.patience import PATIENCE_S


class Watched:
    """A process that need not be a child of this one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    def kill(self) -> None:
        """End it as the system does when memory runs out."""
        signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def has_ended(self, within_s: float = PATIENCE_S) -> bool:
        """Wait for its end; False if it goes on."""
        readable, _, _ = select.select([self._descriptor], [], [], within_s)
        return bool(readable)
