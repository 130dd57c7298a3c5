"""The means that end a worker process together with the one that started it: `lifeline_of`.

No thread of Python's in the worker could see to it: Aer holds the interpreter's lock for as long as
it simulates. On Linux a pipe sends a signal when it loses its writer (`PipeLifeline`). Other
systems have nothing like it that can be passed on to a child, so a small process beside the worker
waits, and ends it (`WatcherLifeline`).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, Protocol

from qsession.engines.local.workers import watcher_main

_NEW_PROCESS_GROUP: Final = 0x00000200
_NO_WINDOW: Final = 0x08000000
_BELOW_NORMAL_PRIORITY: Final = 0x00004000
"""Windows' names for it are `subprocess.CREATE_NEW_PROCESS_GROUP` and so on: there alone."""


class Lifeline(Protocol):
    """Made before a worker is started, and held for as long as it is to live."""

    arguments: tuple[str, ...]
    """For the worker's command line."""
    options: dict[str, Any]
    """For `subprocess.Popen`."""

    def tie(self, pid: int) -> None:
        """The worker has been started.

        Raises:
            OSError: If it cannot be seen to that it ends with this process.
        """
        ...

    def cut(self) -> None:
        """The worker has ended, or was never started."""
        ...

    def leave_to_parent(self) -> None:
        """In a forked child: let go of it. The parent holds it, too."""
        ...


class PipeLifeline:
    """The worker has one end of a pipe and is killed when the other one closes. Of Linux."""

    def __init__(self) -> None:
        self._theirs, self._ours = os.pipe()
        self.arguments: tuple[str, ...] = (str(self._theirs),)
        self.options: dict[str, Any] = {"pass_fds": (self._theirs,)}
        self._is_tied = False

    def tie(self, pid: int) -> None:  # noqa: ARG002 - of any process
        """Leave the worker's end to it."""
        self._is_tied = True
        os.close(self._theirs)

    def cut(self) -> None:
        """Close the pipe."""
        if not self._is_tied:
            os.close(self._theirs)
        os.close(self._ours)

    def leave_to_parent(self) -> None:
        """Close the child's copy."""
        os.close(self._ours)


class WatcherLifeline:
    """A process beside the worker waits for the end of this one, and kills the worker then."""

    def __init__(self, platform: str = sys.platform) -> None:
        self.arguments: tuple[str, ...] = ()
        self.options: dict[str, Any] = {}
        self._platform = platform
        self._watcher: subprocess.Popen[bytes] | None = None

    def tie(self, pid: int) -> None:
        """Start it. If this process ends before, the worker has got no work and ends by itself."""
        # Without the user's site and environment, it starts in some 20 ms.
        command = [sys.executable, "-I", "-S", str(Path(watcher_main.__file__)), str(pid)]
        self._watcher = subprocess.Popen(  # noqa: S603 - our own file
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # a pipe of the worker's would stay open in it
            stderr=subprocess.DEVNULL,
            **apart_from_terminal(self._platform),
        )

    def cut(self) -> None:
        """Tell it that there is nothing to watch any more, and wait until it has ended."""
        watcher, self._watcher = self._watcher, None
        if watcher is None:
            return
        assert watcher.stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(OSError):  # it has been killed
            watcher.stdin.write(b".")
        with contextlib.suppress(OSError):
            watcher.stdin.close()
        watcher.wait()

    def leave_to_parent(self) -> None:
        """Close the child's copy of the pipe."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None and watcher.stdin is not None:
            watcher.stdin.close()
            watcher.returncode = 0  # so that nobody waits for what is no child of this process


def lifeline_of(platform: str) -> Lifeline:
    """The lifeline that a system has."""
    return PipeLifeline() if platform == "linux" else WatcherLifeline(platform)


def apart_from_terminal(platform: str) -> dict[str, Any]:
    """Options of `subprocess.Popen` for a process that Ctrl-C does not reach, nor a window shows.

    On Windows it also gives way to the kernel, which it does elsewhere by itself.
    """
    if platform == "win32":
        return {"creationflags": _NEW_PROCESS_GROUP | _NO_WINDOW | _BELOW_NORMAL_PRIORITY}
    return {"process_group": 0}
