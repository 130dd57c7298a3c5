"""The kernel's side of one worker process: `Worker`."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from qsession.engines.local.workers import worker_main
from qsession.engines.local.workers.exits import how_it_ended
from qsession.engines.local.workers.lifelines import apart_from_terminal, lifeline_of
from qsession.engines.local.workers.packing import Parcel
from qsession.engines.local.workers.protocol import Reply, Task, this_process
from qsession.engines.local.workers.worker_main import read_frame, write_frame
from qsession.errors import WorkerLostError
from qsession.redaction.secrets import redacted

WARM_UP = ("qiskit_aer", "qsession.engines.local.work")
"""Modules that a worker loads before the first job needs them; they take it half a second."""

WHEN_IDLE = ("qiskit_ibm_runtime.fake_provider",)
"""Modules that it loads before its first job if that is not there yet. IBM's client takes it longer
than all else, and jobs on fake backends alone need it."""

_LONGEST_DYING_S = 5
"""It has closed its pipes by then."""


class WorkerStartError(Exception):
    """No worker process could be started here."""


class Worker:
    """A process that runs one unit of work at a time, as long as this one lives.

    It is started by the constructor, which does not wait for it. One thread at a time may `run`;
    `kill` may be called from any.

    Raises:
        WorkerStartError: If there are no processes on this system.
    """

    def __init__(self, warm_up: tuple[str, ...] = WARM_UP, platform: str = sys.platform) -> None:
        if not sys.executable:
            raise WorkerStartError("it is not known how this Python was started")
        self._platform = platform
        self._lifeline = lifeline_of(platform)
        # What it says on its way down tells why.
        self._last_words = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with this
        main = str(Path(worker_main.__file__))
        command = [sys.executable, "-P", main, *self._lifeline.arguments]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own file
                command,
                bufsize=0,  # a buffer's lock would stay locked in a forked child
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._last_words,
                **self._lifeline.options,
                **apart_from_terminal(platform),
            )
        except OSError as error:
            self._lifeline.cut()
            self._last_words.close()
            raise WorkerStartError(str(error)) from error
        self._closing = threading.Lock()
        self._is_closed = False
        self._name: str | None = None
        self._known: set[str] = set()
        try:
            self._lifeline.tie(self.pid)
        except OSError as error:
            self.close()
            raise WorkerStartError(str(error)) from error
        self._greet(warm_up)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """True if the process has not ended."""
        return not self._is_closed and self._process.poll() is None

    @property
    def is_ready(self) -> bool:
        """True if the worker has loaded what it needs, so that no job waits for that."""
        return self.is_alive and (self._name is not None or self._has_answered())

    def _has_answered(self) -> bool:
        return _has_bytes(self._process.stdout)  # type: ignore[arg-type] # they are pipes

    def run(self, job_id: str, parcel: Parcel, memory_limit: int | None = None) -> Reply:
        """Run a packed unit of work and wait for its end.

        Raises:
            WorkerStartError: If the process ended before it was ready.
            WorkerLostError: If it ended while it ran this; the reason is in words.
        """
        self._wait_until_ready()
        try:
            reply = self._send(job_id, parcel, self._unknown(parcel), memory_limit)
            if reply.missing:  # it has made room since
                reply = self._send(job_id, parcel, parcel.parts, memory_limit)
        except (EOFError, OSError) as error:
            raise WorkerLostError(self._why_lost()) from error
        self._known.update(parcel.parts)
        return reply

    def _greet(self, warm_up: tuple[str, ...]) -> None:
        """Tell it what to load, so that it begins before a job needs it."""
        try:
            hello = {"sys_path": [*sys.path], "warm_up": warm_up, "when_idle": WHEN_IDLE}
            write_frame(self._process.stdin, hello)  # type: ignore[arg-type]
        except OSError:
            return  # it has ended already: whoever waits for its answer is told why

    def _wait_until_ready(self) -> None:
        if self._name is not None:
            return
        try:
            self._name = read_frame(self._process.stdout)  # type: ignore[arg-type]
        except (EOFError, OSError) as error:
            raise WorkerStartError(self._why_lost()) from error

    def _send(
        self, job_id: str, parcel: Parcel, parts: Mapping[str, bytes], memory_limit: int | None
    ) -> Reply:
        task = Task(job_id, parcel.work, parts, this_process(), memory_limit)
        write_frame(self._process.stdin, task)  # type: ignore[arg-type]
        reply: Reply = read_frame(self._process.stdout)  # type: ignore[arg-type]
        return reply

    def _unknown(self, parcel: Parcel) -> dict[str, bytes]:
        return {token: part for token, part in parcel.parts.items() if token not in self._known}

    def kill(self) -> None:
        """End it at once, whatever it does. A `run` that waits for it ends with an error."""
        with self._closing:
            if not self._is_closed:
                self._process.kill()

    def close(self) -> None:
        """End it and give back what it held; not while something runs."""
        with self._closing:
            if self._is_closed:
                return
            self._is_closed = True
            self._process.kill()
            self._process.wait()
            self._lifeline.cut()
        for stream in (self._process.stdin, self._process.stdout):
            try:
                stream.close()  # type: ignore[union-attr]
            except OSError:  # what had not been sent yet
                continue
        self._last_words.close()

    def forget(self) -> None:
        """Let go of it in a forked child: it is the parent's, and must end with that alone.

        What a thread of the parent was about to send, and what is sent when a file is closed, goes
        nowhere.
        """
        if self._is_closed:
            return
        self._is_closed = True
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (self._process.stdin, self._process.stdout):
            os.dup2(nowhere, stream.fileno(), inheritable=False)  # type: ignore[union-attr]
        self._lifeline.leave_to_parent()
        os.close(nowhere)
        self._last_words.close()
        self._process.returncode = 0  # so that nobody waits for what is no child of this process

    def _why_lost(self) -> str:
        try:
            code = self._process.wait(_LONGEST_DYING_S)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        said = self._read_last_words()
        return f"The worker process that ran the job {how_it_ended(code, self._platform)}.{said}"

    def _read_last_words(self) -> str:
        longest = 500
        self._last_words.seek(0)
        text = self._last_words.read()[-longest:].decode(errors="replace").strip()
        return f" It said: {redacted(text)}" if text else ""


def _has_bytes(pipe: BinaryIO) -> bool:
    """Return True if a pipe has data, or has ended, so that reading does not wait."""
    if sys.platform == "win32":
        import _winapi  # noqa: PLC0415 - the standard library's way to look into a pipe
        import msvcrt  # noqa: PLC0415 - of Windows

        try:
            told = _winapi.PeekNamedPipe(msvcrt.get_osfhandle(pipe.fileno()), 0)
        except OSError:
            return True
        return bool(told[0])
    else:  # noqa: RET505 - so that each system's types are checked
        readable, _, _ = select.select([pipe.fileno()], [], [], 0)
        return bool(readable)
