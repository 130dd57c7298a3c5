"""What the record of a session takes: ``make benchmark-record``.

A thousand jobs, half of them of a sampler and half of an estimator, are exported, opened, and their
results read; and ten thousand, with what is held in memory while they are written.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import qsession
from benchmarks.machine import machine
from qsession import Session
from qsession.ledger.result_codec import encode_result
from tests.support.circuits import bell, rotation


def main(numbers: tuple[int, ...] = (1_000, 10_000)) -> None:
    """Print a line for each number of jobs."""
    print(machine())
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder:
            _measure(number, Path(folder) / "study.zip")


def _measure(number: int, path: Path) -> None:
    with Session("fake_manila") as session:
        sampled, turned = bell(), rotation()
        jobs = []
        for index in range(number // 2):
            jobs.append(session.run(sampled, shots=1000))
            jobs.append(session.run((turned, ["Z", "X"], [index / number]), precision=0.05))
        session.wait(progress=False)
        before = _peak_mb()
        started = time.perf_counter()
        session.export(path, progress=False)
        exported = time.perf_counter()
        grown = _peak_mb() - before
        opened = qsession.open_record(path)
        opened_at = time.perf_counter()
        results = [opened.job(job.job_id()).result() for job in jobs]
        read = time.perf_counter()
        are_equal = all(
            encode_result(own.result()) == encode_result(kept)
            for own, kept in zip(jobs, results, strict=True)
        )
    print(
        f"{number:6} jobs: exported in {exported - started:.1f} s, {path.stat().st_size / 1e6:.1f} "
        f"MB, opened in {opened_at - exported:.2f} s, all results read in {read - opened_at:.1f} "
        f"s, {'equal' if are_equal else 'DIFFERENT'}; memory grew by {grown:.0f} MB"
    )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*([tuple(map(int, sys.argv[1:]))] if sys.argv[1:] else []))
