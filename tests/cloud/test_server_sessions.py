"""Sessions and batches, as IBM's client meets them, while the test moves the clock."""

from __future__ import annotations

from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import Batch, IBMBackend, QiskitRuntimeService, Session
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMInputValueError, IBMRuntimeError
from qiskit_ibm_runtime.executor_sampler import Sampler

from tests.cloud.account import OPEN_CRN, connect
from tests.cloud.server import Server


def seconds(session: Session, server: Server) -> list[tuple[str, float]]:
    """The states of a session, and when it entered them, in seconds after the first."""
    record = server.state.timeline.sessions[str(session.session_id)]
    return [(state, (at - record.created).total_seconds()) for state, at in record.history]


def details(session: Session) -> dict[str, Any]:
    found: dict[str, Any] | None = session.details()
    assert found is not None
    return found


def test_the_life_of_a_session(
    server: Server, backend: IBMBackend, circuit: QuantumCircuit
) -> None:
    server.state.pace.mode = "manual"
    server.log.clear()
    session = Session(backend, max_time="10m")
    assert server.log.matching()[0].body == {
        "mode": "dedicated",
        "backend": "ibm_manila",
        "instance": server.state.premium.crn,
        "max_ttl": 600,
    }
    assert session.status() == "Pending"
    assert details(session)["started_at"] is None

    job = Sampler(session).run([circuit])
    server.state.advance(10)
    assert session.status() == "Pending"

    server.state.start_next_job()
    assert session.status() == "In progress, accepting new jobs"
    server.state.advance(20)
    server.state.finish_job()
    assert job.result() is not None
    server.state.advance(59)
    assert session.status() == "In progress, accepting new jobs"
    assert session.usage() == 79.0

    server.state.advance(1)
    assert session.status() == "Pending"
    server.state.advance(100)
    assert session.usage() == 80.0

    Sampler(session).run([circuit])
    server.state.start_next_job()
    session.close()
    assert session.status() == "In progress, not accepting new jobs"
    server.state.advance(5)
    server.state.finish_job()
    assert session.status() == "Closed"
    assert session.usage() == 85.0

    assert seconds(session, server) == [
        ("open", 0.0),
        ("active", 10.0),
        ("inactive", 90.0),
        ("active", 190.0),
        ("closed", 195.0),
    ]
    told = details(session)
    assert told["started_at"] == "2026-01-31T12:00:10.000000Z"
    assert told["activated_at"] == told["last_job_started"] == "2026-01-31T12:03:10.000000Z"
    assert told["closed_at"] == told["last_job_completed"] == "2026-01-31T12:03:15.000000Z"
    assert (told["max_time"], told["interactive_timeout"]) == (600, 60)


def test_cancel_spares_the_running_job(
    server: Server, backend: IBMBackend, circuit: QuantumCircuit
) -> None:
    server.state.pace.mode = "manual"
    session = Session(backend)
    running, queued = (Sampler(session).run([circuit]) for _ in range(2))
    server.state.start_next_job()

    session.cancel()

    assert (running.status(), queued.status()) == ("RUNNING", "CANCELLED")
    assert session.status() == "In progress, not accepting new jobs"
    server.state.finish_job()
    assert (running.status(), session.status()) == ("DONE", "Closed")


@pytest.mark.parametrize(("expiry", "status"), [("Cancelled", "CANCELLED"), ("Failed", "ERROR")])
def test_the_time_of_a_session_ends(
    expiry: Any, status: str, server: Server, backend: IBMBackend, circuit: QuantumCircuit
) -> None:
    server.state.pace.mode = "manual"
    server.state.pace.expiry = expiry
    session = Session(backend, max_time=300)
    running, queued = (Sampler(session).run([circuit]) for _ in range(2))
    server.state.advance(1000)
    server.state.start_next_job()

    server.state.advance(310)

    assert session.status() == "Closed"
    assert (running.status(), queued.status()) == ("RUNNING", status)
    assert seconds(session, server)[-1] == ("closed", 1300.0)
    server.state.finish_job()
    assert running.status() == "DONE"
    assert session.usage() == 310.0
    with pytest.raises(IBMRuntimeError, match="Session has been closed"):
        Sampler(session).run([circuit])


def test_a_session_that_is_never_used_is_closed(server: Server, backend: IBMBackend) -> None:
    session = Session(backend)
    server.state.advance(1799)
    assert session.status() == "Pending"
    server.state.advance(1)
    assert session.status() == "Closed"


def test_a_batch(server: Server, backend: IBMBackend, circuit: QuantumCircuit) -> None:
    with Batch(backend) as batch:
        jobs = [Sampler(batch).run([circuit]) for _ in range(3)]

    assert details(batch)["mode"] == "batch"
    assert batch.status() == "Closed"
    assert {job.status() for job in jobs} == {"DONE"}
    assert batch.usage() == 3 * server.state.pace.qpu_seconds


def test_a_clock_that_jumps_leaves_nothing_out(server: Server) -> None:
    state = server.state
    state.pace.job_seconds = 10
    session = state.open_session(state.premium, {"mode": "dedicated", "backend": "ibm_manila"})
    body = {"program_id": "sampler", "session_id": session.session_id}
    jobs = [state.submit(state.premium, body) for _ in range(3)]

    state.advance(100_000)

    assert [(job.started, job.finished) == (None, None) for job in jobs] == [False] * 3
    times = [(at - session.created).total_seconds() for _, at in session.history]
    assert [entry for entry, _ in session.history] == ["open", "active", "inactive", "closed"]
    assert times == [0.0, 0.0, 90.0, 28800.0]
    assert state.elapsed(session) == 90.0


# ---- What is refused


def test_the_open_plan_has_batches_only(server: Server) -> None:
    backend = connect(server, instance=OPEN_CRN).backend("ibm_manila")

    with pytest.raises(RequestsApiError, match=r'400 Client Error.*"code": 1352') as refusal:
        Session(backend)
    assert refusal.value.status_code == 400
    assert Batch(backend, max_time=600).status() == "Pending"


@pytest.mark.parametrize("max_time", [-1, 28801, 2**31])
def test_times_that_no_plan_allows(max_time: int, backend: IBMBackend) -> None:
    with pytest.raises(RequestsApiError, match=r"400 Client Error.*max_ttl"):
        Session(backend, max_time=max_time)


def test_sessions_by_their_id(
    server: Server, service: QiskitRuntimeService, backend: IBMBackend, circuit: QuantumCircuit
) -> None:
    session_id = str(Session(backend).session_id)

    found = Session.from_id(session_id, service)
    assert Sampler(found).run([circuit]).session_id == session_id
    found.close()

    with pytest.raises(IBMRuntimeError, match="The session is closed"):
        Sampler(Session.from_id(session_id, service)).run([circuit])
    with pytest.raises(IBMInputValueError, match="has execution mode dedicated instead of batch"):
        Batch.from_id(session_id, service)
    with pytest.raises(IBMInputValueError, match="Session not found"):
        Session.from_id("unknown", service)
