"""What the page is told when jobs are compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.support.circuits import bell, flipped, rotation
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from qsession import Session
    from tests.support.gated_backend import GatedBackend
    from tests.widget.recording_comm import RecordingComm


@pytest.fixture(autouse=True)
def _gate_is_open(gated: GatedBackend) -> None:
    gated.open_gate()


def done(session: Session, *works: object, **options: Any) -> list[str]:
    jobs = [session.run(work, **options) for work in works]
    for job in jobs:
        job.result(PATIENCE_S)
    return [job.job_id() for job in jobs]


def compared(page: RecordingComm, job_ids: list[str], *, with_ideal: bool = False) -> Any:
    reply = page.ask("compare", job_ids=job_ids, with_ideal=with_ideal)
    assert (reply["ok"], reply["error"]) == (True, None)
    assert len(json.dumps(reply)) < 60_000
    return reply["details"]


def test_two_jobs_of_a_sampler(session: Session, page: RecordingComm):
    told = compared(page, done(session, flipped("one"), flipped("other"), shots=20))
    assert told == {
        "labels": ["one", "other"],
        "parts": [
            {
                "kind": "counts",
                "title": "PUB 0, register meas",
                "rows": [["1", [1.0, 1.0]]],
                "others": 0,
                "distances": [[0.0, 1.0, 0.0]],
            }
        ],
        "hidden": 0,
        "unmatched": [],
    }


def test_a_job_and_the_ideal(session: Session, page: RecordingComm):
    told = compared(page, done(session, bell(), shots=20), with_ideal=True)
    assert told["labels"] == ["bell", "ideal"]
    assert {outcome for outcome, _ in told["parts"][0]["rows"]} == {"00", "11"}


def test_values_are_told_with_their_differences_in_errors(session: Session, page: RecordingComm):
    work = (rotation(), ["Z", "X"], [np.pi])
    told = compared(page, done(session, work, work, precision=0.1))
    (part,) = told["parts"]
    assert part["kind"] == "values"
    (place, estimates, units), _ = part["rows"]
    assert (place, estimates, units) == ("0", [[-1.0, 0.0], [-1.0, 0.0]], [0.0])
    assert part["others"] == 0


def test_jobs_with_nothing_in_common_are_refused_in_words(session: Session, page: RecordingComm):
    ids = [
        *done(session, flipped(), shots=5),
        *done(session, (rotation(), "Z", [0.0]), precision=0.1),
    ]
    reply = page.ask("compare", job_ids=ids, with_ideal=False)
    assert (reply["ok"], reply["error"]["type"]) == (False, "InvalidInputError")
    assert "nothing to compare" in reply["error"]["message"]


def test_a_job_of_another_session_is_refused(session: Session, page: RecordingComm):
    reply = page.ask("compare", job_ids=["somebody's"], with_ideal=True)
    assert reply["error"]["type"] == "UnknownJobError"


@pytest.mark.parametrize(
    ("job_ids", "with_ideal"),
    [([], False), (["a"] * 2, False), ([5], True), ("a", True), (list("abcde"), False), (["a"], 1)],
    ids=["none", "one twice", "number", "text", "too many", "no boolean"],
)
def test_a_request_of_another_kind_is_refused(
    session: Session, page: RecordingComm, job_ids: Any, with_ideal: Any
):
    reply = page.ask("compare", job_ids=job_ids, with_ideal=with_ideal)
    assert reply["error"]["type"] == "InvalidInputError"
    assert reply["error"]["message"].startswith(("The page sent", "job_ids="))


def test_what_is_told_of_a_great_sweep_is_bounded(session: Session, page: RecordingComm):
    angles = np.linspace(0, np.pi, 300)[:, np.newaxis]
    told = compared(page, done(session, *[(rotation(), "Z", angles)] * 2, precision=0.1))
    (part,) = told["parts"]
    assert len(part["rows"]) + part["others"] == 300
