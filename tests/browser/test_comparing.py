"""Jobs compared in JupyterLab, and a record that is opened there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.widget_page import rows, widget

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

STUDY = """
from qiskit import QuantumCircuit
from qsession import Session

unnamed = QuantumCircuit(2)
unnamed.h(0); unnamed.cx(0, 1); unnamed.measure_all()
session = Session("fake_manila", name="study")
for name in ("first", "second", None):
    session.run(unnamed, shots=500, name=name).result()
session
"""

RECORD = """
import pathlib, tempfile
from qsession import open_record

path = pathlib.Path(tempfile.mkdtemp()) / "study.zip"
session.export(path, progress=False)
kept = open_record(path)
kept
"""

SHOWN = "%load_ext qsession\nsession.job(session.jobs[0].job_id).result()"


def test_keyboard_alone_marks_jobs_and_compares_them(open_notebook: OpenNotebook) -> None:
    page = open_notebook([STUDY])
    page.run_cell(0)
    view = widget(page)
    # Without a name a job goes by what it ran.
    expect(rows(page).first).to_contain_text("2 qubits, depth 3")
    rows(page).nth(1).focus()
    page.page.keyboard.press("Shift+Space")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Shift+Space")
    comparison = view.get_by_role("region", name="Comparison")
    expect(comparison).to_contain_text("second, first")
    comparison.get_by_role("button", name="Compare", exact=True).focus()
    page.page.keyboard.press("Enter")
    table = comparison.get_by_role("table", name="PUB 0, register meas")
    expect(table.get_by_role("columnheader")).to_have_text(["Outcome", "second", "first"])
    expect(comparison).to_contain_text("Hellinger fidelity")
    page.page.keyboard.press("Escape")
    expect(comparison).to_be_hidden()


def test_one_click_tells_how_far_from_ideal(open_notebook: OpenNotebook) -> None:
    page = open_notebook([STUDY, SHOWN])
    page.run_cell(0)
    view = widget(page)
    rows(page).first.click()
    view.get_by_role("button", name="Compare with ideal").click()
    comparison = view.get_by_role("region", name="Comparison")
    expect(comparison.get_by_role("columnheader", name="ideal")).to_be_visible()
    expect(comparison).to_contain_text("from shots alone")
    page.screenshot("compared-with-ideal", view)
    page.run_cell(1)
    expect(page.output(1).locator("svg").first).to_be_visible()
    page.screenshot("result-shown", page.output(1))


def test_a_record_is_shown_in_the_same_view_with_its_results(open_notebook: OpenNotebook) -> None:
    page = open_notebook([STUDY, RECORD])
    page.run_cell(0)
    page.run_cell(1)
    view = page.output(1).locator(".qsession")
    expect(view).to_have_attribute("data-state", "closed")
    expect(view).to_contain_text("the record was made when it was in progress")
    view.locator("[data-job-id]", has_text="second").click()
    details = view.get_by_role("region", name="Selected job")
    expect(details.get_by_role("table", name="register meas")).to_be_visible()
    expect(details).to_contain_text("qsession.open_record(")
    view.get_by_role("button", name="Compare with ideal").click()
    comparison = view.get_by_role("region", name="Comparison")
    expect(comparison).to_contain_text("Hellinger fidelity")
    page.screenshot("record", view)
