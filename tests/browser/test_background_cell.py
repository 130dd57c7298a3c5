"""A cell that runs in the background, in JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.widget_page import BELL

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

SETUP = (
    "%load_ext qsession\n"
    + BELL
    + """
import threading
gate = threading.Event()
"""
)

IN_BACKGROUND = """%%qsession fake_manila --background --name study -o cell
print("before the gate")
gate.wait(60)
print("behind the gate")
bell"""


def test_it_leaves_the_kernel_free_and_keeps_its_output_with_its_cell(
    open_notebook: OpenNotebook,
) -> None:
    page = open_notebook(
        [SETUP, IN_BACKGROUND, "print(cell.status)", "gate.set(); print(cell.result()[0].data)"]
    )
    page.run_cell(0)
    page.run_cell(1)
    expect(page.output(1)).to_contain_text("before the gate")
    page.run_cell(2)
    expect(page.output(2)).to_contain_text("running")
    page.screenshot("background-cell-running", page.output(1))
    page.run_cell(3)
    expect(page.output(3)).to_contain_text("meas=")
    expect(page.output(1)).to_contain_text("behind the gate")
    expect(page.output(1).locator("[data-job-id][data-status=DONE]")).to_have_count(1)
    page.screenshot("background-cell-done", page.output(1))


def test_it_can_be_cancelled_beside_its_view(open_notebook: OpenNotebook) -> None:
    page = open_notebook([SETUP, IN_BACKGROUND, "gate.set()", "print(cell.status)"])
    page.run_cell(0)
    page.run_cell(1)
    expect(page.output(1)).to_contain_text("before the gate")
    page.output(1).get_by_role("button", name="Cancel cell").click()
    page.run_cell(2)
    expect(page.output(1)).to_contain_text("Cancelled")
    page.run_cell(3)
    expect(page.output(3)).to_contain_text("cancelled")
    expect(page.output(1).locator("[data-job-id]")).to_have_count(0)
