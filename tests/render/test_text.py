"""A session in one line of plain text."""

from __future__ import annotations

import pytest

from qsession.model.backend_status import BackendStatus
from qsession.model.bill import Price, Quota
from qsession.model.events import BackendObserved, QuotaObserved
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus, State
from qsession.render.html import session_html
from qsession.render.text import (
    jobs_words,
    queue_words,
    session_line,
    session_text,
    time_words,
)
from tests.unit.pictures import picture
from tests.unit.story import at, finished, first_job, moved, opened, queued, session, started

SHORT = Limits(max_time_s=1800)
ENDLESS = Limits(max_time_s=None)


@pytest.mark.parametrize(
    ("state", "fields", "line"),
    [
        (
            session(limits=SHORT),
            {},
            "<Session on fake_manila: Not started, max_time 30m, no jobs>",
        ),
        (
            session(opened(0), limits=SHORT),
            {"name": "a"},
            "<Session 'a' s1 on fake_manila: Pending, max_time 30m, no jobs>",
        ),
        (
            session(*first_job(0), limits=SHORT),
            {"backend": "aer_simulator"},
            "<Session s1 on aer_simulator: In progress, 29m left, 1 job (1 running)>",
        ),
        (
            session(*first_job(0), mode="batch", limits=ENDLESS),
            {},
            "<Batch s1 on fake_manila: In progress, 1 job (1 running)>",
        ),
        (
            session(*first_job(0), finished(1), moved(2, State.CLOSED, "close() was called")),
            {},
            "<Session s1 on fake_manila: Closed, close() was called, 1 job (1 done)>",
        ),
        (
            session(moved(2, State.CANCELLED)),
            {},
            "<Session on fake_manila: Cancelled, no jobs>",
        ),
    ],
)
def test_a_session_in_one_line(state, fields, line):
    assert session_line(picture(state, 60, **fields)) == line


def test_a_name_cannot_break_the_line():
    assert "\n" not in session_line(picture(session(), name="a\nb"))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (session(limits=SHORT), "max_time 30m"),
        (session(limits=ENDLESS), ""),
        (session(opened(0), queued(0), limits=SHORT), "max_time 30m"),
        (session(*first_job(0), limits=SHORT), "29m left"),
        (session(*first_job(0), limits=ENDLESS), ""),
        (session(*first_job(0), limits=Limits(max_time_s=10)), "0s left"),
        (session(*first_job(0), moved(1, State.CLOSING), limits=SHORT), "29m left"),
        (session(*first_job(0), moved(1, State.EXPIRED, "its time ran out")), "its time ran out"),
        (session(*first_job(0), moved(1, State.CANCELLED)), ""),
    ],
)
def test_what_is_left_of_a_session(state, words):
    assert time_words(picture(state, 60)) == words


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "no jobs"),
        (first_job(), "1 job (1 running)"),
        (
            [*first_job(), *(queued(0, job_id) for job_id in "bc")],
            "3 jobs (1 running, 2 queued)",
        ),
        (
            [
                *first_job(),
                *(queued(0, job_id) for job_id in "bcdef"),
                finished(1, "a"),
                started(1, "b"),
                finished(1, "b", JobStatus.ERROR),
                finished(1, "c", JobStatus.CANCELLED),
                finished(1, "d", JobStatus.CANCELLED),
                started(1, "e"),
            ],
            "6 jobs (1 running, 1 queued, 1 done, 1 failed, 2 cancelled)",
        ),
    ],
)
def test_how_the_jobs_stand(events, words):
    assert jobs_words(picture(session(*events))) == words


def test_the_queue_of_a_backend_is_told_with_the_time_and_what_the_service_says():
    state = session(opened(0), queued(0))
    state.apply(BackendObserved(at(5), BackendStatus(at(5), 1, False, "Back at 15:00.")))
    asked = f"as of {at(5).astimezone():%H:%M:%S}"
    told = f"the backend runs no jobs at present; 1 job pending {asked}; Back at 15:00."
    assert queue_words(picture(state)) == told
    assert f"Queue   {told}" in session_text(picture(state), [])
    state.apply(BackendObserved(at(5), BackendStatus(at(5), None)))
    assert queue_words(picture(state)) == asked
    assert queue_words(picture(session())) == ""


def test_the_bill_is_told_of_a_session_that_was_opened():
    state = session(*first_job(0), finished(30, qpu_seconds=15))
    state.price = Price(96)
    state.apply(QuotaObserved(at(30), Quota(at(30), 180, 600, 420)))
    told = "about $48.00, idle $24.00; 7m left of the 10m quota"
    assert f"Bill    {told}" in session_text(picture(state, 30, is_paid=True), [])
    assert told in session_html(picture(state, 30, is_paid=True), [])
    assert "Bill" not in session_text(picture(session()), [])
