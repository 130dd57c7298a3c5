"""What a dashboard lists, how it asks for it, and what can be done with what it lists."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from qsession import (
    InvalidInputError,
    QSessionError,
    Session,
    SessionNotFoundError,
    listing,
)
from qsession.dashboards.overview import Overview
from qsession.ledger.entries import SessionFacts
from qsession.ledger.ledger import Ledger
from qsession.session import registry
from qsession.testing import ManualClock
from tests.cloud.account import PREMIUM_CRN
from tests.cloud.faults import refuse
from tests.cloud.server import Server
from tests.dashboards.seeing import OpenElsewhere, key_of, seen
from tests.ledger.told import Telling
from tests.support.circuits import flipped
from tests.support.inside import snapshot_of
from tests.support.waiting import until_dropped

Make = Callable[..., Session]
MakeOverview = Callable[..., Overview]

ASKING = "GET /workloads"
ANYTHING = "GET|POST|PATCH|DELETE"


# --- what is listed -------------------------------------------------------------------------------


@pytest.mark.usefixtures("lost")
def test_sessions_of_this_process_of_the_ledger_and_of_the_account_are_listed_newest_first(
    make_session: Make, make_overview: MakeOverview, open_elsewhere: OpenElsewhere, service: Any
):
    on_account = open_elsewhere("batch")
    make_session("here").run(flipped())
    make_session("draft")
    overview = make_overview(service)
    found = seen(overview, ask=True)
    assert found == {
        "draft": ("not-started", "process"),
        "last-night": ("lost", "ledger"),
        "here": ("active", "process"),
        on_account: ("open", "service"),
    }
    assert next(iter(found)) == "draft"
    opened = [entry.info.opened for entry in overview.look(ask=False).entries if entry.info.opened]
    assert opened == sorted(opened, reverse=True)
    assert len(opened) == 3
    modes = {entry.info.session_id: entry.info.mode for entry in overview.look(ask=False).entries}
    assert modes[on_account] == "batch"


def test_what_another_process_opened_since_the_account_was_asked_is_listed(
    make_overview: MakeOverview, service: Any, ledger: Ledger
):
    facts = SessionFacts("ibm", "ibm_manila", "session", "before", PREMIUM_CRN)
    Telling(ledger, "ended-1", facts).submit("job-1")
    ledger.write_noted()
    overview = make_overview(service)
    assert seen(overview, ask=True) == {}
    Telling(ledger, "new-1", replace(facts, name="since")).submit("job-2")
    ledger.write_noted()
    assert seen(overview) == {"since": ("open", "ledger")}


def test_what_has_ended_is_listed_only_if_asked_for(
    make_session: Make, make_overview: MakeOverview
):
    with make_session("over"):
        pass
    assert seen(make_overview()) == {}
    assert list(seen(make_overview(ended=True))) == ["over"]


@pytest.mark.usefixtures("lost", "there")
def test_only_what_can_be_ended_from_here_is_open(make_session: Make, make_overview: MakeOverview):
    closing = make_session("closing")
    closing.run(flipped())
    closing.close()
    make_session("draft")
    entries = make_overview().look(ask=False).entries
    assert {entry.info.name or entry.key: entry.is_open for entry in entries} == {
        "draft": True,
        "closing": False,
        "last-night": False,
        "there": False,
    }
    assert [entry.info.pid for entry in entries if entry.key == "there"] == [1]


# --- asking the account ---------------------------------------------------------------------------


def test_the_account_is_asked_only_when_told_to(
    make_overview: MakeOverview, open_elsewhere: OpenElsewhere, server: Server, service: Any
):
    first = open_elsewhere()
    overview = make_overview(service)
    assert overview.look(ask=False).asked is None
    assert server.log.count(ANYTHING) == 0
    assert list(seen(overview, ask=True)) == [first]
    assert server.log.count(ASKING) == 1
    open_elsewhere()
    for _ in range(10):
        assert list(seen(overview)) == [first]
    assert server.log.count(ANYTHING) == 0
    assert len(seen(overview, ask=True)) == 2


def test_it_says_when_the_account_was_asked(
    make_overview: MakeOverview, service: Any, clock: ManualClock
):
    overview = make_overview(service)
    asked = overview.look(ask=True).asked
    assert asked == clock.now()
    clock.advance(30)
    assert overview.look(ask=False).asked == asked
    assert make_overview().look(ask=True).asked is None


def test_an_account_that_cannot_be_asked_keeps_what_was_known_and_says_so(
    make_overview: MakeOverview, open_elsewhere: OpenElsewhere, server: Server, service: Any,
    clock: ManualClock,
):  # fmt: skip
    known = open_elsewhere()
    overview = make_overview(service)
    before = overview.look(ask=True)
    server.faults.add(ASKING, refuse(503, message="Down."))
    clock.advance(60)
    sight = overview.look(ask=True)
    assert (sight.entries, sight.asked) == (before.entries, before.asked)
    assert "The account could not be asked. Could not list the account's sessions" in str(
        sight.problem
    )
    assert "503" in str(sight.problem)
    assert overview.look(ask=False).problem == sight.problem
    server.faults.clear()
    assert overview.look(ask=True).problem is None
    assert list(seen(overview)) == [known]


def test_what_was_heard_while_somebody_else_asked_is_not_lost(
    make_overview: MakeOverview, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
):
    asking, may_answer = threading.Event(), threading.Event()

    def ask_slowly(*_: object, **__: object) -> listing.AccountListing:
        asking.set()
        assert may_answer.wait(20)
        return listing.AccountListing(was_asked=True)

    monkeypatch.setattr("qsession.dashboards.overview.ask_account", ask_slowly)
    overview = make_overview()
    thread = threading.Thread(target=overview.look, kwargs={"ask": True})
    thread.start()
    assert asking.wait(20)
    assert overview.look(ask=False).asked is None
    may_answer.set()
    thread.join(20)
    assert overview.look(ask=False).asked == clock.now()


# --- keys -----------------------------------------------------------------------------------------


def test_a_session_is_found_by_its_key_before_and_after_it_is_opened(
    make_session: Make, make_overview: MakeOverview
):
    session = make_session("draft")
    overview = make_overview()
    key = key_of(overview, "draft")
    session.run(flipped())
    assert session.session_id not in (None, key)
    assert key_of(overview, "draft") == key
    assert overview.session(key) is session
    assert key_of(make_overview(), "draft") == session.session_id


def test_sessions_that_are_not_opened_have_keys_of_their_own(
    make_session: Make, make_overview: MakeOverview
):
    first, second = make_session("a"), make_session("b")
    overview = make_overview()
    found = [overview.session(key_of(overview, name)) for name in ("a", "b")]
    assert found == [first, second]


@pytest.mark.parametrize("key", ["nowhere", "", "unopened-7", None, ["x"]])
def test_a_key_that_is_not_listed_is_a_clear_error(make_overview: MakeOverview, key: Any):
    overview = make_overview()
    overview.look(ask=False)
    for act in (overview.session, overview.close, overview.cancel):
        with pytest.raises(InvalidInputError, match=r"lists no session .* Refresh it"):
            act(key)


def test_a_session_that_was_dropped_before_it_was_opened_is_gone(make_overview: MakeOverview):
    overview = make_overview()
    session: Session | None = Session("aer_simulator", name="dropped")
    key = key_of(overview, "dropped")
    assert session is not None
    gone, session = weakref.ref(session), None
    until_dropped(lambda: gone() is None)
    with pytest.raises(InvalidInputError, match="lists no session 'unopened-1'"):
        overview.close(key)


# --- ending ---------------------------------------------------------------------------------------


def test_a_session_of_this_process_is_closed_and_cancelled(
    make_session: Make, make_overview: MakeOverview
):
    first, second = make_session("first"), make_session("second")
    for session in (first, second):
        session.run(flipped())
        session.run(flipped())
    overview = make_overview()
    assert overview.close(key_of(overview, "first")) == "Session first takes no more jobs."
    assert overview.cancel(key_of(overview, "second")) == "Session second is cancelled."
    assert [first.state, second.state] == ["closing", "cancelled"]
    assert [job.status for job in first.jobs] == ["RUNNING", "QUEUED"]
    assert second.jobs[1].status == "CANCELLED"
    assert "from the dashboard" in str(snapshot_of(second).ended_reason)


def test_what_was_ended_from_here_stays_in_the_list(
    make_session: Make, make_overview: MakeOverview
):
    make_session("untouched").close()
    session = make_session("mine")
    overview = make_overview()
    overview.close(key_of(overview, "mine"))
    assert session.state == "closed"
    assert seen(overview) == {"mine": ("closed", "process")}


@pytest.mark.parametrize("act", ["close", "cancel"])
def test_a_session_of_the_account_is_attached_to_and_ended(
    make_overview: MakeOverview,
    open_elsewhere: OpenElsewhere,
    server: Server,
    service: Any,
    act: str,
):
    session_id = open_elsewhere()
    overview = make_overview(service)
    overview.look(ask=True)
    assert session_id in getattr(overview, act)(session_id)
    assert server.state.timeline.sessions[session_id].closed_at is not None
    gc.collect()  # the dashboard holds it: an ending that failed is sent again
    assert registry.find(session_id) is not None


def test_a_lost_session_can_be_read_and_stays_in_the_list(make_overview: MakeOverview, lost: str):
    overview = make_overview()
    session = overview.session(key_of(overview, lost))
    assert [job.error for job in session.jobs] == ["Lost: its process ended before the job did."]
    assert seen(overview) == {"last-night": ("closed", "process")}


def test_a_session_of_another_living_process_is_left_alone(make_overview: MakeOverview, there: str):
    overview = make_overview()
    with pytest.raises(SessionNotFoundError, match="open in process 1"):
        overview.close(key_of(overview, there))
    assert overview.close_all() == "0 sessions closed."


@pytest.mark.usefixtures("lost")
def test_close_all_closes_what_is_open_here_and_on_the_account(
    make_session: Make, make_overview: MakeOverview, open_elsewhere: OpenElsewhere, server: Server,
    service: Any,
):  # fmt: skip
    here = make_session("here")
    on_account = [open_elsewhere() for _ in range(3)]
    overview = make_overview(service)
    overview.look(ask=True)
    active = service._active_api_client
    assert overview.close_all() == "4 sessions closed."
    assert here.state == "closed"
    for session_id in on_account:
        assert server.state.timeline.sessions[session_id].closed_at is not None
    assert service._active_api_client is active
    assert seen(overview)["last-night"] == ("lost", "ledger")


def test_close_all_tries_all_and_tells_the_last_failure(
    make_session: Make, make_overview: MakeOverview, open_elsewhere: OpenElsewhere, server: Server,
    service: Any,
):  # fmt: skip
    session_id = open_elsewhere()
    here = make_session("here")
    overview = make_overview(service)
    overview.look(ask=True)
    server.faults.add(f"GET /sessions/{session_id}", refuse(403, message="Not yours."))
    with pytest.raises(QSessionError, match=r"1 of 2 sessions closed\. .*1 failure: .*Not yours"):
        overview.close_all()
    assert here.state == "closed"
