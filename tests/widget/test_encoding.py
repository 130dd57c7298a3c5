"""Snapshots and records in the words of the wire."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from qsession.model.job import JobRecord
from qsession.model.states import JobStatus
from qsession.widget.encoding import LONGEST_ERROR, encode_head, encode_row, sendable
from qsession.widget.wire import HEAD_FIELDS, WIRE_VERSION
from tests.support.circuits import flipped, rotation
from tests.support.inside import snapshot_of
from tests.widget.page_state import PageState, row_of

if TYPE_CHECKING:
    from qsession import Session
    from qsession.testing import ManualClock
    from tests.support.gated_backend import GatedBackend
    from tests.widget.recording_comm import RecordingComm

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
START_MS = 1_769_860_800_000


def record(**fields) -> JobRecord:
    return JobRecord("an-id", "bell", "sampler", JobStatus.QUEUED, START, **fields)


def test_a_head_has_the_fields_of_the_wire_in_every_state(
    session: Session, gated: GatedBackend, clock: ManualClock
):
    def check(state: str) -> None:
        head = encode_head(snapshot_of(session), clicks_wait=False)
        assert tuple(head) == HEAD_FIELDS
        assert json.loads(json.dumps(head)) == head
        assert (head["state"], head["version"]) == (state, WIRE_VERSION)

    check("not-started")
    job = session.run(flipped())
    check("active")
    session.close()
    check("closing")
    gated.open_gate()
    job.result()
    check("closed")


def test_a_head_tells_times_in_milliseconds_and_spans_in_seconds(
    session: Session, gated: GatedBackend, clock: ManualClock
):
    job = session.run(flipped(), shots=10)
    gated.wait_for_runs(1)
    clock.advance(2)
    gated.open_gate()
    job.result()
    clock.advance(1.25)
    session.add_program((rotation(), "Z", [0]), name="turn", precision=0.5)
    head = encode_head(snapshot_of(session), clicks_wait=True)
    expected = {
        "label": "In progress",
        "session_id": job.job_id(),
        "name": "mine",
        "backend": "gated_simulator",
        "mode": "session",
        "max_time_s": 1800,
        "limit_s": 1800,
        "interactive_timeout_s": 60,
        "now_ms": START_MS + 3250,
        "started_ms": START_MS,
        "expires_ms": START_MS + 1_800_000,
        "idle_since_ms": START_MS + 2000,
        "idle_until_ms": START_MS + 62_000,
        "ended_ms": None,
        "usage_s": 3.25,
        "usage_runs": True,
        "qpu_s": 2.0,
        "counts": {"QUEUED": 0, "RUNNING": 0, "DONE": 1, "CANCELLED": 0, "ERROR": 0},
        "last_work": {"name": "flipped", "primitive": "sampler", "shots": 10, "precision": None},
        "clicks_wait": True,
    }
    assert {name: head[name] for name in expected} == expected
    assert [program["name"] for program in head["programs"]] == ["turn"]


def test_a_row_has_the_fields_of_the_wire():
    finished = record(
        started=START + timedelta(seconds=1),
        finished=START + timedelta(seconds=3.5),
        qpu_seconds=2.5,
        shots=100,
        tags=("a", "b"),
    )
    values = encode_row(finished)
    assert json.loads(json.dumps(values)) == values
    expected = {
        "job_id": "an-id",
        "name": "bell",
        "primitive": "sampler",
        "status": "QUEUED",
        "created_ms": START_MS,
        "started_ms": START_MS + 1000,
        "finished_ms": START_MS + 3500,
        "run_s": 2.5,
        "qpu_s": 2.5,
        "shots": 100,
        "tags": ["a", "b"],
        "error": None,
    }
    row = row_of(values)
    assert {name: row[name] for name in expected} == expected


def test_what_is_not_known_of_a_job_is_null():
    row = row_of(encode_row(record()))
    absent = {"started_ms", "finished_ms", "run_s", "qpu_s", "shots", "error"}
    absent |= {"forecast_s", "service_forecast_s"}
    assert {name for name, value in row.items() if value is None} == absent


def test_a_long_error_is_cut():
    def sent(error: str) -> object:
        return row_of(encode_row(record(error=error)))["error"]

    assert sent("x" * LONGEST_ERROR) == "x" * LONGEST_ERROR
    assert sent("x" * 10**6) == "x" * LONGEST_ERROR + "…"


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("Zürich", "Zürich"),
        ("half \ud800 a character", "half ? a character"),
        (float("nan"), None),
        (float("-inf"), None),
        (0.5, 0.5),
        ({"\udfff": [("a", float("inf")), {"b": None}]}, {"?": [["a", None], {"b": None}]}),
        (True, True),
        (2**70, 2**70),
    ],
)
def test_what_json_has_no_place_for_is_replaced(value: object, sent: object):
    assert sendable(value) == sent


def test_a_name_that_cannot_be_sent_keeps_nothing_else_from_being_sent(
    session: Session, gated: GatedBackend
):
    session.run(flipped("\ud800"))
    page: RecordingComm = session.widget.comm
    names = [row_of(row)["name"] for row in page.messages[0][1]["state"]["rows"]]
    assert names == ["?"]
    gated.failure = RuntimeError("\udcff")
    gated.open_gate()
    page.wait_for(lambda: PageState.of(page).head["counts"]["ERROR"] == 1)
    (row,) = PageState.of(page).rows.values()
    assert row["error"] == "RuntimeError: ?"
