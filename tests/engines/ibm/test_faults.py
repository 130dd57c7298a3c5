"""What the network and the service do wrong, looked at by hand."""

from __future__ import annotations

import json
import logging
import re
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from ibm_cloud_sdk_core.token_managers import token_manager  # type: ignore[import-untyped]

from qsession import QSessionError, ServiceError, Session, sessions
from qsession.model.states import ProblemKind
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.cloud import faults
from tests.cloud.account import TOKEN
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import look, look_for, monitor_of, statuses
from tests.support.circuits import flipped
from tests.support.inside import snapshot_of
from tests.support.patience import PATIENCE_S
from tests.support.turnable_clock import TurnableClock
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]
WATCHED = r"GET /(sessions|jobs)"


@pytest.fixture
def session(make_session: Make, manual: ServiceState) -> Session:
    """A session that has been looked at, with a job in its queue."""
    made = make_session()
    made.run(flipped())
    look(made)
    return made


def wait_of(session: Session, clock: ManualClock) -> float:
    """Look; return in how many seconds to look again."""
    due = look(session)
    assert due is not None
    return (due - clock.now()).total_seconds()


# --- looking -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (faults.refuse(500, message="Oops."), "The service answered 500. Oops."),
        (faults.refuse(503, message="Maintenance."), "The service answered 503. Maintenance."),
        (faults.refuse(403, message="No."), "The service answered 403. No."),
        (faults.too_many_requests(), "The service asks for fewer requests (429)."),
        (faults.too_many_requests(7), "The service asks for fewer requests (429)."),
        (faults.unauthorized(), "The service does not accept the access token."),
        (faults.reset(), "The service cannot be reached"),
        (faults.cut_short(), "The service cannot be reached"),
        (faults.malformed(), "The service's answer cannot be read."),
    ],
)
def test_a_look_that_fails_is_said_and_over_with_the_next(
    server: Server, session: Session, clock: ManualClock, effect: Any, words: str
):
    clock.advance(60)
    server.faults.add(WATCHED, effect)
    failed_at = clock.now()
    assert look(session) is not None
    assert session.stale_since == failed_at
    assert session.error is not None
    assert session.error.startswith(words)
    assert (session.state, statuses(session)) == ("open", ["QUEUED"])
    server.faults.clear()
    clock.advance(60)
    look(session)
    assert (session.error, session.stale_since) == (None, None)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"7", b'"x"', b"{}", b'{"jobs": null}', b'{"jobs": {"a": 1}, "count": 3}',
     b'{"jobs": [null, 7, {}], "count": 1e300}', b'{"jobs": [{"id": "x", "state": {}}]}',
     b"<html>" * 100, b"\xff\xfe", b'{"state": {"a": []}, "max_ttl": "NaN"}'],
)  # fmt: skip
def test_no_answer_stops_the_watch(
    server: Server, session: Session, clock: ManualClock, body: bytes, manual: ServiceState
):
    server.faults.add(WATCHED, lambda answering: replace(answering(), body=body), times=4)
    for _ in range(6):
        clock.advance(60)
        assert look(session) is not None
    manual.run_next_job()
    for _ in range(3):
        clock.advance(5)
        look(session)
    assert (session.error, session.stale_since, statuses(session)) == (None, None, ["DONE"])


def test_failures_in_a_row_back_off_and_keep_since_when(
    server: Server, session: Session, clock: ManualClock
):
    server.faults.add(WATCHED, faults.refuse(502), times=None)
    since = clock.now()
    waits = []
    for _ in range(6):
        waits.append(wait_of(session, clock))
        assert session.stale_since == since
        clock.advance(waits[-1])
    assert waits == [1, 2, 4, 8, 15, 15]
    server.faults.clear()
    look(session)
    assert session.stale_since is None
    server.faults.add(WATCHED, faults.refuse(502))
    assert wait_of(session, clock) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_the_service_is_left_alone_for_as_long_as_it_asks(
    server: Server, session: Session, clock: ManualClock, status: int
):
    server.faults.add(WATCHED, faults.refuse(status, retry_after=40))
    assert wait_of(session, clock) == 40
    server.log.clear()
    clock.advance(39)
    assert wait_of(session, clock) == 1  # whoever asks, however often
    assert server.log.lines() == []
    clock.advance(1)
    look(session)
    assert session.error is None


def test_what_was_asked_for_once_does_not_hold_for_a_later_failure(
    server: Server, session: Session, clock: ManualClock
):
    server.faults.add(WATCHED, faults.too_many_requests(40))
    server.faults.add(WATCHED, faults.reset())
    assert wait_of(session, clock) == 40
    clock.advance(40)
    assert wait_of(session, clock) == 2


def test_a_silent_server_is_given_up(
    server: Server, make_session: Make, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
):
    monkeypatch.setattr("qsession.compat.service_line.READ_TIMEOUT_S", 0.2)
    session = make_session(create_new=True)
    gate = server.faults.hold(WATCHED)
    look(session)
    assert session.error == "The service does not answer."
    server.faults.hold("PATCH")
    with pytest.raises(ServiceError, match="does not answer"):
        session.close()
    gate.release()
    server.faults.clear()
    clock.advance(60)
    look(session)
    assert (session.state, session.error) == ("closed", None)


def test_an_expired_token_is_renewed(server: Server, session: Session, clock: ManualClock):
    server.identity.expire_tokens()
    look(session)
    assert session.error == "The service does not accept the access token."
    clock.advance(1)
    server.log.clear()
    look(session)
    assert (session.error, server.log.count("POST /identity/token")) == (None, 1)
    clock.advance(1)
    look(session)
    assert server.log.count("POST /identity/token") == 1


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long IBM's token manager has slept."""
    slept: list[float] = []
    time = SimpleNamespace(time=__import__("time").time, sleep=slept.append)
    monkeypatch.setattr(token_manager, "time", time)
    return slept


@pytest.mark.parametrize("effect", [faults.refuse(500), faults.reset(), faults.refuse(429)])
def test_a_token_service_that_fails_costs_no_minute_and_shows_no_key(
    server: Server, session: Session, clock: ManualClock, asleep: list[float], effect: Any
):
    server.identity.expire_tokens()
    look(session)  # 401: the next look begins with a new token
    server.faults.add("POST /identity/token", effect, times=3)
    server.log.clear()
    for _ in range(3):
        clock.advance(15)
        look(session)
        assert session.error == "The account's access token cannot be renewed."
    assert server.log.count(WATCHED) == 0
    clock.advance(15)
    look(session)
    assert (session.error, asleep) == (None, [])
    sent = [entry.headers["authorization"] for entry in server.log.matching(WATCHED)]
    assert all(header.startswith("Bearer ") for header in sent)


def test_a_token_that_is_still_good_is_used_when_it_cannot_be_renewed(
    server: Server, session: Session, asleep: list[float]
):
    line: Any = monitor_of(session)._line
    line._token._manager.refresh_time = 0
    server.faults.add("POST /identity/token", faults.refuse(500))
    look(session)
    assert session.error is None
    assert asleep == []


@pytest.fixture
def clock() -> TurnableClock:
    """In place of the one that only goes on."""
    return TurnableClock()


def test_a_clock_that_is_turned_back_stops_nothing(
    server: Server, session: Session, clock: TurnableClock, manual: ServiceState
):
    server.faults.add(WATCHED, faults.too_many_requests(600))
    look(session)
    clock.turn_back(86_400)
    wait = wait_of(session, clock)
    assert wait <= 15
    assert session.error is None
    assert 0 < look_for(session, clock, 3600) < 400


def test_a_laptop_that_slept_sees_what_has_happened(
    session: Session, clock: ManualClock, manual: ServiceState
):
    manual.run_next_job()
    clock.advance(30 * 3600)
    look(session)
    look(session)
    assert (session.state, statuses(session)) == ("expired", ["DONE"])


def test_an_observer_that_recovers_does_not_make_a_stale_view_fresh(
    server: Server, session: Session, clock: ManualClock
):
    told: list[int] = []
    calls = threading.Semaphore(0)

    def fail_once(change: Any) -> None:
        told.append(len(change.new))
        calls.release()
        if len(told) == 1:
            raise ZeroDivisionError("on purpose")

    session.observe(fail_once, names="jobs")
    clock.advance(60)
    server.faults.add(WATCHED, faults.refuse(503), times=None)
    since = clock.now()
    look(session)
    for _ in range(2):
        session.run(flipped())
        assert calls.acquire(timeout=PATIENCE_S)
        assert (session.error, session.stale_since) == (
            "The service answered 503. A fault of the test.",
            since,
        )
    until(
        core_of(session).journal,
        lambda: ProblemKind.OBSERVER not in core_of(session).journal.state.problems,
    )
    assert session.stale_since == since
    server.faults.clear()
    clock.advance(60)
    look(session)
    assert (session.error, session.stale_since) == (None, None)


# --- acting --------------------------------------------------------------------------------------


ACTIONS: list[tuple[str, Callable[[Session], Any]]] = [
    ("POST /jobs$", lambda session: session.run(flipped())),
    ("GET /instances/usage", lambda session: session.run(flipped())),
    ("GET /backends/.*/status", lambda session: session.run(flipped())),
    ("POST /jobs$", lambda session: session.run_again()),
    (r"POST /jobs/\w+/cancel", lambda session: session.cancel_job(session.jobs[0].job_id)),
    ("GET /sessions", lambda session: session.details()),
    ("GET /sessions", lambda session: session.status()),
    ("GET /sessions", lambda session: session.usage()),
    ("PATCH /sessions", lambda session: session.close()),
    ("DELETE /sessions", lambda session: session.cancel()),
]
EFFECTS = {
    "429": faults.too_many_requests(),
    "500": faults.refuse(500),
    "401": faults.unauthorized(),
    "reset": faults.reset(),
    "cut": faults.cut_short(),
    "malformed": faults.malformed(),
}


@pytest.mark.parametrize("effect", EFFECTS, ids=str)
def test_an_action_that_fails_raises_one_clear_error(server: Server, session: Session, effect: str):
    for pattern, act in ACTIONS:
        if effect in ("malformed", "cut") and re.match("PATCH|DELETE|.*cancel", pattern):
            continue  # an empty answer is as good when it is spoilt
        server.faults.add(pattern, EFFECTS[effect], times=None)
        with pytest.raises(ServiceError) as caught:
            act(session)
        assert str(caught.value).startswith("Could not ")
        assert "\n" not in str(caught.value)
        assert caught.value.__cause__ is not None
        assert not isinstance(caught.value.__cause__, QSessionError)
        server.faults.clear()


def test_opening_that_fails_leaves_it_to_be_opened_later(server: Server, make_session: Make):
    session = make_session()
    server.faults.add("POST /sessions", faults.too_many_requests())
    with pytest.raises(ServiceError, match=r"Could not open a session on ibm_manila: .*429"):
        session.run(flipped())
    assert session.state == "not-started"
    session.run(flipped())
    assert session.state == "open"


@pytest.mark.parametrize("effect", [faults.reset(after=True), faults.malformed()])
def test_what_an_opening_leaves_whose_answer_is_lost_is_told_listed_and_free(
    server: Server, service: Any, make_session: Make, clock: ManualClock, effect: faults.Effect
):
    session = make_session()
    server.faults.add("POST /sessions", effect)
    with pytest.raises(ServiceError, match=r"If it was opened all the same, sessions\(\) lists it"):
        session.run(flipped())
    (lost,) = server.state.timeline.sessions
    assert lost in {info.session_id for info in sessions(service)}
    job = session.run(flipped())
    assert session.session_id != lost
    assert server.state.timeline.jobs[job.job_id()].session_id == session.session_id
    clock.advance(31 * 60)
    server.state.settle()
    left = server.state.timeline.sessions[lost]
    assert (left.state, left.held_seconds(clock.now())) == ("closed", 0)


@pytest.mark.parametrize("effect", [faults.malformed(), faults.cut_short(), faults.refuse(403)])
@pytest.mark.parametrize("run", [Session.run, Session.run_circuits])
def test_work_is_refused_while_the_properties_of_the_backend_cannot_be_read(
    server: Server, make_session: Make, effect: faults.Effect, run: Callable[..., Any]
):
    session = make_session()
    server.faults.add(r"GET /backends/\w+/properties", effect)
    with pytest.raises(ServiceError, match="Could not read the properties of ibm_"):
        run(session, flipped())
    assert (session.state, session.jobs) == ("not-started", [])
    run(session, flipped())
    assert statuses(session) == ["QUEUED"]


def test_a_submission_whose_answer_is_lost_is_shown_and_not_sent_again(
    server: Server, session: Session
):
    server.faults.add("POST /jobs", faults.reset(after=True))
    server.log.clear()
    with pytest.raises(ServiceError, match="cannot be reached"):
        session.run(flipped(), name="lost")
    assert len(session.jobs) == 1
    look(session)
    assert server.log.count("POST /jobs") == 1
    assert [record.status for record in session.jobs] == ["QUEUED", "QUEUED"]
    assert session.jobs[1].job_id in server.state.timeline.jobs


@pytest.mark.parametrize("end", ["close", "cancel"])
@pytest.mark.parametrize("failures", [1, 4])
def test_an_ending_that_fails_is_sent_until_it_is_heard(
    server: Server, session: Session, clock: ManualClock, end: str, failures: int
):
    server.faults.add("PATCH|DELETE", faults.refuse(502), times=failures)
    with pytest.raises(
        ServiceError, match=rf"Could not {end} the session: the service answered 502"
    ):
        getattr(session, end)()
    assert (session.state, session.active) == ("closing", False)
    assert len(session.jobs) == 1
    look_for(session, clock, 60)
    assert server.log.count("PATCH|DELETE") == failures + 1
    cloud = server.state.timeline.sessions[str(session.session_id)]
    assert not cloud.accepting_jobs
    assert cloud.cancelled is (end == "cancel")
    if end == "cancel":
        assert (session.state, statuses(session)) == ("cancelled", ["CANCELLED"])


def test_an_ending_that_failed_may_be_called_again(server: Server, session: Session):
    server.faults.add("DELETE", faults.reset())
    with pytest.raises(ServiceError):
        session.cancel()
    session.cancel()
    look(session)
    assert session.state == "cancelled"
    assert server.log.count("DELETE") == 2


def test_the_view_goes_on_while_an_ending_is_not_heard(
    server: Server, session: Session, clock: ManualClock, manual: ServiceState
):
    server.faults.add("PATCH", faults.refuse(403, message="Not you."), times=None)
    with pytest.raises(ServiceError):
        session.close()
    manual.start_next_job()
    look_for(session, clock, 30)
    assert (session.state, statuses(session)) == ("closing", ["RUNNING"])
    assert session.error == (
        "Could not close the session: the service answered 403. Not you. It goes on, and may cost; "
        "this is tried again."
    )
    assert session.stale_since is None
    manual.timeline.cancel(manual.timeline.sessions[str(session.session_id)], clock.now())
    manual.finish_job()
    assert look_for(session, clock, 60) < 30
    assert (session.state, session.error, statuses(session)) == ("closed", None, ["DONE"])


def test_a_cancel_whose_answer_is_lost_is_a_cancel(server: Server, session: Session):
    server.faults.add("DELETE", faults.reset(after=True))
    with pytest.raises(ServiceError):
        session.cancel()
    look(session)
    assert session.state == "cancelled"


# --- what must not be told -----------------------------------------------------------------------


@pytest.mark.parametrize("effect", EFFECTS, ids=str)
def test_no_secret_is_told(
    server: Server,
    make_session: Make,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
    effect: str,
):
    caplog.set_level(logging.DEBUG, "qsession")
    session = make_session()
    session.run(flipped())
    look(session)
    told = []
    for pattern, act in ACTIONS:
        server.faults.add(pattern, EFFECTS[effect], times=None)
        try:
            act(session)
        except ServiceError as error:
            told.append("".join(traceback.format_exception(error)))
        server.faults.clear()
        server.faults.add(WATCHED, EFFECTS[effect])
        look(session)
        clock.advance(60)
        told += [repr(session), session.to_html(), repr(session.trait_values()), repr(session.jobs)]
        told += [
            repr(snapshot_of(session)),
            json.dumps(session.widget.head, default=str),
        ]
        told.append(json.dumps(session.widget.rows, default=str))
    told += [repr(sessions(session.service, ended=True)), caplog.text]
    told += [record.getMessage() for record in caplog.records]
    bearer = server.log.matching("GET /sessions")[-1].headers["authorization"].split()[1]
    assert len(bearer) > 50
    for text in told:
        assert TOKEN not in text
        assert bearer not in text
    assert any("Could not" in text for text in told)
    session.widget.close()


# --- a service that says nothing -----------------------------------------------------------------


@pytest.mark.parametrize("silent", ["GET /instances/usage", "GET /backends/ibm_manila/status"])
def test_a_submission_does_not_wait_for_ever(
    server: Server, session: Session, monkeypatch: pytest.MonkeyPatch, silent: str
):
    http = session.service._active_api_client._session
    before = http._timeout
    server.faults.hold(silent)
    with monkeypatch.context() as brief:
        brief.setattr("qsession.compat.ibm_service.USERS_TIMEOUT_S", (5.0, 0.05))
        with pytest.raises(ServiceError, match="the service does not answer") as told:
            session.run(flipped())
    assert told.value.__cause__ is not None
    assert http._timeout == before
    server.faults.clear()
    session.run(flipped())
    assert statuses(session) == ["QUEUED", "QUEUED"]
