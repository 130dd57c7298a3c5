"""What is good to know beside a session and its jobs, and what it costs to ask."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from qsession import Batch, Session
from qsession.model.bill import Quota
from qsession.testing import ManualClock
from tests.cloud import faults
from tests.cloud.account import TOKEN
from tests.cloud.records import Job
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import WATCHING, look, look_for, statuses
from tests.support.circuits import flipped
from tests.support.inside import snapshot_of
from tests.support.turnable_clock import TurnableClock

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]

USAGE = "GET /instances/usage"
QUEUE = "GET /backends/ibm_manila/status"
METRICS = r"GET /jobs/\w+/metrics$"


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
    queue = snapshot_of(waiting).queue
    assert queue is not None
    told = manual.devices["ibm_manila"].status_view(len(manual.timeline.queue("ibm_manila")))
    assert (queue.pending_jobs, queue.message) == (told["length_queue"], told["message"])
    assert (queue.pending_jobs, queue.asked, queue.is_operational) == (13, clock.now(), True)


def test_a_backend_under_maintenance_is_said_to_be(waiting: Session, manual: ServiceState):
    device = manual.devices["ibm_manila"]
    device.status, device.message = "maintenance", f"Back at 15:00, {TOKEN}."
    look(waiting)
    queue = snapshot_of(waiting).queue
    assert queue is not None
    assert not queue.is_operational
    assert queue.message.startswith("Back at 15:00, ")
    assert TOKEN not in queue.message


def test_the_queue_is_asked_for_once_a_minute_while_the_session_waits(
    waiting: Session, manual: ServiceState, server: Server, clock: ManualClock
):
    look_for(waiting, clock, 600)
    assert 8 <= server.log.count(QUEUE) <= 10
    assert server.log.count(USAGE) == 1
    manual.start_next_job()
    look(waiting)
    server.log.clear()
    look_for(waiting, clock, 120)
    assert server.log.count(QUEUE) == 0
    assert snapshot_of(waiting).queue is None


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
    assert snapshot_of(batch).queue is not None


def test_a_queue_that_cannot_be_had_does_not_make_the_view_stale(
    waiting: Session, server: Server, clock: ManualClock
):
    server.faults.add(QUEUE, faults.refuse(403), times=None)
    look_for(waiting, clock, 190)
    assert server.log.count(QUEUE) == 3
    assert waiting.stale_since is None
    assert waiting.error is None
    assert snapshot_of(waiting).queue is None


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
    assert server.log.count(f"{QUEUE}|{USAGE}") == 2


# --- the quota of the instance --------------------------------------------------------------------


@pytest.fixture
def limited(manual: ServiceState) -> ServiceState:
    """The instance has ten minutes, and has used five before."""
    manual.premium.usage_limit, manual.premium.usage_before = 600, 300.0
    return manual


def test_a_session_knows_what_its_instance_may_use(
    make_session: Make, limited: ServiceState, clock: ManualClock
):
    session = make_session(create_new=True)
    look(session)
    told = snapshot_of(session).quota
    assert told == Quota(clock.now(), 300, 600, 300, False, "premium-instance", "premium")


def test_the_quota_is_asked_for_once_a_minute_while_something_runs_and_once_after(
    make_session: Make, limited: ServiceState, server: Server, clock: ManualClock
):
    session = make_session(create_new=True)
    look_for(session, clock, 300)
    assert server.log.count(USAGE) == 1  # nothing has run
    session.run(flipped())
    limited.start_next_job()
    server.log.clear()
    look_for(session, clock, 300)
    assert 5 <= server.log.count(USAGE) <= 6
    limited.finish_job()
    look_for(session, clock, 300)  # deactivated after a minute
    quota = snapshot_of(session).quota
    assert quota is not None
    assert quota.used_s == int(limited.usage(limited.premium)) == 660
    server.log.clear()
    look_for(session, clock, 300)
    assert server.log.count(USAGE) == 0


def test_a_quota_that_is_used_up_is_told(
    make_session: Make, limited: ServiceState, clock: ManualClock
):
    session = make_session(create_new=True)
    session.run(flipped())
    limited.start_next_job()
    clock.advance(400)
    look_for(session, clock, 61)
    quota = snapshot_of(session).quota
    assert quota is not None
    assert (quota.remaining_s, quota.is_used_up) == (0, True)
    limited.finish_job()


def test_no_more_than_one_of_these_is_asked_in_a_minute(
    waiting: Session, manual: ServiceState, server: Server, clock: ManualClock
):
    look_for(waiting, clock, 600)
    manual.start_next_job()
    look_for(waiting, clock, 600)
    asked = [entry.time for entry in server.log.matching(f"{QUEUE}|{USAGE}")]
    assert all(
        (later - earlier).total_seconds() >= 60 for earlier, later in itertools.pairwise(asked)
    )
    assert len(asked) >= 18


# --- times of jobs --------------------------------------------------------------------------------


def run_elsewhere(state: ServiceState, session: Session, jobs: int) -> list[Job]:
    """Let another kernel run jobs of two seconds each, with a second between them."""
    done = []
    for _ in range(jobs):
        params = {"program_id": "sampler", "session_id": session.session_id}
        job = state.submit(state.premium, params)
        state.advance(1)
        state.start_next_job()
        state.advance(2)
        done.append(state.finish_job(job.job_id, qpu_seconds=1.5))
    return done


def times(session: Session) -> list[tuple[object, ...]]:
    """What is known of its jobs: when they ran, what they cost, and whether that is estimated."""
    return [
        (each.started, each.finished, each.qpu_seconds, each.are_times_estimated)
        for each in session.jobs
    ]


def test_the_times_and_the_bill_of_a_finished_job_are_the_servers(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    """Seen from here, the two jobs ran in one look."""
    session = make_session(create_new=True)
    done = run_elsewhere(manual, session, 2)
    clock.advance(30)
    look_for(session, clock, 1)
    assert times(session) == [(job.started, job.finished, 1.5, False) for job in done]
    assert [each.run_seconds for each in session.jobs] == [2, 2]
    assert session.qpu_seconds == 3
    look_for(session, clock, 600)
    assert server.log.count(METRICS) == 2


def test_until_they_are_known_times_are_said_to_be_estimated(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    session = make_session()
    session.run(flipped())
    assert session.jobs[0].are_times_estimated
    manual.start_next_job()
    look(session)
    clock.advance(5)
    server.faults.add(METRICS, faults.refuse(503))
    manual.finish_job()
    look(session)
    assert session.jobs[0].are_times_estimated
    look_for(session, clock, 5)
    assert not session.jobs[0].are_times_estimated


def test_they_are_asked_for_slowly_and_while_nothing_else_moves(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    session = make_session(create_new=True)
    look(session)
    done = run_elsewhere(manual, session, 60)
    clock.advance(600)
    manual.premium.interactive_ttl = 7200
    server.log.clear()
    look_for(session, clock, 29)
    assert 55 <= server.log.count(METRICS) < 60
    look_for(session, clock, 2)
    assert times(session) == [(job.started, job.finished, 1.5, False) for job in done]
    seconds = [entry.time.timestamp() for entry in server.log.matching(METRICS)]
    assert max(sum(at <= each < at + 1 for each in seconds) for at in seconds) <= 2


def test_they_are_asked_for_after_the_end_without_looking_at_the_session_again(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    session = make_session(create_new=True)
    run_elsewhere(manual, session, 10)
    session.cancel()
    look(session)
    assert session.state == "cancelled"
    server.log.clear()
    look_for(session, clock, 60)
    assert server.log.count() == server.log.count(METRICS) == 9
    assert not any(each.are_times_estimated for each in session.jobs)
    assert look(session) is None


def test_between_looks_only_they_are_asked_for(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    """An attached session with many jobs that are long done is looked at no more often for it."""
    session = make_session(create_new=True)
    run_elsewhere(manual, session, 100)
    look_for(session, clock, 120)
    server.log.clear()
    run_elsewhere(manual, session, 1)
    look_for(session, clock, 45)
    assert server.log.count(METRICS) == 1
    assert 40 <= server.log.count(WATCHING) <= 90


def test_a_job_that_never_ran_is_not_asked_about(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    session = make_session()
    job = session.run(flipped())
    session.cancel_job(job.job_id())
    look_for(session, clock, 60)
    assert statuses(session) == ["CANCELLED"]
    assert server.log.count(METRICS) == 0


def test_what_cannot_be_told_is_asked_for_three_times(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    session = make_session(create_new=True)
    run_elsewhere(manual, session, 1)
    server.faults.add(METRICS, faults.refuse(404), times=None)
    look_for(session, clock, 300)
    assert server.log.count(METRICS) == 3
    assert session.jobs[0].are_times_estimated
    assert (session.stale_since, session.error) == (None, None)


def test_a_bill_that_is_settled_later_is_taken_in_and_is_an_estimate_until_then(
    make_session: Make, manual: ServiceState, clock: ManualClock
):
    manual.pace.bills_at_once = False
    session = make_session(create_new=True)
    (job,) = run_elsewhere(manual, session, 1)
    look(session)
    assert (session.jobs[0].qpu_seconds, session.jobs[0].is_qpu_estimated) == (1.5, True)
    job.qpu_seconds = 2.0
    manual.settle_usage()
    look_for(session, clock, 60)
    assert (session.jobs[0].qpu_seconds, session.jobs[0].is_qpu_estimated) == (2.0, False)
    assert session.qpu_seconds == 2.0
