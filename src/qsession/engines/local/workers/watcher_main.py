"""Ends a worker process once the process that started both is gone. Started as a file.

It is told by a pipe, as every system has it: a byte says that the worker needs no watching any
more, an end without one that nobody is left to say so.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Watch over the process whose number is the argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is meant for the kernel
    if not sys.stdin.buffer.read(1):
        # Windows has no SIGKILL: there os.kill ends a process at once with any other signal.
        os.kill(int(sys.argv[1]), getattr(signal, "SIGKILL", signal.SIGTERM))


if __name__ == "__main__":
    main()
