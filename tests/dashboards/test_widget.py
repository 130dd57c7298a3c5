"""The live dashboard: what it tells its page, and what the page may ask for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from qsession.dashboards.encoding import ACTIONS
from qsession.widget import SessionWidget
from tests.cloud.account import TOKEN
from tests.cloud.faults import refuse
from tests.dashboards.seeing import OpenElsewhere, key_of
from tests.support.circuits import flipped
from tests.support.waiting import NewThreads

if TYPE_CHECKING:
    from qsession import Session
    from qsession.dashboards.overview import Overview
    from qsession.dashboards.widget import DashboardWidget
    from qsession.testing import ManualClock
    from tests.cloud.server import Server
    from tests.widget.recording_comm import RecordingComm

    Make = Callable[[str], Session]
    MakeOverview = Callable[..., Overview]
    MakeWidget = Callable[[Overview], DashboardWidget]

ANYTHING = "GET|POST|PATCH|DELETE"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def overview(make_overview: MakeOverview) -> Overview:
    """Of this process and the ledger alone."""
    return make_overview()


@pytest.fixture
def widget(make_session: Make, overview: Overview, make_widget: MakeWidget) -> DashboardWidget:
    """The view of two sessions, ``first`` and ``second``."""
    make_session("first").run(flipped())
    make_session("second")
    return make_widget(overview)


@pytest.fixture
def page(widget: DashboardWidget) -> RecordingComm:
    """The other end."""
    page: RecordingComm = widget.comm
    return page


def entries(page: RecordingComm) -> dict[str, dict[str, Any]]:
    """What the page was told last, by name or id."""
    states = [page.messages[0][1]["state"], *page.updates()]
    (*_, shown) = (state["overview"] for state in states if "overview" in state)
    return {entry["name"] or entry["session_id"]: entry for entry in shown["entries"]}


def opened(widget: DashboardWidget) -> list[str]:
    """The sessions that are shown below the list."""
    list_, *below = widget.with_opened_sessions.children
    assert list_ is widget
    return [view.head["name"] for view in below if isinstance(view, SessionWidget)]


# --- what is told ---------------------------------------------------------------------------------


def test_the_page_is_told_all_that_is_known_of_a_session(
    page: RecordingComm, overview: Overview, clock: ManualClock
):
    now_ms = round(clock.now().timestamp() * 1000)
    first = entries(page)["first"]
    assert first == {
        "key": key_of(overview, "first"),
        "session_id": key_of(overview, "first"),
        "name": "first",
        "backend": "gated_simulator",
        "mode": "session",
        "state": "active",
        "label": "In progress",
        "opened_ms": now_ms,
        "ended_ms": None,
        "remaining_s": 1800,
        "usage_s": 0.0,
        "cost": None,
        "currency": None,
        "jobs": 1,
        "where": "this process",
        "pid": None,
        "is_open": True,
        "is_shown": False,
    }
    shown = page.messages[0][1]["state"]["overview"]
    assert {name: shown[name] for name in shown if name != "entries"} == {
        "version": 1,
        "now_ms": now_ms,
        "asked_ms": None,
        "problem": None,
        "clicks_wait": False,
    }
    assert page.messages[0][1]["state"]["kind"] == "dashboard"


@pytest.mark.usefixtures("lost", "there")
def test_the_page_is_told_in_words_where_a_session_is(
    make_overview: MakeOverview,
    make_widget: MakeWidget,
    open_elsewhere: OpenElsewhere,
    service: Any,
):
    session_id = open_elsewhere()
    page: Any = make_widget(make_overview(service)).comm
    assert {name: (entry["label"], entry["where"]) for name, entry in entries(page).items()} == {
        "last-night": ("Lost", "ledger"),
        "there": ("Pending", "process 1"),
        session_id: ("Pending", "account"),
    }


def test_nothing_secret_is_in_what_is_told(
    make_overview: MakeOverview, make_widget: MakeWidget, open_elsewhere: OpenElsewhere,
    server: Server, service: Any,
):  # fmt: skip
    session_id = open_elsewhere()
    overview = make_overview(service)
    widget = make_widget(overview)
    page: Any = widget.comm
    assert page.ask("show", key=session_id)["ok"]
    server.faults.add("GET /workloads", refuse(401, message=f"The key {TOKEN} is not valid."))
    page.ask("ask")
    assert widget.overview["problem"]
    assert TOKEN not in json.dumps([*page.messages, widget.get_state()], default=str)


def test_names_travel_as_they_are(make_session: Make, overview: Overview, make_widget: MakeWidget):
    session = make_session(HOSTILE)
    page: Any = make_widget(overview).comm
    assert entries(page)[HOSTILE]["backend"] == session.backend()


# --- what is asked for ----------------------------------------------------------------------------


def test_a_look_tells_how_things_stand_and_asks_nobody(
    make_session: Make, make_overview: MakeOverview, make_widget: MakeWidget, server: Server,
    service: Any,
):  # fmt: skip
    page: Any = make_widget(make_overview(service)).comm
    server.log.clear()
    make_session("late")
    reply = page.ask("look")
    assert (reply["ok"], reply["message"], reply["error"]) == (True, None, None)
    assert list(entries(page)) == ["late"]
    assert server.log.count(ANYTHING) == 0


def test_the_sight_comes_before_the_reply(page: RecordingComm, clock: ManualClock):
    clock.advance(3)
    page.ask("look")
    assert [data["method"] for _, data in page.messages[1:]] == ["update", "custom"]


def test_asking_asks_the_account_once(
    make_overview: MakeOverview, make_widget: MakeWidget, open_elsewhere: OpenElsewhere,
    server: Server, service: Any,
):  # fmt: skip
    page: Any = make_widget(make_overview(service)).comm
    session_id = open_elsewhere()
    assert page.ask("ask")["ok"]
    assert list(entries(page)) == [session_id]
    assert server.log.count("GET /workloads") == 1


def test_an_account_that_does_not_answer_is_told_and_no_error(
    make_overview: MakeOverview, make_widget: MakeWidget, server: Server, service: Any
):
    widget = make_widget(make_overview(service))
    server.faults.add("GET /workloads", refuse(500, message="Broken."))
    page: Any = widget.comm
    assert page.ask("ask")["ok"]
    assert "could not be asked" in widget.overview["problem"]


def test_show_opens_the_sessions_own_view_below_the_list_and_hide_takes_it_away(
    widget: DashboardWidget, page: RecordingComm, overview: Overview
):
    first, second = key_of(overview, "first"), key_of(overview, "second")
    for key in (first, second, first):
        assert page.ask("show", key=key)["ok"]
    assert opened(widget) == ["second", "first"]
    assert [entry["is_shown"] for entry in entries(page).values()] == [True, True]
    assert widget.with_opened_sessions.children[2] is overview.session(first).widget
    assert page.ask("hide", key=first)["ok"]
    assert opened(widget) == ["second"]
    assert not entries(page)["first"]["is_shown"]
    assert page.ask("hide", key=first)["ok"]


def test_a_session_that_ended_while_it_was_shown_can_be_hidden(
    widget: DashboardWidget, page: RecordingComm, overview: Overview
):
    key = key_of(overview, "second")
    page.ask("show", key=key)
    overview.session(key).close()
    page.ask("look")
    assert entries(page)["second"]["label"] == "Closed"
    page.ask("hide", key=key)
    assert opened(widget) == []


def test_show_attaches_to_a_lost_session_and_to_one_of_the_account(
    make_overview: MakeOverview, make_widget: MakeWidget, open_elsewhere: OpenElsewhere, lost: str,
    service: Any,
):  # fmt: skip
    session_id = open_elsewhere()
    overview = make_overview(service)
    widget = make_widget(overview)
    page: Any = widget.comm
    for key in (lost, session_id):
        assert page.ask("show", key=key)["ok"]
    assert opened(widget) == [None, "last-night"]
    told = entries(page)
    assert [told[name]["where"] for name in (session_id, "last-night")] == ["this process"] * 2
    assert told["last-night"]["label"] == "Closed"


@pytest.mark.parametrize(
    ("action", "words", "label"),
    [("close", "takes no more jobs", "Closing"), ("cancel", "is cancelled", "Cancelled")],
)
def test_close_and_cancel_end_a_session_and_say_so(
    page: RecordingComm, overview: Overview, action: str, words: str, label: str
):
    session = overview.session(key_of(overview, "first"))
    session.run(flipped())
    reply = page.ask(action, key=key_of(overview, "first"))
    assert reply["message"] == f"Session first {words}."
    assert entries(page)["first"]["state"] == session.state
    assert entries(page)["first"]["label"] in (label, "Closing")


def test_close_all_closes_all(page: RecordingComm):
    assert page.ask("close_all")["message"] == "2 sessions closed."
    assert [entry["is_open"] for entry in entries(page).values()] == [False, False]


def test_every_action_of_the_wire_is_known(page: RecordingComm):
    for action in ACTIONS:
        reply = page.ask(action, key="unknown")
        problem = reply["error"] or {"message": ""}
        assert "not known here" not in problem["message"], action


@pytest.mark.parametrize(
    ("request_", "kind", "words"),
    [
        ({"action": "dance"}, "InvalidInputError", "'dance', which is not known here"),
        ({"action": ["look"]}, "InvalidInputError", "not known here"),
        ({"action": "show", "key": "gone"}, "InvalidInputError", "lists no session 'gone'"),
        ({"action": "hide", "key": "gone"}, "InvalidInputError", "lists no session 'gone'"),
        ({"action": "close", "key": "gone"}, "InvalidInputError", "lists no session 'gone'"),
        ({"action": "cancel"}, "InvalidInputError", "key=None cannot be an id"),
        ({"action": "cancel", "key": {"a": 1}}, "InvalidInputError", "key={'a': 1} cannot be an"),
        ({"action": "show", "key": "\ud800"}, "InvalidInputError", "cannot be an id"),
        ({"action": "show", "key": "x" * 10_000_000}, "InvalidInputError", "key=str 'xxx"),
    ],
)
def test_a_request_that_fails_is_answered_with_the_kind_of_error_and_words(
    page: RecordingComm, request_: dict[str, Any], kind: str, words: str
):
    reply = page.ask(**request_)
    assert (reply["ok"], reply["message"], reply["error"]["type"]) == (False, None, kind)
    assert words in reply["error"]["message"]
    assert len(reply["error"]["message"]) < 500


@pytest.mark.parametrize("content", [None, 7, "look", [], {}, {"kind": "reply"}])
def test_what_is_no_request_is_not_answered(
    page: RecordingComm, content: object, new_threads: NewThreads
):
    page.receive(content)
    assert new_threads.left_when_done() == []
    assert page.contents("reply") == []


def test_every_one_of_many_requests_is_answered_once_and_the_last_sight_is_the_newest(
    page: RecordingComm, overview: Overview
):
    actions = ["look", "ask", "show", "hide", "close_all"] * 6
    for number, action in enumerate(actions):
        request = {"kind": "request", "id": f"n{number}", "action": action}
        page.receive({**request, "key": key_of(overview, "first")})
    page.wait_for(lambda: len(page.contents("reply")) == len(actions))
    assert len({reply["id"] for reply in page.contents("reply")}) == len(actions)
    assert all(not entry["is_open"] for entry in entries(page).values())


def test_the_widget_leaves_no_thread_behind(page: RecordingComm, new_threads: NewThreads):
    page.ask("look")
    new_threads.until_dropped()
