"""What a session shows of itself without a live view."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from qsession.session.registry import core_of
from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from qsession.testing import ManualClock
    from tests.support.gated_backend import GatedBackend


def test_its_line_follows_its_life(make_session, gated: GatedBackend, clock: ManualClock):
    session = make_session(gated, "30m", name="my vqe")
    on = "on gated_simulator"
    assert repr(session) == f"<Session 'my vqe' {on}: Not started, max_time 30m, no jobs>"
    job, other = session.run(flipped()), session.run(flipped())
    session_id = job.job_id()
    clock.advance(61)
    assert repr(session) == (
        f"<Session 'my vqe' {session_id} {on}: In progress, 28m 59s left, "
        "2 jobs (1 running, 1 queued)>"
    )
    other.cancel()
    gated.open_gate()
    job.result(PATIENCE_S)
    session.close(reason="seen enough")
    assert repr(session) == (
        f"<Session 'my vqe' {session_id} {on}: Closed, seen enough, 2 jobs (1 done, 1 cancelled)>"
    )


def test_a_session_without_a_name_or_a_max_time_is_short(make_session):
    expected = "<Session on fake_manila: Not started, max_time 8h, no jobs>"
    assert repr(make_session("fake_manila")) == expected


class Texts(HTMLParser):
    """Collects the text of a page and the names of its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_text_from_outside_is_shown_as_text(make_session, gated: GatedBackend):
    evil = "<script>alert(1)</script>"
    gated.open_gate()
    gated.failure = ValueError(evil)
    session = make_session(gated, name=evil)
    session.run(flipped(), name=f"job {evil}").wait_for_final_state(PATIENCE_S)
    seen = Texts()
    seen.feed(session.to_html())
    assert "script" not in seen.elements
    assert f"Session {evil}" in seen.texts
    assert f"job {evil}" in seen.texts
    assert f"▲ Error: ValueError: {evil}" in seen.texts


def test_outside_a_kernel_only_the_static_forms_are_given(make_session):
    session = make_session()
    data, metadata = session._repr_mimebundle_()
    assert data == {"text/plain": repr(session), "text/html": session.to_html()}
    assert metadata == {}
    assert session._ipython_display_ is None


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_an_ended_session_still_shows_itself(make_session, end: str):
    session = make_session()
    getattr(session, end)(reason="the reason")
    assert "the reason" in session.to_html()
    assert "the reason" in repr(session)


def test_results_are_in_its_picture_only_where_they_are_asked_for(
    make_session, gated: GatedBackend
):
    session = make_session(gated)
    gated.open_gate()
    session.run(flipped(), shots=7).result(PATIENCE_S)
    assert "7 shots" not in session.to_html()
    assert "7 shots" in session.to_html(results=True)


def test_a_result_that_cannot_be_fetched_leaves_the_rest(
    make_session, gated: GatedBackend, monkeypatch: pytest.MonkeyPatch
):
    session = make_session(gated)
    gated.open_gate()
    session.run(flipped()).result(PATIENCE_S)

    def fail(_job_id: str) -> None:
        raise OSError("<b>no network</b>")

    monkeypatch.setattr(core_of(session).engine, "job", fail)
    assert "OSError: &lt;b&gt;no network&lt;/b&gt;" in session.to_html(results=True)


def test_its_picture_may_be_a_page_of_its_own(make_session):
    page = make_session("fake_manila", name="<mine>").to_html(page=True)
    assert page.startswith("<!doctype html>")
    assert "<title>&lt;mine&gt;</title>" in page


def test_its_jobs_go_to_other_programs(make_session, gated: GatedBackend):
    session = make_session(gated)
    gated.open_gate()
    session.run(flipped(), shots=7).result(PATIENCE_S)
    (told,) = session.to_dicts()
    assert (told["name"], told["shots"], told["status"]) == ("flipped", 7, "DONE")
    assert json.loads(session.to_json()) == [told]
    assert session.to_csv().count("\r\n") == 2
    assert session.to_dataframe()["shots"].tolist() == [7]
