"""What a view shows over time: reloaded, in two tabs, cut off, without its kernel, reopened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.findings import OVER_TIME
from tests.browser.widget_page import BELL, rows, widget

if TYPE_CHECKING:
    from playwright.sync_api import Locator, WebSocketRoute

    from tests.browser.conftest import OpenNotebook, Tell
    from tests.browser.jupyter_server import LabServer
    from tests.browser.notebook_page import NotebookPage

SHOW = BELL + "session = Session(max_time='30m', name='kept'); session.run(bell).result(); session"
SUBMIT_WHEN_CUT = """
import pathlib, threading, time

def submit_when_cut():
    while not pathlib.Path("cut").exists():
        time.sleep(0.05)
    session.run(bell).result()
    pathlib.Path("submitted").touch()

threading.Thread(target=submit_when_cut, daemon=True).start()
"""
SAVE_WIDGETS = ("@jupyter-widgets/jupyterlab-manager:plugin", {"saveState": True})
GONE = "The kernel is gone"
PICTURE = "As it was when the notebook was saved."
OFTEN = 5


def run_button(page: NotebookPage) -> Locator:
    return widget(page).get_by_role("button", name="Run", exact=True)


def expect_last_known_state(page: NotebookPage) -> None:
    """One job, and nothing that could be clicked in vain."""
    expect(widget(page).locator("[data-notice]").get_by_text(GONE)).to_be_visible()
    expect(rows(page)).to_have_count(1)
    expect(run_button(page)).to_have_attribute("aria-disabled", "true")


def test_a_reloaded_page_and_a_second_view_show_the_same(
    open_notebook: OpenNotebook, tell: Tell
) -> None:
    page = open_notebook(
        [
            BELL + "session = Session(max_time='30m', name='twice'); session",
            "session.run(bell).result(); session",
            "session.run(bell).result(); None",
        ]
    )
    page.run_cell(0)
    page.run_cell(1)
    for index in (0, 1):
        expect(rows(page, index)).to_have_count(1)

    page.reload()
    for index in (0, 1):
        expect(rows(page, index)).to_have_count(1)
    page.run_cell(2)
    for index in (0, 1):
        expect(rows(page, index)).to_have_count(2)
    widget(page, 1).get_by_role("button", name="Run", exact=True).click()
    for index in (0, 1):
        expect(rows(page, index)).to_have_count(3)
    tell(OVER_TIME, "the page is reloaded", "is live, and up to date")
    tell(OVER_TIME, "the session is displayed twice", "is the same in both places")


def test_a_second_tab_is_as_live_as_the_first(open_notebook: OpenNotebook, tell: Tell) -> None:
    page = open_notebook([SHOW])
    page.run_cell(0)
    expect(rows(page)).to_have_count(1)
    page.save()
    second = open_notebook(page.path)
    expect(rows(second)).to_have_count(1)
    for count, clicked in ((2, second), (3, page)):
        run_button(clicked).click()
        for tab in (page, second):
            expect(rows(tab)).to_have_count(count)
    tell(OVER_TIME, "the notebook is open in a second tab", "is the same in both, and live")


def test_the_countdowns_run_in_the_page(open_notebook: OpenNotebook) -> None:
    page = open_notebook(
        [BELL + "session = Session(max_time='30m'); session", "session.run(bell).result(); None"]
    )
    page.run_cell(0)
    page.run_cell(1)
    remaining = widget(page).get_by_role("timer", name="Time remaining", exact=True)
    idle = widget(page).get_by_role("timer", name="Idle time remaining")
    expect(remaining).to_contain_text("29:5")
    expect(idle).to_contain_text("0:5")
    first = idle.inner_text()
    expect(idle).not_to_have_text(first)


def test_a_dead_kernel_greys_the_view_out_until_the_cell_runs_again(
    open_notebook: OpenNotebook, tell: Tell
) -> None:
    page = open_notebook([SHOW])
    page.run_cell(0)
    expect(rows(page)).to_have_count(1)
    page.restart_kernel()
    expect_last_known_state(page)
    page.screenshot("dead-kernel", widget(page))

    page.run_cell(0)
    expect(widget(page)).to_have_attribute("data-connection", "live")
    run_button(page).click()
    expect(rows(page)).to_have_count(2)
    tell(
        OVER_TIME,
        "the kernel is restarted",
        "says so, and shows the last state until the cell runs again",
    )


def test_a_lost_connection_loses_neither_news_nor_clicks(
    open_notebook: OpenNotebook, lab: LabServer, tell: Tell
) -> None:
    """The kernel's sockets are cut and refused, as where a laptop sleeps or a proxy restarts."""
    is_cut = False
    sockets: list[WebSocketRoute] = []

    def on_socket(socket: WebSocketRoute) -> None:
        if is_cut:
            socket.close(code=1011)
        else:
            socket.connect_to_server()
            sockets.append(socket)

    page = open_notebook([SHOW, SUBMIT_WHEN_CUT])
    page.page.route_web_socket(lambda url: "/channels" in url, on_socket)
    page.reload()
    page.run_cell(0)
    page.run_cell(1)
    expect(rows(page)).to_have_count(1)

    is_cut = True
    for socket in sockets:
        socket.close(code=1011)
    (lab.root / "cut").touch()
    run_button(page).click()
    lab.wait_for_file("submitted")
    expect(rows(page)).to_have_count(1)

    is_cut = False
    expect(rows(page)).to_have_count(3)
    tell(
        OVER_TIME, "the connection is lost", "catches up when it is back; a click waits until then"
    )


def test_a_notebook_reopened_with_saved_widgets_shows_the_last_state(
    open_notebook: OpenNotebook, lab: LabServer, tell: Tell
) -> None:
    lab.set_preferences(*SAVE_WIDGETS)
    page = open_notebook([SHOW])
    page.run_cell(0)
    expect(rows(page)).to_have_count(1)
    page.save()
    page.page.goto("about:blank")
    lab.stop_kernels()
    assert "widgets" in json.loads((lab.root / page.path).read_text("utf-8"))["metadata"]

    reopened = open_notebook(page.path)
    picture = reopened.output(0).get_by_text(PICTURE)
    for _ in range(OFTEN):
        expect(widget(reopened).or_(picture)).to_be_visible()
        if not picture.is_visible():
            break
        # JupyterLab's widgets give up on what was saved where the kernel connects while they read
        # it, as it may on a busy machine; the picture stands in, and a reload reads it again.
        reopened.expect_console_error("widget model not found")
        reopened.reload(save=False)
    expect_last_known_state(reopened)
    reopened.screenshot("reopened", widget(reopened))
    tell(
        OVER_TIME,
        "the notebook is reopened, and was saved with its widgets (a setting of JupyterLab's)",
        "says that the kernel is gone, and shows the last state",
    )
