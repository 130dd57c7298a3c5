"""The static picture of a session: what it shows, and that nothing in it does anything."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from qsession.model.events import ProblemAppeared
from qsession.model.job import JobRecord
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus, State
from qsession.render.html import LONGEST_ERROR, NEWEST_JOBS, paragraph, session_html
from qsession.render.html import page as html_page
from tests.unit.pictures import picture
from tests.unit.story import at, finished, first_job, moved, opened, record, session

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</td></tr></table></div><h1>",
    "<!-- ",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "<style>*{display:none}</style>",
]
PLAIN_TAGS = {"div", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "p"}


class Page(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str | None]] = set()
        self.open_tags: list[str] = []
        self.texts: list[str] = []
        self.cells: list[str] = []
        self.comments: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= set(attrs)
        self.open_tags.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if {"td", "th"} & set(self.open_tags):
            self.cells[-1] += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def facts(self) -> dict[str, str]:
        """The rows of the first table."""
        last = self.cells.index("Job") if "Job" in self.cells else len(self.cells)
        return dict(zip(self.cells[:last:2], self.cells[1:last:2], strict=True))

    @property
    def jobs(self) -> list[list[str]]:
        """The rows of the second table, without its heads."""
        begin = self.cells.index("Job") + 6 if "Job" in self.cells else len(self.cells)
        return [self.cells[i : i + 6] for i in range(begin, len(self.cells), 6)]


def local_time(seconds: float) -> str:
    return f"{at(seconds).astimezone():%Y-%m-%d %H:%M:%S}"


def test_an_unopened_session_shows_where_it_will_run():
    page = Page(session_html(picture(session(limits=Limits(max_time_s=1800))), []))
    assert "".join(page.texts).startswith("Session fake_manila: Not started")
    assert page.facts == {
        "Session ID": "none until the first job runs",
        "Backend": "fake_manila",
        "Time": "max_time 30m",
        "As of": local_time(0),
        "Jobs": "no jobs",
    }
    assert page.jobs == []


def test_a_running_session_shows_its_facts_and_jobs():
    state = session(*first_job(0))
    page = Page(session_html(picture(state, 60, name="mine"), list(state.jobs.values())))
    assert "".join(page.texts).startswith("Session mine: In progress")
    assert page.facts == {
        "Session ID": "s1",
        "Backend": "fake_manila",
        "Time": "7h 59m left",
        "As of": local_time(60),
        "Usage": "1m",
        "Jobs": "1 job (1 running)",
    }
    assert page.jobs == [["a", "bell", "sampler", "◐ Running", local_time(0), ""]]


def test_an_ended_session_shows_when_and_why():
    state = session(*first_job(0), finished(5), moved(9, State.CLOSED, "close() was called"))
    page = Page(session_html(picture(state, 60), []))
    assert page.facts["Time"] == "close() was called"
    assert page.facts["Ended"] == local_time(9)
    assert "As of" not in page.facts
    assert page.facts["Usage"] == "9s"


@pytest.mark.parametrize(
    ("fields", "title"),
    [({"name": "mine"}, "Batch mine"), ({}, "Batch s1")],
)
def test_the_title_is_the_name_or_else_the_id(fields, title):
    page = Page(session_html(picture(session(opened(0), mode="batch"), **fields), []))
    assert page.texts[0] == title


@pytest.mark.parametrize(
    ("job", "cells"),
    [
        (record(), ["a", "bell", "sampler", "◌ Queued", local_time(0), ""]),
        (
            record(
                name=None,
                status=JobStatus.DONE,
                primitive="estimator",
                created=at(1),
                started=at(2),
                finished=at(3.456),
            ),
            ["a", "", "estimator", "● Done", local_time(1), "1.46 s"],
        ),
        (
            record(status=JobStatus.ERROR, error="AerError: no", started=at(1), finished=at(1)),
            ["a", "bell", "sampler", "▲ Error: AerError: no", local_time(0), "0.00 s"],
        ),
        (
            record(status=JobStatus.CANCELLED, finished=at(3)),
            ["a", "bell", "sampler", "⊘ Cancelled", local_time(0), ""],
        ),
    ],
)
def test_a_job_is_a_row(job: JobRecord, cells: list[str]):
    assert Page(session_html(picture(session()), [job])).jobs == [cells]


@pytest.mark.parametrize(
    ("count", "note"),
    [
        (NEWEST_JOBS, None),
        (NEWEST_JOBS + 1, "… and 1 older job"),
        (NEWEST_JOBS + 950, "… and 950 older jobs"),
    ],
)
def test_only_the_newest_jobs_are_listed_the_newest_first(count, note):
    counts = dict.fromkeys(JobStatus, 0) | {JobStatus.DONE: count - 1, JobStatus.ERROR: 1}
    snapshot = replace(picture(session()), counts=counts)
    newest = [record(str(i)) for i in range(count)][-NEWEST_JOBS:]
    page = Page(session_html(snapshot, newest))
    assert [row[0] for row in page.jobs] == [str(count - 1 - i) for i in range(NEWEST_JOBS)]
    assert [text for text in page.texts if "older" in text] == ([note] if note else [])


@pytest.mark.parametrize(
    ("length", "cut"), [(LONGEST_ERROR, ""), (LONGEST_ERROR + 1, "…"), (10**6, "…")]
)
def test_long_errors_are_cut(length, cut):
    state = session(ProblemAppeared(at(0), "x" * length))
    job = record(status=JobStatus.ERROR, error="x" * length)
    page = Page(session_html(picture(state), [job]))
    assert page.facts["Problem"] == "x" * LONGEST_ERROR + cut
    assert page.jobs[0][3] == f"▲ Error: {'x' * LONGEST_ERROR}{cut}"


def test_an_error_is_cut_before_it_is_escaped():
    page = Page(session_html(picture(session(ProblemAppeared(at(0), "<" * 1000))), []))
    assert page.facts["Problem"] == "<" * LONGEST_ERROR + "…"


@pytest.mark.parametrize("attack", ATTACKS)
def test_texts_from_outside_are_shown_as_text(attack):
    state = session(
        opened(0, attack),
        moved(1, State.CLOSED, attack),
        ProblemAppeared(at(2), attack),
    )
    job = record(
        attack,
        name=attack,
        primitive=attack,
        tags=(attack,),
        status=JobStatus.ERROR,
        error=attack,
    )
    page = Page(session_html(picture(state, name=attack, backend=attack), [job]))
    assert set(page.tags) == PLAIN_TAGS - {"p"}
    assert page.open_tags == []
    assert page.comments == []
    assert f"Session {attack}: Closed".startswith(page.texts[0])
    assert {page.facts[fact] for fact in ("Session ID", "Backend", "Time", "Problem")} == {attack}
    assert page.jobs == [
        [attack, attack, attack, f"▲ Error: {attack}", local_time(0), ""],
    ]


@pytest.mark.parametrize("jobs", [0, 1, NEWEST_JOBS + 1])
def test_only_plain_elements_are_used(jobs):
    html = session_html(picture(session(*first_job())), [record(str(i)) for i in range(jobs)])
    page = Page(html)
    assert set(page.tags) <= PLAIN_TAGS
    assert page.attributes == {("align", "left")}
    assert not re.search(r"script|style|href|src|\bon\w+=", html)


def test_the_size_of_the_picture_is_bounded():
    jobs = [record(str(i), status=JobStatus.ERROR, error="<" * 10**5) for i in range(2000)]
    assert len(session_html(picture(session()), jobs)) < 150_000


def test_results_are_listed_where_they_are_asked_for():
    summaries = {"<b>": "<table><tr><td>11</td></tr></table>", "b": paragraph("<i>no</i>")}
    page = Page(session_html(picture(session()), [], summaries))
    assert page.open_tags == []
    assert set(page.tags) <= PLAIN_TAGS
    assert [text for text in page.texts if text in ("<b>", "11", "b", "<i>no</i>")] == [
        "<b>",
        "11",
        "b",
        "<i>no</i>",
    ]


def test_a_page_stands_by_itself_and_has_no_script():
    page = html_page(session_html(picture(session()), []), "</title><script>")
    assert page.startswith("<!doctype html>")
    assert "<title>&lt;/title&gt;&lt;script&gt;</title>" in page
    assert not re.search(r"<script|src=|href=", page)
