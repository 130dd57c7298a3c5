"""What the documentation says about front ends is what the browser tests found."""

from __future__ import annotations

import pytest

from tests.browser import findings
from tests.browser.findings import CLICK, FRONT_ENDS, IPYKERNEL, OVER_TIME, QUESTIONS, VERSION


def test_the_tables_of_the_page_are_those_of_the_findings():
    page = findings.PAGE.read_text("utf-8")
    assert findings.BEGIN in page
    assert page == findings.replaced(page, findings.read())


def test_each_front_end_has_an_answer_to_each_question():
    kept = findings.read()
    for front_end in FRONT_ENDS:
        assert set(kept[front_end]) == {VERSION, *QUESTIONS}


def test_a_click_was_tried_with_each_kind_of_kernel():
    releases = [name.removeprefix(IPYKERNEL) for name in findings.read() if IPYKERNEL in name]
    assert releases == ["6.31", "7.1", "7.2", "7.3", "7.4"]


def test_another_answer_than_the_kept_one_is_refused():
    found = findings.read()["JupyterLab"][CLICK]
    findings.check("JupyterLab", CLICK, found)
    with pytest.raises(AssertionError, match="make front-ends"):
        findings.check("JupyterLab", CLICK, "never")
    with pytest.raises(AssertionError, match="make front-ends"):
        findings.check("JupyterLab", "a question that is new", "yes")


def test_another_release_is_no_other_answer():
    findings.check("JupyterLab", VERSION, "5.0.0")


def test_what_stands_around_the_tables_stays():
    page = f"before\n{findings.BEGIN}old\n{findings.END}after\n"
    told = findings.replaced(page, findings.read())
    assert told.startswith(f"before\n{findings.BEGIN}")
    assert told.endswith(f"{findings.END}after\n")
    assert "old" not in told
    assert OVER_TIME not in told
