"""Dask carries a session's jobs to other processes; the session keeps order, ids and states."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import Any
from unittest.mock import patch

import dask
import pytest
from distributed import Client, LocalCluster
from qiskit_aer import AerError, AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.client_errors import JobCancelledError
from qsession.engines.local.workers.protocol import Task
from qsession.errors import WorkerLostError
from qsession.model.states import JobStatus
from tests.engines.bench import Bench
from tests.engines.local.workers.work import ENDLESS_SHOTS, endless
from tests.support.circuits import bell, fitted
from tests.support.patience import PATIENCE_S
from tests.support.processes import Watched
from tests.support.waiting import until, until_dropped

# Its own threads and sockets are not closed by the time that a test has ended.
pytestmark = pytest.mark.filterwarnings("default")

DONE, QUEUED, RUNNING = JobStatus.DONE, JobStatus.QUEUED, JobStatus.RUNNING
SECONDS_OF_WORK = 15_000
"""Shots of the endless circuit."""


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two worker processes that take the loss of one as final.

    Dask leaves a thread count in the environment, under which simulations of later tests differ.
    """
    with (
        patch.dict(os.environ),
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def _settled(client: Client) -> None:
    """Each test starts with two workers that have nothing to do."""
    # Not by `until_dropped`: a collection holds up the threads that start workers.
    client.wait_for_workers(2, timeout=PATIENCE_S)
    until_dropped(lambda: not held_by(client))


class Counting(Executor):
    """Dask's executor, with a count of the parts that travelled."""

    def __init__(self, client: Client) -> None:
        self._executor = client.get_executor(pure=False)
        self.parts: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.parts += [len(task.parts) for task in args if isinstance(task, Task)]
        future: Future[Any] = self._executor.submit(fn, *args, **kwargs)
        return future


@pytest.fixture
def executor(client: Client) -> Counting:
    return Counting(client)


def workers_of(client: Client) -> list[str]:
    return list(client.scheduler_info()["workers"])


def held_by(client: Client) -> list[str]:
    """What the cluster has to do, and the results that it keeps for somebody."""
    cluster: Any = client.cluster
    return [str(key) for key in list(cluster.scheduler.tasks)]


def worker_at_work(client: Client, known: set[str] | None = None) -> Watched:
    """The process that runs a job, at an address that is not known yet; then it is."""
    known = set() if known is None else known
    patience = time.monotonic() + PATIENCE_S
    while time.monotonic() < patience:
        processing = client.processing().items()
        busy = [address for address, tasks in processing if tasks and address not in known]
        if busy:
            known.add(busy[0])
            # Not asked: it cannot answer while a simulator holds its interpreter.
            cluster: Any = client.cluster
            nannies = cluster.workers.values()
            return Watched(next(each.pid for each in nannies if each.worker_address == busy[0]))
    raise AssertionError("No worker of Dask took the job.")


def test_order_ids_and_states_are_the_sessions(make_bench, executor: Counting):
    bench: Bench = make_bench(AerSimulator(), executor=executor)
    jobs = [bench.submit(bell(), shots=shots) for shots in range(1, 7)]
    assert bench.statuses == [RUNNING, *[QUEUED] * 5]
    for shots, job in enumerate(jobs, 1):
        assert sum(job.result(PATIENCE_S).get_counts().values()) == shots
    assert bench.statuses == [DONE] * 6
    assert [record.job_id for record in bench.records] == [job.job_id() for job in jobs]
    finished = [record.finished for record in bench.records]
    assert finished == sorted(finished)  # type: ignore[type-var]


def test_equal_jobs_do_not_collapse_even_if_dask_is_told_that_they_may(make_bench, client: Client):
    bench = make_bench(AerSimulator(), executor=client.get_executor(pure=True))
    jobs = [bench.submit(bell(), shots=1000) for _ in range(4)]
    counts = {str(job.result(PATIENCE_S).get_counts()) for job in jobs}
    assert len(counts) > 1


def test_a_backend_travels_once_to_each_worker(make_bench, client: Client, executor: Counting):
    backend = FakeManilaV2()
    bench = make_bench(backend, executor=executor)
    circuit = fitted(bell(), backend)
    for seed in range(10):
        bench.submit(circuit, shots=10, seed_simulator=seed).result(PATIENCE_S)
    # Once to each worker; once more where Dask sends it to another one than has asked.
    assert 1 <= sum(executor.parts) <= 2 * len(workers_of(client)) - 1


def test_jobs_of_a_batch_run_on_both_workers_at_once(make_bench, client: Client):
    bench = make_bench(AerSimulator(), executor=client.get_executor(pure=False), parallel=2)
    jobs = [bench.submit(endless(), shots=SECONDS_OF_WORK // 3 + number) for number in range(4)]
    assert bench.statuses == [RUNNING, RUNNING, QUEUED, QUEUED]
    for number, job in enumerate(jobs):
        counts = job.result(PATIENCE_S).get_counts()
        assert sum(counts.values()) == SECONDS_OF_WORK // 3 + number


def test_the_cluster_keeps_nothing_of_jobs_that_have_ended(make_bench, client: Client):
    bench = make_bench(AerSimulator(), executor=client.get_executor(pure=False))
    jobs = [bench.submit(shots=3), bench.submit(method="odd")]
    # A lost worker would have it computed once more; nobody collects garbage on a quiet evening.
    gc.disable()
    try:
        for job in jobs:
            job.wait_for_final_state(PATIENCE_S)
        until(bench.journal, lambda: not held_by(client))
    finally:
        gc.enable()
    assert [job.status() for job in jobs] == [DONE, JobStatus.ERROR]


def test_errors_are_the_jobs_own_and_the_next_one_runs(make_bench, client: Client):
    bench = make_bench(AerSimulator(), executor=client.get_executor(pure=False))
    failing, after = bench.submit(method="odd"), bench.submit(shots=3)
    with pytest.raises((AerError, RuntimeError), match=r"Invalid simulation method"):
        failing.result(PATIENCE_S)
    assert failing.status() is JobStatus.ERROR
    assert after.result(PATIENCE_S).get_counts() == {"1": 3}


def test_a_lost_worker_is_survived(make_bench, client: Client):
    bench = make_bench(AerSimulator(), executor=client.get_executor(pure=False))
    job, after = bench.submit(endless(), shots=SECONDS_OF_WORK), bench.submit(shots=3)
    worker_at_work(client).kill()
    # Dask gives the job to another worker.
    assert sum(job.result(PATIENCE_S).get_counts().values()) == SECONDS_OF_WORK
    assert after.result(PATIENCE_S).get_counts() == {"1": 3}


def test_a_job_that_workers_die_of_fails_in_words_and_the_next_one_runs(make_bench, client: Client):
    bench = make_bench(AerSimulator(), executor=client.get_executor(pure=False))
    job, after = bench.submit(endless(), shots=ENDLESS_SHOTS), bench.submit(shots=3)
    lost: set[str] = set()  # Dask may not have noticed yet, and the next one at the address is idle
    for _ in range(2):
        watched = worker_at_work(client, lost)
        watched.kill()
        assert watched.has_ended()
    with pytest.raises(WorkerLostError, match=r"^The process of the executor .* was lost: "):
        job.result(PATIENCE_S)
    assert after.result(PATIENCE_S).get_counts() == {"1": 3}


def test_a_running_job_can_be_cancelled(make_bench, client: Client):
    bench = make_bench(AerSimulator(), executor=client.get_executor(pure=False))
    job, after = bench.submit(endless(), shots=SECONDS_OF_WORK), bench.submit(shots=3)
    worker_at_work(client)
    assert job.cancel() is True
    with pytest.raises(JobCancelledError):
        job.result(PATIENCE_S)
    assert after.result(PATIENCE_S).get_counts() == {"1": 3}
