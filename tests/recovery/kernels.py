"""Kernels to be killed: processes that submit jobs and tell each id once they have it.

``python -m tests.recovery.kernels`` loads everything once, and forks a kernel for each line that it
reads, so that a round takes no longer than its jobs. `Kernels` starts it.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from unittest import mock

from tests.support.patience import PATIENCE_S
from tests.support.waiting import until_dropped

ROOT = Path(__file__).parents[2]
OUTLASTS_A_TEST_S = 600.0

SHARED = "QSESSION_TESTS_LEDGER_IS_SHARED"
"""Set in the environment of kernels whose ledger is where other computers may write, too."""


@dataclass
class Killed:
    """What a kernel had told when it was killed."""

    pid: int
    session_ids: list[str] = field(default_factory=list)
    job_ids: list[str] = field(default_factory=list)
    was_done: bool = False


class Kernels:
    """Starts kernels inside a ``with`` block, and kills them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.recovery.kernels"],
            cwd=ROOT,
            env={**os.environ, **self._environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=PATIENCE_S)  # closes its input, which ends it

    def kill_after(
        self,
        ids: int,
        delay_s: float,
        *,
        once: Callable[[Killed], bool] = lambda _: True,
        **work: Any,
    ) -> Killed:
        """Start a kernel, and kill it so long after it has told so many job ids.

        Args:
            ids: How many ids to wait for.
            delay_s: How long to wait then, in seconds.
            once: A condition of what it told, to wait for after that.
            work: What the kernel does, see `submit`.
        """
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        told = Path(f"/proc/{os.getpid()}/fd/{writing}")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"told": str(told), **work}) + "\n")
        self._process.stdin.flush()
        killed = Killed(int(self._process.stdout.readline()))
        os.close(writing)
        with os.fdopen(reading) as words:
            for _ in range(ids):
                self._take(killed, words.readline())
            time.sleep(delay_s)
            until_dropped(lambda: once(killed))
            self._kill(killed.pid)
            for word in words:
                self._take(killed, word)
        return killed

    @staticmethod
    def _kill(pid: int) -> None:
        """Kill a process and wait until it is gone: its files are closed before that."""
        process = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        select.select([process], [], [], PATIENCE_S)
        os.close(process)

    @staticmethod
    def _take(killed: Killed, word: str) -> None:
        kind, _, value = word.strip().partition(" ")
        match kind:
            case "session":
                killed.session_ids.append(value)
            case "job":
                killed.job_ids.append(value)
            case "done":
                killed.was_done = True


def random_moment(chance: random.Random, jobs: int) -> tuple[int, float]:
    """After how many words and seconds to kill: anywhere between the first id and the last."""
    return chance.randrange(1, jobs), chance.uniform(0, 0.02)


# --- in the kernel --------------------------------------------------------------------------------


def submit(  # noqa: PLR0913 - what the line says that the kernel reads
    told: int, *, backend: str, jobs: int, shots: int, name: str, never_run: bool = False
) -> None:
    """Submit jobs one after another, telling each id once ``run`` has returned it."""
    from qsession import Session
    from tests.support.circuits import flipped

    executor = _busy_executor() if never_run else None
    session = Session(_backend(backend), name=name, executor=executor)
    circuit = flipped()
    for number in range(jobs):
        job = session.run(circuit, shots=shots)
        if number == 0:
            os.write(told, f"session {session.session_id}\n".encode())
        os.write(told, f"job {job.job_id()}\n".encode())
    os.write(told, b"done\n")
    time.sleep(OUTLASTS_A_TEST_S)  # until it is killed


def _busy_executor() -> Executor:
    """An executor whose only thread has something else to do."""
    executor = ThreadPoolExecutor(1)
    executor.submit(time.sleep, OUTLASTS_A_TEST_S)
    return executor


def _backend(name: str) -> Any:
    if name.startswith("ibm_"):
        from qsession.compat.ibm_service import default_service

        return default_service().backend(name)
    return name


def main() -> None:
    """Fork a kernel for each line."""
    import qiskit_aer  # noqa: F401 - so that no kernel has to load it

    import qsession.listing  # noqa: F401
    import tests.support.circuits  # noqa: F401

    is_shared = SHARED in os.environ
    mock.patch("qsession.ledger.database.is_on_network", return_value=is_shared).start()
    # However long the machine takes for a write, nobody gives up: what is lost is looked for.
    mock.patch("qsession.ledger.locking.CALLER_WAIT_S", PATIENCE_S).start()

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    for line in sys.stdin:
        work = json.loads(line)
        told = os.open(work.pop("told"), os.O_WRONLY)
        pid = os.fork()
        if pid == 0:
            try:
                submit(told, **work)
            finally:
                os._exit(1)
        os.close(told)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
