"""What a notebook keeps of a session when it is saved without widgets, as it is by default."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.findings import JUPYTERLAB, NOTEBOOK, OVER_TIME
from tests.browser.widget_page import BELL, rows, widget

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook, Tell
    from tests.browser.jupyter_server import JupyterServer
    from tests.browser.notebook_page import NotebookPage

SHOW = BELL + "session = Session(max_time='30m', name='kept'); session"
NOTE = "As it was when the notebook was saved."
WATCH_PICTURES = """() => {
  document.addEventListener("qsession-picture", (event) => { window.picture = event.detail.html; });
}"""
HAS_PICTURED = "(jobs) => window.picture?.split('● Done').length === jobs + 1"


@pytest.fixture(params=[JUPYTERLAB, pytest.param(NOTEBOOK, marks=pytest.mark.extended)])
def server(request: pytest.FixtureRequest) -> JupyterServer:
    name = "lab" if request.param == JUPYTERLAB else "notebook_7"
    server: JupyterServer = request.getfixturevalue(name)
    return server


def expect_picture(page: NotebookPage, *, jobs: int) -> None:
    expect(page.output(0)).to_contain_text("Session kept")
    expect(page.output(0).locator("table:has(thead) tbody tr")).to_have_count(jobs)
    expect(widget(page)).to_have_count(0)


def test_a_reopened_notebook_shows_the_session_as_it_was_when_it_was_saved(
    open_notebook: OpenNotebook, server: JupyterServer, tell: Tell
) -> None:
    page = open_notebook([SHOW, "session.run(bell).result(); None"], server=server)
    page.run_cell(0)
    page.page.evaluate(WATCH_PICTURES)
    page.run_cell(1)
    page.run_cell(1)
    page.page.wait_for_function(HAS_PICTURED, arg=2)
    page.save()
    expect(rows(page)).to_have_count(2)  # the view itself is left alone
    page.page.goto("about:blank")
    server.stop_kernels()

    trusted = open_notebook(page.path, server=server)
    trusted.expect_console_error("widget model not found")
    expect(trusted.output(0)).to_contain_text(NOTE)
    expect_picture(trusted, jobs=2)
    trusted.screenshot("reopened-picture", trusted.output(0))
    tell(
        OVER_TIME,
        "the notebook is reopened, and was saved without them (JupyterLab's default)",
        "is a static picture, as it was when the notebook was saved, and says so",
    )
    trusted.run_cell(0)
    expect(widget(trusted)).to_have_count(1)
    expect(trusted.output(0)).not_to_contain_text(NOTE)

    of_another = json.loads((server.root / page.path).read_text("utf-8"))
    of_another["cells"][0]["source"] += " # of another user: not trusted here"
    (server.root / "of-another.ipynb").write_text(json.dumps(of_another), "utf-8")
    untrusted = open_notebook("of-another.ipynb", server=server)
    expect_picture(untrusted, jobs=2)
    tell(
        OVER_TIME,
        "the notebook is another user's, so not trusted",
        "is a static picture, as it was when the notebook was saved",
    )
