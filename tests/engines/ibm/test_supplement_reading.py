"""What the service says of a backend, as it is read."""

from __future__ import annotations

from typing import Any

import pytest

from qsession.engines.ibm.supplement_reading import LONGEST_MESSAGE, read_backend_status
from qsession.model.backend_status import BackendStatus
from tests.engines.ibm.answers import at

ANSWER: dict[str, Any] = {
    "state": True,
    "status": "active",
    "message": "",
    "length_queue": 12,
    "backend_version": "1.2.3",
}


def test_a_backend_that_runs_jobs():
    assert read_backend_status(ANSWER, at(5)) == BackendStatus(at(5), 12, is_operational=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"status": "maintenance"}, "maintenance"),
        ({"status": "maintenance", "message": " Back at 15:00. "}, "Back at 15:00."),
        ({"state": False}, ""),
    ],
)
def test_a_backend_that_runs_none_says_why(changes: dict[str, Any], message: str):
    status = read_backend_status({**ANSWER, **changes}, at(0))
    assert (status.is_operational, status.message) == (False, message)


@pytest.mark.parametrize("length", [None, "12", -1, True, float("nan")])
def test_a_length_that_is_none_is_not_known(length: object):
    assert read_backend_status({**ANSWER, "length_queue": length}, at(0)).pending_jobs is None


@pytest.mark.parametrize("raw", [{}, {"status": None, "message": 7, "state": None}])
def test_what_is_not_said_is_taken_for_granted(raw: dict[str, Any]):
    assert read_backend_status(raw, at(0)) == BackendStatus(at(0), None)


def test_a_long_message_is_cut():
    told = read_backend_status({**ANSWER, "message": "x" * 5000}, at(0)).message
    assert told == "x" * LONGEST_MESSAGE + "…"
