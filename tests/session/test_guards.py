"""What closes a session by itself, and what continues it: each leaves a reason."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from qiskit_ibm_runtime import SamplerV2
from qiskit_ibm_runtime.executor_sampler import Sampler as ClientSideSampler

from qsession import Batch, InvalidInputError, JobStatus, Session, SessionEndedError
from qsession.session.registry import core_of
from tests.support.circuits import fitted, flipped
from tests.support.inside import snapshot_of
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads, until

if TYPE_CHECKING:
    from qsession.testing import ManualClock
    from tests.cloud.server import Server
    from tests.support.gated_backend import GatedBackend

Make = Callable[..., Session]


pytestmark = pytest.mark.filterwarnings(
    "ignore:The SamplerV2 class is deprecated:DeprecationWarning"
)


def until_state(session: Session, state: str) -> None:
    until(core_of(session).journal, lambda: session.state == state)


def until_looked(session: Session, clock: ManualClock, state: str) -> None:
    """Let time pass until the monitor has seen the state."""
    pause = threading.Event()
    deadline = monotonic() + PATIENCE_S
    while session.state != state:
        assert monotonic() < deadline, session
        clock.advance(1)
        pause.wait(0.05)


# --- what may be asked for -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["idle_timeout", "max_usage"])
@pytest.mark.parametrize(
    "value",
    [0, -5, "soon", "10", True, 1.5, timedelta(0), "0s", [60], 10**13, 10**400, "999999999999d"],
)
def test_a_span_that_is_no_positive_duration_is_refused(name: str, value: Any):
    options: dict[str, Any] = {name: value}
    with pytest.raises(InvalidInputError, match=rf"{name}=.* is not a positive duration"):
        Session(**options)


@pytest.mark.parametrize("value", [1, "yes", None])
def test_auto_renew_is_true_or_false(value: Any):
    with pytest.raises(InvalidInputError, match=r"auto_renew=.* is neither True nor False"):
        Session(auto_renew=value)


def test_all_are_off_by_default(make_session: Make, new_threads: NewThreads, clock: ManualClock):
    session = make_session()
    session.run(flipped()).result()
    clock.advance(7 * 3600)
    assert session.state in {"active", "inactive"}
    assert "qsession-guard" not in new_threads.names


@pytest.mark.parametrize(
    ("guards", "reason"),
    [
        ({"idle_timeout": 10**12, "max_usage": 600}, "its max_usage of 10m was used up"),
        ({"max_usage": 10**12, "idle_timeout": 600}, "no job came within its idle_timeout of 10m"),
        (
            {"max_cost": 20, "price_per_minute": 1e-15, "idle_timeout": 600},
            "no job came within its idle_timeout of 10m",
        ),
    ],
)
def test_a_limit_beyond_the_end_of_the_calendar_leaves_the_others_in_force(
    make_session: Make, clock: ManualClock, guards: dict[str, Any], reason: str
):
    session = make_session("fake_manila", "1h", **guards)
    session.run(flipped()).result()
    clock.advance(600)
    until_state(session, "closed")
    assert reason in repr(session)


# --- idle_timeout --------------------------------------------------------------------------------


@pytest.mark.parametrize("idle_timeout", [600, "10m", timedelta(minutes=10)])
def test_a_session_left_idle_is_closed_and_says_why(
    make_session: Make,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
    new_threads: NewThreads,
    idle_timeout: Any,
):
    session = make_session(idle_timeout=idle_timeout)
    session.run(flipped()).result()
    clock.advance(599)
    assert session.active
    clock.advance(1)
    until_state(session, "closed")
    reason = "no job came within its idle_timeout of 10m"
    assert reason in repr(session)
    assert new_threads.left_when_done() == []  # the guard has said it
    own = [each for each in caplog.record_tuples if str(session.session_id) in each[2]]
    assert own == [
        ("qsession", logging.WARNING, f"Session {session.session_id} was closed: {reason}.")
    ]
    with pytest.raises(SessionEndedError, match="idle_timeout"):
        session.run(flipped())


def test_each_job_begins_the_idle_time_anew(make_session: Make, clock: ManualClock):
    session = make_session(idle_timeout=600)
    for _ in range(3):
        session.run(flipped()).result()
        clock.advance(500)
    assert session.active


def test_a_session_is_not_idle_while_a_job_is_pending(
    gated: GatedBackend, make_session: Make, clock: ManualClock
):
    session = make_session(gated, idle_timeout=60)
    session.run(flipped())
    gated.wait_for_runs(1)
    clock.advance(3600)
    assert session.active
    gated.open_gate()
    session.wait()
    clock.advance(60)
    until_state(session, "closed")


def test_a_session_that_is_not_opened_is_not_idle(make_session: Make, clock: ManualClock):
    session = make_session(idle_timeout=60)
    clock.advance(3600)
    assert session.state == "not-started"


def test_a_session_that_was_opened_at_once_may_be_left_idle(make_session: Make, clock: ManualClock):
    session = make_session(idle_timeout=60, create_new=True)
    clock.advance(60)
    until_state(session, "closed")


# --- max_usage -----------------------------------------------------------------------------------


def test_a_budget_closes_the_session_and_cancels_what_waits(
    gated: GatedBackend,
    make_session: Make,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
    new_threads: NewThreads,
):
    session = make_session(gated, max_usage="1m")
    running, *queued = [session.run(flipped()) for _ in range(3)]
    gated.wait_for_runs(1)
    clock.advance(59)
    assert session.active
    clock.advance(1)
    until(
        core_of(session).journal,
        lambda: snapshot_of(session).counts[JobStatus.CANCELLED] == 2,
    )
    assert session.state == "closing"
    gated.open_gate()
    until_state(session, "closed")
    assert running.result()[0].data.meas.get_counts()  # one that runs finishes
    assert [job.status().value for job in queued] == ["CANCELLED", "CANCELLED"]
    assert {job.error_message() for job in queued} == {
        "Cancelled because its max_usage of 1m was used up."
    }
    assert "its max_usage of 1m was used up" in repr(session)
    assert new_threads.left_when_done() == []  # the guard has said it
    assert "its max_usage of 1m was used up" in caplog.text
    assert "2 queued jobs" in caplog.text


def test_the_budget_of_a_batch_is_the_time_of_its_jobs(
    gated: GatedBackend, make_session: Make, clock: ManualClock
):
    batch = make_session(gated, cls=Batch, max_usage=100)
    batch.run(flipped())
    gated.wait_for_runs(1)
    gated.open_gate()
    batch.wait()
    clock.advance(1000)  # a batch costs nothing while it is idle
    assert batch.active
    gated.__init__()  # type: ignore[misc]  # the gate is closed again
    batch.run(flipped())
    gated.wait_for_runs(1)
    clock.advance(150)
    gated.open_gate()
    until_state(batch, "closed")


def test_the_guards_hold_on_the_service_too(
    server: Server, backend: Any, make_session: Make, clock: ManualClock
):
    session = make_session(backend, idle_timeout="10m")
    session.run(flipped())
    session.wait(progress=False)
    clock.advance(601)
    until_looked(session, clock, "closed")
    assert "idle_timeout of 10m" in repr(session)
    (known,) = server.state.timeline.sessions.values()
    assert known.state == "closed"


# --- auto_renew ----------------------------------------------------------------------------------


def test_an_expired_session_goes_on_in_a_new_one(
    make_session: Make, clock: ManualClock, caplog: pytest.LogCaptureFixture
):
    session = make_session(max_time=300, auto_renew=True)
    first = session.run(flipped())
    first.result()
    clock.advance(300)
    until(core_of(session).journal, lambda: "has expired" in caplog.text)
    assert session.active
    assert f"Session {first.job_id()} has expired" in caplog.text
    second = session.run(flipped())
    second.result()
    assert session.session_id == second.job_id()
    assert session.session_ids == [first.job_id(), second.job_id()]
    assert [record.job_id for record in session.jobs] == [first.job_id(), second.job_id()]
    assert session.job(first.job_id()).result()[0].data.meas.get_counts() == {"1": 1024}
    assert session.remaining == 300
    assert session.usage_seconds == 300


def test_a_job_that_comes_before_anybody_noticed_is_taken(make_session: Make, clock: ManualClock):
    session = make_session(max_time=300, auto_renew=True)
    for _ in range(4):
        session.run(flipped()).result()
        clock.advance(300)  # the guard's thread may be late
    assert len(session.session_ids) == 4


@pytest.mark.parametrize("primitive", [SamplerV2, ClientSideSampler])
def test_so_is_one_of_a_primitive(make_session: Make, clock: ManualClock, primitive: Any):
    session = make_session(max_time=300, auto_renew=True)
    sampler = primitive(mode=session)
    for _ in range(4):
        sampler.run([flipped()]).result()
        clock.advance(300)
    assert len(session.session_ids) == 4


def test_jobs_that_expiry_cancelled_are_not_submitted_again(
    gated: GatedBackend, make_session: Make, clock: ManualClock, caplog: pytest.LogCaptureFixture
):
    session = make_session(gated, 300, auto_renew=True)
    running, queued = session.run(flipped()), session.run(flipped())
    gated.wait_for_runs(1)
    clock.advance(300)
    until(core_of(session).journal, lambda: "has expired" in caplog.text)
    assert "Its 1 queued jobs are not submitted again" in caplog.text
    assert queued.status() == "CANCELLED"
    gated.open_gate()
    session.wait()  # the one that ran is followed to its end
    assert [record.status.value for record in session.jobs] == ["DONE", "CANCELLED"]
    assert session.state == "not-started"
    again = session.run_again(queued.job_id())
    session.wait()
    assert again.status() == running.status() == "DONE"


def test_a_primitive_goes_on_in_the_new_session(make_session: Make, clock: ManualClock):
    session = make_session("fake_manila", 300, auto_renew=True)
    sampler = SamplerV2(mode=session)
    circuit = fitted(flipped(), session._backend)
    for _ in range(2):
        sampler.run([circuit]).result()
        clock.advance(300)
        until_state(session, "not-started")
    assert len(session.session_ids) == len(session.jobs) == 2


def test_observers_and_waiters_follow(make_session: Make, clock: ManualClock):
    session = make_session(max_time=300, auto_renew=True)
    states: list[str] = []
    session.observe(lambda change: states.append(change.new), "state")
    session.run(flipped()).result()
    until(core_of(session).journal, lambda: "active" in states)
    clock.advance(300)
    until(core_of(session).journal, lambda: states[-1] == "not-started")
    session.run(flipped()).result()
    until(core_of(session).journal, lambda: states.count("active") == 2)
    assert states[-1] == "active"


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_a_session_that_was_ended_here_is_not_renewed(
    make_session: Make, clock: ManualClock, end: str
):
    session = make_session(max_time=300, auto_renew=True)
    session.run(flipped()).result()
    getattr(session, end)()
    clock.advance(400)
    with pytest.raises(SessionEndedError):
        session.run(flipped())
    assert len(session.session_ids) == 1


def test_a_budget_counts_over_all_sessions(make_session: Make, clock: ManualClock):
    session = make_session(max_time=300, auto_renew=True, max_usage=500)
    session.run(flipped()).result()
    clock.advance(300)
    until_state(session, "not-started")
    session.run(flipped()).result()
    clock.advance(199)
    assert session.active
    clock.advance(1)
    until_state(session, "closed")
    assert "max_usage of 8m 20s" in repr(session)


def test_it_is_renewed_on_the_service_too(
    server: Server, backend: Any, make_session: Make, clock: ManualClock
):
    session = make_session(backend, 300, auto_renew=True)
    first = session.run(flipped())
    session.wait(progress=False)
    clock.advance(301)
    second = session.run(flipped())
    session.wait(progress=False)
    assert len(session.session_ids) == 2
    assert len(server.state.timeline.sessions) == 2
    assert [record.job_id for record in session.jobs] == [first.job_id(), second.job_id()]
    session.cancel()
    until_looked(session, clock, "cancelled")


# --- threads -------------------------------------------------------------------------------------


def test_the_guard_ends_with_its_session(
    make_session: Make, new_threads: NewThreads, clock: ManualClock
):
    session = make_session(idle_timeout=60)
    session.run(flipped()).result()
    clock.advance(60)
    until_state(session, "closed")
    assert new_threads.left_when_done() == []


def test_the_guard_ends_when_nobody_holds_the_session(new_threads: NewThreads):
    Session(idle_timeout=60, auto_renew=True)
    assert new_threads.left_when_done() == []


# --- max_cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, -5, "20", True, float("inf"), float("nan"), [5], 10**400])
def test_a_cost_that_is_no_amount_of_money_is_refused(value: Any):
    with pytest.raises(InvalidInputError, match=r"max_cost=.* is not an amount of money"):
        Session(max_cost=value, price_per_minute=96)


@pytest.mark.parametrize("value", [1, "yes", None])
def test_refuse_over_budget_is_true_or_false(value: Any):
    with pytest.raises(InvalidInputError, match=r"refuse_over_budget=.* is neither True nor False"):
        Session(refuse_over_budget=value)


def test_a_rehearsal_costs_what_a_qpu_would(make_session: Make, clock: ManualClock):
    session = make_session(price_per_minute="60 EUR")
    session.run(flipped()).result()
    clock.advance(30)
    assert session.cost == 30
    assert str(session.bill) == "would cost about €30.00, idle €30.00"


def test_max_cost_closes_it_as_max_usage_does(
    make_session: Make, clock: ManualClock, caplog: pytest.LogCaptureFixture
):
    session = make_session(max_cost=40, price_per_minute=60)
    session.run(flipped()).result()
    clock.advance(39.9)
    assert session.active
    clock.advance(0.2)
    until_state(session, "closed")
    assert "its max_cost of $40.00 was used up" in repr(session)


def test_a_budget_that_is_nearly_used_up_is_told_once(
    make_session: Make, clock: ManualClock, caplog: pytest.LogCaptureFixture
):
    session = make_session(max_cost=40, price_per_minute=60)
    session.run(flipped()).result()
    clock.advance(35)
    assert "90%" not in caplog.text
    clock.advance(1.5)
    until(session._core.journal, lambda: "90%" in caplog.text or not session.active)
    clock.advance(4)
    until_state(session, "closed")
    warned = [each for each in caplog.messages if "90%" in each]
    assert warned == [
        f"Session {session.session_id} has used 90% of its max_cost of $40.00, where it is closed."
    ]


def test_another_max_cost_for_a_live_name_is_told(make_session: Make):
    session = make_session(name="dear", max_cost=40, price_per_minute=60)
    with pytest.warns(UserWarning, match=r"goes on with its max_cost of \$40\.00"):
        assert make_session(name="dear", max_cost=50) is session
