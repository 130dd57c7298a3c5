"""The journal: what engines write, and who hears of it."""

from __future__ import annotations

from queue import SimpleQueue

import pytest

from qsession.client_errors import SessionEndedError
from qsession.engines.journal import Journal
from qsession.errors import IllegalMoveError
from qsession.model.events import Event
from qsession.model.states import JobStatus, State
from qsession.testing import ManualClock
from tests.unit.story import NOON, at, first_job, moved, opened, queued, session


def journal_of(*events: Event) -> Journal:
    return Journal(session(*events), ManualClock(NOON))


def test_events_are_applied_in_order():
    journal = journal_of()
    journal.record(*first_job(), moved(1, State.CLOSING))
    assert journal.state.state is State.CLOSING


def test_every_subscriber_is_woken_once_per_record():
    journal = journal_of()
    listeners: list[SimpleQueue[None]] = [SimpleQueue(), SimpleQueue()]
    for wake_ups in listeners:
        journal.subscribe(wake_ups)
    journal.record(*first_job())
    assert [wake_ups.qsize() for wake_ups in listeners] == [1, 1]


def test_a_subscriber_that_fails_keeps_nobody_from_hearing(caplog):
    class Failing:
        def put(self, item: None) -> None:
            raise ZeroDivisionError

    journal = journal_of()
    wake_ups: SimpleQueue[None] = SimpleQueue()
    for woken in (Failing(), wake_ups):
        journal.subscribe(woken)
    journal.record(opened(0))
    assert wake_ups.qsize() == 1
    assert "A subscriber of a session failed" in caplog.text


def test_what_many_jobs_end_with_is_looked_through_for_secrets_once(monkeypatch):
    """A forked child ends all that are pending, and knows the secrets of every account in use."""
    looked_through: list[str] = []

    def redacted(text: str) -> str:
        looked_through.append(text)
        return text

    monkeypatch.setattr("qsession.engines.journal.redacted", redacted)
    journal = journal_of(opened(0), *(queued(1, f"job-{number}") for number in range(100)))
    journal.leave_to_parent()
    assert {job.status for job in journal.state.jobs.values()} == {JobStatus.ERROR}
    assert len(looked_through) == 2  # of the jobs, and of the session


def test_a_change_outside_the_state_raises_the_version_and_wakes_subscribers():
    journal = journal_of(opened(0))
    wake_ups: SimpleQueue[None] = SimpleQueue()
    journal.subscribe(wake_ups)
    journal.note_change()
    assert journal.state.version == 2
    assert wake_ups.qsize() == 1


def test_a_defect_of_the_engine_wakes_nobody():
    journal = journal_of()
    wake_ups: SimpleQueue[None] = SimpleQueue()
    journal.subscribe(wake_ups)
    with pytest.raises(IllegalMoveError):
        journal.record(moved(0, State.ACTIVE))
    assert wake_ups.empty()


@pytest.mark.parametrize("events", [[], [opened(0)], first_job()])
def test_a_live_session_takes_jobs(events):
    journal_of(*events).require_accepting_jobs()


@pytest.mark.parametrize(
    ("events", "seconds", "words"),
    [
        (
            [opened(0), moved(10, State.CANCELLED, "cancel() was called")],
            130,
            "The session s1 is closed: cancelled at {at}, 2m ago (cancel() was called).",
        ),
        (
            [*first_job(), moved(10, State.CLOSING, "its with block ended")],
            11,
            "The session s1 is closed: closing at {at}, 1s ago (its with block ended).",
        ),
        (
            [moved(10, State.CLOSED)],
            10,
            "The session is closed: closed at {at}, 0s ago.",
        ),
    ],
)
def test_an_ended_session_says_when_and_why_it_takes_none(events, seconds, words):
    journal = Journal(session(*events), ManualClock(at(seconds)))
    with pytest.raises(SessionEndedError) as caught:
        journal.require_accepting_jobs()
    expected = words.format(at=f"{at(10).astimezone():%H:%M:%S}")
    assert str(caught.value) == f"{expected} Open a new one to run this."
