"""The parent's end of the disposable process: `Process`."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fuzz.running import Verdict

ROOT = Path(__file__).parents[2]

BOOT_S = 120.0

IN_WORKERS = "in-workers"
"""Asks a process to run the jobs of our sessions in workers of its own."""


@dataclass(frozen=True)
class Answer:
    """What a process says of a program.

    Attributes:
        verdict: What came of it; None if the process ended or was ended.
        ended: How the process ended: "abort" or "hang".
        side: The side that was running then.
        text: The last that it wrote.
    """

    verdict: Verdict | None
    ended: str = ""
    side: str = ""
    text: str = ""


class Process:
    """A process that runs programs, replaced when it dies.

    Args:
        timeout_s: How long one program may take on one side.
        most: So many programs one process runs at most.
        is_in_workers: Whether all jobs of our sessions run in worker processes, short ones too.
    """

    def __init__(
        self, timeout_s: float = 120, most: int = 400, *, is_in_workers: bool = False
    ) -> None:
        self.timeout_s = timeout_s
        self.started = 0
        """How many processes there were."""
        self._most = most
        self._arguments = [IN_WORKERS] if is_in_workers else []
        self._ran = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._home = tempfile.TemporaryDirectory(prefix="fuzz-")
        self._written = Path(self._home.name) / "written.txt"
        self._rest = b""

    def run(self, source: str, *, is_seeded: bool, sides: str = "both") -> Answer:
        """Run a program in the process at hand, or in a new one.

        Args:
            source: The program.
            is_seeded: Whether bits must be equal.
            sides: "both", "ours" alone, or "theirs" twice.
        """
        if self._process is not None and self._ran >= self._most:
            self.stop()
        if self._process is None:
            self._start()
        self._ran += 1
        request = {"source": source, "is_seeded": is_seeded, "sides": sides}
        process = self._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        side = ""
        until = time.monotonic() + self.timeout_s
        while True:
            message = self._read(until)
            if message is None:
                is_late = process.poll() is None and time.monotonic() >= until
                self.stop()
                return Answer(None, "hang" if is_late else "abort", side, self._last_words())
            if "verdict" in message:
                return Answer(Verdict.from_dict(message["verdict"]))
            side = message["at"]
            until = time.monotonic() + self.timeout_s

    def stop(self) -> None:
        """End the process, and what it has started."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def close(self) -> None:
        """End the process for good."""
        self.stop()
        self._home.cleanup()

    def _start(self) -> None:
        self.started += 1
        self._ran, self._rest = 0, b""
        with self._written.open("wb") as written:
            self._process = subprocess.Popen(  # noqa: S603 - ours
                [sys.executable, "-m", "tests.fuzz.child", *self._arguments],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
            )
        if self._read(time.monotonic() + BOOT_S) is None:
            self.stop()
            raise RuntimeError(f"The process does not start: {self._last_words()}")

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, "QSESSION_HOME": self._home.name, "PYTHONFAULTHANDLER": ""}

    def _read(self, until: float) -> dict[str, Any] | None:
        """The next message; None if the process has ended or the time is over."""
        assert self._process is not None
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while b"\n" not in self._rest:
            with selectors.DefaultSelector() as ready:
                ready.register(descriptor, selectors.EVENT_READ)
                if not ready.select(max(until - time.monotonic(), 0)):
                    return None
            received = os.read(descriptor, 65536)
            if not received:
                self._process.wait()
                return None
            self._rest += received
        line, _, self._rest = self._rest.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def _last_words(self) -> str:
        return self._written.read_text(errors="replace")[-300:]
