"""``details()``, ``status()`` and ``usage()`` of local sessions have IBM's shapes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest
import qiskit_ibm_runtime
from qiskit_ibm_runtime import QiskitRuntimeService

import qsession
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.support.circuits import flipped
from tests.support.gated_backend import GatedBackend
from tests.support.waiting import until


class OfflineService(QiskitRuntimeService):
    """IBM's service with the one answer of the cloud that a session asks for."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.session_details = lambda session_id: answer

    def _get_api_client(self, *args: Any) -> Any:
        return self


def ibms(cls: type, answer: dict[str, Any]) -> Any:
    """IBM's session of which the cloud says this."""
    session: Any = object.__new__(cls)
    session._session_id, session._instance = "an-id", None
    session._service = OfflineService(answer)
    return session


def ibms_details() -> dict[str, Any]:
    """What IBM's own code makes of an answer in which everything stands."""
    details: dict[str, Any] = ibms(qiskit_ibm_runtime.Session, defaultdict(str, x="y")).details()
    return details


@pytest.fixture
def details(gated: GatedBackend, clock: ManualClock) -> dict[str, Any]:
    """Details of a session that has ended after a job of three seconds."""
    session = qsession.Session(gated, "30m", clock=clock)
    job = session.run(flipped())
    gated.wait_for_runs(1)
    clock.advance(3)
    gated.open_gate()
    job.result()
    session.close()
    told = session.details()
    assert told is not None
    assert told["id"] == job.job_id()
    return told


def test_details_have_ibms_keys(details):
    # IBM's client tells the timestamps since 0.51; ours does with every release.
    assert set(details) == {*ibms_details(), "timestamps"}


def test_details_have_the_same_shape_on_every_engine(details, each_backend):
    session = qsession.Session(each_backend, "30m", create_new=True)
    told = session.details()
    assert told is not None
    assert set(told) == set(details)
    assert (told["state"], told["max_time"], told["mode"]) == ("open", 1800, "dedicated")
    session.close()


def test_details_tell_what_happened_in_ibms_words(details):
    start, end = "2026-01-31T12:00:00Z", "2026-01-31T12:00:03Z"
    del details["id"]
    assert details == {
        "backend_name": "gated_simulator",
        "interactive_timeout": 60,
        "max_time": 1800,
        "active_timeout": 1800,
        "state": "closed",
        "accepting_jobs": False,
        "last_job_started": start,
        "last_job_completed": end,
        "started_at": start,
        "activated_at": start,
        "closed_at": end,
        "mode": "dedicated",
        "usage_time": 3.0,
        "timestamps": [
            {"status": "open", "timestamp": start},
            {"status": "active", "timestamp": start},
            {"status": "closed", "timestamp": end},
        ],
    }


def test_times_can_be_read_as_those_of_the_service(details):
    for name in ("started_at", "closed_at", "activated_at", "last_job_started"):
        assert datetime.fromisoformat(details[name]).tzinfo is not None


def test_a_batch_says_so(each_backend):
    batch = qsession.Batch(each_backend, create_new=True)
    told = batch.details()
    assert told is not None
    assert told["mode"] == "batch"
    batch.close()


@pytest.mark.parametrize("cls", [qsession.Session, qsession.Batch])
def test_status_is_ibms_sentence_in_every_state(cls, gated: GatedBackend, clock: ManualClock):
    session = cls(gated, "5m", clock=clock)
    assert (session.state, session.status()) == ("not-started", None)
    job = session.run(flipped())
    assert (session.state, session.status()) == ("active", "In progress, accepting new jobs")
    gated.let_through()
    job.result()
    clock.advance(60)
    until(core_of(session).journal, lambda: session.state == "inactive")
    assert session.status() == "Pending"
    session.run(flipped())
    session.close()
    assert (session.state, session.status()) == ("closing", "In progress, not accepting new jobs")
    clock.advance(300)
    until(core_of(session).journal, lambda: session.state == "expired")
    assert session.status() == "Closed"


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_status_of_an_ended_session_is_closed(each_backend, end: str):
    session = qsession.Session(each_backend, create_new=True)
    assert session.status() == "Pending"
    getattr(session, end)()
    assert session.status() == "Closed"


def test_ibms_own_code_reads_our_details_likewise(gated: GatedBackend, clock: ManualClock):
    session = qsession.Session(gated, clock=clock)
    session.run(flipped())
    renamed = {"interactive_timeout": "interactive_ttl", "max_time": "max_ttl",
               "active_timeout": "active_ttl", "usage_time": "elapsed_time"}  # fmt: skip
    told = session.details()
    assert told is not None
    answer = {renamed.get(name, name): value for name, value in told.items()}
    theirs = ibms(qiskit_ibm_runtime.Session, answer)
    assert theirs.details() == {name: told[name] for name in ibms_details()}
    assert theirs.status() == session.status()
    assert theirs.usage() == session.usage()


def test_usage_is_a_number_of_seconds_once_there_is_something_to_use(
    gated: GatedBackend, clock: ManualClock
):
    session = qsession.Session(gated, clock=clock)
    assert session.usage() is None
    session.run(flipped())
    clock.advance(2)
    usage = session.usage()
    assert isinstance(usage, float)
    assert usage == 2
