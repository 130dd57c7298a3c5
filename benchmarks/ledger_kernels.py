"""What the ledger costs a job, and whether four kernels that write it at once lose a row.

First one kernel alone: a submission with the ledger and without it, by turns in one process, by the
clock and by what the submitting thread computes. Then four kernels for a minute, as fast as they
can, and the rows are counted. ``python -m benchmarks.ledger_kernels``; a quiet machine gives the
clearest numbers.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from benchmarks.machine import machine
from qsession.clock import SystemClock
from qsession.engines.journal import Journal
from qsession.ledger.ledger import Ledger
from qsession.model.events import JobQueued, SessionOpened
from qsession.model.job import JobRecord
from qsession.model.session_state import SessionState
from qsession.model.states import JobStatus
from tests.ledger.told import Telling, on_disk
from tests.ledger.writing_kernels import write_at_once

JOBS_A_ROUND = 200
MOST_US = 200.0
KERNELS = 4


def submissions(journal: Journal) -> tuple[float, float]:
    """Microseconds of one submission: by the clock (median), and computed (mean)."""
    waited: list[float] = []
    computed = time.thread_time()
    for _ in range(JOBS_A_ROUND):
        began = time.perf_counter()
        now = journal.clock.now()
        record = JobRecord(str(uuid4()), "bell", "sampler", JobStatus.QUEUED, now, shots=1024)
        journal.record(JobQueued(now, record))
        journal.keep()
        waited.append(time.perf_counter() - began)
    computed = time.thread_time() - computed
    return statistics.median(waited) * 1e6, computed / JOBS_A_ROUND * 1e6


def without_ledger() -> Journal:
    journal = Journal(SessionState(), SystemClock())
    journal.record(SessionOpened(journal.clock.now(), str(uuid4())))
    return journal


def alone(path: Path, rounds: int) -> tuple[list[float], list[float]]:
    """What the ledger adds to a submission in each round: by the clock, and computed."""
    ledger = Ledger(path)
    waited, computed = [], []
    for _ in range(rounds):
        with_us = submissions(Telling(ledger).journal)
        without_us = submissions(without_ledger())
        waited.append(with_us[0] - without_us[0])
        computed.append(with_us[1] - without_us[1])
    ledger.close()
    return waited, computed


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[round((len(values) - 1) * share)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as directory:
        waited, computed = alone(Path(directory, "alone"), options.rounds)
        print(f"\none kernel, µs a job: {spread(waited)} by the clock, {spread(computed)} computed")
        path = Path(directory, "shared")
        written = write_at_once(path, KERNELS, options.seconds)
        found = on_disk(path)
    jobs = sum(kernel.jobs for kernel in written)
    rows = sum(len(found[each]) for kernel in written for each in kernel.session_ids)
    problems = [problem for kernel in written for problem in kernel.warnings]
    waits = [wait for kernel in written for wait in kernel.waited_us]
    shared = statistics.mean(kernel.computed_us for kernel in written)
    print(
        f"{KERNELS} kernels for {options.seconds:.0f} s: {jobs} jobs, {rows} rows, "
        f"{len(problems)} warnings; µs a job: {statistics.median(waits):.0f} by the clock "
        f"(99 %: {percentile(waits, 0.99):.0f}), {shared:.0f} computed\n"
    )
    alone_us, beside_us = statistics.median(waited), statistics.median(waits)
    goals = [
        (rows == jobs, f"no lost row: {jobs - rows}"),
        (not problems, f"no error: {len(problems)} {problems[:1]}"),
        (alone_us <= MOST_US, f"at most {MOST_US:.0f} µs a job: {alone_us:.0f}"),
        (beside_us <= MOST_US, f"the same beside {KERNELS - 1} others: {beside_us:.0f}"),
    ]
    print("\n".join(f"{'met' if met else 'MISSED'}: {words}" for met, words in goals))


if __name__ == "__main__":
    main()
