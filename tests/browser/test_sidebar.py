"""The tab in JupyterLab's left area, and the item in its status bar."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import RESULTS, SCREENSHOTS, Pages
from tests.browser.gallery.gallery_page import AXE, FIND_OVERFLOW, RUN_AXE
from tests.browser.jupyter_server import LabServer
from tests.browser.notebook_page import THEMES, NotebookPage
from tests.cloud.account import default_account, environment
from tests.cloud.process import ServerProcess

if TYPE_CHECKING:
    from pathlib import Path

SETUP = """
import os, time
from qiskit import QuantumCircuit
from qsession import Session

bell = QuantumCircuit(2, name="bell")
bell.h(0)
bell.measure_all()
"""

PAID = SETUP + "paid = Session('ibm_manila', '30m', name='bell-study')\njob = paid.run(bell)\n"
LOCAL = "local = Session('aer_simulator', '1h', name='vqe-h2')\nlocal.run(bell).result()\n"
KILLED = "os.kill(os.getpid(), 9)"


class AccountLab(LabServer):
    """JupyterLab whose user has an account, and a ledger of the test's own."""

    def __init__(self, folder: Path, log: Path, variables: Mapping[str, str]) -> None:
        super().__init__(folder, log)
        self._variables = variables

    def _environment(self) -> dict[str, str]:
        path = {"PYTHONPATH": os.pathsep.join(sys.path)}
        return super()._environment() | path | {**self._variables}


class WithoutExtension(AccountLab):
    """JupyterLab with the extension of its page, and none of its server."""

    def _configuration(self) -> dict[str, Any]:
        plain = super()._configuration()
        off = {"jpserver_extensions": {"qsession.server": False}}
        return {**plain, "ServerApp": {**plain["ServerApp"], **off}}


@pytest.fixture
def cloud() -> Iterator[ServerProcess]:
    """A service whose jobs wait for a test's steps."""
    with ServerProcess("--mode", "manual") as server:
        yield server


@pytest.fixture
def account(cloud: ServerProcess, tmp_path: Path) -> dict[str, str]:
    """The environment of the user's processes."""
    own = {"QSESSION_HOME": str(tmp_path / "ledger")}
    return {**environment(cloud), **default_account(cloud), **own}


@pytest.fixture
def account_lab(account: Mapping[str, str], tmp_path: Path) -> Iterator[AccountLab]:
    with AccountLab(tmp_path, RESULTS / "jupyterlab-sidebar.log", account) as server:
        yield server


class OpenLab(Protocol):
    """What the ``open_lab`` fixture gives."""

    def __call__(self, *cells: str, viewport: tuple[int, int] = ...) -> NotebookPage:
        """Open a notebook and run its first cell."""


@pytest.fixture
def open_lab(account_lab: AccountLab, pages: Pages) -> OpenLab:
    """Open notebooks; a kernel that was killed makes JupyterLab ask, and complain."""

    def open_(*cells: str, viewport: tuple[int, int] = (1280, 900)) -> NotebookPage:
        path = account_lab.add_notebook(f"{pages.test}-{len(pages)}.ipynb", cells)
        page = NotebookPage(pages.in_profile(viewport=viewport), account_lab, SCREENSHOTS)
        pages.watch(page, account_lab)
        page.open(path)
        page.run_cell(0)
        return page

    return open_


def open_tab(page: NotebookPage) -> Locator:
    """Click on the tab in the left area."""
    page.page.get_by_role("tab", name="Quantum sessions").click()
    tab = page.page.locator(".qsession-tab .qs-dashboard")
    expect(tab).to_be_visible()
    return tab


def row(tab: Locator, name: str) -> Locator:
    return tab.locator("[data-session]").filter(has_text=name)


def press(tab: Locator, name: str) -> None:
    tab.get_by_role("button", name=name, exact=True).click()


def status(page: NotebookPage) -> Locator:
    """The item in the status bar."""
    return page.page.locator(".qsession-status-button")


def endings(cloud: ServerProcess) -> list[tuple[str, int]]:
    """The requests that end sessions, and what was answered."""
    return [
        (entry["method"], entry["status"])
        for entry in cloud.step("read_log", pattern="(PATCH|DELETE) /sessions")
    ]


def test_sessions_are_listed_with_their_notebook(open_lab: OpenLab, pages: Pages) -> None:
    page = open_lab(PAID + LOCAL)
    tab = open_tab(page)
    expect(tab.locator("[data-session]")).to_have_count(2)
    for name in ("bell-study", "vqe-h2"):
        expect(row(tab, name)).to_contain_text("kernel idle")
        expect(row(tab, name)).to_contain_text(
            "test_sessions_are_listed_with_their_notebook-0.ipynb"
        )
    expect(row(tab, "vqe-h2")).to_contain_text("59:")
    expect(status(page)).to_have_text("1 paid session open")

    page.page.add_script_tag(path=AXE)
    for theme in THEMES:
        page.set_theme(theme)
        expect(tab).to_have_attribute("data-theme", theme)
        page.screenshot(f"sidebar-{theme}")
        press(tab, "Close session bell-study")
        page.screenshot(f"sidebar-{theme}-closing")
        for part in (".qsession-tab", ".qsession-status"):
            assert page.page.evaluate(RUN_AXE.replace("#stage", part)) == [], (theme, part)
        page.page.keyboard.press("Escape")
        expect(tab.get_by_role("button", name="Close session bell-study")).to_be_focused()
        assert page.page.evaluate(RUN_AXE.replace("#stage", ".qsession-tab")) == [], theme
    assert tab.evaluate(FIND_OVERFLOW) == []
    assert tab.locator(".qs-entries-scroll").evaluate("at => at.scrollWidth - at.clientWidth") == 0

    page.page.evaluate("window.jupyterapp.shell.currentWidget.dispose()")
    press(tab, "Open the notebook of session bell-study")
    expect(page.page.locator(".jp-Notebook")).to_be_visible()


def test_the_tab_is_there_again_after_a_reload(open_lab: OpenLab) -> None:
    page = open_lab(PAID)
    open_tab(page)
    page.page.evaluate("window.jupyterapp.restored")
    # JupyterLab saves its layout a moment after it has changed.
    with page.page.expect_response(re.compile("/lab/api/workspaces/")):
        page.page.evaluate("window.jupyterapp.shell.collapseRight()")
        page.page.evaluate("window.jupyterapp.shell.expandRight()")
    page.reload()
    expect(row(page.page.locator(".qsession-tab"), "bell-study")).to_be_visible()


def test_the_paid_session_of_a_killed_kernel_is_shown_and_closed(
    open_lab: OpenLab, cloud: ServerProcess
) -> None:
    page = open_lab(PAID + "job", KILLED)
    tab = open_tab(page)
    expect(row(tab, "bell-study")).to_contain_text("kernel idle")
    page.run_cell(1, wait=False)
    began = time.monotonic()
    expect(row(tab, "bell-study")).to_contain_text("kernel gone")
    print(f"seen {time.monotonic() - began:.1f} s after the kill")
    page.page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    expect(status(page)).to_have_attribute("title", re.compile("1 of a kernel that is gone"))
    page.screenshot("sidebar-killed")

    began = time.monotonic()
    press(tab, "Close session bell-study")
    expect(tab.get_by_role("alertdialog")).to_contain_text("bell-study takes no more jobs")
    press(tab, "Yes, close")
    expect(tab.get_by_role("status")).to_have_text("Session bell-study takes no more jobs.")
    print(f"closed in {time.monotonic() - began:.1f} s")
    expect(row(tab, "bell-study")).to_contain_text("Clos")
    expect(status(page)).to_be_hidden()
    assert endings(cloud) == [("PATCH", 204)]
    page.screenshot("sidebar-closed")


def test_sessions_of_a_busy_kernel_are_ended(open_lab: OpenLab, cloud: ServerProcess) -> None:
    page = open_lab(PAID + LOCAL, "while local.active or paid.active:\n    time.sleep(0.1)")
    tab = open_tab(page)
    page.run_cell(1, wait=False)
    expect(row(tab, "bell-study")).to_contain_text("kernel busy")
    press(tab, "Cancel session bell-study")
    press(tab, "Yes, cancel")
    expect(tab.get_by_role("status")).to_have_text("Session bell-study is cancelled.")
    assert endings(cloud) == [("DELETE", 204)]
    assert page.is_running(1)

    press(tab, "Close session vqe-h2")
    press(tab, "Yes, close")
    expect(tab.get_by_role("status")).to_have_text("The session takes no more jobs.")
    page.wait_cell(1)
    expect(row(tab, "vqe-h2")).to_have_count(0)


def test_idle_time_that_is_paid_is_told_in_the_status_bar(
    open_lab: OpenLab, cloud: ServerProcess
) -> None:
    page = open_lab(PAID)
    expect(status(page)).to_have_text("1 paid session open")
    cloud.step("run_next_job")
    status(page).click()
    tab = page.page.locator(".qsession-tab .qs-dashboard")
    press(tab, "Refresh the list")
    expect(status(page)).to_have_text(re.compile(r"^1 paid session open, \d+ s idle$"))
    expect(status(page)).to_have_attribute("data-warning", "true")
    expect(row(tab, "bell-study")).to_contain_text("Idle")
    page.page.add_script_tag(path=AXE)
    for theme in THEMES:
        page.set_theme(theme)
        page.screenshot(f"sidebar-idle-{theme}")
        for part in (".qsession-tab", ".qsession-status"):
            assert page.page.evaluate(RUN_AXE.replace("#stage", part)) == [], (theme, part)


def test_a_server_without_the_extension_is_left_alone(
    account: Mapping[str, str], tmp_path: Path, pages: Pages
) -> None:
    with WithoutExtension(tmp_path, RESULTS / "jupyterlab-sidebar.log", account) as server:
        page = NotebookPage(pages.in_profile(), server, SCREENSHOTS)
        asked: list[str] = []
        page.page.on("request", lambda request: asked.append(request.url))
        page.open(server.add_notebook("plain.ipynb", [LOCAL]))
        expect(page.page.get_by_role("tab", name="File Browser")).to_be_visible()
        expect(page.page.get_by_role("tab", name="Quantum sessions")).to_have_count(0)
        expect(status(page)).to_have_count(0)
        assert [url for url in asked if "qsession/api" in url] == []
        page.close()
        page.assert_no_console_errors()


@pytest.mark.extended
def test_pictures_at_other_widths(open_lab: OpenLab) -> None:
    page = open_lab(PAID + LOCAL, viewport=(1400, 700))
    tab = open_tab(page)
    expect(row(tab, "vqe-h2")).to_contain_text("59:")
    handle = page.page.locator("#jp-main-split-panel > .lm-SplitPanel-handle:visible").first
    for width in (190, 520, 900):
        drag(page, handle, 33 + width)
        page.screenshot(f"sidebar-width-{width}")
        assert tab.evaluate(FIND_OVERFLOW) == [], width


def drag(page: NotebookPage, handle: Locator, to_x: float) -> None:
    """Drag the handle between two areas sideways."""
    box = handle.bounding_box()
    assert box is not None
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 200)
    page.page.mouse.down()
    page.page.mouse.move(to_x, box["y"] + 200)
    page.page.mouse.up()
