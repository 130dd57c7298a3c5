"""Kernels that write one ledger at once, as fast as they can: `write_at_once`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from unittest import mock
from uuid import uuid4

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Written:
    """What a kernel says that it has written.

    Attributes:
        session_ids: Its sessions.
        jobs: How many jobs it submitted, and brought to their end.
        warnings: What it was warned of.
        waited_us: What each submission took, by the clock, in microseconds.
        computed_us: What the submitting thread computed for one on average, in microseconds.
    """

    session_ids: list[str]
    jobs: int
    warnings: list[str]
    waited_us: list[float]
    computed_us: float


def write_at_once(path: Path, kernels: int, seconds: float, *options: str) -> list[Written]:
    """Have kernels write for so long; the time begins when all of them are there.

    Args:
        path: The ledger.
        kernels: How many.
        seconds: For how long.
        options: ``--shared`` writes as where other computers may write, ``--wait=60`` waits so many
            seconds for the others at most.
    """
    command = [sys.executable, "-m", "tests.ledger.writing_kernels"]
    command += [str(path), str(seconds), *options]
    running = [
        subprocess.Popen(  # noqa: S603 - this Python
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(kernels)
    ]
    for kernel in running:
        assert kernel.stdout is not None
        assert kernel.stdout.readline() == "ready\n"
    for kernel in running:
        assert kernel.stdin is not None
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    told = [kernel.communicate(timeout=seconds + 60)[0] for kernel in running]
    return [Written(**json.loads(words)) for words in told]


def main() -> None:
    """Write jobs of two sessions by turns, each from submission to result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--wait", type=float)
    options = parser.parse_args()
    from qsession.ledger.ledger import Ledger
    from tests.ledger.told import Telling

    mock.patch("qsession.ledger.database.is_on_network", return_value=options.shared).start()
    if options.wait is not None:
        for name in ("CALLER_WAIT_S", "LONGEST_WAIT_S", "LAST_WAIT_S"):
            mock.patch(f"qsession.ledger.locking.{name}", options.wait).start()
    ledger = Ledger(options.path)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    waited_us: list[float] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tellings = [Telling(ledger, str(uuid4())) for _ in range(2)]
        end = time.perf_counter() + options.seconds
        computed_s = 0.0
        while time.perf_counter() < end:
            for telling in tellings:
                job_id = str(uuid4())
                began, computed = time.perf_counter(), time.thread_time()
                telling.submit(job_id, shots=1024)
                computed_s += time.thread_time() - computed
                waited_us.append((time.perf_counter() - began) * 1e6)
                telling.recorder.note_work(job_id, object())
                telling.finish(job_id)
                telling.recorder.note_result(job_id, {"counts": {"00": 512, "11": 512}})
            time.sleep(0)  # the ledger has a thread, too
        ledger.close()
    written = {
        "session_ids": [telling.session_id for telling in tellings],
        "jobs": len(waited_us),
        "warnings": [str(each.message) for each in caught],
        "waited_us": waited_us,
        "computed_us": computed_s / len(waited_us) * 1e6,
    }
    json.dump(written, sys.stdout)


if __name__ == "__main__":
    main()
