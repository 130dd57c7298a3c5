"""Ten thousand jobs in JupyterLab: found, sorted, watched and cancelled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.own_server import REPOSITORY
from tests.browser.widget_page import GATED, rows, rows_that_are, widget
from tests.support.many_jobs import job_id

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook
    from tests.browser.notebook_page import NotebookPage

COUNT = 10_000
WAITING = 5_000
MOST_ROWS = 60

MANY = f"""
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from qsession import Session
from tests.support.many_jobs import *
session = Session(max_time="8h", name="many")
report_jobs(session, {COUNT}, waiting={WAITING})
session
"""


def grid(page: NotebookPage, index: int = 0) -> Locator:
    return widget(page, index).get_by_role("grid", name="Jobs")


def expect_listed(page: NotebookPage, count: int) -> None:
    """Expect that so many jobs can be scrolled to; the headings are a row, too."""
    expect(grid(page)).to_have_attribute("aria-rowcount", str(count + 1))
    assert rows(page).count() < MOST_ROWS


def row(page: NotebookPage, number: int) -> Locator:
    return widget(page).locator(f'[data-job-id="{job_id(number)}"]')


def press(page: NotebookPage, *keys: str) -> None:
    for key in keys:
        page.page.keyboard.press(key)


def test_every_job_is_there_and_few_are_in_the_document(open_notebook: OpenNotebook) -> None:
    page = open_notebook([MANY, f"cancel_jobs(session, range({COUNT - WAITING}, {COUNT}))"])
    page.run_cell(0)
    view = widget(page)
    expect(row(page, COUNT - 1)).to_be_visible()
    expect_listed(page, COUNT)
    page.screenshot("many-jobs", view)

    row(page, COUNT - 1).click()
    press(page, "End")
    expect(row(page, 0)).to_be_focused()
    expect(row(page, 0)).to_be_in_viewport()
    assert rows(page).count() < MOST_ROWS

    search = view.get_by_role("searchbox", name="Search jobs")
    press(page, "/")
    expect(search).to_be_focused()
    search.fill("bell 4321")
    expect_listed(page, 1)
    expect(row(page, 4321)).to_have_attribute("data-status", "DONE")
    expect(view.get_by_role("status")).to_have_text(re.compile(r"^1 of 10.000 jobs$"))
    press(page, "Escape")
    expect_listed(page, COUNT)

    # Half of them change at once: all of it arrives.
    page.run_cell(1)
    cancelled = view.get_by_role("button", name="Cancelled")
    expect(cancelled).to_have_text(re.compile(r"5.000"))
    cancelled.click()
    expect_listed(page, WAITING)
    row(page, COUNT - 1).focus()
    press(page, "End")
    expect(row(page, COUNT - WAITING)).to_have_attribute("data-status", "CANCELLED")


def test_what_one_looks_at_stays_while_jobs_come_and_go(open_notebook: OpenNotebook) -> None:
    working = f"""
import threading, time
def work():
    for number in range({COUNT - WAITING}, {COUNT - WAITING + 40}):
        start_job(session, number)
        time.sleep(0.02)
        finish_job(session, number)
        time.sleep(0.02)
worker = threading.Thread(target=work)
worker.start()
"""
    page = open_notebook([MANY, working])
    page.run_cell(0)
    expect_listed(page, COUNT)
    row(page, COUNT - 1).click()
    press(page, "ArrowDown", "ArrowDown", "Enter")
    chosen = row(page, COUNT - 3)
    expect(chosen).to_be_focused()

    # No cell is run afterwards but one: JupyterLab takes the focus back when a cell has ended.
    widget(page).get_by_role("button", name="Status", exact=True).click()
    expect(rows(page).first).to_have_attribute("data-status", re.compile("RUNNING|QUEUED"))
    page.run_cell(1)
    queued = widget(page).get_by_role("button", name=re.compile("^Queued"))
    expect(queued).to_have_text(re.compile(r"4.960$"))
    expect(rows_that_are(page, "RUNNING")).to_have_count(0)
    assert rows(page).count() < MOST_ROWS
    status = widget(page).get_by_role("columnheader", name="Status")
    status.get_by_role("button").press("Enter")
    expect(status).to_have_attribute("aria-sort", "descending")
    status.get_by_role("button").press("Enter")
    expect(status).not_to_have_attribute("aria-sort", re.compile("."))
    expect(chosen).to_have_attribute("aria-selected", "true")


def test_all_queued_jobs_are_cancelled_by_one_button(open_notebook: OpenNotebook) -> None:
    page = open_notebook(
        [
            GATED,
            "jobs = [session.run(bell, shots=1) for _ in range(40)]",
            "gate.set(); print(jobs[0].result()[0].data.meas.num_shots, session.active)",
        ]
    )
    page.run_cell(0)
    page.run_cell(1)
    view = widget(page)
    view.get_by_role("button", name="Cancel all queued").click()
    expect(view.get_by_text("39 queued jobs will be cancelled")).to_be_visible()
    view.get_by_role("button", name="Yes, cancel").click()
    # Not the status line: the answer gives way to the news of the jobs, which may come in parts.
    expect(view.get_by_role("button", name="Cancelled")).to_contain_text("39")
    page.run_cell(2)
    assert page.text(2).strip() == "1 True"
