"""The states of sessions and jobs, and what they compare equal to."""

from __future__ import annotations

from enum import StrEnum

import pytest
from qiskit.providers import JobStatus as QiskitStatus
from qiskit.providers.jobstatus import JOB_FINAL_STATES

from qsession.model.states import JobStatus, State


@pytest.mark.parametrize(
    ("value", "label", "is_terminal", "accepts_jobs"),
    [
        ("not-started", "Not started", False, True),
        ("open", "Pending", False, True),
        ("active", "In progress", False, True),
        ("inactive", "Pending", False, True),
        ("closing", "Closing", False, False),
        ("closed", "Closed", True, False),
        ("cancelled", "Cancelled", True, False),
        ("expired", "Expired", True, False),
    ],
)
def test_a_state_has_a_word_for_people(value, label, is_terminal, accepts_jobs):
    state = State(value)
    assert state.label == label
    assert state.is_terminal is is_terminal
    assert state.accepts_jobs is accepts_jobs


def test_there_are_no_other_states():
    assert len(State) == 8


def test_a_state_is_its_text():
    state: str = State.NOT_STARTED
    assert state == "not-started"
    assert f"{state}" == "not-started"


@pytest.mark.parametrize(
    ("status", "is_final"),
    [
        ("QUEUED", False),
        ("RUNNING", False),
        ("DONE", True),
        ("CANCELLED", True),
        ("ERROR", True),
    ],
)
def test_a_job_is_final_once_it_has_ended(status, is_final):
    assert JobStatus(status).is_final is is_final


def test_there_are_no_other_job_states():
    assert len(JobStatus) == 5


@pytest.mark.parametrize("status", JobStatus)
def test_a_job_status_equals_ibms_string(status):
    # Spelt out, since != and the reflected forms are ways of their own.
    text = status.value
    assert status == text
    assert text == status
    assert not status != text  # noqa: SIM202
    assert not text != status  # noqa: SIM202
    assert str(status) == status.value


@pytest.mark.parametrize("status", JobStatus)
def test_a_job_status_equals_qiskits_member(status):
    theirs = QiskitStatus[status.name]
    assert status == theirs
    assert theirs == status
    assert not status != theirs  # noqa: SIM202
    assert not theirs != status  # noqa: SIM202


@pytest.mark.parametrize("status", JobStatus)
def test_a_job_status_differs_from_all_others(status):
    others = {*JobStatus, *QiskitStatus} - {status, QiskitStatus[status.name]}
    assert len(others) == len(QiskitStatus) - 1
    for other in others:
        assert status != other
        assert other != status
        assert not status == other  # noqa: SIM201
        assert status != other.name


@pytest.mark.parametrize("other", [None, 0, b"DONE", "done", "Done ", ("DONE",), object()])
def test_a_job_status_differs_from_anything_else(other):
    done = JobStatus.DONE
    assert done != other
    assert other != done
    assert not done == other  # noqa: SIM201


def test_a_job_status_differs_from_a_text_enum_of_another_value():
    class Word(StrEnum):
        DONE = "job has successfully run"

    assert JobStatus.DONE != Word.DONE


@pytest.mark.parametrize("status", JobStatus)
def test_equal_statuses_are_one_key(status):
    theirs = QiskitStatus[status.name]
    assert hash(status) == hash(status.value) == hash(theirs)
    assert {status: 1}[theirs] == {status: 1}[status.value] == 1
    assert {theirs: 1}[status] == {status.value: 1}[status] == 1


@pytest.mark.parametrize("status", JobStatus)
def test_qiskits_list_of_final_states_holds_the_final_ones(status):
    assert (status in JOB_FINAL_STATES) is status.is_final
