"""Sessions and batches on IBM Quantum, looked at by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from qiskit.primitives import PrimitiveResult

from qsession import (
    Batch,
    InvalidInputError,
    InvalidMaxTimeError,
    ServiceError,
    Session,
    SessionEndedError,
    SessionNotAllowedError,
    UnknownJobError,
    UsageLimitError,
)
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.cloud import faults
from tests.cloud.account import OPEN_CRN, connect
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.contract.primitives import PRIMITIVES, Primitive
from tests.engines.ibm.looking import look, look_for, statuses
from tests.support.circuits import bell, flipped, rotation
from tests.support.inside import snapshot_of

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]
EVERY_PRIMITIVE = pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda each: each.id)


def the_session(server: Server) -> Any:
    """The one session at the service."""
    (session,) = server.state.timeline.sessions.values()
    return session


# --- opening -------------------------------------------------------------------------------------


def test_it_is_opened_by_its_first_job(make_session: Make, server: Server):
    server.log.clear()
    session = make_session("30m")
    assert (session.state, session.session_id, server.log.lines()) == ("not-started", None, [])
    assert (session.details(), session.status(), session.usage()) == (None, None, None)
    session.run(flipped())
    assert session.state == "open"
    assert session.session_id == the_session(server).session_id
    assert (the_session(server).max_ttl, the_session(server).mode) == (1800, "dedicated")
    session.run(flipped())
    assert server.log.count("POST /sessions") == 1


@pytest.mark.parametrize(("cls", "mode"), [(Session, "dedicated"), (Batch, "batch")])
def test_it_can_be_opened_at_once(make_session: Make, server: Server, cls: type, mode: str):
    session = make_session(cls=cls, create_new=True)
    assert the_session(server).mode == mode
    assert (session.state, session.session_id) == ("open", the_session(server).session_id)
    assert "max_ttl" not in server.log.matching("POST /sessions")[0].body
    look(session)
    snapshot = snapshot_of(session)
    assert (snapshot.limit_s, snapshot.interactive_timeout_s) == (28800, 60)


def test_many_threads_open_it_once(make_session: Make, server: Server):
    session = make_session()
    core_of(session).submissions.transpiled.fit(flipped())
    threads = [threading.Thread(target=session.run, args=(flipped(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert server.log.count("POST /sessions") == 1
    look(session)
    assert statuses(session) == ["DONE"] * 8
    assert len(server.state.timeline.jobs) == 8


def test_a_session_that_is_closed_while_it_is_opened_leaves_none_behind(
    make_session: Make, server: Server
):
    gate = server.faults.hold("POST /sessions", after=True)
    session = make_session()
    failures: list[BaseException] = []

    def submit() -> None:
        try:
            session.run(flipped())
        except SessionEndedError as error:
            failures.append(error)

    thread = threading.Thread(target=submit)
    thread.start()
    gate.wait_until_reached()
    session.close()
    gate.release()
    thread.join(20)
    assert len(failures) == 1
    assert session.state == "closing"
    look(session)
    assert (session.state, the_session(server).state) == ("closed", "closed")
    assert server.state.timeline.jobs == {}


# --- running -------------------------------------------------------------------------------------


def test_run_gives_a_primitive_result_and_a_record(make_session: Make):
    session = make_session()
    job = session.run(bell(), shots=50, name="mine")
    assert isinstance(job.result(), PrimitiveResult)
    assert sum(job.result()[0].data.meas.get_counts().values()) == 50
    look(session)
    (record,) = session.jobs
    assert (record.job_id, record.name, record.primitive) == (job.job_id(), "mine", "sampler")
    assert (record.shots, record.status, record.qpu_seconds) == (50, "DONE", 1)
    assert session.job(job.job_id()) is job


def test_observables_make_an_estimator_job(make_session: Make):
    session = make_session()
    job = session.run((rotation(), "Z", [0.0]), precision=0.1)
    assert float(job.result()[0].data.evs) == pytest.approx(1, abs=0.2)
    assert session.jobs[0].primitive == "estimator"


def test_circuits_give_counts(make_session: Make):
    session = make_session()
    job = session.run_circuits([bell(), flipped()], shots=40)
    result = job.result()
    assert sum(result.get_counts(0).values()) == 40
    assert result.get_counts(1) == {"1": 40}
    assert result.get_memory(1) == ["1"] * 40
    assert session.job(job.job_id()) is job
    assert session.jobs[0].name == "bell +1"


def test_programs_and_earlier_work_run_again(make_session: Make, server: Server):
    session = make_session()
    session.add_program(flipped(), name="flip", shots=10)
    first = session.run_program("flip")
    again = session.run_again(shots=30)
    assert first.result()[0].data.meas.get_counts() == {"1": 10}
    assert again.result()[0].data.meas.get_counts() == {"1": 30}
    assert [(record.name, record.shots) for record in session.jobs] == [("flip", 10), ("flip", 30)]
    other = make_session(create_new=True)
    server.state.submit(server.state.premium, _job_body(other))
    look(other)
    with pytest.raises(UnknownJobError, match="was not submitted by this session object"):
        other.run_again()


@pytest.mark.parametrize("is_ambient", [False, True])
@EVERY_PRIMITIVE
def test_ibms_primitives_run_in_it(make_session: Make, primitive: Primitive, is_ambient: bool):
    with make_session() as session:
        job = primitive.submit(primitive.make() if is_ambient else primitive.make(mode=session))
        assert len(job.result()) == 1
        look(session)
        (record,) = session.jobs
        assert (record.primitive, record.status) == (primitive.kind, "DONE")
        assert record.job_id == job.job_id()
        assert job.session_id == session.session_id
        if primitive.shots is not None:
            assert record.shots == primitive.shots


@pytest.mark.parametrize("primitive", [PRIMITIVES[0], PRIMITIVES[2]], ids=lambda each: each.id)
def test_tags_are_shown(make_session: Make, primitive: Primitive):
    session = make_session()
    made = primitive.make(mode=session)
    made.options.environment.job_tags = ["first", "second"]
    primitive.submit(made)
    assert session.jobs[0].tags == ("first", "second")


# --- watching ------------------------------------------------------------------------------------


def test_a_job_is_seen_to_queue_run_and_end(
    make_session: Make, manual: ServiceState, clock: ManualClock
):
    session = make_session()
    session.run(flipped())
    assert (statuses(session), session.state) == (["QUEUED"], "open")
    clock.advance(5)
    manual.start_next_job()
    clock.advance(1)
    look(session)
    assert (statuses(session), session.state) == (["RUNNING"], "active")
    clock.advance(3)
    manual.finish_job(qpu_seconds=2.5)
    clock.advance(1)
    look(session)
    (record,) = session.jobs
    assert (record.status, record.run_seconds, record.qpu_seconds) == ("DONE", 4, 2.5)
    assert record.created <= record.started <= record.finished <= clock.now()
    assert session.qpu_seconds == 2.5
    assert (session.usage_seconds, session.usage()) == (5, 5)  # it holds the QPU idle, too


def test_a_job_that_fails_says_why(make_session: Make, manual: ServiceState):
    session = make_session()
    session.run(flipped())
    manual.start_next_job()
    look(session)
    manual.fail_job("Traceback: ZeroDivisionError", reason="It divided by zero.", reason_code=1517)
    look(session)
    (record,) = session.jobs
    assert (record.status, record.error) == ("ERROR", "It divided by zero.")


def test_a_job_that_ran_too_long_is_an_error(make_session: Make, manual: ServiceState):
    session = make_session()
    session.run(flipped())
    manual.start_next_job()
    manual.time_out_job()
    look(session)
    assert statuses(session) == ["ERROR"]


@pytest.mark.parametrize("runs", [False, True])
def test_a_job_is_cancelled(make_session: Make, manual: ServiceState, runs: bool):
    session = make_session()
    job = session.run(flipped())
    if runs:
        manual.start_next_job()
        look(session)
    assert session.cancel_job(job.job_id()) is True
    look(session)
    assert statuses(session) == ["CANCELLED"]
    assert session.cancel_job(job.job_id()) is False


def test_a_job_that_ended_unseen_cannot_be_cancelled(make_session: Make, manual: ServiceState):
    session = make_session()
    job = session.run(flipped())
    manual.run_next_job()
    assert statuses(session) == ["QUEUED"]
    assert session.cancel_job(job.job_id()) is False


def test_cancelling_a_job_of_another_program_asks_nothing_first(
    make_session: Make, server: Server, manual: ServiceState
):
    session = make_session(create_new=True)
    elsewhere = manual.submit(manual.premium, _job_body(session))
    look(session)
    server.log.clear()
    server.faults.add("GET", faults.refuse(503), times=None)
    assert session.cancel_job(elsewhere.job_id) is True
    assert server.log.lines() == [f"POST /jobs/{elsewhere.job_id}/cancel"]


@pytest.mark.parametrize(
    ("job_id", "error", "says"),
    [
        ("nowhere", UnknownJobError, "in this session"),
        ("", InvalidInputError, "cannot be an id"),
        (None, InvalidInputError, "cannot be an id"),
        (7, InvalidInputError, "cannot be an id"),
        (["a list"], InvalidInputError, "cannot be an id"),
    ],
)
def test_a_job_that_the_session_does_not_have_is_not_cancelled(
    make_session: Make, server: Server, job_id: Any, error: type[Exception], says: str
):
    session = make_session(create_new=True)
    server.log.clear()
    with pytest.raises(error, match=says):
        session.cancel_job(job_id)
    assert server.log.lines() == []


def test_running_jobs_are_cancelled_even_if_the_session_cannot_be(
    make_session: Make, server: Server, manual: ServiceState
):
    session = make_session()
    first, second = session.run(flipped()), session.run(flipped())
    manual.start_next_job()
    with manual.lock:
        manual.timeline.start(manual.timeline.jobs[second.job_id()], manual.clock.now())
    look(session)
    server.faults.add("DELETE", faults.refuse(502))
    server.faults.add(f"POST /jobs/{first.job_id()}/cancel", faults.reset())
    with pytest.raises(ServiceError, match="Could not cancel the session"):
        session.cancel(running=True)
    assert manual.timeline.jobs[first.job_id()].status == "Running"
    assert manual.timeline.jobs[second.job_id()].status == "Cancelled"


def _job_body(session: Session, **extra: Any) -> dict[str, Any]:
    return {"program_id": "sampler", "backend": "ibm_manila", "session_id": session.session_id,
            "params": {"pubs": []}, **extra}  # fmt: skip


def test_jobs_of_another_kernel_are_shown_and_fetched(
    make_session: Make, server: Server, manual: ServiceState
):
    session = make_session()
    session.run(flipped())
    elsewhere = manual.submit(manual.premium, _job_body(session, tags=["theirs"]))
    look(session)
    record = session.jobs[1]
    assert (record.job_id, record.name, record.tags) == (elsewhere.job_id, None, ("theirs",))
    assert session.job(elsewhere.job_id).job_id() == elsewhere.job_id
    asked = server.log.count("GET /jobs/")
    assert session.job(elsewhere.job_id) is session.job(elsewhere.job_id)
    assert server.log.count("GET /jobs/") == asked
    assert session.cancel_job(elsewhere.job_id) is True
    with pytest.raises(UnknownJobError):
        session.job("nowhere")


def test_an_idle_session_is_deactivated_and_the_next_job_activates_it(
    make_session: Make, clock: ManualClock
):
    session = make_session("10m")
    session.run(flipped())
    look(session)
    assert (session.state, session.remaining, session.idle_remaining) == ("active", 600, 60)
    clock.advance(45)
    assert (session.remaining, session.idle_remaining) == (555, 15)
    clock.advance(30)
    look(session)
    assert (session.state, session.idle_remaining, session.usage_seconds) == ("inactive", None, 60)
    assert session.active
    session.run(flipped())
    look(session)
    assert (session.state, session.remaining) == ("active", 525)


def test_a_cancelled_queued_job_keeps_it_busy_until_then(
    make_session: Make, manual: ServiceState, clock: ManualClock
):
    session = make_session()
    session.run(flipped())
    queued = session.run(flipped())
    manual.run_next_job()
    look(session)
    clock.advance(30)
    session.cancel_job(queued.job_id())
    look(session)
    clock.advance(1)
    look(session)
    assert session.idle_remaining == 59


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_of_the_service_that_goes_wrong_does_no_harm(
    make_session: Make, server: Server, manual: ServiceState, clock: ManualClock, hours: int
):
    server.state.skew = timedelta(hours=hours, milliseconds=700)
    session = make_session("10m")
    session.run(flipped())
    manual.start_next_job()
    clock.advance(10)
    look(session)
    assert session.remaining in (589, 590, 591)
    manual.finish_job()
    clock.advance(10)
    values = set()
    for _ in range(5):
        look(session)
        values.add((session.remaining, session.idle_remaining, snapshot_of(session).started))
        clock.advance(0.3)
    assert len({started for _, _, started in values}) == 1  # it does not tremble
    assert all(579 <= (left or 0) <= 581 for left, _, _ in values)
    assert all(49 <= (left or 0) <= 51 or (left or 0) >= 58 for _, left, _ in values)
    record = session.jobs[0]
    assert abs((record.created - clock.now()).total_seconds()) < 60


@pytest.mark.parametrize("words", ["Cancelled", "Failed"])
def test_it_expires_and_its_queued_jobs_with_it(
    make_session: Make, manual: ServiceState, clock: ManualClock, words: Any
):
    manual.pace.expiry = words
    session = make_session("5m")
    jobs = [session.run(flipped()) for _ in range(3)]
    manual.run_next_job()
    look(session)
    manual.submit(manual.premium, _job_body(session))
    clock.advance(400)
    look(session)
    look(session)
    assert (session.state, session.remaining, len(jobs)) == ("expired", 0, 3)
    assert statuses(session) == ["DONE", *["ERROR" if words == "Failed" else "CANCELLED"] * 3]
    assert all(record.started is None for record in session.jobs[1:])
    assert str(snapshot_of(session).ended_reason).startswith("its max_time of 5m ran out")
    with pytest.raises(SessionEndedError, match="is closed: expired at"):
        session.run(flipped())


def test_a_session_that_is_not_used_is_closed(make_session: Make, clock: ManualClock):
    session = make_session(create_new=True)
    clock.advance(1900)
    assert look(session) is None
    assert (session.state, snapshot_of(session).ended_reason) == (
        "closed",
        "Session was not used.",
    )


def test_a_session_that_was_closed_elsewhere_refuses_and_says_so(
    make_session: Make, server: Server
):
    session = make_session(create_new=True)
    server.state.timeline.cancel(the_session(server), server.state.clock.now())
    with pytest.raises(SessionEndedError, match="closed elsewhere"):
        session.run(flipped())
    look(session)
    assert not session.active
    with pytest.raises(SessionEndedError, match="is closed: closed at"):
        session.run(flipped())


# --- ending --------------------------------------------------------------------------------------


def test_closing_lets_jobs_finish(make_session: Make, manual: ServiceState, server: Server):
    session = make_session()
    session.run(flipped())
    session.run(flipped())
    manual.start_next_job()
    look(session)
    session.close()
    assert (session.state, session.active) == ("closing", False)
    with pytest.raises(SessionEndedError, match=r"closing at .* \(close\(\) was called\)"):
        session.run(flipped())
    manual.finish_job()
    manual.run_next_job()
    look(session)
    assert (session.state, statuses(session)) == ("closed", ["DONE", "DONE"])
    assert snapshot_of(session).ended_reason == "close() was called"
    assert session.status() == "Closed"
    session.close()
    session.cancel()
    assert server.log.count("PATCH") == 1
    assert server.log.count("DELETE") == 0


def test_cancelling_drops_queued_jobs(make_session: Make, manual: ServiceState):
    session = make_session()
    session.run(flipped())
    session.run(flipped())
    manual.start_next_job()
    look(session)
    session.cancel()
    assert session.state == "closing"
    look(session)
    assert statuses(session) == ["RUNNING", "CANCELLED"]
    manual.finish_job()
    look(session)
    assert (session.state, statuses(session)) == ("cancelled", ["DONE", "CANCELLED"])
    assert snapshot_of(session).ended_reason == "cancel() was called"


def test_each_call_is_sent_and_a_close_takes_no_cancel_back(
    make_session: Make, manual: ServiceState, server: Server
):
    session = make_session()
    session.run(flipped())
    session.run(flipped())
    manual.start_next_job()
    for end in (session.close, session.close, session.cancel, session.close, session.cancel):
        end()
    assert server.log.lines("PATCH|DELETE") == [
        *[f"PATCH /sessions/{session.session_id}"] * 2,
        *[f"DELETE /sessions/{session.session_id}/close"] * 3,
    ]
    manual.finish_job()
    look(session)
    assert session.state == "cancelled"


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_it_can_end_before_it_was_opened(make_session: Make, server: Server, end: str):
    server.log.clear()
    session = make_session()
    getattr(session, end)()
    assert session.state == {"close": "closed", "cancel": "cancelled"}[end]
    assert server.log.lines() == []


def test_leaving_the_block_closes(make_session: Make, server: Server):
    session = make_session()
    session.run(flipped())
    with pytest.raises(ZeroDivisionError), session:
        raise ZeroDivisionError
    assert server.log.count("PATCH") == 1
    look(session)
    assert (session.state, snapshot_of(session).ended_reason) == (
        "closed",
        "its with block ended",
    )


# --- telling -------------------------------------------------------------------------------------


def test_details_status_and_usage_are_ibms(
    make_session: Make, manual: ServiceState, clock: ManualClock, service: Any
):
    import qiskit_ibm_runtime

    session = make_session("10m")
    session.run(flipped())
    theirs = qiskit_ibm_runtime.Session.from_id(session.session_id, service)
    assert (session.details(), session.status()) == (theirs.details(), "Pending")
    manual.start_next_job()
    clock.advance(4)
    assert (session.details(), session.usage()) == (theirs.details(), theirs.usage())
    assert (session.status(), session.usage()) == ("In progress, accepting new jobs", 4)
    session.close()
    assert session.status() == theirs.status() == "In progress, not accepting new jobs"


def test_usage_is_the_servers_and_qpu_seconds_are_those_of_the_jobs(
    make_session: Make, manual: ServiceState, clock: ManualClock
):
    session = make_session()
    for seconds in (1.5, 2.0):
        session.run(flipped())
        manual.start_next_job()
        clock.advance(5)
        manual.finish_job(qpu_seconds=seconds)
        look(session)
    assert (session.usage_seconds, session.qpu_seconds) == (10, 3.5)
    batch = make_session(cls=Batch)
    batch.run(flipped())
    manual.start_next_job()
    clock.advance(5)
    manual.finish_job(qpu_seconds=2.0)
    look(batch)
    assert (batch.usage_seconds, batch.qpu_seconds) == (2, 2)


# --- refusals ------------------------------------------------------------------------------------


def test_the_open_plan_has_batches_only(server: Server, make_session: Make):
    backend = connect(server, instance=OPEN_CRN).backend("ibm_manila")
    with pytest.raises(
        SessionNotAllowedError, match=r"has no sessions. Use Batch\(backend\)"
    ) as told:
        make_session(backend=backend, create_new=True)
    assert told.value.__cause__ is not None
    batch = make_session(backend=backend, cls=Batch)
    assert batch.run(flipped(), shots=5).result()[0].data.meas.get_counts() == {"1": 5}


def test_a_max_time_over_the_plans_is_a_value_error(make_session: Make, server: Server):
    with pytest.raises(InvalidMaxTimeError, match="max_time=90000 is refused"):
        make_session("25h", create_new=True)
    assert server.state.timeline.sessions == {}


def test_a_used_up_instance_says_so(make_session: Make, server: Server):
    session = make_session(create_new=True)
    server.state.premium.usage_limit = 10
    server.state.premium.usage_before = 10
    with (
        pytest.warns(UserWarning, match="usage limit"),
        pytest.raises(UsageLimitError, match="Nothing was submitted"),
    ):
        session.run(flipped())
    assert session.jobs == []
    assert session.active


def test_a_refused_job_leaves_nothing_behind(make_session: Make, clock: ManualClock):
    session = make_session()
    with pytest.raises(InvalidInputError):
        session.run("no circuit")
    assert session.state == "not-started"
    session.run(flipped())
    assert look_for(session, clock, 5) > 3
