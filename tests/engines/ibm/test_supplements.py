"""What is good to know beside a session and its jobs, and what it costs to ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qsession import Batch, Session
from qsession.testing import ManualClock
from tests.cloud import faults
from tests.cloud.account import TOKEN
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import TurnableClock, look, look_for
from tests.support.circuits import flipped

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]

QUEUE = "GET /backends/ibm_manila/status"


@pytest.fixture
def clock() -> TurnableClock:
    """In place of the one that only goes on."""
    return TurnableClock()


@pytest.fixture
def waiting(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
) -> Session:
    """A session whose first job waits behind twelve of others; nothing is in the log."""
    device = manual.devices["ibm_manila"]
    device.others_in_queue, device.message = 12, "Recalibrated today."
    session = make_session()
    session.run(flipped())
    server.log.clear()
    return session


def test_a_session_that_waits_knows_the_queue_of_its_backend(
    waiting: Session, manual: ServiceState, clock: ManualClock
):
    look(waiting)
    queue = waiting.snapshot().queue
    assert queue is not None
    told = manual.devices["ibm_manila"].status_view(len(manual.timeline.queue("ibm_manila")))
    assert (queue.pending_jobs, queue.message) == (told["length_queue"], told["message"])
    assert (queue.pending_jobs, queue.asked, queue.is_operational) == (13, clock.now(), True)


def test_a_backend_under_maintenance_is_said_to_be(waiting: Session, manual: ServiceState):
    device = manual.devices["ibm_manila"]
    device.status, device.message = "maintenance", f"Back at 15:00, {TOKEN}."
    look(waiting)
    queue = waiting.snapshot().queue
    assert queue is not None
    assert not queue.is_operational
    assert queue.message.startswith("Back at 15:00, ")
    assert TOKEN not in queue.message


def test_the_queue_is_asked_for_once_a_minute_while_the_session_waits(
    waiting: Session, manual: ServiceState, server: Server, clock: ManualClock
):
    look_for(waiting, clock, 600)
    assert 8 <= server.log.count(QUEUE) <= 11
    manual.start_next_job()
    look(waiting)
    server.log.clear()
    look_for(waiting, clock, 120)
    assert server.log.count(QUEUE) == 0
    assert waiting.snapshot().queue is None


def test_a_session_that_holds_its_backend_does_not_wait_for_it(
    waiting: Session, manual: ServiceState, server: Server, clock: ManualClock
):
    waiting.run(flipped())
    manual.run_next_job()
    look(waiting)
    server.log.clear()
    look_for(waiting, clock, 30)
    assert server.log.count(QUEUE) == 0


def test_the_jobs_of_a_batch_wait_however_many_have_run(
    make_session: Make, manual: ServiceState, clock: ManualClock
):
    batch = make_session(cls=Batch)
    batch.run(flipped())
    batch.run(flipped())
    manual.run_next_job()
    look(batch)
    assert batch.snapshot().queue is not None


def test_a_queue_that_cannot_be_had_does_not_make_the_view_stale(
    waiting: Session, server: Server, clock: ManualClock
):
    server.faults.add(QUEUE, faults.refuse(403), times=None)
    look_for(waiting, clock, 130)
    assert server.log.count(QUEUE) == 3
    assert waiting.stale_since is None
    assert waiting.error is None
    assert waiting.snapshot().queue is None


def test_a_service_that_asks_to_be_left_alone_is(
    waiting: Session, server: Server, clock: ManualClock
):
    server.faults.add(QUEUE, faults.too_many_requests(retry_after=40))
    look(waiting)
    server.log.clear()
    look_for(waiting, clock, 30)
    assert server.log.count() == 0
    look_for(waiting, clock, 60)
    assert waiting.stale_since is None


def test_a_clock_that_is_turned_back_does_not_stop_the_questions(
    waiting: Session, server: Server, clock: TurnableClock
):
    look(waiting)
    clock.turn_back(86_400)
    look_for(waiting, clock, 20)
    assert server.log.count(QUEUE) == 2
