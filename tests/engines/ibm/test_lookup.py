"""Sessions of the account are found again: ``from_id``, ``attach``, ``sessions``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qsession import Batch, ServiceError, Session, SessionNotFoundError, attach, sessions
from qsession.engines.ibm.monitor import Monitor
from qsession.ledger import ledger_of_process
from qsession.ledger.ledger import Ledger
from qsession.ledger.reading import find_sessions
from qsession.testing import ManualClock
from tests.cloud.account import OPEN_CRN, PREMIUM_CRN, connect, default_account
from tests.cloud.faults import refuse
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import look, statuses
from tests.support.circuits import flipped
from tests.support.inside import snapshot_of
from tests.support.waiting import NewThreads

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]

REAL_START = Monitor.start
"""Imported before any test stops it."""


def open_elsewhere(state: ServiceState, jobs: int = 0, mode: str = "dedicated", **body: Any) -> str:
    """A session that another kernel has opened, and its jobs."""
    session = state.open_session(state.premium, {"mode": mode, "backend": "ibm_manila", **body})
    for _ in range(jobs):
        state.submit(state.premium, {"program_id": "sampler", "session_id": session.session_id})
    return session.session_id


@pytest.fixture
def ends(server: Server) -> Any:
    """The other kernel's session, in each state in which it may be found."""
    state = server.state

    def end(how: str, session_id: str) -> None:
        session = state.timeline.sessions[session_id]
        if how == "open":
            return
        state.run_next_job()
        if how == "inactive":
            while state.timeline.queue("ibm_manila"):
                state.run_next_job()
            state.advance(100)
        elif how == "closed":
            state.timeline.cancel(session, state.clock.now())

    return end


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ("open", ("open", ["QUEUED"] * 3)),
        ("active", ("active", ["DONE", "QUEUED", "QUEUED"])),
        ("inactive", ("inactive", ["DONE"] * 3)),
        ("closed", ("closed", ["DONE", "CANCELLED", "CANCELLED"])),
    ],
)
def test_from_id_takes_up_a_session_with_all_its_jobs(
    server: Server, service: Any, ends: Any, how: str, found: Any
):
    server.state.pace.mode = "manual"
    opened = server.state.clock.now()
    session_id = open_elsewhere(server.state, 3)
    ends(how, session_id)
    server.log.clear()
    session = Session.from_id(session_id, service)
    assert (session.state, statuses(session)) == found
    assert server.log.count("POST /(sessions|jobs)") == server.log.count("PATCH|DELETE") == 0
    assert (session.session_id, session.backend()) == (session_id, "ibm_manila")
    assert snapshot_of(session).opened == opened
    assert snapshot_of(session).limit_s == 28800
    assert Session.from_id(session_id, service) is session


def test_an_ended_session_starts_no_thread_and_asks_no_more(
    server: Server, manual: ServiceState, service: Any, monkeypatch: pytest.MonkeyPatch
):
    session_id = open_elsewhere(manual)
    manual.timeline.cancel(manual.timeline.sessions[session_id], manual.clock.now())
    monkeypatch.setattr(Monitor, "start", REAL_START)
    threads = NewThreads()
    session = Session.from_id(session_id, service)
    assert session.state == "closed"
    assert threads.names == set()


def test_from_id_leaves_the_active_instance_as_it_was(server: Server, manual: ServiceState):
    service = connect(server, instance=None)
    service.backend("ibm_manila", instance=OPEN_CRN)
    active = service._active_api_client
    assert active._instance == OPEN_CRN
    session = Session.from_id(open_elsewhere(manual, 1), service)
    assert session._backend._instance == PREMIUM_CRN
    job_id = session.jobs[0].job_id
    assert session.job(job_id).job_id() == job_id
    assert service._active_api_client is active


def test_work_goes_on_in_a_session_that_was_found(manual: ServiceState, service: Any):
    session = Session.from_id(open_elsewhere(manual, 1), service)
    manual.pace.mode = "auto"
    assert session.run(flipped(), shots=3).result()[0].data.meas.get_counts() == {"1": 3}
    look(session)
    assert statuses(session) == ["DONE", "DONE"]
    session.close()
    look(session)
    assert session.state == "closed"


def test_from_id_minds_the_mode(manual: ServiceState, service: Any):
    session_id = open_elsewhere(manual, mode="batch")
    with pytest.raises(SessionNotFoundError, match=r"use Batch\.from_id"):
        Session.from_id(session_id, service)
    assert Batch.from_id(session_id, service).session_id == session_id


def test_an_unknown_id_is_refused(server: Server, service: Any):
    with pytest.raises(SessionNotFoundError, match="No session 'nowhere' in this account"):
        Session.from_id("nowhere", service)
    server.faults.add("GET /sessions", refuse(403, message="Not yours."))
    with pytest.raises(ServiceError, match=r"nowhere: the service answered 403\. Not"):
        Session.from_id("nowhere", service)


def test_attach_finds_sessions_and_batches_by_id(
    server: Server, manual: ServiceState, service: Any, monkeypatch: pytest.MonkeyPatch
):
    session = attach(open_elsewhere(manual, 2), service)
    assert (type(session), len(session.jobs)) == (Session, 2)
    assert type(attach(open_elsewhere(manual, mode="batch"), service)) is Batch
    for name, value in default_account(server).items():
        monkeypatch.setenv(name, value)
    from qsession.compat import ibm_service

    ibm_service.default_service.cache_clear()
    try:
        assert attach(open_elsewhere(manual, 1)).jobs
    finally:
        ibm_service.default_service.cache_clear()


def test_what_is_taken_up_is_on_disk_for_the_next_kernel(
    manual: ServiceState, service: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Ledger, "start", lambda ledger: None)  # nobody writes it later
    session_id = attach(open_elsewhere(manual), service).session_id
    ledger = ledger_of_process()
    assert ledger is not None
    found = ledger.read(lambda file: find_sessions(file, str(session_id)))
    assert found is not None
    assert [entry.session_id for entry in found] == [session_id]


def test_attach_finds_those_of_this_process_by_name_and_id(make_session: Make):
    session = make_session(name="mine", create_new=True)
    assert attach("mine") is session
    assert attach(session.session_id) is session


# --- listing -------------------------------------------------------------------------------------


def listed(service: Any, **options: Any) -> list[tuple[Any, ...]]:
    return [
        (info.session_id, info.mode, info.state, info.source)
        for info in sessions(service, **options)
    ]


def test_open_sessions_and_batches_are_listed_newest_first(
    manual: ServiceState, service: Any, clock: ManualClock
):
    first = open_elsewhere(manual)
    clock.advance(10)
    second = open_elsewhere(manual, 1, mode="batch")
    clock.advance(10)
    gone = open_elsewhere(manual)
    manual.timeline.cancel(manual.timeline.sessions[gone], clock.now())
    manual.submit(manual.premium, {"program_id": "sampler", "backend": "ibm_manila"})  # alone
    expected = [(second, "batch", "open", "service"), (first, "session", "open", "service")]
    assert [one for one in listed(service) if one[3] == "service"] == expected
    everything = [one for one in listed(service, ended=True) if one[3] == "service"]
    assert everything == [(gone, "session", "cancelled", "service"), *expected]


@pytest.mark.filterwarnings("ignore::UserWarning")  # the client's, of an account of many instances
def test_every_instance_of_the_account_is_asked(
    server: Server, manual: ServiceState, clock: ManualClock
):
    paid = open_elsewhere(manual)
    clock.advance(10)
    body = {"mode": "batch", "backend": "ibm_manila"}
    free = manual.open_session(manual.open_plan, body).session_id
    account = connect(server, instance=None)
    found = [one for one in listed(account) if one[3] == "service"]
    assert found == [(free, "batch", "open", "service"), (paid, "session", "open", "service")]
    assert [one[0] for one in listed(account, limit=1) if one[3] == "service"] == [free]


def test_sessions_of_this_process_are_listed_once(
    make_session: Make, service: Any, manual: ServiceState
):
    session = make_session(name="mine")
    session.run(flipped())
    info = next(info for info in sessions(service) if info.session_id == session.session_id)
    assert (info.name, info.jobs, info.source, info.backend) == ("mine", 1, "process", "ibm_manila")
    ids = [info.session_id for info in sessions(service)]
    assert ids.count(session.session_id) == 1


def test_the_list_is_read_page_by_page_up_to_the_limit(
    server: Server, manual: ServiceState, service: Any, clock: ManualClock
):
    for _ in range(120):
        clock.advance(1)
        open_elsewhere(manual)
    server.log.clear()
    found = [one for one in listed(service, limit=110) if one[3] == "service"]
    assert len(found) == len(set(found)) == 110
    assert server.log.count("GET /workloads") == 3
    server.log.clear()
    assert len([one for one in listed(service) if one[3] == "service"]) == 50
    assert server.log.count("GET /workloads") == 1


def test_a_listing_that_fails_is_one_clear_error(server: Server, service: Any):
    server.faults.add("GET /workloads", refuse(500, message="Broken."))
    with pytest.raises(
        ServiceError, match=r"Could not list the account.s sessions: .* 500\. Broken"
    ) as told:
        sessions(service)
    assert told.value.__cause__ is not None


@pytest.mark.parametrize(
    "workload",
    [
        {}, {"mode": "session"}, {"mode": "session", "id": 7}, {"mode": 1, "id": "x"},
    ],
)  # fmt: skip
def test_what_is_no_session_is_not_listed(workload: Any):
    from qsession.engines.ibm.lookup import _read_workload

    assert _read_workload(workload) is None


def test_an_odd_workload_is_listed_with_what_can_be_read():
    from qsession.engines.ibm.lookup import _read_workload

    raw = {"mode": "batch", "id": "x", "status": "new", "backend": 5, "created": "soon", "ended": 1}
    found = _read_workload(raw)
    assert found is not None
    assert (found.state, found.backend, found.opened, found.ended) == ("open", None, None, None)
