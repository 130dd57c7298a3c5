"""Jobs, as IBM's client meets them while the test steps them on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import qiskit_ibm_runtime
from packaging.version import Version
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import IBMBackend, QiskitRuntimeService
from qiskit_ibm_runtime.exceptions import (
    IBMRuntimeError,
    RuntimeInvalidStateError,
    RuntimeJobFailureError,
    RuntimeJobMaxTimeoutError,
    RuntimeJobNotFound,
)
from qiskit_ibm_runtime.executor_sampler import Sampler

from tests.cloud.server import Server

EARLY = Version(qiskit_ibm_runtime.__version__) >= Version("0.51")
"""Whether making the service object already asks for the backends; from 0.51 on it does."""

SUBMISSION = {"program_id": "sampler", "backend": "ibm_manila"}


def test_a_job_goes_on_step_by_step(
    server: Server, service: QiskitRuntimeService, backend: IBMBackend, circuit: QuantumCircuit
) -> None:
    server.state.pace.mode = "manual"
    server.state.pace.bills_at_once = False
    server.log.clear()
    job = Sampler(backend, options={"environment": {"job_tags": ["one"]}}).run([circuit])
    assert server.log.lines() == [
        "GET /backends",  # outside of sessions, because the new primitives pass the name on
        "GET /instances/usage",
        "GET /backends/ibm_manila/status",
        "POST /jobs",
    ]
    assert server.log.matching("POST /jobs")[0].body["program_id"] == "executor"
    assert job.status() == "QUEUED"

    server.state.advance(3)
    server.state.start_next_job()
    assert job.status() == "RUNNING"

    server.state.advance(5)
    server.state.finish_job()
    assert job.status() == "DONE"
    assert job.metrics()["timestamps"] == {
        "created": "2026-01-31T12:00:00.000000Z",
        "running": "2026-01-31T12:00:03.000000Z",
        "finished": "2026-01-31T12:00:08.000000Z",
    }
    assert (job.usage(), job.usage(partial=True)) == (0, 5.0)

    server.state.settle_usage()
    assert job.usage() == 5.0
    assert service.job(job.job_id()).tags == ["one"]
    assert set(job.update_tags(["two", "three"])) == {"two", "three"}
    assert job.logs() == ""
    service.delete_job(job.job_id())
    with pytest.raises(RuntimeJobNotFound):
        service.job(job.job_id())


def test_jobs_that_end_badly(server: Server, backend: IBMBackend, circuit: QuantumCircuit) -> None:
    server.state.pace.mode = "manual"
    failed, late, cancelled = (Sampler(backend).run([circuit]) for _ in range(3))

    server.state.start_next_job()
    server.state.fail_job("log\nTraceback (most recent call last):\nValueError: no")
    with pytest.raises(RuntimeJobFailureError, match="ValueError: no"):
        failed.result()
    assert failed.error_message().endswith(
        "has failed:\nTraceback (most recent call last):\nValueError: no"
    )

    server.state.start_next_job()
    server.state.time_out_job()
    assert late.status() == "ERROR"
    with pytest.raises(RuntimeJobMaxTimeoutError, match="1305"):
        late.result()

    cancelled.cancel()
    with pytest.raises(RuntimeInvalidStateError, match="was cancelled"):
        cancelled.result()
    with pytest.raises(RuntimeInvalidStateError, match="409"):
        cancelled.cancel()


def test_results_of_a_private_job_are_read_once(
    backend: IBMBackend, circuit: QuantumCircuit
) -> None:
    job = Sampler(backend, options={"environment": {"private": True}}).run([circuit])

    assert job.inputs == {}
    assert job.result() is not None
    assert job.result() is None


def test_listing_jobs(server: Server, service: QiskitRuntimeService) -> None:
    state, start = server.state, server.state.clock.now()
    state.pace.mode = "manual"
    session = state.open_session(state.premium, {"mode": "batch", "backend": "ibm_manila"})
    ids = []
    for number in range(250):
        tags, session_id = [f"even:{number % 2 == 0}"], session.session_id if number < 30 else None
        body = {**SUBMISSION, "tags": tags, "session_id": session_id}
        ids.append(state.submit(state.premium, body).job_id)
        state.advance(1)
    state.run_next_job()
    state.submit(state.open_plan, SUBMISSION)  # of another instance: not listed

    def listed(**query: Any) -> tuple[list[str], int]:
        page = service._active_api_client.jobs_get(**query)
        return [job["id"] for job in page["jobs"]], page["count"]

    assert listed(limit=200) == (ids[:49:-1], 250)
    assert listed(limit=1000) == (ids[:49:-1], 250)
    assert listed(limit=3, skip=249) == (ids[:1], 250)
    assert listed(limit=2, descending=False) == (ids[:2], 250)
    assert listed(limit=200, session_id=session.session_id) == (ids[29::-1], 30)
    assert listed(session_id="unknown") == ([], 0)
    assert listed(pending=False) == (ids[:1], 1)
    assert listed(limit=1, job_tags=["even:True"]) == (ids[248:249], 125)
    assert listed(program_id="estimator")[1] == listed(backend_name="ibm_torino")[1] == 0
    assert listed(created_after=start + timedelta(seconds=247.5)) == (ids[:247:-1], 2)
    assert listed(created_before=start)[0] == ids[:1]
    assert len(service.jobs(limit=None, session_id=session.session_id)) == 30


def test_listing_workloads(server: Server, service: QiskitRuntimeService) -> None:
    state = server.state
    session = state.open_session(state.premium, {"mode": "dedicated", "backend": "ibm_manila"})
    state.submit(state.premium, {**SUBMISSION, "session_id": session.session_id})
    state.advance(1)
    alone = [state.submit(state.premium, SUBMISSION).job_id for _ in range(11)]

    api = service._active_api_client._api
    page = api.workloads_get()
    assert (len(page["workloads"]), page["total_count"], page["limit"]) == (10, 12, 10)
    assert page["workloads"][0]["id"] == session.session_id
    assert page["workloads"][0]["status"] == "in_progress"

    cursor = page["next"]["href"].partition("next=")[2].partition("&")[0]
    rest = api.workloads_get(next=cursor)
    assert [workload["id"] for workload in rest["workloads"]] == alone[-2:]
    assert "next" not in rest
    assert api.workloads_get(mode="session")["total_count"] == 1
    assert api.workloads_get(status=["completed"], limit=50)["total_count"] == 11


def test_many_threads_share_a_service(
    server: Server, backend: IBMBackend, circuit: QuantumCircuit
) -> None:
    def work(_: int) -> str:
        job = Sampler(backend).run([circuit], shots=10)
        assert job.result()[0].data.meas.num_shots == 10
        return str(job.job_id())

    with ThreadPoolExecutor(8) as threads:
        ids = [*threads.map(work, range(40))]

    assert {*ids} == {*server.state.timeline.jobs}
    assert len({*ids}) == 40


def test_an_instance_that_is_used_up_takes_no_jobs(
    server: Server, backend: IBMBackend, circuit: QuantumCircuit
) -> None:
    server.state.premium.usage_limit = 100
    server.state.premium.usage_before = 100.0

    with (
        pytest.warns(UserWarning, match="has met its usage limit"),
        pytest.raises(IBMRuntimeError, match="409 Client Error"),
    ):
        Sampler(backend).run([circuit])
