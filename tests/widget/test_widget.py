"""State in traits that are always true, changes as numbered deltas."""

from __future__ import annotations

import json
import threading
from queue import SimpleQueue
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from qsession.render.mimebundle import SESSION_VIEW
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from qsession.widget import SessionWidget
from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads
from tests.widget.page_state import PageState, row_of
from tests.widget.recording_comm import RecordingComm

if TYPE_CHECKING:
    from qsession import Session
    from tests.support.gated_backend import GatedBackend

SYNCED = ["seq", "head", "rows"]


def state_of(session: Session) -> dict[str, Any]:
    return session.widget.get_state(SYNCED)


def sort_of_head(head: dict[str, Any]) -> dict[str, Any]:
    """A head without the time at which it was made."""
    return {name: value for name, value in head.items() if name not in ("now_ms", "usage_s")}


def test_there_is_one_model_for_a_session(make_session, session: Session):
    assert isinstance(session.widget, SessionWidget)
    assert session.widget is session.widget
    first = session.widget._repr_mimebundle_()
    second = session.widget._repr_mimebundle_()
    assert first == second
    assert make_session().widget is not session.widget


def test_the_front_end_comes_with_the_model(page: RecordingComm):
    msg_type, data = page.messages[0]
    assert msg_type == "comm_open"
    assert "render" in data["state"]["_esm"]
    assert ".qsession" in data["state"]["_css"]
    assert {*SYNCED} <= set(data["state"])


def test_its_state_is_true_whenever_it_is_read(
    session: Session, gated: GatedBackend, clock: ManualClock
):
    state = state_of(session)
    assert (state["seq"], state["head"]["state"], state["rows"]) == (0, "not-started", [])
    job = session.run(flipped())
    state = state_of(session)
    assert state["head"]["state"] == "active"
    rows = [row_of(values) for values in state["rows"]]
    assert [(row["job_id"], row["status"]) for row in rows] == [(job.job_id(), "RUNNING")]
    clock.advance(5)
    assert state_of(session)["head"]["usage_s"] == 5
    gated.open_gate()
    job.result()
    assert row_of(state_of(session)["rows"][0])["status"] == "DONE"
    json.dumps(state_of(session))


def test_reading_a_trait_changes_nothing(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    gated.open_gate()
    session.run(flipped()).result()
    page.wait_for(lambda: PageState.of(page).head["counts"]["DONE"] == 1)
    widget = session.widget
    before = dict(vars(widget)), len(page.messages)
    for name in SYNCED:
        getattr(widget, name)
    assert (dict(vars(widget)), len(page.messages)) == before


def test_a_change_is_sent_as_deltas_and_nothing_else(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    opened = len(page.messages)
    gated.open_gate()
    job = session.run(flipped())
    job.result()
    session.close()
    page.wait_for(lambda: PageState.of(page).head["state"] == "closed")
    deltas = page.contents("delta")
    assert len(page.messages) - opened == len(deltas)
    assert [delta["seq"] for delta in deltas] == list(range(1, len(deltas) + 1))
    assert all(set(delta) == {"kind", "seq", "head", "rows"} for delta in deltas)
    assert state_of(session)["seq"] == len(deltas)


def test_deltas_lead_to_the_state_that_a_new_view_would_read(
    new_threads: NewThreads, session: Session, page: RecordingComm, gated: GatedBackend
):
    for _ in range(10):
        session.run(flipped(), shots=1)
    session.cancel_job(session.jobs[5].job_id)
    session.close()
    gated.open_gate()
    assert new_threads.left_when_done() == []  # the last delta is out
    known, final = PageState.of(page), state_of(session)
    assert list(known.rows.values()) == [row_of(values) for values in final["rows"]]
    assert sort_of_head(known.head) == sort_of_head(final["head"])


def told_of(page: RecordingComm) -> set[str]:
    rows = (row_of(values) for delta in page.contents("delta") for values in delta["rows"])
    return {row["job_id"] for row in rows}


def test_one_changed_job_of_many_is_a_small_message(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    jobs = [session.run(flipped(f"circuit {number}")) for number in range(300)]
    page.wait_for(lambda: len(told_of(page)) == 300)
    sent = len(page.contents("delta"))
    jobs[150].cancel()
    page.wait_for(lambda: len(page.contents("delta")) > sent)
    delta = page.contents("delta")[-1]
    rows = [row_of(values) for values in delta["rows"]]
    assert [(row["job_id"], row["status"]) for row in rows] == [(jobs[150].job_id(), "CANCELLED")]
    size = len(json.dumps(delta, separators=(",", ":")))
    assert size <= 1024


def shows_a_running_job(page: RecordingComm) -> bool:
    """True if the newest message says so; no more follow by themselves then."""
    newest = page.contents("delta")[-1:]
    return any(row_of(row)["status"] == "RUNNING" for delta in newest for row in delta["rows"])


def test_a_change_of_the_session_alone_sends_no_rows(session: Session, page: RecordingComm):
    session.run(flipped())
    page.wait_for(lambda: shows_a_running_job(page))
    sent = len(page.contents("delta"))
    session.add_program(flipped(), name="shown by the Run button")
    page.wait_for(lambda: len(page.contents("delta")) > sent)
    delta = page.contents("delta")[-1]
    assert delta["rows"] == []
    assert delta["head"]["programs"][0]["name"] == "shown by the Run button"


class HeldClock(ManualClock):
    """A clock whose pauses last until the test ends them."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: SimpleQueue[float] = SimpleQueue()
        self.may_go_on = threading.Event()

    def pause(self, seconds: float) -> None:
        self.pauses.put(seconds)
        assert self.may_go_on.wait(PATIENCE_S)


def test_changes_within_50_ms_are_one_message(
    make_session, gated: GatedBackend, new_threads: NewThreads
):
    clock = HeldClock()
    gated.open_gate()
    session = make_session(gated, clock=clock)
    page = session.widget.comm
    assert clock.pauses.get(timeout=PATIENCE_S) == 0.05
    before = len(page.contents("delta"))
    for _ in range(100):
        session.run(flipped(), shots=1).result(PATIENCE_S)
    session.close()
    assert len(page.contents("delta")) == before
    clock.may_go_on.set()
    assert new_threads.left_when_done() == []
    (delta,) = page.contents("delta")[before:]
    assert delta["rows"] == session.widget.rows
    assert [row_of(values)["status"] for values in delta["rows"]] == ["DONE"] * 100
    assert delta["head"]["state"] == "closed"


def test_time_that_passes_sends_nothing(session: Session, page: RecordingComm, clock: ManualClock):
    session.run(flipped())
    page.wait_for(lambda: shows_a_running_job(page))
    sent = len(page.messages)
    for _ in range(30):
        clock.advance(1)  # the page counts by itself
    reply = page.ask("cancel_job", job_id="unknown")
    assert reply["ok"] is False
    assert len(page.messages) == sent + 1


def test_the_page_cannot_write_what_is_true(session: Session, page: RecordingComm):
    before = state_of(session)
    page.receive_data({"method": "update", "state": {"seq": 99, "rows": [{}], "head": {}}})
    after = state_of(session)
    assert (after["seq"], after["rows"]) == (before["seq"], before["rows"])
    assert sort_of_head(after["head"]) == sort_of_head(before["head"])


def test_the_page_can_ask_for_the_state(session: Session, page: RecordingComm):
    page.receive_data({"method": "request_state"})
    (state,) = page.updates()
    assert state["head"]["name"] == "mine"


def test_closing_the_view_does_not_close_the_session(session: Session, page: RecordingComm):
    session.widget.close()
    assert session.active
    job = session.run(flipped())
    assert session.job(job.job_id()) is job


def test_a_view_made_late_shows_what_came_before(make_session, gated: GatedBackend):
    gated.open_gate()
    session = make_session(gated)
    session.run(flipped()).result(PATIENCE_S)
    session.close()
    _, opened = session.widget.comm.messages[0]
    assert opened["state"]["head"]["state"] == "closed"
    assert [row_of(values)["status"] for values in opened["state"]["rows"]] == ["DONE"]


def test_the_live_view_is_shown_in_a_kernel(session: Session, monkeypatch: pytest.MonkeyPatch):
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    bundle, _ = session._repr_mimebundle_()
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == session.widget.model_id
    assert bundle["text/plain"] == repr(session)
    assert bundle["text/html"] == session.to_html()
    assert bundle[SESSION_VIEW] == {"has_pictures": True}


def test_no_view_is_needed_to_work(make_session, gated: GatedBackend, new_threads: NewThreads):
    gated.open_gate()
    session = make_session(gated)
    session.run(flipped()).result(PATIENCE_S)
    assert core_of(session).display.views is None
    assert "qsession-publisher" not in new_threads.names
