"""``%qsession``: what it lists, takes up and ends."""

from __future__ import annotations

import re

import pytest
from IPython.core.error import UsageError

from qsession import QSessionError
from qsession.session import registry
from qsession.session.registry import core_of
from tests.magics.notebook import Notebook


@pytest.fixture
def named(notebook: Notebook) -> Notebook:
    """A notebook with one session, called ``mine``, and a finished job."""
    notebook.run("%%qsession fake_manila --name mine --no-widget\nflipped();")
    notebook.session.wait()
    return notebook


def test_list_shows_the_open_sessions(named: Notebook):
    for line in ("%qsession", "%qsession list"):
        (shown,) = named.run(line).displayed or [{}]
        text = shown.get("text/plain") or named.run(line).printed
        assert "mine" in text
        assert "fake_manila" in text


def without_times(printed: str) -> str:
    return re.sub(r"\d+(\.\d)?(h|m|s)\b", "some time", printed)


def test_status_prints_the_session_of_the_last_cell(named: Notebook):
    printed = named.run("%qsession status").printed
    assert printed.startswith("Session 'mine' on fake_manila: In progress")
    by_name = named.run("%qsession status mine").printed
    assert without_times(by_name) == without_times(printed)  # the session's time goes on
    assert "No session" in named.try_to_run("%qsession status other").printed


def test_jobs_lists_its_jobs(named: Notebook):
    named.run("jobs = %qsession jobs")
    table = named.names["jobs"]
    ((job_id, name, _, status, *_),) = table.rows
    assert (job_id, name, status) == (named.session.jobs[0].job_id, "flipped", "DONE")
    assert f"<td>{job_id}</td>" in table._repr_html_()


def test_attach_gives_the_session_and_means_it_from_then_on(named: Notebook):
    session = named.session
    named.run("%%qsession --name other --no-widget\npass")
    named.run(f"taken = %qsession attach {session.session_id}")
    assert named.names["taken"] is session
    assert "'mine'" in named.run("%qsession status").printed


def test_close_ends_a_session(named: Notebook):
    session = named.session
    printed = named.run("%qsession close mine").printed
    assert "Closed" in printed
    assert session.state == "closed"


def test_all_end_although_one_cannot_be_told(named: Notebook, monkeypatch: pytest.MonkeyPatch):
    named.run("%%qsession fake_manila --name other --no-widget\npass")
    failing = named.sessions[0]

    def fail(reason: str) -> None:
        raise QSessionError("The service cannot be reached.")

    monkeypatch.setattr(core_of(failing).engine, "close", fail)
    output = named.try_to_run("%qsession close --all")
    assert "The service cannot be reached." in output.printed
    assert named.sessions == [failing]


def test_a_new_session_of_a_cell_is_there_although_the_earlier_one_cannot_be_told(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
):
    notebook.run("%%qsession fake_manila --no-widget\npass")
    earlier = notebook.session

    def fail(reason: str) -> None:
        raise QSessionError("The service cannot be reached.")

    monkeypatch.setattr(core_of(earlier).engine, "close", fail)
    notebook.run("%%qsession fake_manila --no-widget --new\npass")
    notebook.run("%%qsession fake_manila --no-widget\nflipped();")
    assert len(notebook.sessions) == 2
    assert earlier.jobs == []


def test_close_without_a_name_means_the_last_cells(named: Notebook):
    session = named.session
    named.run("%qsession close")
    assert "%qsession close" in repr(session)


@pytest.mark.parametrize(("command", "state"), [("close", "closed"), ("cancel", "cancelled")])
def test_all_ends_all_of_this_process(named: Notebook, command: str, state: str):
    named.run("%%qsession --name other --no-widget\npass")
    sessions = named.sessions
    named.run(f"%qsession {command} --all")
    assert {session.state for session in sessions} == {state}
    assert not any(session.active for session in registry.sessions())
    assert "No session" in named.run(f"%qsession {command} --all").printed


def test_cancel_takes_a_job_too(named: Notebook):
    named.run("from tests.support.gated_backend import GatedBackend\ngate = GatedBackend()")
    named.run("%%qsession gate --no-widget\nfrom qsession import attach")
    session = next(each for each in named.sessions if each.backend() == "gated_simulator")
    _, queued = [session.run(named.names["flipped"]()) for _ in range(2)]
    said = named.run(f"%qsession cancel {queued.job_id()}").printed
    assert said == f"Job {queued.job_id()} is cancelled.\n"
    assert queued.status() == "CANCELLED"
    again = named.try_to_run(f"%qsession cancel {queued.job_id()}")
    assert isinstance(again.error, UsageError)
    assert "is cancelled and can no longer be" in again.printed
    assert session.active
    named.names["gate"].open_gate()
    session.wait()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lst", "invalid choice: 'lst'"),
        ("list mine", "nothing can follow list"),
        ("status --all", "--all is for close and cancel"),
        ("close mine --all", "nothing can follow --all"),
        ("attach", "give the id or the name"),
        ("attach nobody", "No session has the id or name 'nobody'"),
        ("close nobody", "No session has the id or name 'nobody'"),
        ("jobs a b", "unrecognized arguments"),
        ("status 'mine", "No closing quotation"),
    ],
)
def test_misuse_is_a_usage_error_in_one_line(named: Notebook, line: str, words: str):
    output = named.try_to_run(f"%qsession {line}")
    assert isinstance(output.error, UsageError)
    assert words in output.printed
    assert "Traceback" not in output.printed
    assert named.session.active


def test_without_a_session_there_is_nothing_to_ask_about(notebook: Notebook):
    for session in registry.sessions():
        session.cancel()
    output = notebook.try_to_run("%qsession status")
    assert isinstance(output.error, UsageError)
    assert "there is no session here" in output.printed


def test_a_table_without_rows_says_so(notebook: Notebook):
    notebook.run("%%qsession --no-widget\npass")
    notebook.run("jobs = %qsession jobs")
    assert repr(notebook.names["jobs"]) == "No job was submitted yet."
