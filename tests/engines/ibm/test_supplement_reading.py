"""What the service says of a backend, as it is read."""

from __future__ import annotations

from typing import Any

import pytest

from qsession.engines.ibm.supplement_reading import (
    LONGEST_MESSAGE,
    read_backend_status,
    read_quota,
)
from qsession.model.backend_status import BackendStatus
from qsession.model.bill import Quota
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


def quota(**raw: Any) -> Quota | None:
    return read_quota(raw, at(5), instance="mine", plan="open")


@pytest.mark.parametrize(
    ("limits", "limit_s", "remaining_s"),
    [
        ({"usage_limit_seconds": 600}, 600, 420),
        ({"usage_allocation_seconds": 300}, 300, 120),
        ({"usage_limit_seconds": 600, "usage_allocation_seconds": 300}, 600, 420),
        ({"usage_limit_seconds": 100}, 100, 0),
        ({"usage_limit_seconds": 600, "usage_remaining_seconds": 400}, 600, 400),
        ({}, None, None),
        ({"usage_limit_seconds": None, "usage_allocation_seconds": "300"}, None, None),
    ],
)
def test_what_is_left_of_a_quota_is_the_limit_without_what_was_used(
    limits: dict[str, Any], limit_s: float | None, remaining_s: float | None
):
    told = quota(usage_consumed_seconds=180, **limits)
    expected = Quota(at(5), 180, limit_s, remaining_s, instance="mine", plan="open")
    assert told == expected


def test_a_quota_that_is_used_up_is_said_to_be():
    told = quota(usage_consumed_seconds=600, usage_limit_seconds=600, usage_limit_reached=True)
    assert told is not None
    assert told.is_used_up


@pytest.mark.parametrize("used", [None, "600", -1, True, float("inf")])
def test_without_what_was_used_no_quota_is_known(used: object):
    assert quota(usage_consumed_seconds=used, usage_limit_seconds=600) is None
