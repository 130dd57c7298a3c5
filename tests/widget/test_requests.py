"""What the page asks for: every request is carried out or refused, and answered once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from qsession.ledger import ledger_of_process, locking
from qsession.ledger.reading import read_work
from qsession.session.registry import core_of
from qsession.widget.page_widget import MOST_AT_ONCE
from qsession.widget.requests import ACTIONS
from tests.support.circuits import bell, flipped, rotation
from tests.support.patience import PATIENCE_S
from tests.support.too_many_threads import refuse_threads
from tests.support.waiting import NewThreads, until
from tests.widget.recording_comm import RecordingComm

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsession import Session
    from tests.support.gated_backend import GatedBackend


def accepted(message: str | None) -> dict[str, Any]:
    return {"ok": True, "message": message, "error": None}


def without_id(reply: dict[str, Any]) -> dict[str, Any]:
    assert set(reply) == {"kind", "id", "ok", "message", "error"}
    return {name: reply[name] for name in ("ok", "message", "error")}


def test_run_submits_the_last_work_again(session: Session, page: RecordingComm):
    session.run(bell("first"), shots=20)
    session.run(flipped("last"), shots=30)
    reply = page.ask("run")
    again = session.jobs[-1]
    assert without_id(reply) == accepted(f"Job {again.job_id} was submitted.")
    assert (again.name, again.shots) == ("last", 30)


def test_run_submits_a_program_with_other_shots(session: Session, page: RecordingComm):
    session.add_program(bell(), name="mine", shots=20)
    session.run(flipped())
    assert page.ask("run", program="mine", shots=40)["ok"]
    assert page.ask("run", program="mine")["ok"]
    assert [(record.name, record.shots) for record in session.jobs[1:]] == [
        ("mine", 40),
        ("mine", 20),
    ]


def test_cancel_session_cancels_it(session: Session, page: RecordingComm):
    session.run(flipped())
    queued = session.run(flipped())
    assert without_id(page.ask("cancel_session")) == accepted("The session is cancelled.")
    assert (session.state, queued.status()) == ("cancelled", "CANCELLED")
    assert "cancelled from its widget" in session.jobs[1].error


def test_close_session_lets_jobs_finish(session: Session, page: RecordingComm, gated: GatedBackend):
    job = session.run(flipped())
    assert without_id(page.ask("close_session")) == accepted("The session takes no more jobs.")
    assert session.state == "closing"
    gated.open_gate()
    job.result()
    assert session.state == "closed"
    assert "closed from its widget" in repr(session)


def test_cancel_job_cancels_a_queued_job(session: Session, page: RecordingComm):
    session.run(flipped())
    job_id = session.run(flipped()).job_id()
    reply = page.ask("cancel_job", job_id=job_id)
    assert without_id(reply) == accepted(f"Job {job_id} is cancelled.")
    assert session.jobs[1].status == "CANCELLED"


def test_resync_sends_the_whole_state_before_its_reply(session: Session, page: RecordingComm):
    session.run(flipped())
    assert without_id(page.ask("resync")) == accepted(None)
    kinds = [
        data["method"]
        for _, data in page.messages[1:]
        if data["method"] == "update" or data["content"]["kind"] == "reply"
    ]
    assert kinds == ["update", "custom"]
    (state,) = page.updates()
    assert set(state) == {"seq", "head", "rows"}
    assert state["head"]["state"] == "active"
    assert len(state["rows"]) == 1


def test_every_action_of_the_wire_is_known(session: Session, page: RecordingComm):
    for action in ACTIONS:
        reply = page.ask(action, job_id="unknown", before="unknown", index=0)
        problem = reply["error"] or {"message": ""}
        assert "not known here" not in problem["message"], action


@pytest.mark.parametrize(
    ("request_", "kind", "words"),
    [
        ({"action": "dance"}, "InvalidInputError", "'dance', which is not known here"),
        ({"action": None}, "InvalidInputError", "not known here"),
        ({"action": ["run"]}, "InvalidInputError", "not known here"),
        ({"action": "run"}, "UnknownJobError", "Nothing ran in this session yet"),
        ({"action": "run", "program": "nowhere"}, "InvalidInputError", "'nowhere'"),
        ({"action": "run", "program": "mine", "shots": 0}, "InvalidInputError", "out of bounds"),
        ({"action": "run", "program": "mine", "shots": "9"}, "InvalidInputError", "whole number"),
        ({"action": "run", "program": "turn", "shots": 9}, "InvalidInputError", "does not apply"),
        ({"action": "cancel_job", "job_id": "nowhere"}, "UnknownJobError", "No job 'nowhere'"),
        ({"action": "run", "job_id": "nowhere"}, "UnknownJobError", "No job 'nowhere'"),
        ({"action": "run", "job_id": 2**200}, "InvalidInputError", "cannot be an id"),
        ({"action": "cancel_job"}, "InvalidInputError", "job_id=None cannot be an id"),
        ({"action": "cancel_job", "job_id": ["x"]}, "InvalidInputError", "job_id=['x'] cannot be"),
        ({"action": "cancel_job", "job_id": "\ud800"}, "InvalidInputError", "cannot be an id"),
        ({"action": "older", "before": "x" * 10_000_000}, "InvalidInputError", "before=str 'xxx"),
        ({"action": "details", "job_id": {}}, "InvalidInputError", "job_id={} cannot be an id"),
        ({"action": "x" * 10_000_000}, "InvalidInputError", "not known here"),
    ],
)
def test_a_request_that_fails_is_answered_with_the_kind_of_error_and_words(
    session: Session, page: RecordingComm, request_: dict[str, Any], kind: str, words: str
):
    session.add_program(bell(), name="mine")
    session.add_program((rotation(), "Z", [0]), name="turn")
    reply = page.ask(**request_)
    assert (reply["ok"], reply["message"], reply["error"]["type"]) == (False, None, kind)
    assert words in reply["error"]["message"]
    assert len(reply["error"]["message"]) < 500
    assert session.jobs == []


def test_what_a_page_sends_wrongly_is_no_failure_of_ours(
    page: RecordingComm, caplog: pytest.LogCaptureFixture
):
    page.ask("cancel_job", job_id=["x"])
    page.ask("run", program={})
    page.ask(["run"])
    assert caplog.messages == []


def test_a_running_job_says_why_it_is_not_cancelled(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    job_id = session.run(flipped()).job_id()
    gated.wait_for_runs(1)  # up to there it could still be taken back
    reply = page.ask("cancel_job", job_id=job_id)
    expected = f"Job {job_id} is running and can no longer be cancelled here."
    assert reply["error"] == {"type": "InvalidInputError", "message": expected}


def test_an_ended_session_refuses_to_run(session: Session, page: RecordingComm):
    session.add_program(flipped())
    session.close()
    reply = page.ask("run", program="flipped")
    assert reply["error"]["type"] == "SessionEndedError"
    assert "close() was called" in reply["error"]["message"]


def test_ending_what_has_ended_is_no_error(session: Session, page: RecordingComm):
    session.close()
    assert page.ask("close_session")["ok"]
    assert page.ask("cancel_session")["ok"]
    assert session.state == "closed"


@pytest.mark.parametrize("request_id", [None, 7, "\ud800", "x" * 65, ["a"], {"b": "c"}])
def test_a_request_whose_id_cannot_be_sent_back_is_refused_without_one(
    session: Session, page: RecordingComm, request_id: object
):
    session.add_program(bell(), name="mine")
    request = {"kind": "request", "action": "run", "program": "mine", "id": request_id}
    page.receive(request)
    page.wait_for(lambda: bool(page.contents("reply")))
    (reply,) = page.contents("reply")
    assert (reply["id"], reply["ok"]) == (None, False)
    assert "The page sent a request with id=" in reply["error"]["message"]
    assert session.jobs == []


def test_a_page_cannot_run_what_is_not_of_its_session(
    session: Session, page: RecordingComm, make_session: Callable[..., Session],
    gated: GatedBackend, monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    """In code, `run_again` takes the id of a job that another process left."""
    monkeypatch.setattr(locking, "CALLER_WAIT_S", PATIENCE_S)  # while the ledger's thread writes
    other = make_session(gated)
    other.run(flipped())
    waiting = other.run(flipped())
    ledger = ledger_of_process()
    assert ledger is not None

    def is_written() -> bool:
        ledger.write_noted()
        return ledger.read(lambda file: read_work(file, waiting.job_id())) is not None

    until(core_of(other).journal, is_written)
    reply = page.ask("run", job_id=waiting.job_id())
    assert reply["error"]["type"] == "UnknownJobError"
    assert session.jobs == []


def test_more_requests_at_once_than_there_can_be_threads_are_refused_at_once(
    session: Session, page: RecordingComm, monkeypatch: pytest.MonkeyPatch
):
    may_go_on = threading.Event()
    monkeypatch.setattr(session, "to_html", lambda: str(may_go_on.wait(PATIENCE_S)))
    ids = [f"n{number}" for number in range(MOST_AT_ONCE + 5)]
    for request_id in ids:
        page.receive({"kind": "request", "id": request_id, "action": "picture"})
    assert [reply["id"] for reply in page.contents("reply")] == ids[-5:]
    assert "Try again in a moment" in page.contents("reply")[0]["error"]["message"]
    may_go_on.set()
    page.wait_for(lambda: len(page.contents("reply")) == len(ids))
    assert page.ask("resync")["ok"]


def test_without_a_thread_to_be_had_a_request_is_refused(
    session: Session, page: RecordingComm, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patched:
        refuse_threads(patched)
        for _ in range(MOST_AT_ONCE + 1):
            reply = page.ask("cancel_session")
    assert reply["error"] == {"type": "RuntimeError", "message": "can't start new thread"}
    assert session.active
    assert page.ask("cancel_session")["ok"]


@pytest.mark.parametrize(
    "content", [None, 7, "run", [], {}, {"kind": "reply"}, {"kind": "delta", "id": "1"}]
)
def test_what_is_no_request_is_not_answered(
    session: Session, page: RecordingComm, content: object, new_threads: NewThreads
):
    page.receive(content)
    assert new_threads.left_when_done() == []
    assert page.contents("reply") == []
    assert page.ask("resync")["ok"]


def test_the_page_gets_the_static_forms_as_they_are_now(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    gated.open_gate()
    session.run(flipped(), name="newest").result(PATIENCE_S)
    session.close()
    reply = page.ask("picture")
    assert reply["ok"]
    assert reply["details"] == {"html": session.to_html(), "text": repr(session)}
    assert "newest" in reply["details"]["html"]


def test_a_failure_that_is_no_error_of_ours_is_answered_and_logged(
    session: Session, page: RecordingComm, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(core_of(session).engine, "close", fail)
    reply = page.ask("close_session")
    assert reply["error"]["type"] == "TypeError"  # it was called with a reason
    assert "A request of the page failed." in caplog.messages


def test_every_one_of_many_requests_is_answered_once(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    gated.open_gate()
    session.add_program(flipped(), name="mine", shots=1)
    ids = [f"n{number}" for number in range(30)]
    for request_id in ids:
        page.receive({"kind": "request", "id": request_id, "action": "run", "program": "mine"})
    page.wait_for(lambda: len(page.contents("reply")) == len(ids))
    assert sorted(reply["id"] for reply in page.contents("reply")) == sorted(ids)
    assert len(session.jobs) == 30


def test_a_click_never_waits_in_the_shell(
    session: Session, page: RecordingComm, new_threads: NewThreads
):
    with core_of(session).journal.lock:  # as if the session were busy
        page.receive({"kind": "request", "id": "1", "action": "cancel_session"})
        assert page.contents("reply") == []
        assert threading.current_thread() not in new_threads()
        assert session.active
    page.wait_for(lambda: bool(page.contents("reply")))
    assert session.state == "cancelled"
    assert new_threads.left_when_done() == []
