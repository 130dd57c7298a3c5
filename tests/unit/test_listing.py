"""Sessions of this process and of the ledger are listed, and found again."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qsession import (
    Batch,
    JobCancelledError,
    JobLostError,
    JobStatus,
    Session,
    SessionEndedError,
    SessionInfo,
    SessionNotFoundError,
    UnknownJobError,
    attach,
    session_info,
    sessions,
)
from qsession.clock import SystemClock
from qsession.errors import InvalidInputError
from qsession.ledger import ledger_of_process, processes
from qsession.ledger.entries import SessionFacts
from qsession.ledger.ledger import Ledger
from qsession.ledger.pending_work import encode_work
from qsession.ledger.processes import this_process
from qsession.ledger.writing import StoredWork, write_works
from qsession.model.states import State
from qsession.testing import ManualClock
from tests.ledger.told import Telling
from tests.support.circuits import bell, rotation
from tests.support.gated_backend import GatedBackend
from tests.support.waiting import until_dropped

LOCAL = SessionFacts("local", "aer_simulator", "session", name="mine", max_time_s=600)
IBM = SessionFacts("ibm", "ibm_manila", "session", name="qpu", instance="crn:1")


@pytest.fixture(autouse=True)
def _none_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process, without an account."""
    monkeypatch.setattr("qsession.session.held._sessions", weakref.WeakSet())
    monkeypatch.setattr("qsession.listing.default_account_exists", lambda: False)


@pytest.fixture
def ledger() -> Ledger:
    """The ledger of the test, as this process uses it."""
    found = ledger_of_process()
    assert found is not None
    return found


@pytest.fixture
def in_dead_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is written comes from a process that has ended."""
    dead = replace(this_process(), started="long ago")
    with monkeypatch.context() as patched:
        patched.setattr("qsession.ledger.recorder.this_process", lambda: dead)
        yield


@pytest.fixture
def in_living_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is written comes from a process that goes on, the parent of this one."""
    parent = processes._process(os.getppid())
    with monkeypatch.context() as patched:
        patched.setattr("qsession.ledger.recorder.this_process", lambda: parent)
        yield


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is written comes from another computer."""
    other = replace(this_process(), host="another")
    with monkeypatch.context() as patched:
        patched.setattr("qsession.ledger.recorder.this_process", lambda: other)
        yield


def only() -> SessionInfo:
    (info,) = sessions()
    return info


@pytest.mark.usefixtures("in_dead_process")
def test_a_session_whose_process_was_killed_is_listed_as_lost(ledger: Ledger):
    telling = Telling(ledger, "s1", LOCAL)
    telling.submit("a")
    info = only()
    assert (info.session_id, info.name, info.backend, info.mode) == (
        "s1",
        "mine",
        "aer_simulator",
        "session",
    )
    assert (info.state, info.ended, info.jobs, info.source) == ("lost", None, 1, "ledger")


def test_a_local_session_that_nothing_holds_any_more_is_lost_too_and_can_be_read():
    session = Session()
    job_id = session.run(bell()).job_id()
    session.job(job_id).result()
    session_id, gone = session.session_id, weakref.ref(session)
    del session
    until_dropped(lambda: gone() is None)
    assert (only().session_id, only().state) == (session_id, "lost")
    assert attach(session_id).state == "closed"


@pytest.mark.usefixtures("in_dead_process")
def test_a_lost_session_is_listed_for_a_week(
    ledger: Ledger, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("qsession.listing.SystemClock", lambda: clock)
    clock.advance((SystemClock().now() - clock.now()).total_seconds())
    Telling(ledger, "s1", LOCAL, clock).submit("a")
    clock.advance(timedelta(days=7).total_seconds())
    assert only().state == "lost"
    clock.advance(1)
    assert sessions() == []
    assert [info.state for info in sessions(ended=True)] == ["lost"]


@pytest.mark.usefixtures("in_living_process")
def test_a_session_of_another_living_process_is_listed_as_it_is_there(ledger: Ledger):
    telling = Telling(ledger, "s1", LOCAL)
    telling.submit("a")
    assert (only().state, only().source) == ("open", "ledger")
    with pytest.raises(SessionNotFoundError, match=r"s1 is open in process \d+: it can be used"):
        attach("s1")


@pytest.mark.usefixtures("elsewhere")
def test_a_session_of_another_computer_is_lost_once_it_has_been_silent_for_a_day(
    ledger: Ledger, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("qsession.listing.SystemClock", lambda: clock)
    clock.advance((SystemClock().now() - clock.now()).total_seconds())
    Telling(ledger, "s1", LOCAL, clock).submit("a")
    clock.advance(86_400)
    assert only().state == "open"
    clock.advance(1)
    assert only().state == "lost"


def test_an_ended_session_is_listed_only_if_asked_for(ledger: Ledger):
    telling = Telling(ledger, "s1", LOCAL)
    telling.submit("a")
    telling.end(State.EXPIRED, "its max_time of 10m ran out")
    telling.journal.keep()
    assert sessions() == []
    (info,) = sessions(ended=True)
    assert (info.state, info.source) == ("expired", "ledger")
    assert info.ended is not None


@pytest.mark.usefixtures("in_dead_process")
def test_a_session_of_the_service_is_listed_as_last_known_without_the_network(ledger: Ledger):
    Telling(ledger, "s1", IBM).submit("a")
    assert (only().state, only().source, only().jobs) == ("open", "ledger", 1)
    with pytest.raises(
        SessionNotFoundError, match=r"s1 is one of IBM Quantum, .* Give the service"
    ):
        attach("qpu")


def test_a_default_account_that_cannot_be_asked_is_told_and_the_rest_is_listed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    def fail() -> Any:
        raise ConnectionError("no route")

    monkeypatch.setattr("qsession.listing.default_account_exists", lambda: True)
    monkeypatch.setattr("qsession.listing.default_service", fail)
    Telling(ledger, "s1", IBM).submit("a")
    with pytest.warns(UserWarning, match=r"could not be asked \(ConnectionError: no route\)"):
        assert only().session_id == "s1"


def test_sessions_of_this_process_come_once(ledger: Ledger):
    with Session("aer_simulator", name="here") as session:
        session.run(bell(), shots=1)
        assert (only().session_id, only().source) == (session.session_id, "process")


def test_the_newest_comes_first_and_no_more_than_asked_for(ledger: Ledger, clock: ManualClock):
    clock.advance((SystemClock().now() - clock.now()).total_seconds())
    for number in range(5):
        clock.advance(1)
        Telling(ledger, f"s{number}", IBM, clock).submit("a")
    assert [info.session_id for info in sessions(limit=3)] == ["s4", "s3", "s2"]
    with pytest.raises(InvalidInputError, match="limit=0"):
        sessions(limit=0)


# --- attaching ------------------------------------------------------------------------------------


@pytest.fixture
def lost(ledger: Ledger, in_dead_process: None) -> Telling:
    """A session of a killed process: a job that was done, others in every other state."""
    telling = Telling(ledger, "s1", LOCAL)
    for job_id in ("done", "failed", "cancelled", "unkept", "running", "queued"):
        telling.submit(job_id, shots=100)
    telling.finish("done")
    telling.recorder.note_result("done", ["the result"])
    telling.finish("failed", JobStatus.ERROR, error="ValueError: broken")
    telling.finish("cancelled", JobStatus.CANCELLED, error="Cancelled by the user.")
    telling.finish("unkept")
    telling.recorder.note_result("unkept", object())
    telling.start("running")
    ledger.write_noted()
    return telling


@pytest.mark.parametrize("by", ["s1", "mine"])
def test_attach_finds_a_lost_session_with_every_job(lost: Telling, by: str):
    session = attach(by)
    assert (session.session_id, session.name, session.max_time) == ("s1", "mine", 600)
    assert (session.state, session.active, session.backend()) == ("closed", False, "aer_simulator")
    assert {record.job_id: record.status.value for record in session.jobs} == {
        "done": "DONE",
        "failed": "ERROR",
        "cancelled": "CANCELLED",
        "unkept": "DONE",
        "running": "ERROR",
        "queued": "ERROR",
    }
    assert session.job("done").result() == ["the result"]
    assert attach(by) is session


@pytest.mark.parametrize(
    ("job_id", "error", "words"),
    [
        ("failed", JobLostError, "ValueError: broken"),
        ("cancelled", JobCancelledError, "Cancelled by the user"),
        ("unkept", JobLostError, "is not in the ledger: it was too large"),
        ("running", JobLostError, "Lost: its process ended before the job did"),
        ("queued", JobLostError, r"run_again\('queued'\) of a session on aer_simulator"),
    ],
)
def test_a_job_without_a_result_says_why(
    lost: Telling, job_id: str, error: type[Exception], words: str
):
    with pytest.raises(error, match=words):
        attach("s1").job(job_id).result()


def test_a_recovered_job_answers_as_jobs_do(lost: Telling):
    job: Any = attach("s1").job("done")
    assert (job.status(), job.done(), job.in_final_state()) == ("DONE", True, True)
    assert (job.running(), job.cancelled(), job.errored(), job.cancel()) == (False,) * 4
    assert (job.session_id, job.tags, job.error_message()) == ("s1", [], "")
    assert job.metrics()["timestamps"]["finished"].endswith("Z")
    assert job.wait_for_final_state() is None
    assert "done sampler DONE" in repr(job)


def test_a_recovered_session_takes_no_jobs_and_can_be_shown(lost: Telling):
    session = attach("s1")
    for refused in (
        lambda: session.run(bell()),
        lambda: session.run_circuits(bell()),
        lambda: session.run_again("done"),
    ):
        with pytest.raises(SessionEndedError, match="its process ended"):
            refused()
    session.close()
    session.cancel()
    assert "6 jobs" in repr(session)
    assert "its process ended" in session.to_html()
    details = session.details()
    assert details is not None
    assert (details["state"], details["accepting_jobs"]) == ("closed", False)


def test_who_has_attached_is_not_told_of_it_again(
    lost: Telling, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    attach("s1")
    monkeypatch.setattr("qsession.session.held._sessions", weakref.WeakSet())
    assert sessions() == []
    (info,) = sessions(ended=True)
    assert (info.state, info.source) == ("closed", "ledger")
    again = attach("mine")
    assert again.job("done").result() == ["the result"]
    assert [record.error for record in again.jobs][-2:] == [
        "Lost: its process ended before the job did."
    ] * 2


def test_from_id_finds_it_too_and_minds_the_mode(lost: Telling):
    with pytest.raises(SessionNotFoundError, match=r"use Session\.from_id"):
        Batch.from_id("s1", None)
    assert Session.from_id("s1", None).session_id == "s1"


@pytest.mark.usefixtures("in_dead_process")
def test_of_several_with_a_name_the_open_and_then_the_newest_is_found(
    ledger: Ledger, clock: ManualClock
):
    clock.advance((SystemClock().now() - clock.now()).total_seconds())
    for session_id in ("old", "open", "new"):
        clock.advance(1)
        telling = Telling(ledger, session_id, LOCAL, clock)
        if session_id != "open":
            telling.end(State.CLOSED, "close() was called")
        telling.journal.keep()
    assert attach("mine").session_id == "open"
    assert attach("mine").session_id == "new"
    assert attach("old").session_id == "old"


def test_nobody_knows_an_unknown_name():
    with pytest.raises(SessionNotFoundError, match="'nowhere' in this process or in the ledger"):
        attach("nowhere")


# --- running again --------------------------------------------------------------------------------


def keep_work(ledger: Ledger, job_id: str, made_by: str | None = None, backend: str = "") -> None:
    """Have the work of a waiting job be in the ledger, as the recorder keeps it."""
    gated = GatedBackend()
    with Session(gated) as session:
        theta = rotation(measured=True)
        work = session.run((theta, [3.14159])).work
        gated.open_gate()
    found = encode_work(work)
    assert found is not None
    stored = StoredWork(job_id, backend or "aer_simulator", made_by or found[0], found[1])
    ledger.read(lambda file: write_works(file, "s1", [stored]))


def test_lost_work_is_run_again_in_another_session_if_asked_for(lost: Telling, ledger: Ledger):
    keep_work(ledger, "queued")
    with Session("aer_simulator") as session:
        job = session.run_again("queued", shots=50)
        assert job.result()[0].data.meas.get_counts() == {"1": 50}
        assert session.jobs[0].name == "bell"


def test_work_for_another_backend_or_by_other_releases_is_refused(lost: Telling, ledger: Ledger):
    keep_work(ledger, "queued", backend="fake_manila")
    keep_work(ledger, "running", made_by="Python 2.7, qiskit 0.1")
    with Session("aer_simulator") as session:
        with pytest.raises(InvalidInputError, match="on fake_manila"):
            session.run_again("queued")
        with pytest.raises(InvalidInputError, match=r"submitted with Python 2\.7"):
            session.run_again("running")
        with pytest.raises(UnknownJobError, match="is not in the ledger"):
            session.run_again("done")


def test_the_state_of_a_lost_session_has_a_name():
    assert session_info.LOST == "lost"
