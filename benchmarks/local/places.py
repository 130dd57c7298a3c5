"""What it costs where a job runs: in a thread of the kernel, in the worker process, on Dask."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING
from unittest.mock import patch

from distributed import Client, LocalCluster
from qiskit_aer import AerSimulator

import qsession
from benchmarks.local.report import spread
from qsession.engines.local.workers.placement import Placing
from tests.engines.local.workers.work import endless
from tests.support.circuits import bell

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

HEADINGS = (
    "where a job runs",
    "a Bell circuit on ideal Aer, ms",
    "100 of them at once, ms each",
    "longest stall beside a job of 5 s, ms",
)
BURST_JOBS = 100
ROUNDS = 5
LONG_S = 5.0
FEW_SHOTS, MORE_SHOTS = 2_000, 40_000
TICK_S = 0.005

Place = Callable[[], AbstractContextManager[qsession.Session]]


def rows() -> list[tuple[str, ...]]:
    """One row for each place."""
    places: dict[str, Place] = {
        "as qsession chooses": _as_chosen,
        "always in the worker process": _always_in_worker,
        "in a thread (ThreadPoolExecutor)": _in_thread,
        "on Dask, 2 worker processes": _on_dask,
    }
    return [_row(name, place) for name, place in places.items()]


@contextmanager
def _as_chosen() -> Iterator[qsession.Session]:
    with qsession.Session(AerSimulator()) as session:
        yield session


@contextmanager
def _always_in_worker() -> Iterator[qsession.Session]:
    with (
        patch.object(Placing, "is_surely_short", return_value=False),
        patch.object(Placing, "is_probably_short", return_value=False),
        _as_chosen() as session,
    ):
        yield session


@contextmanager
def _in_thread() -> Iterator[qsession.Session]:
    with (
        ThreadPoolExecutor(1) as executor,
        qsession.Session(AerSimulator(), executor=executor) as session,
    ):
        yield session


@contextmanager
def _on_dask() -> Iterator[qsession.Session]:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,  # type: ignore[no-untyped-call]  # Dask has no types
        Client(cluster) as client,  # type: ignore[no-untyped-call]  # as above
        qsession.Session(AerSimulator(), executor=client.get_executor(pure=False)) as session,
    ):
        yield session


def _row(name: str, place: Place) -> tuple[str, ...]:
    circuit = bell()
    with place() as session:
        for _ in range(3):
            session.run(circuit).result()
        single_ms, burst_ms = [], []
        for _ in range(ROUNDS):
            single_ms += [_milliseconds(lambda: session.run(circuit).result()) for _ in range(20)]
            burst_ms.append(_milliseconds(lambda: _burst(session, circuit)) / BURST_JOBS)
        return name, spread(single_ms), spread(burst_ms), f"{_longest_stall_ms(session):.0f}"


def _burst(session: qsession.Session, circuit: QuantumCircuit) -> None:
    for job in [session.run(circuit) for _ in range(BURST_JOBS)]:
        job.result()


def _longest_stall_ms(session: qsession.Session) -> float:
    """How late a thread that looks at the clock every 5 ms is at most, beside a long job."""
    shots = _shots_of_long_job(session)
    ticks: list[float] = []
    is_over = threading.Event()
    ticker = threading.Thread(target=_tick, args=(ticks, is_over))
    job = session.run_circuits(endless(), shots=shots)
    ticker.start()
    job.result()
    is_over.set()
    ticker.join()
    gaps = [later - earlier for earlier, later in pairwise(ticks)]
    return (max(gaps, default=LONG_S) - TICK_S) * 1000


def _shots_of_long_job(session: qsession.Session) -> int:
    """Each shot of the long circuit is run by itself in `backend.run`, so shots are seconds."""
    session.run_circuits(endless(), shots=FEW_SHOTS).result()  # the first one starts a worker
    few, more = (
        _milliseconds(lambda: session.run_circuits(endless(), shots=shots).result()) / 1000  # noqa: B023 - called at once
        for shots in (FEW_SHOTS, MORE_SHOTS)
    )
    return round(LONG_S * (MORE_SHOTS - FEW_SHOTS) / max(more - few, 1e-3))


def _tick(ticks: list[float], is_over: threading.Event) -> None:
    while not is_over.wait(TICK_S):
        ticks.append(time.perf_counter())


def _milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000
