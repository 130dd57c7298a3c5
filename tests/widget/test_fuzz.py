"""Whatever a page sends: each request gets one reply, and what is the kernel's stays as it was."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsession import Session
from qsession.dashboards.encoding import ACTIONS as DASHBOARD_ACTIONS
from qsession.dashboards.overview import Overview
from qsession.dashboards.widget import DashboardWidget
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from qsession.widget import SessionWidget
from qsession.widget.page_widget import OF_THE_PAGE, PageWidget
from qsession.widget.requests import ACTIONS
from tests.support.circuits import bell, rotation
from tests.support.gated_backend import GatedBackend
from tests.widget.page_messages import ANYTHING, custom, messages, requests
from tests.widget.recording_comm import RecordingComm

LONGEST_REPLY = 50_000
"""Characters of JSON; most are details that were asked for."""

FIRST_JOB = "<first job>"
"""Stands for an id that is known only when it is sent."""

CHANGING = frozenset({"seq", "head", "rows", "overview"})
"""Traits that tell of sessions, which go on meanwhile."""


@pytest.fixture(autouse=True)
def _on_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """No account, no comm of a kernel."""
    monkeypatch.setattr("qsession.listing.default_account_exists", lambda: False)
    monkeypatch.setattr("comm.create_comm", RecordingComm)


@contextmanager
def a_session() -> Iterator[Session]:
    """A session with two programs and a job that waits."""
    backend = GatedBackend()
    session = Session(backend, "30m", clock=ManualClock(), name="mine", new=True)
    session.add_program(bell(), name="mine", shots=1)
    session.add_program((rotation(), "Z"), name="turn", precision=0.5)
    try:
        session.run(bell(), shots=1)
        yield session
    finally:
        backend.open_gate()
        session.cancel(reason="the test is over")
        if core_of(session).display.views is not None:
            session.widget.close()


@contextmanager
def a_dashboard_widget() -> Iterator[DashboardWidget]:
    """The view of what there is."""
    overview = Overview(None, ended=True, limit=5, clock=ManualClock())
    overview.look(ask=False)
    widget = DashboardWidget(overview)
    try:
        yield widget
    finally:
        for child in widget.with_opened_sessions.children:
            child.close()
        widget.with_opened_sessions.close()


def own_state(widget: PageWidget) -> dict[str, Any]:
    return widget.get_state([key for key in widget.keys if key not in {*OF_THE_PAGE, *CHANGING}])  # type: ignore[no-any-return]


def check(widget: PageWidget, sent: list[object]) -> None:
    """Send messages, and check what comes back."""
    page: RecordingComm = widget.comm
    before = own_state(widget)
    died: list[object] = []
    with (
        mock.patch("threading.excepthook", died.append),
        mock.patch("qsession.widget.replies._log.exception") as failed,
    ):
        for message in sent:
            page.receive_data(message)
        asked = [each for each in map(request_of, sent) if each is not None]
        page.wait_for(lambda: len(page.contents("reply")) >= len(asked))
        until_no_request_is_carried_out()
    replies = page.contents("reply")
    expected = sorted(str(request_id(each)) for each in asked)
    assert sorted(str(reply["id"]) for reply in replies) == expected
    assert all(len(json.dumps(reply)) < LONGEST_REPLY for reply in replies)
    assert (died, failed.mock_calls) == ([], [])
    assert own_state(widget) == before
    # It goes on as before.
    assert page.ask("look" if isinstance(widget, DashboardWidget) else "resync")["ok"]


def resolved(message: object, session: Session) -> object:
    """A message with the id of the job that waits, which is the session's, too."""
    match message:
        case {"method": "custom", "content": dict() as content}:
            real = session.session_id
            return custom({n: real if v == FIRST_JOB else v for n, v in content.items()})
    return message


def request_of(message: object) -> Any:
    match message:
        case {"method": "custom", "content": {"kind": "request"} as content}:
            return content
    return None


def request_id(request: dict[str, Any]) -> str | None:
    """What its reply is to be found by."""
    match request.get("id"):
        case str() as text if len(text) <= 64 and text.encode(errors="replace").decode() == text:
            return text
    return None


def until_no_request_is_carried_out() -> None:
    for thread in threading.enumerate():
        if thread.name == "qsession-request":
            thread.join(20)
            assert not thread.is_alive()


SESSION_REQUESTS = requests(
    list(ACTIONS),
    {
        "program": st.sampled_from(["mine", "turn"]),
        "job_id": st.just(FIRST_JOB),
        "before": st.just(FIRST_JOB),
        "index": st.integers(0, 1),
        "shots": st.integers(1, 5),
        "precision": st.floats(0.1, 1),
        "parameters": st.dictionaries(st.sampled_from(["theta", "phi"]), st.floats(-1, 1)),
    },
)

DASHBOARD_REQUESTS = requests(list(DASHBOARD_ACTIONS), {"key": st.just(FIRST_JOB)})


def trait_names(cls: type[PageWidget]) -> list[str]:
    """Those that are synced, anywidget's own included, which it adds to each widget."""
    return [*cls.class_trait_names(sync=True), "_esm", "_css", "_anywidget_id"]


@settings(max_examples=60)
@given(st.lists(messages(SESSION_REQUESTS, trait_names(SessionWidget)), min_size=1, max_size=8))
def test_a_session_answers_each_request_once_and_keeps_what_is_its_own(sent: list[object]):
    with a_session() as session:
        check(session.widget, [resolved(message, session) for message in sent])


@settings(max_examples=60)
@given(st.lists(messages(DASHBOARD_REQUESTS, trait_names(DashboardWidget)), min_size=1, max_size=8))
def test_a_dashboard_answers_each_request_once_and_keeps_what_is_its_own(sent: list[object]):
    with a_session() as session, a_dashboard_widget() as widget:
        check(widget, [resolved(message, session) for message in sent])


@settings(max_examples=30)
@given(st.lists(st.dictionaries(st.sampled_from(trait_names(DashboardWidget)), ANYTHING)))
def test_a_page_changes_nothing_of_a_dashboard_s_layout(states: list[dict[str, Any]]):
    with a_session(), a_dashboard_widget() as widget:
        box = widget.with_opened_sessions
        before = box.get_state()
        for state in states:
            box.comm.receive_data({"method": "update", "state": state, "buffer_paths": []})
        changed = {name for name, value in box.get_state().items() if value != before[name]}
        assert changed <= OF_THE_PAGE.keys()
