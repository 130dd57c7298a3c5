"""What the service says of jobs becomes events, whatever it says."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsession.engines.ibm.reading import job_status, read_jobs, read_metrics
from qsession.model.job import JobRecord
from tests.engines.ibm.answers import TRUE_TIME, Reader, a_job, a_session, at, stamp


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (a_job("Queued"), "QUEUED"),
        (a_job("Running"), "RUNNING"),
        (a_job("Completed"), "DONE"),
        (a_job("Failed"), "ERROR"),
        (a_job("Cancelled"), "CANCELLED"),
        (a_job("CANCELLED"), "CANCELLED"),
        ({"status": "Completed"}, "DONE"),
        (a_job("Cancelled", state={"status": "Cancelled", "reason_code": 1305}), "ERROR"),
        (a_job("Cancelled", state={"status": "Cancelled", "reason_code": "1305"}), "ERROR"),
        (a_job("Cancelled") | {"status": "Cancelled - Ran too long"}, "ERROR"),
        (a_job("Paused"), None),
        ({}, None),
        ({"state": 7, "status": ["Running"]}, None),
    ],
)
def test_the_services_words_for_a_job(raw: Any, status: str | None):
    assert job_status(raw) == status


WORDS = ["Queued", "Running", "Completed", "Failed", "Cancelled", "Paused", ""]
FINAL = {"DONE", "ERROR", "CANCELLED"}


@pytest.mark.parametrize("words", list(itertools.product(WORDS, repeat=3)), ids="-".join)
def test_a_job_never_goes_back_and_ends_once(words: tuple[str, ...]):
    reader = Reader()
    rank = {"QUEUED": 0, "RUNNING": 1, "DONE": 2, "ERROR": 2, "CANCELLED": 2}
    seen: list[str] = []
    for now, word in enumerate(words, start=1):
        seen += reader.jobs(a_job(word), now=now)
    ranks = [rank[status] for status in seen]
    assert ranks == sorted(ranks)
    assert len(FINAL & set(seen)) <= 1
    known = [job_status(a_job(word)) for word in words]
    if "DONE" in known and not {"ERROR", "CANCELLED"} & set(known):
        assert seen[-1] == "DONE"


def test_a_job_of_another_kernel_is_taken_up_with_what_the_listing_says():
    reader = Reader()
    reader.jobs(a_job("Queued", created=3, tags=["a", "b"], program={"id": "executor"}), now=5)
    (record,) = reader.state.jobs.values()
    assert (record.job_id, record.name, record.primitive) == ("j", None, "executor")
    assert (record.created, record.tags, record.shots) == (at(3), ("a", "b"), None)


def test_jobs_stand_in_the_order_in_which_they_were_submitted():
    reader = Reader()
    reader.jobs(a_job(job_id="late", created=9))
    reader.jobs(a_job(job_id="early", created=3))
    assert list(reader.state.jobs) == ["early", "late"]


def test_a_job_that_is_queued_again_still_runs_here_and_ends_later():
    reader = Reader()
    assert reader.jobs(a_job("Running"), now=1) == ["RUNNING"]
    assert reader.jobs(a_job("Queued"), now=2) == ["RUNNING"]
    assert reader.jobs(a_job("Running"), now=3) == ["RUNNING"]
    assert reader.jobs(a_job("Completed"), now=4) == ["DONE"]
    assert reader.state.jobs["j"].started == at(1)


def test_times_are_the_jobs_own_where_the_service_tells_them():
    reader = Reader()
    reader.jobs(a_job("Completed", timestamps={"running": stamp(10), "finished": stamp(20)}))
    record = reader.state.jobs["j"]
    assert (record.started, record.finished, record.run_seconds) == (at(10), at(20), 10)


def test_else_they_are_those_of_the_sessions_last_job():
    reader = Reader()
    reader.session(a_session("active", last_job_started=stamp(60), last_job_completed=stamp(90)))
    reader.jobs(a_job("Completed", usage={"qpu_charge_time_seconds": 2.5}), now=100)
    record = reader.state.jobs["j"]
    assert (record.started, record.finished, record.qpu_seconds) == (at(60), at(90), 2.5)


def test_a_bill_that_is_settled_after_the_end_is_taken_in_once():
    reader = Reader()
    reader.jobs(a_job("Completed"), now=100)
    assert (reader.state.jobs["j"].qpu_seconds, reader.state.qpu_seconds) == (None, 0)
    for usage_s, now in ((1.5, 110), (2.5, 120)):
        reader.jobs(a_job("Completed", usage={"qpu_charge_time_seconds": usage_s}), now=now)
        assert reader.state.jobs["j"].qpu_seconds == reader.state.qpu_seconds == usage_s
    version = reader.state.version
    reader.jobs(a_job("Completed", usage={"qpu_charge_time_seconds": 2.5}), now=130)
    reader.jobs(a_job("Completed"), now=140)
    assert (reader.state.version, reader.state.qpu_seconds) == (version, 2.5)


def told(reader: Reader, now: float = 200, **fields: Any) -> JobRecord:
    """The job after an answer of ``GET /jobs/{id}/metrics``."""
    known = reader.state.jobs["j"]
    for event in read_metrics(fields, known, at(now), reader.server):
        reader.state.apply(event)
    return reader.state.jobs["j"]


def test_metrics_replace_what_was_estimated():
    reader = Reader()
    reader.jobs(a_job("Completed"), now=100)
    assert reader.state.jobs["j"].are_times_estimated
    times = {"created": stamp(0), "running": stamp(40), "finished": stamp(42.5)}
    usage = {"qpu_charge_time_seconds": 1.5, "status": "complete"}
    record = told(reader, timestamps=times, usage=usage)
    assert (record.started, record.finished, record.run_seconds) == (at(40), at(42.5), 2.5)
    assert (record.qpu_seconds, reader.state.qpu_seconds) == (1.5, 1.5)
    assert not record.are_times_estimated


@pytest.mark.parametrize(
    ("times", "started", "finished"),
    [
        (None, 100, 100),
        ({}, 100, 100),
        ({"running": None, "finished": 7}, 100, 100),
        ({"running": stamp(40)}, 40, 100),
        ({"finished": stamp(90)}, 90, 90),  # it did not start after its end
        ({"running": stamp(9000), "finished": stamp(9001)}, 100, 100),  # nor in the future
    ],
)
def test_metrics_that_tell_no_time_leave_what_is_known(times: Any, started: float, finished: float):
    reader = Reader()
    reader.jobs(a_job("Completed"), now=100)
    record = told(reader, timestamps=times)
    assert (record.started, record.finished) == (at(started), at(finished))


def test_a_bill_is_an_estimate_until_it_is_settled():
    reader = Reader()
    usage = {"qpu_charge_time_seconds": 1.5, "status": "pending"}
    estimated = []
    for status in ("pending", "complete"):
        reader.jobs(a_job("Completed", usage={**usage, "status": status}))
        estimated.append(reader.state.jobs["j"].is_qpu_estimated)
    assert estimated == [True, False]
    assert reader.state.qpu_seconds == 1.5


def test_a_job_does_not_start_after_it_ended():
    """One job ended and the next started between two looks: the session tells both times."""
    reader = Reader()
    reader.session(a_session("active", last_job_started=stamp(95), last_job_completed=stamp(90)))
    reader.jobs(a_job("Completed", job_id="a"), a_job("Running", job_id="b"), now=100)
    first, second = reader.state.jobs.values()
    assert first.started is not None
    assert first.finished is not None
    assert first.started <= first.finished == at(90)
    assert second.started == at(95)


def test_a_job_does_not_end_with_the_one_before():
    reader = Reader()
    reader.session(a_session("active", last_job_started=stamp(95), last_job_completed=stamp(90)))
    reader.jobs(a_job("Running"), now=96)
    reader.jobs(a_job("Completed"), now=99)  # the session was asked just before it ended
    record = reader.state.jobs["j"]
    assert (record.started, record.finished) == (at(95), at(99))


@pytest.mark.parametrize("told", [stamp(1000), stamp(1), "never", None])
def test_a_time_that_cannot_be_the_jobs_is_the_time_of_the_look(told: str | None):
    reader = Reader()
    reader.session(a_session("active", last_job_started=told, last_job_completed=told), now=200)
    reader.jobs(a_job("Completed", created=50), now=200)
    record = reader.state.jobs["j"]
    assert (record.started, record.finished) == (at(200), at(200))


def test_a_job_that_failed_in_the_queue_has_never_started():
    reader = Reader()
    reader.jobs(a_job("Failed", state={"status": "Failed", "reason": "The session expired."}))
    record = reader.state.jobs["j"]
    assert (record.status, record.started, record.error) == ("ERROR", None, "The session expired.")
    assert reader.state.started is None


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ({"status": "Failed", "reason": "Bad."}, "Bad."),
        ({"status": "Failed", "reason": "Bad.", "reason_solution": "Try."}, "Bad. Try."),
        ({"status": "Failed"}, "Failed; the service says no more."),
        ({"status": "Failed", "reason": {"a": 1}}, "Failed; the service says no more."),
        ({"status": "Cancelled"}, "Cancelled."),
        ({"status": "Completed", "reason": "Fine."}, None),
    ],
)
def test_why_a_job_ended(state: dict[str, Any], error: str | None):
    reader = Reader()
    reader.jobs(a_job(state["status"], state=state))
    assert reader.state.jobs["j"].error == error


def test_a_job_that_was_cancelled_in_the_queue_keeps_the_session_busy_until_then():
    reader = Reader()
    answer = a_session("active", last_job_started=stamp(1), last_job_completed=stamp(10))
    reader.session(answer, now=20)
    reader.jobs(a_job("Queued"), now=20)
    reader.jobs(a_job("Cancelled"), now=40)
    reader.session(answer, now=41)
    assert reader.state.idle_until == at(100)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = ["id", "state", "status", "program", "created", "tags", "usage", "timestamps"]


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), JSON), max_size=4), st.data())
def test_no_answer_is_too_strange_to_be_read(raws: list[dict[str, Any]], data: Any):
    reader = Reader()
    spoilt = [
        a_job(data.draw(st.sampled_from(WORDS)), job_id=data.draw(st.sampled_from("abc"))) | raw
        for raw in raws
    ]
    reader.jobs(*spoilt)
    json.dumps([record.primitive for record in reader.state.jobs.values()])


def test_an_id_of_the_wrong_kind_is_no_job():
    reader = Reader()
    for job_id in (None, 7, ["j"]):
        assert read_jobs([a_job() | {"id": job_id}], reader.state, at(1), TRUE_TIME) == []
