"""Where a session's jobs run: ``executor``, ``parallel``, ``memory_limit``; and what it counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from qsession import Batch, JobStatus, Session
from qsession.errors import InvalidInputError, JobMemoryError
from qsession.session.arguments import read_memory_limit
from tests.engines.local.workers.conftest import warm_workers
from tests.engines.local.workers.work import ENDLESS_SHOTS, endless, huge
from tests.support.circuits import flipped
from tests.support.gated_backend import GatedBackend
from tests.support.inside import snapshot_of
from tests.support.patience import PATIENCE_S

__all__ = ["warm_workers"]


def test_jobs_run_on_the_executor_that_was_given_and_it_goes_on_after(make_session):
    gated = GatedBackend()
    with ThreadPoolExecutor(2, thread_name_prefix="mine") as executor:
        session = make_session(gated, executor=executor)
        job = session.run_circuits(flipped())
        gated.wait_for_runs(1)
        assert session.cancel_job(job.job_id()) is False
        gated.open_gate()
        assert job.result(PATIENCE_S).get_counts() == {"1": 100}
        session.close()
        assert executor.submit(int, "7").result(PATIENCE_S) == 7


def test_jobs_of_a_batch_run_at_once_on_an_executor_with_room(make_session):
    gated = GatedBackend()
    with ThreadPoolExecutor(4) as executor:
        batch = make_session(gated, cls=Batch, executor=executor, parallel=2)
        jobs = [batch.run_circuits(flipped(), seed_simulator=number) for number in range(4)]
        gated.wait_for_runs(2)
        assert [record.status for record in batch.jobs] == ["RUNNING"] * 2 + ["QUEUED"] * 2
        gated.open_gate()
        for job in jobs:
            assert job.result(PATIENCE_S).get_counts() == {"1": 100}
    assert gated.most_at_work == 2
    started = [record.started for record in batch.jobs]
    assert started == sorted(started)


@pytest.mark.parametrize("parallel", [0, -1, True, 1.5, "2", None])
def test_parallel_is_a_number_of_jobs(parallel):
    with pytest.raises(InvalidInputError, match=r"is not a number of jobs, such as parallel=2"):
        Batch(parallel=parallel)


def test_a_session_runs_one_job_at_a_time():
    with pytest.raises(InvalidInputError, match=r"parallel=2: a session runs .* Use Batch"):
        Session(parallel=2)


@pytest.mark.parametrize("executor", [1, "dask", ThreadPoolExecutor])
def test_an_executor_must_be_one(executor):
    with pytest.raises(InvalidInputError, match=r"is not a concurrent\.futures\.Executor"):
        Session(executor=executor)


@pytest.mark.linux
@pytest.mark.parametrize(
    ("limit", "size"),
    [
        (None, None),
        (2**20, 2**20),
        ("4GB", 4 * 10**9),
        ("1.5 GiB", 3 * 2**29),
        (" 512MB ", 512 * 10**6),
        ("2000kB", 2 * 10**6),
        ("2000KB", 2 * 10**6),
        ("1TB", 10**12),
        ("2000000B", 2 * 10**6),
    ],
)
def test_a_memory_limit_is_read_from_bytes_or_a_text(limit, size):
    assert read_memory_limit(limit) == size


@pytest.mark.parametrize(
    "limit",
    [
        *(0, 4, -1, True, 4.5e9, 10**30),
        *("4", "4 gigabytes", "GB", "4GB more", "1kB", "-4GB", "iB", f"{10**400}GB"),
    ],
)
def test_what_is_no_size_is_refused(limit):
    with pytest.raises(InvalidInputError, match=r"^memory_limit=.* is not a size from 1 MiB"):
        Session(memory_limit=limit)


def test_other_systems_hold_no_process_to_a_limit_and_say_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("qsession.session.arguments._PLATFORM", "win32")
    with pytest.raises(InvalidInputError, match="memory_limit needs Linux"):
        Session(memory_limit="4GB")


@pytest.mark.linux
def test_an_executor_limits_its_own_memory():
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(InvalidInputError, match="Limit the processes of your executor"),
    ):
        Session(executor=executor, memory_limit="4GB")


@pytest.mark.linux
@pytest.mark.parametrize("option", [{"parallel": 2}, {"memory_limit": "4GB"}, {"executor": 1}])
def test_a_session_of_ibm_quantum_has_none_of_them(backend, option):
    if "executor" in option:
        with ThreadPoolExecutor(1) as executor, pytest.raises(InvalidInputError):
            Batch(backend, executor=executor)
    else:
        with pytest.raises(InvalidInputError, match=r"are for local backends; .* on IBM Quantum"):
            Batch(backend, **option)


@pytest.mark.linux
def test_a_job_beyond_the_memory_limit_fails_and_the_next_one_runs(make_session, warm_workers):
    session = make_session("aer_simulator", memory_limit="100MB")
    job = session.run(huge(), options={"run_options": {"method": "statevector"}})
    with pytest.raises(JobMemoryError, match="its limit of 100000000 bytes"):
        job.result(PATIENCE_S)
    assert session.run(flipped(), shots=3).result(PATIENCE_S)[0].data.meas.num_shots == 3


def test_a_running_job_is_cancelled_by_id_or_with_the_session(make_session, warm_workers):
    session = make_session("aer_simulator")
    assert snapshot_of(session).can_cancel_running is True
    first = session.run_circuits(endless(), shots=ENDLESS_SHOTS)
    second = session.run_circuits(endless(), shots=ENDLESS_SHOTS)
    assert session.cancel_job(first.job_id()) is True
    assert session.cancel_job(first.job_id()) is False
    session.cancel(running=True)
    assert [record.status for record in session.jobs] == [JobStatus.CANCELLED] * 2
    assert second.record.error.startswith("Cancelled because the session")


def test_the_ways_in_which_jobs_were_computed_are_counted(make_session):
    session = make_session("aer_simulator")
    session.run(flipped(), shots=3).result(PATIENCE_S)
    counts = session.simulation_counts
    assert counts.fast + counts.fallback == 1
    assert sum(counts.reasons.values()) == counts.fallback
