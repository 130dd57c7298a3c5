"""Running local jobs are cancelled, lost, or short of memory; the others go on."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from qiskit_aer import AerSimulator

from qsession.client_errors import JobCancelledError
from qsession.engines.local.job import LocalJob
from qsession.engines.local.workers import hybrid_runner
from qsession.engines.local.workers.pool import Workers
from qsession.errors import JobMemoryError, WorkerLostError
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus
from tests.engines.bench import Bench
from tests.engines.local.workers.conftest import warm_workers
from tests.engines.local.workers.work import ENDLESS_SHOTS, endless, huge
from tests.support.patience import PATIENCE_S
from tests.support.processes import Watched
from tests.support.waiting import until

__all__ = ["warm_workers"]

CANCELLED, DONE, ERROR = JobStatus.CANCELLED, JobStatus.DONE, JobStatus.ERROR
RUNNING = JobStatus.RUNNING


def submit_endless(bench: Bench) -> LocalJob:
    return bench.submit(endless(), shots=ENDLESS_SHOTS)


@pytest.fixture(autouse=True)
def _in_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long jobs wait for a worker there; a script would run the shorter ones itself."""
    monkeypatch.setattr(hybrid_runner, "in_kernel", lambda: True)


@pytest.fixture
def at_work(warm_workers: Workers, make_bench: Callable[..., Bench]) -> Bench:
    """An engine on the simulator, whose worker process is warm."""
    return make_bench(AerSimulator())


def test_a_running_job_can_be_cancelled_and_the_next_one_runs(at_work: Bench):
    job, queued = submit_endless(at_work), at_work.submit(shots=3)
    assert at_work.engine.can_cancel_running is True
    assert job.cancel() is True
    assert job.status() is CANCELLED
    assert job.error_message() == "Cancelled by the user."
    with pytest.raises(JobCancelledError, match="Cancelled by the user"):
        job.result(PATIENCE_S)
    assert queued.result(PATIENCE_S).get_counts() == {"1": 3}
    assert at_work.state == "active"
    assert job.cancel() is False


def test_a_cancelled_job_frees_its_place_only_when_it_is_gone(at_work: Bench):
    job, queued = submit_endless(at_work), at_work.submit(shots=3)
    at_work.clock.advance(5)
    job.cancel()
    queued.result(PATIENCE_S)
    assert job.record.qpu_seconds == job.record.run_seconds == 5
    assert queued.record.started >= job.record.finished  # type: ignore[operator]


def test_cancelling_the_session_can_include_what_runs(at_work: Bench):
    job, queued = submit_endless(at_work), at_work.submit()
    at_work.engine.cancel("too slow", running=True)
    assert (at_work.state, at_work.statuses) == ("cancelled", [CANCELLED, CANCELLED])
    assert job.error_message() == "Cancelled because the session was cancelled: too slow."
    for each in (job, queued):
        with pytest.raises(JobCancelledError):
            each.result(PATIENCE_S)


def test_what_runs_in_a_session_that_has_ended_can_still_be_cancelled(at_work: Bench):
    job = submit_endless(at_work)
    at_work.engine.cancel("enough")
    assert at_work.statuses == [RUNNING]
    at_work.engine.cancel("really", running=True)
    assert at_work.statuses == [CANCELLED]
    assert at_work.journal.state.ended_reason == "enough"
    with pytest.raises(JobCancelledError, match="really"):
        job.result(PATIENCE_S)


def test_a_closing_session_ends_with_the_job_that_is_cancelled(at_work: Bench):
    job = submit_endless(at_work)
    at_work.engine.close("enough")
    assert at_work.state == "closing"
    job.cancel()
    assert at_work.state == "closed"


def test_beside_a_running_job_this_process_goes_on(at_work: Bench):
    at_work.submit(endless(), shots=5000).result(PATIENCE_S)
    job, never = submit_endless(at_work), threading.Event()
    for _ in range(200):
        never.wait(0.005)
    # In this process, the first wait would be over when the job is.
    assert job.status() is RUNNING
    job.cancel()


def test_expiry_lets_a_job_in_the_worker_finish(warm_workers: Workers, make_bench):
    bench = make_bench(AerSimulator(), limits=Limits(max_time_s=300))
    job = bench.submit(endless(), shots=20_000)
    bench.clock.advance(300)
    bench.wait_for("expired")
    assert sum(job.result(PATIENCE_S).get_counts().values()) == 20_000
    assert bench.statuses == [DONE]


def test_a_lost_worker_ends_one_job_in_words(at_work: Bench, warm_workers: Workers):
    at_work.submit(endless(), shots=20_000).result(PATIENCE_S)
    job, queued = submit_endless(at_work), at_work.submit(shots=3)
    until(at_work.journal, lambda: bool(warm_workers._lent))  # one that waits would be replaced
    (worker,) = warm_workers._lent
    Watched(worker.pid).kill()
    with pytest.raises(WorkerLostError, match="was killed, which the system does when memory"):
        job.result(PATIENCE_S)
    assert job.status() is ERROR
    assert job.error_message().startswith("WorkerLostError: The worker process that ran the job")
    assert queued.result(PATIENCE_S).get_counts() == {"1": 3}


@pytest.mark.linux
def test_a_job_beyond_its_memory_fails_in_words_and_the_next_one_runs(warm_workers, make_bench):
    bench = make_bench(AerSimulator(method="statevector"), memory_limit=100 * 2**20)
    job, queued = bench.submit(huge(), shots=1), bench.submit(shots=3)
    with pytest.raises(JobMemoryError, match="its limit of 104857600 bytes"):
        job.result(PATIENCE_S)
    assert job.status() is ERROR
    assert queued.result(PATIENCE_S).get_counts() == {"1": 3}


def test_jobs_of_a_batch_run_at_once_where_there_is_room(warm_workers: Workers, make_bench):
    bench = make_bench(AerSimulator(), parallel=2)
    jobs = [submit_endless(bench) for _ in range(3)]
    assert bench.statuses == [RUNNING, RUNNING, JobStatus.QUEUED]
    jobs[0].cancel()
    bench.wait_for("active")
    jobs[1].cancel()
    jobs[2].cancel()
    assert bench.statuses == [CANCELLED] * 3
