"""What people do with a live session, in JupyterLab."""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.widget_page import BELL, GATED, rows, rows_that_are, widget

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

WATCH_ROWS = """
root => {
    window.seen = {};
    const look = () => {
        for (const row of root.querySelectorAll("[data-job-id]")) {
            const key = `${row.dataset.jobId} ${row.dataset.status}`;
            window.seen[key] ??= Date.now();
        }
    };
    new MutationObserver(look).observe(root, {subtree: true, childList: true, attributes: true});
    look();
}
"""


def test_jobs_appear_within_a_fifth_of_a_second_of_each_change(
    open_notebook: OpenNotebook,
) -> None:
    records = """
import json
print(json.dumps([
    [record.job_id, record.created.timestamp(), record.started.timestamp(),
     record.finished.timestamp()] for record in session.jobs
]))
"""
    page = open_notebook(
        [
            BELL + "session = Session(max_time='30m'); session",
            "import time\nfor _ in range(5):\n    session.run(bell).result(); time.sleep(0.2)",
            records,
        ]
    )
    page.run_cell(0)
    expect(widget(page)).to_have_attribute("data-state", "not-started")
    widget(page).evaluate(WATCH_ROWS)
    page.run_cell(1)
    expect(rows(page)).to_have_count(5)
    expect(widget(page)).to_have_attribute("data-state", "active")
    page.run_cell(2)

    seen = page.page.evaluate("window.seen")
    delays_ms = [
        seen[f"{job_id} DONE"] - finished * 1000
        for job_id, _created, _started, finished in json.loads(page.text(2))
    ]
    assert statistics.median(delays_ms) < 200, delays_ms


def test_the_run_button_submits_and_its_job_finishes(open_notebook: OpenNotebook) -> None:
    page = open_notebook(
        [
            BELL + "session = Session('fake_manila', max_time='30m')\n"
            "session.add_program(bell, name='bell', shots=200); session",
            "print(session.jobs[-1].shots, session.job(session.jobs[-1].job_id).result()[0].data)",
        ]
    )
    page.run_cell(0)
    widget(page).get_by_role("spinbutton").fill("123")
    widget(page).get_by_role("button", name="Run", exact=True).click()

    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_have_attribute("data-status", "DONE")
    page.run_cell(1)
    assert page.text(1).startswith("123 ")


def test_cancel_session_asks_first(open_notebook: OpenNotebook) -> None:
    page = open_notebook(
        [
            GATED,
            "jobs = [session.run(bell) for _ in range(3)]",
            "gate.set(); print([str(job.status()) for job in jobs], session.state)",
        ]
    )
    page.run_cell(0)
    page.run_cell(1)
    view = widget(page)

    view.get_by_role("button", name="Cancel session").click()
    view.get_by_role("button", name="Keep").click()
    expect(view).to_have_attribute("data-state", "active")

    view.get_by_role("button", name="Cancel session").click()
    page.screenshot("confirm-cancel", view)
    view.get_by_role("button", name="Yes, cancel").click()
    expect(view).to_have_attribute("data-state", "cancelled")
    expect(rows_that_are(page, "CANCELLED")).to_have_count(2)
    page.run_cell(2)
    assert page.text(2).strip().endswith("'CANCELLED', 'CANCELLED'] cancelled")


def test_close_session_lets_jobs_finish(open_notebook: OpenNotebook) -> None:
    page = open_notebook([GATED, "jobs = [session.run(bell) for _ in range(2)]", "gate.set()"])
    page.run_cell(0)
    page.run_cell(1)
    view = widget(page)
    view.get_by_role("button", name="Close session").click()
    view.get_by_role("button", name="Yes, close").click()
    expect(view).to_have_attribute("data-state", "closing")
    page.run_cell(2)
    expect(view).to_have_attribute("data-state", "closed")
    expect(rows_that_are(page, "DONE")).to_have_count(2)


def test_an_error_is_told_in_the_view(open_notebook: OpenNotebook) -> None:
    page = open_notebook(
        [
            BELL + "session = Session(max_time='30m')\n"
            "session.add_program(bell, name='bell'); session",
            "session.programs._programs.clear()",
        ]
    )
    page.run_cell(0)
    page.run_cell(1)
    widget(page).get_by_role("button", name="Run", exact=True).click()
    expect(widget(page).get_by_role("alert")).to_contain_text("No program is called 'bell'")


def test_markup_in_names_and_errors_is_shown_as_text(open_notebook: OpenNotebook) -> None:
    markup = "<img src=x onerror=console.error(1)>"
    page = open_notebook(
        [
            BELL + f"markup = {markup!r}\n"
            "from qiskit_aer import AerSimulator\n"
            "class Failing(AerSimulator):\n"
            "    def run(self, *args, **options):\n"
            "        raise RuntimeError(markup)\n"
            "backend = Failing(); backend.name = markup\n"
            "session = Session(backend, name=markup); session.run(bell, name=markup); session"
        ]
    )
    page.run_cell(0)
    view = widget(page)
    expect(rows_that_are(page, "ERROR")).to_contain_text(markup)
    assert view.locator("img").count() == 0
