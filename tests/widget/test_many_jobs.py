"""With thousands of jobs a change stays small, a view is bounded, and nothing is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qsession.errors import QSessionError
from qsession.model.events import JobFinished, JobQueued, JobStarted, ProblemAppeared, ProblemEnded
from qsession.model.job import JobRecord
from qsession.model.states import JobStatus
from qsession.session.registry import core_of
from qsession.widget.wire import NEWEST_ROWS, ROWS_A_MESSAGE
from tests.support.circuits import flipped
from tests.widget.page_state import PageState, row_of
from tests.widget.recording_comm import RecordingComm

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsession import Session
    from tests.support.gated_backend import GatedBackend
    from tests.support.waiting import NewThreads

MANY = 3 * ROWS_A_MESSAGE + 10
START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def id_of(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def queue(session: Session, count: int) -> None:
    """Let an engine report jobs, a second apart."""
    core_of(session).journal.record(
        *(
            JobQueued(
                START,
                JobRecord(
                    id_of(number),
                    f"circuit {number}",
                    "sampler",
                    JobStatus.QUEUED,
                    START + timedelta(seconds=number),
                ),
            )
            for number in range(count)
        )
    )


@pytest.fixture
def many(make_session: Callable[..., Session], gated: GatedBackend) -> Session:
    session = make_session(gated, name="many")
    queue(session, MANY)
    return session


def delta_of(page: RecordingComm, session: Session, event: JobStarted) -> dict[str, Any]:
    """What the page is sent of an event."""
    sent = len(page.contents("delta"))
    core_of(session).journal.record(event)
    page.wait_for(lambda: len(page.contents("delta")) > sent)
    delta: dict[str, Any] = page.contents("delta")[-1]
    return delta


def ids(rows: list[list[Any]]) -> list[str]:
    return [row_of(values)["job_id"] for values in rows]


def test_a_new_view_gets_the_newest_jobs_alone(many: Session):
    page: RecordingComm = many.widget.comm
    state = page.messages[0][1]["state"]
    assert ids(state["rows"]) == [id_of(number) for number in range(MANY - NEWEST_ROWS, MANY)]
    assert state["head"]["counts"]["QUEUED"] == MANY
    assert len(json.dumps(state["rows"])) < 100_000


def test_the_page_gets_the_others_message_by_message_down_to_the_oldest(many: Session):
    page: RecordingComm = many.widget.comm
    before, got = MANY - NEWEST_ROWS, 0
    while not (got and page.contents("older")[-1]["is_all"]):
        assert page.ask("older", before=id_of(before))["ok"]
        older = page.contents("older")[got]
        first = max(0, before - ROWS_A_MESSAGE)
        assert older["before"] == id_of(before)
        assert ids(older["rows"]) == [id_of(number) for number in range(first, before)]
        before, got = first, got + 1
    assert before == 0
    assert len(page.contents("older")) == got


@pytest.mark.parametrize(
    ("older", "is_all"), [(0, True), (1, True), (ROWS_A_MESSAGE, True), (ROWS_A_MESSAGE + 1, False)]
)
def test_the_last_message_says_that_it_is(many: Session, older: int, is_all: bool):
    page: RecordingComm = many.widget.comm
    page.ask("older", before=id_of(older))
    assert page.contents("older")[-1]["is_all"] is is_all


def test_older_jobs_are_sent_before_the_reply(many: Session):
    page: RecordingComm = many.widget.comm
    page.ask("older", before=id_of(10))
    kinds = [data["content"]["kind"] for _, data in page.messages[1:] if "content" in data]
    assert kinds.index("older") < kinds.index("reply")


def test_before_a_job_that_is_not_known_there_are_none(many: Session):
    reply = many.widget.comm.ask("older", before="nowhere")
    assert reply["error"] == {
        "type": "UnknownJobError",
        "message": "No job 'nowhere' in this session. The ids are in session.jobs.",
    }


def test_one_change_is_a_small_message_wherever_it_is(many: Session):
    page: RecordingComm = many.widget.comm
    for number in (1, MANY // 2, MANY - 1):
        delta = delta_of(page, many, JobStarted(START, id_of(number)))
        assert ids(delta["rows"]) == [id_of(number)]
        if number != 1:  # the first one brings what changed since the view was made
            assert len(json.dumps(delta, separators=(",", ":"))) <= 500


def test_a_delta_says_of_the_head_only_what_is_news(many: Session):
    page: RecordingComm = many.widget.comm
    for number in range(3):
        delta = delta_of(page, many, JobStarted(START, id_of(number)))
    assert {"now_ms"} <= set(delta["head"]) <= {"now_ms", "usage_s", "counts"}


def test_a_change_costs_the_kernel_the_same_however_many_jobs_there_are(
    many: Session, monkeypatch: pytest.MonkeyPatch
):
    """Without an observer of the trait ``jobs`` nobody lists them all."""
    page: RecordingComm = many.widget.comm
    records, asked = core_of(many).records, []
    read = records.of

    def counted(job_ids: list[str]) -> list[JobRecord]:
        asked.append(job_ids)
        return read(job_ids)

    def listed() -> list[JobRecord]:
        raise AssertionError("all jobs were listed")

    monkeypatch.setattr(records, "of", counted)
    monkeypatch.setattr(records, "all", listed)
    delta_of(page, many, JobStarted(START, id_of(7)))
    assert asked == [[id_of(7)]]


def test_what_a_new_view_read_in_between_is_taken_back_for_it_too(many: Session):
    """A value that a view read, and that went back before the next delta, is no news otherwise."""
    many.widget.push([])
    page: RecordingComm = many.widget.comm
    with many.widget._sending:  # the publisher sends nothing meanwhile
        core_of(many).journal.state.apply(ProblemAppeared(START, "gone in a moment"))
        second = PageState(many.widget.get_state(["seq", "head", "rows"]))
        core_of(many).journal.state.apply(ProblemEnded(START))
        sent = len(page.contents("delta"))
        many.widget.push([])
    second.merge(*page.contents("delta")[sent:])
    assert second.head["error"] is None


def test_code_that_reads_the_head_changes_nothing_of_what_is_sent(many: Session):
    many.widget.push([])
    page: RecordingComm = many.widget.comm
    with many.widget._sending:  # likewise
        core_of(many).journal.state.apply(ProblemAppeared(START, "gone in a moment"))
        assert many.widget.head["error"] == "gone in a moment"
        core_of(many).journal.state.apply(ProblemEnded(START))
        sent = len(page.contents("delta"))
        many.widget.push([])
    (delta,) = page.contents("delta")[sent:]
    assert set(delta["head"]) == {"now_ms"}


def test_thousands_of_changes_at_once_arrive_in_few_messages_and_complete(
    many: Session, new_threads: NewThreads
):
    page: RecordingComm = many.widget.comm
    core_of(many).journal.record(
        *(
            JobFinished(START, id_of(number), JobStatus.CANCELLED, "Cancelled by the user.")
            for number in range(MANY)
        )
    )
    many.close()
    page.wait_for(lambda: PageState.of(page).head["counts"]["CANCELLED"] == MANY)
    assert new_threads.left_when_done() == []
    known = PageState.of(page)
    assert [known.rows[id_of(number)]["status"] for number in range(MANY)] == ["CANCELLED"] * MANY
    assert len(page.contents("delta")) <= 10
    assert max(len(delta["rows"]) for delta in page.contents("delta")) <= ROWS_A_MESSAGE


def test_cancel_queued_cancels_what_waits_and_says_how_many(session: Session, page: RecordingComm):
    for _ in range(4):
        session.run(flipped(), shots=1)
    reply = page.ask("cancel_queued")
    assert (reply["ok"], reply["message"]) == (True, "3 queued jobs are cancelled.")
    assert [record.status for record in session.jobs] == ["RUNNING"] + ["CANCELLED"] * 3
    assert session.active
    assert page.ask("cancel_queued")["message"] == "No queued jobs are cancelled."


def test_cancel_queued_says_what_could_not_be_cancelled(
    session: Session, page: RecordingComm, monkeypatch: pytest.MonkeyPatch
):
    jobs = [session.run(flipped(), shots=1) for _ in range(4)]
    cancel = session.cancel_job

    def refuse_one(job_id: str) -> bool:
        if job_id == jobs[2].job_id():
            raise QSessionError("The service is away.")
        return cancel(job_id)

    monkeypatch.setattr(session, "cancel_job", refuse_one)
    reply = page.ask("cancel_queued")
    assert reply["error"]["message"] == (
        "2 of 3 queued jobs are cancelled. The last of 1 failures: The service is away."
    )


def test_a_job_that_has_started_meanwhile_is_told(
    session: Session, page: RecordingComm, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(3):
        session.run(flipped(), shots=1)
    monkeypatch.setattr(session, "cancel_job", lambda job_id: job_id != session.jobs[1].job_id)
    assert page.ask("cancel_queued")["message"] == (
        "1 queued job is cancelled. 1 could no longer be."
    )
