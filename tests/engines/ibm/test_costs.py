"""What watching costs, in requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qsession import Session
from qsession.model.states import State
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import WATCHING, look, look_for, statuses
from tests.support.circuits import flipped

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]


def submit_elsewhere(state: ServiceState, session: Session, count: int) -> None:
    """Let another kernel submit jobs, one after the other."""
    for _ in range(count):
        state.advance(0.05)
        state.submit(state.premium, {"program_id": "sampler", "session_id": session.session_id})


@pytest.mark.parametrize("what", ["open", "queued", "idle", "closing"])
def test_an_hour_in_which_nothing_moves_costs_three_hundred_requests_at_most(
    make_session: Make, server: Server, manual: ServiceState, clock: ManualClock, what: str
):
    manual.premium.interactive_ttl = 7200
    session = make_session(create_new=True)
    if what != "open":
        session.run(flipped())
    if what == "idle":
        manual.run_next_job()
    if what == "closing":
        session.close()
    look(session)
    server.log.clear()
    look_for(session, clock, 1700 if what == "open" else 3600)
    watching = server.log.count(WATCHING)
    assert watching <= 300
    assert server.log.count() - watching <= 60  # what is asked for once a minute
    assert server.log.count("GET /jobs") > 50
    assert server.log.count("GET /sessions") > 50


def test_a_look_costs_two_requests_at_most(
    make_session: Make, server: Server, manual: ServiceState, clock: ManualClock
):
    session = make_session("10m")
    jobs = [session.run(flipped()) for _ in range(3)]
    look(session)  # begins with a token

    def costs() -> int:
        clock.advance(1)
        server.log.clear()
        look(session)
        asked = server.log.count()
        return asked - server.log.count("GET /(backends|instances)|metrics$")

    assert costs() <= 2
    manual.start_next_job()
    assert costs() <= 2
    manual.finish_job()
    assert costs() <= 2
    session.cancel_job(jobs[1].job_id())
    assert costs() <= 2
    manual.start_next_job()
    engine: Any = core_of(session).engine
    engine._ending.decide(State.CLOSED, "a test")
    assert costs() <= 2  # with an ending that had not been heard
    manual.finish_job()
    assert costs() <= 2
    assert session.state == "closed"


def test_after_the_end_nothing_is_asked(make_session: Make, server: Server, clock: ManualClock):
    session = make_session()
    session.run(flipped())
    look(session)
    session.cancel()
    assert look(session) is None
    assert session.state == "cancelled"


def test_jobs_that_came_unseen_before_the_end_are_found(
    make_session: Make, server: Server, manual: ServiceState, clock: ManualClock
):
    """The session alone is asked for every other time while nothing moves."""
    for offset in (0, 1):
        session = make_session(create_new=True)
        look_for(session, clock, 120)
        for _ in range(offset):
            clock.advance(15)
            look(session)
        submit_elsewhere(manual, session, 1)
        cloud = manual.timeline.sessions[str(session.session_id)]
        manual.timeline.cancel(cloud, clock.now())
        look_for(session, clock, 60)
        assert (session.state, statuses(session)) == ("closed", ["CANCELLED"])


def test_many_jobs_are_listed_once_and_then_only_what_moves(
    make_session: Make, server: Server, manual: ServiceState, clock: ManualClock
):
    session = make_session(create_new=True)
    look(session)
    submit_elsewhere(manual, session, 450)
    look_for(session, clock, 3)
    server.log.clear()
    most = 0
    for number in range(450):
        manual.run_next_job()
        if number == 100:
            submit_elsewhere(manual, session, 50)
        if number % 9 == 0:
            before = server.log.count(WATCHING)
            clock.advance(1)
            look(session)
            most = max(most, server.log.count(WATCHING) - before)
    assert most == 2
    while manual.timeline.queue("ibm_manila"):
        manual.run_next_job()
    look_for(session, clock, 10)
    assert [record.job_id for record in session.jobs] == list(manual.timeline.jobs)
    assert statuses(session) == ["DONE"] * 500


def test_a_session_with_many_jobs_is_found_with_all_of_them(
    server: Server, manual: ServiceState, service: Any, clock: ManualClock
):
    opened = manual.open_session(manual.premium, {"mode": "dedicated", "backend": "ibm_manila"})
    for _ in range(450):
        manual.submit(manual.premium, {"program_id": "sampler", "session_id": opened.session_id})
    server.log.clear()
    session = Session.from_id(opened.session_id, service)
    assert len(session.jobs) == 450
    assert server.log.count("GET /jobs") == 3
    server.log.clear()
    clock.advance(1)
    look(session)
    assert server.log.count("GET /jobs") == 1
    session.cancel()
    look_for(session, clock, 10)
    assert set(statuses(session)) == {"CANCELLED"}
