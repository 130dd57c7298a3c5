"""What a change of one job costs the kernel and the wire: ours, and a widget with one list.

The other widget is what most notebooks have: a synced trait with an object for each job, set anew
when one changes. Both follow the same session, by turns. Their comms do what a kernel's does with
a message: pack it as JSON and sign it. What is counted are the bytes of such a message, headers
included, and the time that the thread that sends it spends computing, not waiting.

Run it with ``make benchmark-widget``; a quiet machine gives the clearest numbers.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import anywidget
import comm
import traitlets
from comm.base_comm import BaseComm
from jupyter_client.session import Session as Packer

from benchmarks.machine import machine
from qsession import Session
from qsession.clock import SystemClock
from qsession.widget.encoding import encode_row
from qsession.widget.wire import ROW_FIELDS
from tests.support.many_jobs import cancel_jobs, finish_job, report_jobs, start_job

if TYPE_CHECKING:
    from qsession.clock import WakeUps

SIZES = (100, 1_000, 10_000)
BURST = 5_000
PATIENCE_S = 60

MOST_BYTES = 1_000
MOST_MS = 1.0
LARGEST = SIZES[-1]


class MeasuringComm(BaseComm):
    """Packs what is sent and remembers how much it was."""

    packer = Packer(key=b"a kernel has one")

    def __init__(self, **kwargs: Any) -> None:
        self.sizes: list[int] = []
        self.rows = 0
        super().__init__(**kwargs)

    def publish_msg(
        self,
        msg_type: str,
        data: Any = None,
        metadata: Any = None,
        buffers: Any = None,  # noqa: ARG002 - as `comm` calls it
        **_: Any,
    ) -> None:
        content = {"data": data, "comm_id": self.comm_id}
        message = self.packer.msg(msg_type, content=content, parent={}, metadata=metadata)
        self.sizes.append(sum(map(len, self.packer.serialize(message))))
        self.rows += len((data or {}).get("content", {}).get("rows", ()))


class MeasuringClock(SystemClock):
    """Measures how long the publisher computes between two waits."""

    def __init__(self) -> None:
        self.spent_ms: SimpleQueue[float] = SimpleQueue()
        self._began = threading.local()

    def wait(self, wake_ups: WakeUps, until: Any) -> bool:
        woken = super().wait(wake_ups, until)
        self._began.s = time.thread_time()
        return woken

    def pause(self, seconds: float) -> None:  # noqa: ARG002 - only the publisher pauses: it has sent
        began_s = getattr(self._began, "s", 0.0)  # its first look comes before any wait
        self.spent_ms.put((time.thread_time() - began_s) * 1000)


class ListWidget(anywidget.AnyWidget):
    """A widget that sends all jobs whenever one changes."""

    _esm = "export default {};"
    jobs: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def show(self, session: Session) -> float:
        """Show how things stand; return how long it computed, in milliseconds."""
        began = time.thread_time()
        self.jobs = [
            dict(zip(ROW_FIELDS, encode_row(record), strict=True)) for record in session.jobs
        ]
        return (time.thread_time() - began) * 1000


@dataclass
class Figures:
    """What was measured with so many jobs; times in milliseconds of computing."""

    jobs: int
    ms: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    list_ms: list[float] = field(default_factory=list)
    list_sizes: list[int] = field(default_factory=list)
    first_bytes: int = 0
    list_first_bytes: int = 0


def measure(jobs: int, changes: int) -> Figures:
    clock = MeasuringClock()
    session = Session("30m", clock=clock)
    report_jobs(session, jobs, waiting=jobs // 2)
    figures = Figures(jobs)
    ours, other = session.widget, ListWidget()
    assert isinstance(ours.comm, MeasuringComm)
    assert isinstance(other.comm, MeasuringComm)
    program = len(ListWidget._esm), (ours._esm, ours._css)  # noqa: SLF001 - what it sends beside
    figures.first_bytes = ours.comm.sizes[0] - sum(len(str(part)) for part in program[1])
    other.show(session)
    figures.list_first_bytes = other.comm.sizes[-1]
    waiting = range(jobs - jobs // 2, jobs)
    for number in waiting[: changes // 2]:
        for report in (start_job, finish_job):
            while not clock.spent_ms.empty():
                clock.spent_ms.get()
            sent = len(ours.comm.sizes)
            report(session, number)
            spent_ms = clock.spent_ms.get(timeout=PATIENCE_S)
            assert len(ours.comm.sizes) == sent + 1
            figures.ms.append(spent_ms)
            figures.sizes.append(ours.comm.sizes[-1])
            figures.list_ms.append(other.show(session))
            figures.list_sizes.append(other.comm.sizes[-1])
    session.cancel()
    return figures


def burst() -> str:
    """Let thousands of jobs change at once."""
    clock = MeasuringClock()
    session = Session("30m", clock=clock)
    report_jobs(session, LARGEST, waiting=BURST)
    page = session.widget.comm
    assert isinstance(page, MeasuringComm)
    page.sizes.clear()
    while not clock.spent_ms.empty():
        clock.spent_ms.get()
    cancel_jobs(session, range(LARGEST - BURST, LARGEST))
    spent_ms = 0.0
    while page.rows < BURST:  # the publisher may have had a look before
        spent_ms += clock.spent_ms.get(timeout=PATIENCE_S)
    session.cancel()
    assert page.rows == BURST
    return (
        f"{BURST} jobs that change at once: {len(page.sizes)} messages of at most "
        f"{max(page.sizes) / 1000:.0f} kB with {page.rows} rows, {spent_ms:.0f} ms"
    )


def spread(values: Sequence[float], digits: int = 2) -> str:
    middle = statistics.median(values)
    return f"{middle:,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def table(measured: Sequence[Figures]) -> str:
    rows: list[tuple[Any, ...]] = [
        (
            "jobs",
            "bytes a change",
            "ms a change",
            "list: bytes",
            "list: ms",
            "first: bytes",
            "list",
        ),
        ("--:",) * 7,
    ]
    rows += [
        (
            f"{figures.jobs:,}",
            spread(figures.sizes, 0),
            spread(figures.ms),
            spread(figures.list_sizes, 0),
            spread(figures.list_ms),
            f"{figures.first_bytes:,}",
            f"{figures.list_first_bytes:,}",
        )
        for figures in measured
    ]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)


def verdicts(largest: Figures) -> list[str]:
    size, spent_ms = max(largest.sizes[1:]), statistics.median(largest.ms)
    goals = [
        (size <= MOST_BYTES, f"at most {MOST_BYTES} bytes a change of {LARGEST} jobs: {size}"),
        (spent_ms <= MOST_MS, f"at most {MOST_MS:.0f} ms of the kernel: {spent_ms:.2f}"),
    ]
    return [f"{'met' if met else 'MISSED'}: {words}" for met, words in goals]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=60)
    changes = parser.parse_args().changes
    comm.create_comm = MeasuringComm
    print(machine())
    measured = [measure(jobs, changes) for jobs in SIZES]
    print(f"\n{table(measured)}\n\nMedians, with the least and the most in brackets.\n")
    print(burst())
    print("\n".join(verdicts(measured[-1])))


if __name__ == "__main__":
    main()
