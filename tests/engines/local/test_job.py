"""The handle of a local job."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from qiskit.providers import JobStatus as QiskitJobStatus
from qiskit.providers.exceptions import JobTimeoutError
from qiskit_ibm_runtime.exceptions import RuntimeInvalidStateError

from qsession.errors import QSessionError
from tests.engines.bench import Bench
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.support.gated_backend import GatedBackend


def test_waiting_can_have_an_end_and_the_job_goes_on(bench: Bench, gated: GatedBackend):
    job = bench.submit()
    for wait in (job.result, job.wait_for_final_state):
        for ours_and_theirs in (QSessionError, JobTimeoutError, TimeoutError):
            with pytest.raises(ours_and_theirs, match=r"^Job .* did not end within 0 s"):
                wait(timeout=0)
    gated.open_gate()
    job.wait_for_final_state(PATIENCE_S)
    assert job.result(0).get_counts() == {"1": 100}


@pytest.mark.parametrize("timeout", [math.inf, 1e10])
def test_waiting_may_be_given_any_time(bench: Bench, gated: GatedBackend, timeout: float):
    job = bench.submit()
    with ThreadPoolExecutor(1) as threads:
        waited = threads.submit(job.result, timeout)
        gated.open_gate()
        assert waited.result(PATIENCE_S).get_counts() == {"1": 100}


def test_where_waits_are_short_it_goes_on_waiting_until_it_is_interrupted(
    bench: Bench, gated: GatedBackend, monkeypatch: pytest.MonkeyPatch
):
    job = bench.submit()
    asked = iter([0.001, 0.001, 0.001, None])

    def longest_wait_s() -> float:
        if next(asked) is None:  # where Python raises it in the main thread
            raise KeyboardInterrupt
        return 0.001

    monkeypatch.setattr("qsession.engines.local.job.longest_wait_s", longest_wait_s)
    with pytest.raises(KeyboardInterrupt):
        job.result()
    monkeypatch.setattr("qsession.engines.local.job.longest_wait_s", lambda: 0.001)
    with pytest.raises(JobTimeoutError, match=r"did not end within 0\.01 s"):
        job.result(0.01)
    gated.open_gate()
    assert job.result().get_counts() == {"1": 100}


def test_a_status_equals_ibms_text_and_qiskits_member(bench: Bench, gated: GatedBackend):
    running, queued = bench.submit(), bench.submit()
    assert running.status() == "RUNNING" == running.status().value
    assert running.status() == QiskitJobStatus.RUNNING
    assert queued.status() == "QUEUED"
    assert queued.status() == QiskitJobStatus.QUEUED
    assert queued.status() != QiskitJobStatus.DONE


@pytest.mark.parametrize(
    ("end", "claims"),
    [
        ("done", ("done", "in_final_state")),
        ("failed", ("errored", "in_final_state")),
        ("cancelled", ("cancelled", "in_final_state")),
        ("running", ("running",)),
        ("queued", ()),
    ],
)
def test_exactly_the_claims_that_hold_are_true(
    bench: Bench, gated: GatedBackend, end: str, claims: tuple[str, ...]
):
    if end in ("queued", "cancelled"):
        bench.submit()
    job = bench.submit()
    if end == "cancelled":
        job.cancel()
    if end in ("done", "failed"):
        gated.failure = ValueError("broken") if end == "failed" else None
        gated.open_gate()
        job.wait_for_final_state(PATIENCE_S)
    every_claim = ("done", "errored", "cancelled", "running", "in_final_state")
    assert tuple(claim for claim in every_claim if getattr(job, claim)()) == claims


def test_the_result_of_a_cancelled_job_is_an_error_of_ours_and_ibms(bench: Bench):
    bench.submit()
    job = bench.submit()
    job.cancel()
    with pytest.raises(QSessionError, match="Cancelled by the user") as caught:
        job.result()
    assert isinstance(caught.value, RuntimeInvalidStateError)
    job.wait_for_final_state()


def test_several_threads_may_wait_for_one_job(bench: Bench, gated: GatedBackend):
    job = bench.submit()
    results: list[object] = []
    threads = [
        threading.Thread(target=lambda: results.append(job.result(PATIENCE_S))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    gated.open_gate()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(results) == 3
    assert len({id(result) for result in results}) == 1


def test_its_metrics_tell_the_times_as_ibms_do(bench: Bench, gated: GatedBackend):
    job = bench.submit()
    gated.wait_for_runs(1)
    bench.clock.advance(2)
    gated.open_gate()
    job.result(PATIENCE_S)
    assert job.metrics()["timestamps"] == {
        "created": "2026-01-31T12:00:00Z",
        "running": "2026-01-31T12:00:00Z",
        "finished": "2026-01-31T12:00:02Z",
    }
    assert job.creation_date == bench.clock.now().replace(second=0)
    assert job.creation_date.tzinfo is not None
    assert job.usage() == 0


def test_it_shows_itself_in_a_line(bench: Bench):
    job = bench.submit()
    assert repr(job) == f"<LocalJob {job.job_id()} circuits RUNNING>"
