"""The program of a worker process: `main`. Started as a file, not as a module of the package.

It loads qsession only after it has taken over the kernel's ``sys.path``, and it never runs the
user's ``__main__``, as `multiprocessing` would: scripts need no guard.

Frames on its standard input and output are eight bytes of length and a pickle. First comes a
`Hello`, as a dict; the worker answers with its name once it is warm; then `Task` and `Reply` follow
each other.
"""

from __future__ import annotations

import importlib
import os
import pickle
import select
import signal
import sys
from typing import Any, BinaryIO

LENGTH_BYTES = 8
NICENESS = 10

IDLE_S = 0.1
"""A worker that is given nothing for so long after its start loads what may be needed later."""


def read_frame(stream: BinaryIO) -> Any:
    """The next message.

    Raises:
        EOFError: If the other side is gone.
    """
    length = int.from_bytes(_read(stream, LENGTH_BYTES), "big")
    return pickle.loads(_read(stream, length))  # noqa: S301 - from our own other half


def write_frame(stream: BinaryIO, message: Any) -> None:
    """Send a message.

    Raises:
        OSError: If the other side is gone.
    """
    payload = pickle.dumps(message, 5)
    for part in (len(payload).to_bytes(LENGTH_BYTES, "big"), payload):
        left = memoryview(part)
        while left:
            left = left[stream.write(left) :]
    stream.flush()


def _read(stream: BinaryIO, length: int) -> bytearray:
    content = bytearray(length)
    left = memoryview(content)
    while left:
        count = stream.readinto(left)  # type: ignore[attr-defined] # files and pipes have it
        if not count:
            raise EOFError
        left = left[count:]
    return content


def end_with(lifeline: int) -> None:
    """Let this process be killed as soon as nobody holds the other end of a pipe any more."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - not on every system

        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
        try:
            is_orphan = os.read(lifeline, 1) == b""
        except BlockingIOError:
            is_orphan = False
        if is_orphan:  # it was cut before the signal was ordered
            os._exit(0)


def main() -> None:
    """Serve one kernel until it closes the pipe or is gone.

    The argument, if there is one, is the number of its `end_with`.
    """
    for lifeline in sys.argv[1:]:
        end_with(int(lifeline))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is meant for the kernel
    # Without a buffer: what has come is then to be seen from outside.
    requests, replies = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    # What a job prints must not get between the frames.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    _offer_to_be_killed_first()
    _give_way()
    try:
        hello = read_frame(requests)
        sys.path[:] = hello["sys_path"]
        for module in hello["warm_up"]:
            importlib.import_module(module)
        carrying_out = importlib.import_module("qsession.engines.local.workers.protocol")
        _reply(replies, carrying_out.this_process())
        if is_left_alone(requests):
            for module in hello["when_idle"]:
                importlib.import_module(module)
        while True:
            _reply(replies, carrying_out.carry_out(read_frame(requests)))
    except EOFError:
        os._exit(0)


def is_left_alone(requests: BinaryIO, seconds: float = IDLE_S) -> bool:
    """Return True if nothing comes for a while; False where that cannot be told."""
    try:
        return not select.select([requests], [], [], seconds)[0]
    except OSError:  # Windows can tell it of sockets alone
        return False


def _reply(replies: BinaryIO, message: Any) -> None:
    try:
        write_frame(replies, message)
    except OSError as error:  # a broken pipe, which Windows has several errors for
        raise EOFError from error


def _offer_to_be_killed_first() -> None:
    """Let Linux kill this process rather than the kernel if memory runs out."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:  # noqa: PTH123
            score.write("1000")
    except OSError:
        return


def _give_way() -> None:
    """Let the kernel go first where a simulator would take every processor."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


if __name__ == "__main__":
    main()
