"""What the page is told before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.circuits import bell, rotation

if TYPE_CHECKING:
    from qsession import Session
    from tests.support.gated_backend import GatedBackend
    from tests.widget.recording_comm import RecordingComm


def estimate(page: RecordingComm, **work: Any) -> dict[str, Any]:
    """The reply's contents."""
    reply = page.ask("estimate", **work)
    assert reply["ok"], reply
    told: dict[str, Any] = reply["details"]
    return told


def test_a_program_is_estimated_as_it_would_be_run(session: Session, page: RecordingComm):
    session.add_program(bell(), name="bell", shots=1000)
    told = estimate(page, program="bell")
    assert told["qpu_s"] == pytest.approx(2.3, abs=0.1)
    assert told["cost"] is None
    assert told["left_of"] is None
    assert told["fits"]
    assert estimate(page, program="bell", shots=10_000)["qpu_s"] > 4


def test_parameters_without_values_are_no_obstacle(session: Session, page: RecordingComm):
    session.add_program((rotation(), "Z"), name="turn", precision=0.1)
    told = estimate(page, program="turn", precision=0.05)
    assert told["qpu_s"] == pytest.approx(2.12, abs=0.1)
    assert "executions for error mitigation come on top" in told["remarks"]


def test_the_last_job_once_more_takes_what_it_took(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    gated.open_gate()
    session.run(bell(), shots=100).result()
    told = estimate(page)
    assert told["qpu_s"] == session.jobs[0].qpu_seconds
    assert estimate(page, job_id=session.jobs[0].job_id)["qpu_s"] == told["qpu_s"]


@pytest.mark.parametrize(
    ("work", "problem"),
    [
        ({"program": "gone"}, "gone"),
        ({"job_id": "gone"}, "No job 'gone' in this session"),
        ({}, "Nothing ran in this session yet"),
    ],
)
def test_what_cannot_be_estimated_says_why(
    session: Session, page: RecordingComm, work: dict[str, Any], problem: str
):
    reply = page.ask("estimate", **work)
    assert not reply["ok"]
    assert problem in reply["error"]["message"]


def test_the_quota_of_what_nobody_pays_for_is_nothing(session: Session, page: RecordingComm):
    assert page.ask("quota")["ok"]
    assert session.quota_remaining_seconds is None
