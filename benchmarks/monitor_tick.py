"""What one look at a session of IBM Quantum costs: ours, and IBM's client's.

A look of ours is a tick of the monitor. IBM's client has no such thing; what a program does with
it is ``service.jobs(session_id=..., limit=200)``, then ``job.status()`` of each. Both talk to the
tests' loopback server, in a process of its own, about the same sessions on a QPU of 133 qubits, by
turns.
Before each tick a job starts and finishes, so that there is something to see.

The time is what the calling thread spends computing, not waiting: while it computes Python, nothing
else of the kernel runs. Run it with ``make benchmark``; a quiet machine gives the clearest numbers.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from qiskit_ibm_runtime import QiskitRuntimeService

from benchmarks.machine import machine
from qsession.clock import SystemClock
from qsession.compat.ibm_service import client_of
from qsession.compat.service_line import Line
from qsession.engines.ibm.closing import Ending
from qsession.engines.ibm.engine import IBMEngine
from qsession.engines.ibm.monitor import Monitor
from qsession.engines.ibm.supplements import Supplements
from qsession.engines.journal import Journal
from qsession.model.events import SessionOpened
from qsession.model.session_state import SessionState
from tests.cloud.account import PREMIUM_CRN, default_account, environment
from tests.cloud.process import ServerProcess

BACKEND = "ibm_torino"
SIZES = (1, 200, 1000)
TICKS_A_ROUND = 10

MOST_REQUESTS = 2
MOST_MS = 10.0
LEAST_RATIO = 50.0
RATIO_AT = 200


@dataclass
class Figures:
    """What was measured with so many jobs; times in milliseconds of computing."""

    jobs: int
    requests: set[int] = field(default_factory=set)
    ticks_ms: list[float] = field(default_factory=list)
    client_requests: int = 0
    client_ms: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    """Of each round: the client's time by the median of the ticks beside it."""


class Watched:
    """A session with jobs, half of them done, that a monitor has seen once."""

    def __init__(self, server: ServerProcess, jobs: int) -> None:
        self._server = server
        self.service = QiskitRuntimeService()
        client = client_of(self.service, PREMIUM_CRN)
        opened = client.create_session(BACKEND, PREMIUM_CRN, None, "dedicated")
        self.session_id = str(opened["id"])
        for _ in range(jobs):
            client.program_run("sampler", BACKEND, {}, None, None, self.session_id)
        self._queued = jobs
        for _ in range(jobs // 2):
            self.move()
        journal = Journal(SessionState("session", IBMEngine.limits(None)), SystemClock())
        journal.record(SessionOpened(journal.clock.now(), self.session_id))
        line = Line(self.service, PREMIUM_CRN, journal.clock)
        supplements = Supplements(line, journal, BACKEND, lambda: (None, None))
        self._monitor = Monitor(line, journal, Ending(journal), supplements)
        self._monitor.look()
        assert len(journal.state.jobs) == jobs

    def move(self) -> None:
        """Something to see: the next job runs, if there is one."""
        if self._queued > 1:
            self._server.step("run_next_job", backend=BACKEND)
            self._queued -= 1

    def tick(self) -> None:
        """Look as the monitor does while a session is busy: at the session and at its jobs."""
        self._monitor.look_now()
        assert self._monitor.look() is not None

    def list_with_the_client(self) -> None:
        """Look as a program with IBM's client does."""
        for job in self.service.jobs(session_id=self.session_id, limit=200):
            job.status()

    def requests_of(self, look: Callable[[], None]) -> int:
        """How many requests a look makes."""
        self._server.step("clear_log")
        look()
        return len(self._server.step("read_log"))

    def close(self) -> None:
        self._monitor.close()


def milliseconds(look: Callable[[], None]) -> float:
    began = time.thread_time()
    look()
    return (time.thread_time() - began) * 1000


def measure(jobs: int, rounds: int) -> Figures:
    figures = Figures(jobs)
    with ServerProcess("--mode", "manual") as server:
        os.environ.update({**environment(server), **default_account(server)})
        watched = Watched(server, jobs)
        figures.client_requests = watched.requests_of(watched.list_with_the_client)
        for _ in range(rounds):
            ticks = []
            for _ in range(TICKS_A_ROUND):
                watched.move()
                figures.requests.add(watched.requests_of(watched.tick))
                watched.move()
                ticks.append(milliseconds(watched.tick))
            client = milliseconds(watched.list_with_the_client)
            figures.ticks_ms += ticks
            figures.client_ms.append(client)
            figures.ratios.append(client / statistics.median(ticks))
        watched.close()
    return figures


def spread(values: Sequence[float], digits: int = 1) -> str:
    middle = statistics.median(values)
    return f"{middle:.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(measured: Sequence[Figures]) -> str:
    rows: list[tuple[Any, ...]] = [
        ("jobs", "requests a tick", "ms a tick", "client's requests", "client's ms", "ratio"),
        ("--:", "--:", "--:", "--:", "--:", "--:"),
    ]
    rows += [
        (
            figures.jobs,
            max(figures.requests),
            spread(figures.ticks_ms),
            figures.client_requests,
            spread(figures.client_ms, 0),
            spread(figures.ratios, 0),
        )
        for figures in measured
    ]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)


def verdicts(measured: Sequence[Figures]) -> list[str]:
    requests = max(max(figures.requests) for figures in measured)
    slowest = max(statistics.median(figures.ticks_ms) for figures in measured)
    goals = [
        (requests <= MOST_REQUESTS, f"at most {MOST_REQUESTS} requests a tick: {requests}"),
        (slowest <= MOST_MS, f"at most {MOST_MS:.0f} ms a tick: {slowest:.1f}"),
    ]
    for figures in measured:
        if figures.jobs == RATIO_AT:
            ratio = statistics.median(figures.ratios)
            words = f"at least {LEAST_RATIO:.0f} times less time at {RATIO_AT} jobs: {ratio:.0f}"
            goals.append((ratio >= LEAST_RATIO, words))
    return [f"{'met' if met else 'MISSED'}: {words}" for met, words in goals]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    print(machine())
    measured = [measure(jobs, rounds) for jobs in SIZES]
    print(f"\n{table(measured)}\n\nMedians, with the least and the most in brackets.\n")
    print("\n".join(verdicts(measured)))


if __name__ == "__main__":
    main()
