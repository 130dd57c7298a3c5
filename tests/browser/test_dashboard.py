"""The dashboard in JupyterLab: sessions of the kernel, of a killed process and of an account."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import expect

from tests.browser.gallery.gallery_page import AXE, FIND_OVERFLOW, RUN_AXE
from tests.browser.notebook_page import THEMES
from tests.cloud.account import default_account, environment
from tests.cloud.process import ServerProcess

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook
    from tests.browser.jupyter_server import LabServer
    from tests.browser.notebook_page import NotebookPage

KERNEL = "dashboard"

LOST = """
import os
from qiskit import QuantumCircuit
from qsession import Session

ghz = QuantumCircuit(3, name="ghz")
ghz.h(0)
ghz.measure_all()
session = Session("fake_manila", "1h", name="last-night")
session.run(ghz).result()
session.run(ghz).result()
os.abort()
"""
"""A process that dies without a word."""

SETUP = f"""
import subprocess
import qiskit_ibm_runtime as ibm
import qsession
from qiskit import QuantumCircuit
from qsession import Batch, Session

bell = QuantumCircuit(2, name="bell")
bell.h(0)
bell.measure_all()
subprocess.run([{sys.executable!r}, "-c", '''{LOST}'''], stderr=subprocess.DEVNULL)
service = ibm.QiskitRuntimeService()
elsewhere = ibm.Session(service.backend("ibm_manila"), max_time="1h").session_id
vqe = Session("aer_simulator", "2h", name="vqe-h2")
vqe.run(bell).result()
sweep = Batch("fake_manila", "30m", name="parameter-sweep")
sweep.run(bell).result()
draft = Session("aer_simulator", name="draft")
board = qsession.dashboard()
board
"""

STATES = "[(info.name, info.state) for info in board.sessions]"


class OpenDashboard(Protocol):
    """What the ``open_dashboard`` fixture gives."""

    def __call__(self, *cells: str, viewport: tuple[int, int] = ...) -> NotebookPage:
        """Show the dashboard in the first cell of a notebook with these cells behind it."""


@pytest.fixture
def cloud() -> Iterator[ServerProcess]:
    """A server whose jobs wait for a test's steps."""
    with ServerProcess("--mode", "manual") as server:
        yield server


@pytest.fixture
def open_dashboard(
    cloud: ServerProcess, lab: LabServer, open_notebook: OpenNotebook, tmp_path: Path
) -> OpenDashboard:
    """Open a notebook with a ledger of its own, and show the dashboard in its first cell."""

    def open_(*cells: str, viewport: tuple[int, int] = (1130, 1000)) -> NotebookPage:
        own = {"QSESSION_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
        lab.add_kernel(KERNEL, {**environment(cloud), **default_account(cloud), **own})
        page = open_notebook([SETUP, *cells], kernel=KERNEL, viewport=viewport)
        page.run_cell(0)
        expect(rows(page)).to_have_count(5)
        return page

    return open_


def dashboard(page: NotebookPage, index: int = 0) -> Locator:
    return page.output(index).locator(".qs-dashboard")


def rows(page: NotebookPage) -> Locator:
    return dashboard(page).locator("[data-session]")


def row(page: NotebookPage, name: str) -> Locator:
    return rows(page).filter(has_text=name)


def press(page: NotebookPage, name: str) -> None:
    dashboard(page).get_by_role("button", name=name, exact=True).click()


def opened(page: NotebookPage) -> Locator:
    """The views of sessions below the list."""
    return page.output(0).locator(".qsession:not(.qs-dashboard)")


@pytest.mark.parametrize("width", [1000, pytest.param(400, marks=pytest.mark.extended)])
def test_pictures_and_rules(open_dashboard: OpenDashboard, width: int) -> None:
    page = open_dashboard(viewport=(width + 130, 1000))
    expect(row(page, "last-night")).to_contain_text("Lost")
    expect(row(page, "ibm_manila")).to_contain_text("account")
    page.page.add_script_tag(path=AXE)
    for theme in THEMES:
        page.set_theme(theme)
        expect(dashboard(page)).to_have_attribute("data-theme", theme)
        page.screenshot(f"dashboard-{theme}-{width}", dashboard(page))
        press(page, "Close all")
        page.screenshot(f"dashboard-{theme}-{width}-closing-all", dashboard(page))
        assert page.page.evaluate(RUN_AXE.replace("#stage", ".qs-dashboard")) == [], theme
        press(page, "Keep")
        assert page.page.evaluate(RUN_AXE.replace("#stage", ".qs-dashboard")) == [], theme
    assert dashboard(page).evaluate(FIND_OVERFLOW) == []


def test_show_opens_the_view_of_a_session_below(open_dashboard: OpenDashboard) -> None:
    page = open_dashboard()
    press(page, "Show session vqe-h2")
    expect(opened(page)).to_have_count(1)
    expect(opened(page)).to_have_attribute("aria-label", "Session vqe-h2")
    expect(opened(page).locator("[data-job-id]")).to_have_count(1)
    press(page, "Show session last-night")
    expect(opened(page)).to_have_count(2)
    expect(opened(page).first).to_have_attribute("aria-label", "Session last-night")
    opened(page).first.get_by_text("Submitted").scroll_into_view_if_needed()
    expect(opened(page).first.locator("[data-job-id]")).to_have_count(2)
    dashboard(page).scroll_into_view_if_needed()
    page.screenshot("dashboard-opened")
    press(page, "Hide session vqe-h2")
    expect(opened(page)).to_have_count(1)
    expect(opened(page)).to_have_attribute("aria-label", "Session last-night")


def test_a_session_of_the_account_is_attached_to(
    open_dashboard: OpenDashboard, cloud: ServerProcess
) -> None:
    page = open_dashboard("vqe.run(bell)")
    row(page, "ibm_manila").get_by_role("button", name="Show").click()
    expect(opened(page)).to_have_attribute("data-state", "open")
    expect(row(page, "ibm_manila")).to_contain_text("this process")


def test_close_asks_and_closes(open_dashboard: OpenDashboard) -> None:
    page = open_dashboard(STATES)
    press(page, "Close session vqe-h2")
    expect(dashboard(page).get_by_role("alertdialog")).to_contain_text("vqe-h2 takes no more jobs")
    press(page, "Yes, close")
    expect(row(page, "vqe-h2")).to_contain_text("Closed")
    expect(dashboard(page).get_by_role("status")).to_have_text("Session vqe-h2 takes no more jobs.")
    page.run_cell(1)
    assert "('vqe-h2', 'closed')" in page.text(1)
    assert "('parameter-sweep', 'active')" in page.text(1)


def test_close_all_closes_those_of_the_account_too(
    open_dashboard: OpenDashboard, cloud: ServerProcess
) -> None:
    page = open_dashboard("service._active_api_client.session_details(elsewhere)['state']")
    press(page, "Close all")
    expect(dashboard(page).get_by_role("alertdialog")).to_contain_text("4 open sessions")
    press(page, "Yes, close all")
    status = dashboard(page).get_by_role("status")
    expect(status).to_have_text("4 sessions closed.")
    for state, number in {"Closed": 4, "Lost": 1}.items():
        expect(rows(page).filter(has_text=state)).to_have_count(number)
    page.screenshot("dashboard-all-closed", dashboard(page))
    page.run_cell(1)
    assert page.text(1) == "'closed'"


def test_what_happens_meanwhile_appears_by_itself(open_dashboard: OpenDashboard) -> None:
    page = open_dashboard("draft.run(bell).result(); late = Session(name='late')")
    page.run_cell(1)
    dashboard(page).scroll_into_view_if_needed()
    expect(row(page, "late")).to_contain_text("Not started")
    expect(row(page, "draft")).to_contain_text("In progress")


def test_it_works_while_a_cell_runs(open_dashboard: OpenDashboard) -> None:
    page = open_dashboard("import time\nwhile vqe.active:\n    time.sleep(0.1)")
    page.run_cell(1, wait=False)
    press(page, "Cancel session vqe-h2")
    press(page, "Yes, cancel")
    page.wait_cell(1)
    expect(row(page, "vqe-h2")).to_contain_text("Cancelled")


def test_the_magic_shows_it(open_dashboard: OpenDashboard) -> None:
    page = open_dashboard("%load_ext qsession", "%qsession dashboard")
    page.run_cell(1)
    page.run_cell(2)
    expect(dashboard(page, 2).locator("[data-session]")).to_have_count(5)


def test_a_reloaded_page_shows_it_again(open_dashboard: OpenDashboard) -> None:
    page = open_dashboard("vqe.close()")
    page.reload()
    expect(rows(page)).to_have_count(5)
    page.run_cell(1)
    dashboard(page).scroll_into_view_if_needed()
    expect(row(page, "vqe-h2")).to_have_count(0)
