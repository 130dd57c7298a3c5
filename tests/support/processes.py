"""Waiting for processes without sleeping, where the system has that: `Watched`."""

from __future__ import annotations

import os
import select
import signal
import sys
import time

from tests.support.patience import PATIENCE_S

if sys.platform == "linux":

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

else:
    import psutil  # type: ignore[import-untyped,unused-ignore]

    class Watched:
        """A process that need not be a child of this one."""

        def __init__(self, pid: int) -> None:
            self.pid = pid
            self._process = psutil.Process(pid)

        def kill(self) -> None:
            """End it as the system does when memory runs out."""
            self._process.kill()

        def has_ended(self, within_s: float = PATIENCE_S) -> bool:
            """Wait for its end; False if it goes on."""
            deadline = time.monotonic() + within_s
            while not (is_over := self._is_over()) and time.monotonic() < deadline:
                time.sleep(0.02)
            return is_over

        def _is_over(self) -> bool:
            try:  # whoever started it may not have asked for it yet
                return bool(self._process.status() == psutil.STATUS_ZOMBIE)
            except psutil.NoSuchProcess:
                return True
