"""The identity of the process that opened a session, safe against numbers used again."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Process:
    """A process of some computer.

    Attributes:
        pid: Its number, which another process may get later.
        started: When it started, as the system tells it: with the number it is unique.
        host: The computer's name; numbers mean nothing on another one.
    """

    pid: int
    started: str | None
    host: str

    @property
    def is_here(self) -> bool:
        """True if the process belongs to this computer."""
        return self.host == _host()

    @property
    def has_ended(self) -> bool | None:
        """True if the process is gone; None if that cannot be told from this computer."""
        if not self.is_here:
            return None
        if self == this_process():
            return False
        started = _start_of(self.pid)
        return started is None or started != self.started


def this_process() -> Process:
    """The process that asks."""
    return _process(os.getpid())


@cache
def _process(pid: int) -> Process:
    return Process(pid, _start_of(pid), _host())


@cache
def _host() -> str:
    return socket.gethostname()


def _start_of(pid: int) -> str | None:
    """Return the start of a process, as a word to compare; None if there is no such process."""
    if Path("/proc/self/stat").exists():
        try:
            # The name in brackets may hold anything; after it: the state, and 18 fields on, the
            # ticks from the computer's start to its own.
            fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        except OSError:
            return None
        is_gone = fields[0] in "ZX"  # killed, and its parent has not asked for it yet
        return None if is_gone else f"{_boot()}:{fields[19]}"
    psutil: Any = import_module("psutil")  # not needed where there is /proc
    try:
        process = psutil.Process(pid)
        is_gone = process.status() == psutil.STATUS_ZOMBIE
        return None if is_gone else str(round(process.create_time()))
    except psutil.Error:
        return None


@cache
def _boot() -> str:
    try:
        return _read("/proc/sys/kernel/random/boot_id").strip()
    except OSError:
        return ""


def _read(path: str) -> str:
    """The text of a file of the system's; `Path.read_text` takes several times as long."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - see above
        return file.read().decode(errors="replace")
