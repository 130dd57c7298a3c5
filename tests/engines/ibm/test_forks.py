"""A forked child cannot harm a session that is paid for: it sends nothing, and says so."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from qsession import Session, SessionEndedError
from qsession.session import cleanup
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.support.circuits import flipped
from tests.support.forking import in_child

Make = Callable[..., Session]

pytestmark = [
    pytest.mark.usefixtures("by_hand"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]


def refused(session: Session) -> str:
    """In what words a session refuses a job."""
    with pytest.raises(SessionEndedError) as error:
        session.run(flipped())
    return str(error.value)


def test_it_takes_no_job_in_the_child_and_says_what_to_do(make_session: Make, server: Server):
    session = make_session()
    session.run(flipped())
    server.log.clear()
    said = in_child(lambda: refused(session))
    assert f"it goes on in process {os.getpid()}, which this one was forked from" in said
    assert f"qsession.attach('{session.session_id}') takes it up here" in said
    assert server.log.lines() == []
    session.run(flipped())
    assert len(server.state.timeline.jobs) == 2


def test_one_that_was_not_opened_opens_none_there(make_session: Make, server: Server):
    session = make_session()
    assert f"process {os.getpid()}" in in_child(lambda: refused(session))
    assert server.state.timeline.sessions == {}
    assert session.state == "not-started"


def test_waiting_closing_cancelling_and_asking_send_nothing(
    make_session: Make, server: Server, manual: ServiceState
):
    session = make_session()
    job = session.run(flipped())
    server.log.clear()

    def use() -> tuple[object, ...]:
        with session:
            session.wait(timeout=60)
        session.close()
        session.cancel(running=True)
        return session.details(), session.status(), session.cancel_job(job.job_id()), session.active

    assert in_child(use) == (None, None, False, False)
    assert server.log.lines() == []
    assert session.active


def test_the_exit_of_the_child_and_a_dropped_object_close_nothing(
    make_session: Make, server: Server
):
    sessions = [make_session()]
    sessions[0].run(flipped())
    server.log.clear()

    def exit_() -> None:
        with Session("aer_simulator") as own:  # from here on there is something to close at exit
            own.run(flipped()).result()
        cleanup._close_all(os.getpid())
        sessions.clear()

    in_child(exit_)
    assert server.log.lines() == []
    assert sessions[0].active
