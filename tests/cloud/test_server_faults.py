"""What IBM's client makes of a service in trouble."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import IBMBackend, Session
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMRuntimeError
from qiskit_ibm_runtime.executor_sampler import Sampler
from requests.exceptions import JSONDecodeError

from tests.cloud.faults import (
    cut_short,
    malformed,
    refuse,
    reset,
    too_many_requests,
)
from tests.cloud.server import Server

GET_SESSION = r"GET /sessions/[^/]+$"
POST_JOB = r"POST /jobs$"


# ---- Errors of the server


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 521, 522, 524])
def test_a_short_outage_is_not_noticed(
    status: int, server: Server, ibm_session: Session, back_offs: list[float]
) -> None:
    server.faults.add(GET_SESSION, refuse(status), times=3)

    assert ibm_session.status() == "Pending"
    assert back_offs == [0, 1, 2]


def test_a_long_outage_takes_six_requests_and_fifteen_seconds(
    server: Server, ibm_session: Session, back_offs: list[float]
) -> None:
    server.faults.add(GET_SESSION, refuse(503), times=None)

    with pytest.raises(RequestsApiError, match="too many 503 error responses") as outage:
        ibm_session.status()

    assert outage.value.status_code == -1
    assert server.log.count(GET_SESSION) == 6
    assert back_offs == [0, 1, 2, 4, 8]


def test_a_submission_whose_answer_is_lost_is_made_twice(
    server: Server, ibm_session: Session, circuit: QuantumCircuit
) -> None:
    server.faults.add(POST_JOB, refuse(502, after=True))

    job = Sampler(ibm_session).run([circuit])

    first, second = server.state.timeline.jobs.values()
    assert job.job_id() == second.job_id
    assert first.params == second.params


def test_a_session_whose_answer_is_lost_is_opened_twice(
    server: Server, backend: IBMBackend
) -> None:
    server.faults.add("POST /sessions", refuse(504, after=True))

    session = Session(backend)

    assert [*server.state.timeline.sessions][1:] == [session.session_id]


def test_after_a_failed_close_the_session_is_closed_here_only(
    server: Server, ibm_session: Session, circuit: QuantumCircuit
) -> None:
    server.faults.add("PATCH /sessions", refuse(503))

    with pytest.raises(IBMRuntimeError, match="Error closing session"):
        ibm_session.close()

    assert server.log.count("PATCH") == 1
    assert ibm_session.status() == "Pending"
    with pytest.raises(IBMRuntimeError, match="The session is closed"):
        Sampler(ibm_session).run([circuit])


def test_close_ignores_a_session_that_is_gone(server: Server, ibm_session: Session) -> None:
    server.faults.add("PATCH /sessions", refuse(404))
    ibm_session.close()


# ---- Too many requests


def test_the_client_waits_as_long_as_it_is_told(
    server: Server, ibm_session: Session, back_offs: list[float]
) -> None:
    server.faults.add(GET_SESSION, too_many_requests(retry_after=17), times=2)

    assert ibm_session.status() == "Pending"
    assert back_offs == [17, 17]


@pytest.mark.parametrize("status", [429, 503])
def test_a_cancelled_session_is_cancelled_in_the_end(
    status: int, server: Server, ibm_session: Session, back_offs: list[float]
) -> None:
    server.faults.add("DELETE /sessions", refuse(status, retry_after=2), times=3)

    ibm_session.cancel()

    assert ibm_session.status() == "Closed"
    assert back_offs == [2, 2, 2]


def test_without_being_told_it_gives_up(
    server: Server, ibm_session: Session, back_offs: list[float]
) -> None:
    server.faults.add(GET_SESSION, too_many_requests())

    with pytest.raises(RequestsApiError) as refusal:
        ibm_session.status()
    assert refusal.value.status_code == 429
    assert back_offs == []


def test_submissions_are_never_repeated_for_it(
    server: Server, ibm_session: Session, circuit: QuantumCircuit, back_offs: list[float]
) -> None:
    server.faults.add(POST_JOB, too_many_requests(retry_after=1))

    with pytest.raises(IBMRuntimeError, match="429 Client Error"):
        Sampler(ibm_session).run([circuit])
    assert back_offs == []
    assert server.state.timeline.jobs == {}


# ---- The connection


def test_a_reset_is_repaired_for_reading(server: Server, ibm_session: Session) -> None:
    server.faults.add(GET_SESSION, reset(), times=2)

    assert ibm_session.status() == "Pending"
    assert [entry.status for entry in server.log.matching(GET_SESSION)] == [None, None, 200]


def test_a_reset_may_leave_a_job_that_nobody_knows(
    server: Server, ibm_session: Session, circuit: QuantumCircuit
) -> None:
    server.faults.add(POST_JOB, reset(after=True))

    with pytest.raises(IBMRuntimeError, match="Connection"):
        Sampler(ibm_session).run([circuit])
    assert len(server.state.timeline.jobs) == server.log.count(POST_JOB) == 1


def test_half_an_answer_is_an_error(server: Server, ibm_session: Session) -> None:
    server.faults.add(GET_SESSION, cut_short())
    server.faults.add(GET_SESSION, malformed())

    with pytest.raises(RequestsApiError) as broken:
        ibm_session.status()
    assert broken.value.status_code == -1
    with pytest.raises(JSONDecodeError):
        ibm_session.status()
    assert server.log.count(GET_SESSION) == 2
    assert ibm_session.status() == "Pending"


def test_a_silent_server_blocks_only_who_asked(server: Server, ibm_session: Session) -> None:
    gate = server.faults.hold(GET_SESSION)

    with ThreadPoolExecutor(1) as threads:
        status = threads.submit(ibm_session.status)
        gate.wait_until_reached()
        assert ibm_session._backend.status().operational
        assert server.log.matching(GET_SESSION)[0].answered is False
        assert not status.done()

        gate.release()
        assert status.result() == "Pending"


def test_a_held_answer_tells_of_the_past(server: Server, ibm_session: Session) -> None:
    gate = server.faults.hold(GET_SESSION, after=True)

    with ThreadPoolExecutor(1) as threads:
        status = threads.submit(ibm_session.status)
        gate.wait_until_reached()
        ibm_session.close()
        gate.release()
        assert status.result() == "Pending"
    assert ibm_session.status() == "Closed"


def test_what_is_held_does_not_keep_the_server_from_stopping(server: Server) -> None:
    gate = server.faults.hold("GET /")
    connection = HTTPConnection("127.0.0.1", urlsplit(server.origin).port)
    connection.request("GET", "/")
    gate.wait_until_reached()

    server.stop()

    connection.close()


# ---- The service's clock


def test_the_service_may_have_another_time(server: Server, ibm_session: Session) -> None:
    server.state.skew = timedelta(minutes=5)
    ibm_session.close()

    details = ibm_session.details()
    assert details is not None
    assert details["closed_at"] == "2026-01-31T12:05:00.000000Z"
