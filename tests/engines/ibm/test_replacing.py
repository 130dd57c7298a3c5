"""A new session takes the place of an earlier one, even if that one cannot be closed yet."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from qsession import ServiceError, Session, get_backend
from qsession.testing import ManualClock
from tests.cloud import faults
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import look_for
from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]


def open_at_service(server: Server) -> list[str]:
    sessions = server.state.timeline.sessions.values()
    return [each.session_id for each in sessions if each.accepting_jobs]


def test_a_new_session_of_a_name_is_given_when_the_earlier_one_cannot_be_closed(
    make_session: Make,
    server: Server,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
):
    earlier = make_session(name="vqe", create_new=True)
    server.faults.add("PATCH", faults.refuse(502), times=2)
    session = make_session(name="vqe", new=True, create_new=True)
    assert session is not earlier
    assert Session(name="vqe") is session
    (told,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert str(earlier.session_id) in told.getMessage()
    assert "could not be closed yet" in told.getMessage()
    look_for(earlier, clock, 30)
    assert open_at_service(server) == [session.session_id]


def test_a_backend_has_its_new_session_when_the_earlier_one_cannot_be_closed(
    backend: Any, make_session: Make, server: Server, clock: ManualClock
):
    provided = get_backend(backend)
    earlier = provided.open_session(clock=clock, create_new=True)
    server.faults.add("PATCH", faults.reset(), times=2)
    later = provided.open_session(clock=clock)
    assert provided.session is later
    assert provided.run(flipped()).job_id() in server.state.timeline.jobs
    look_for(earlier, clock, 30)
    assert open_at_service(server) == [later.session_id]
    later.cancel()


@pytest.mark.parametrize("end", ["cancel_session", "close_session"])
def test_ending_a_backends_session_that_failed_can_be_called_again(
    backend: Any, server: Server, clock: ManualClock, end: str
):
    provided = get_backend(backend)
    session = provided.open_session(clock=clock, create_new=True)
    server.faults.add("PATCH|DELETE", faults.refuse(502))
    with pytest.raises(ServiceError):
        getattr(provided, end)()
    assert provided.session == session
    assert open_at_service(server) == [session.session_id]
    getattr(provided, end)()
    left: Session | None = provided.session
    assert left is None
    assert open_at_service(server) == []


def test_a_name_that_is_being_opened_holds_up_no_other_name(
    make_session: Make, server: Server, manual: ServiceState
):
    gate = server.faults.hold("POST /sessions")
    slow = threading.Thread(target=make_session, kwargs={"name": "slow", "create_new": True})
    slow.start()
    gate.wait_until_reached()
    other = threading.Thread(target=make_session, kwargs={"name": "other"})
    other.start()
    try:
        other.join(PATIENCE_S)
        assert not other.is_alive()
    finally:
        gate.release()
        for thread in (slow, other):
            thread.join()
