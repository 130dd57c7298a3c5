"""A session in VS Code's page: around its own widget manager, with a real kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.findings import IN_VSCODE
from tests.browser.vscode_page import VscodePage
from tests.browser.widget_page import BELL, GATED

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import Pages, Tell
    from tests.browser.jupyter_server import LabServer

SHOW = (
    BELL
    + """
session = Session("aer_simulator", max_time="30m", name="mine")
session.add_program(bell, name="bell")
session
"""
)
RUN = "session.run(bell).result(); None"
VIEWS = """
from qsession.widget import SessionWidget
import ipywidgets.widgets.widget as module
len([each for each in module._instances.values() if isinstance(each, SessionWidget)])
"""
AT_ONCE = "acts at once"
THEMES = ("vscode-light", "vscode-dark", "vscode-high-contrast", "vscode-high-contrast-light")


class OpenVscode(Protocol):
    """What the ``open_vscode`` fixture gives."""

    def __call__(self, *, theme: str = "vscode-light", kernel: str = "python3") -> VscodePage:
        """Open a new notebook."""


@pytest.fixture
def open_vscode(pages: Pages, lab: LabServer) -> OpenVscode:
    """Open notebooks; when the test ends, their kernels are stopped."""

    def open_(*, theme: str = "vscode-light", kernel: str = "python3") -> VscodePage:
        page = VscodePage(pages.blank(), lab, SCREENSHOTS, theme)
        pages.watch(page, lab)
        page.open(kernel)
        return page

    return open_


def view(page: VscodePage, index: int) -> Locator:
    return page.output(index).locator(".qsession")


def jobs(page: VscodePage, index: int) -> Locator:
    return view(page, index).locator("[data-job-id][data-status=DONE]")


def run_button(page: VscodePage, index: int) -> Locator:
    return view(page, index).get_by_role("button", name="Run", exact=True)


def expect_jobs(page: VscodePage, count: int, *cells: int) -> None:
    for index in cells:
        expect(jobs(page, index)).to_have_count(count)


def test_a_reopened_tab_shows_the_session_where_it_is_displayed_again(
    open_vscode: OpenVscode, tell: Tell
) -> None:
    page = open_vscode()
    page.run_cell(1, SHOW)
    page.run_cell(2, "display(session)")
    run_button(page, 1).click()
    expect_jobs(page, 1, 1, 2)
    tell(IN_VSCODE, "the session is displayed twice", "is the same in both places, and live")

    page.reopen()
    expect(view(page, 1)).to_have_count(0)
    page.run_cell(3, "session")
    expect_jobs(page, 1, 3)
    run_button(page, 3).click()
    expect_jobs(page, 2, 3)
    page.run_cell(4, VIEWS)
    assert page.text(4) == "1"  # those of the closed tab were let go
    page.run_cell(5, SUBSHELLS)
    assert page.text(5) == "1"  # and its subshell was given back
    tell(
        IN_VSCODE,
        "the tab is closed and opened again",
        "is live where the session is displayed again; "
        "elsewhere it is the picture of the last cell, with the time of it",
    )


BUSY = """
import time
print("busy", flush=True)
end = time.monotonic() + 30
while submitted[1].status() != "CANCELLED" and time.monotonic() < end:
    time.sleep(0.01)
while not [job for job in session.jobs if job.job_id not in before] and time.monotonic() < end:
    time.sleep(0.01)
print("seen" if time.monotonic() < end else "not seen")
"""
"""Ends once it has seen a job cancelled, and then another one submitted."""
SUBMIT = """
submitted = [session.run(bell) for _ in range(2)]
before = {job.job_id for job in session.jobs}
"""
SUBSHELLS = """
kernel = get_ipython().kernel
cache = getattr(getattr(kernel, "shell_channel_thread", None), "manager", None)
len(cache.list_subshell()) if cache else 0
"""


@pytest.mark.parametrize(
    "kernel",
    [
        pytest.param("qs-6.31", marks=pytest.mark.extended),
        pytest.param("qs-7.1", marks=pytest.mark.extended),
        "python3",
    ],
)
def test_a_click_while_a_cell_runs_is_handled_at_once(
    open_vscode: OpenVscode, tell: Tell, kernel: str
) -> None:
    """``python3`` is the installed ipykernel, 7.4 or newer."""
    page = open_vscode(kernel=kernel)
    page.run_cell(1, GATED)
    page.run_cell(2, SUBMIT)
    cancel = view(page, 1).locator("[data-status=QUEUED]").get_by_role("button", name="Cancel job")
    expect(cancel).to_be_visible()
    expect(view(page, 1)).not_to_contain_text("Clicks wait")
    page.run_cell(3, BUSY, wait=False)
    page.wait_text(3, "busy")

    cancel.click()
    expect(view(page, 1).locator("[data-status=CANCELLED]")).to_have_count(1)
    assert page.is_running(3)
    run_button(page, 1).click()
    page.wait_cell(3)
    assert page.text(3).endswith("\nseen\n")
    page.run_cell(4, SUBSHELLS)
    assert page.text(4) == ("0" if kernel == "qs-6.31" else "1")  # one for all of the page
    tell(IN_VSCODE, "a button is clicked while a cell runs", AT_ONCE)


def test_a_restarted_kernel_is_told_with_the_next_click(
    open_vscode: OpenVscode, tell: Tell
) -> None:
    page = open_vscode()
    page.run_cell(1, SHOW.replace("max_time", "close_at_exit=False, max_time"))
    run_button(page, 1).click()
    expect_jobs(page, 1, 1)
    page.restart_kernel()
    run_button(page, 1).click()
    expect(view(page, 1)).to_contain_text("The kernel is gone")
    expect_jobs(page, 1, 1)

    page.run_cell(1, SHOW)
    run_button(page, 1).click()
    expect_jobs(page, 1, 1)
    expect(view(page, 1)).not_to_contain_text("The kernel is gone")
    page.run_cell(2, SUBSHELLS)
    assert page.text(2) == "1"
    tell(
        IN_VSCODE,
        "the kernel is restarted",
        "says so when a button is pressed, and shows the last state until the cell runs again",
    )


def test_the_dashboard_is_there_again_too(open_vscode: OpenVscode) -> None:
    page = open_vscode()
    page.run_cell(1, SHOW)
    page.run_cell(2, "import qsession; board = qsession.dashboard(); board")
    expect(view(page, 2).first).to_contain_text("mine")
    page.reopen()
    page.run_cell(2, "board")
    expect(view(page, 2).first).to_contain_text("mine")
    # The newest stands first; below it may be what other tests have left in the ledger.
    view(page, 2).first.get_by_role("button", name="Show session mine").first.click()
    expect(view(page, 2)).to_have_count(2)
    view(page, 2).nth(1).get_by_role("button", name="Run", exact=True).click()
    expect(view(page, 2).nth(1).locator("[data-job-id][data-status=DONE]")).to_have_count(1)


def test_the_notebook_saves_the_picture_of_the_last_cell(
    open_vscode: OpenVscode, tell: Tell
) -> None:
    page = open_vscode()
    page.run_cell(1, SHOW)
    element = view(page, 1).element_handle()
    for _ in range(2):
        page.run_cell(2, RUN)
    expect_jobs(page, 2, 1)
    (output,) = page.outputs(1)
    assert output["data"]["text/html"].count("● Done") == 2
    assert "As of" in output["data"]["text/html"]
    assert "2 jobs (2 done)" in output["data"]["text/plain"]
    assert element.evaluate("element => element.isConnected")  # it was not drawn anew
    tell(IN_VSCODE, "the notebook is saved", "is kept as the picture of the last cell")


@pytest.mark.parametrize(
    "theme",
    [
        pytest.param(each, marks=pytest.mark.extended if "contrast" in each else ())
        for each in THEMES
    ],
)
def test_it_has_the_colours_of_the_theme(open_vscode: OpenVscode, theme: str) -> None:
    page = open_vscode(theme=theme)
    page.run_cell(1, SHOW)
    page.run_cell(2, RUN)
    expect_jobs(page, 1, 1)
    is_dark = theme in {"vscode-dark", "vscode-high-contrast"}
    expect(view(page, 1)).to_have_attribute("data-theme", "dark" if is_dark else "light")
    colours = view(page, 1).evaluate(
        """element => [
            document.body,
            element.querySelector(".qs-card"),
            element.closest(".cell-output-ipywidget-background"),
        ].map((each) => getComputedStyle(each).backgroundColor)"""
    )
    assert colours == [colours[0], colours[0], "rgba(0, 0, 0, 0)"]
    page.screenshot(theme)
