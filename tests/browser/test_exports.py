"""What a notebook that a program ran shows of a session, online and offline."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Protocol

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.exported_page import ExportedPage
from tests.browser.findings import EXPORTS
from tests.browser.widget_page import BELL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import Pages, Tell

CELLS = [
    BELL + "session = Session('fake_manila', max_time='30m', name='exported')\nsession",
    "session.run(bell).result(); None",
    "display(session)",
    "session.run(bell).result(); session.close()",
]
DASHBOARD = [
    BELL + "import qsession\nsession = Session(name='listed')\nboard = qsession.dashboard()\nboard",
    "session.run(bell).result(); None",
]
NOTE = "As it was when the notebook had run."
PATIENCE_S = 120


class OpenFile(Protocol):
    """What the ``open_file`` fixture gives."""

    def __call__(self, path: Path, *, online: bool, scripts: bool = True) -> ExportedPage:
        """Open a page of HTML."""


@pytest.fixture
def open_file(pages: Pages) -> OpenFile:
    """Open files; when the test ends, their consoles are checked."""

    def open_(path: Path, *, online: bool, scripts: bool = True) -> ExportedPage:
        page = ExportedPage(pages.blank(scripts=scripts), SCREENSHOTS)
        pages.watch(page)
        page.open(path, online=online)
        return page

    return open_


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A notebook that has not been run."""
    return write(tmp_path / "exported.ipynb", CELLS)


def write(path: Path, cells: list[str]) -> Path:
    kernel = {"name": "python3", "display_name": "python3", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
    )
    nbformat.write(notebook, path)
    return path


def as_page(notebook: nbformat.NotebookNode, path: Path) -> Path:
    html, _ = HTMLExporter().from_notebook_node(notebook)
    path.write_text(html, "utf-8")
    return path


def run(*command: str) -> None:
    subprocess.run(
        [sys.executable, "-m", *command], check=True, timeout=PATIENCE_S, capture_output=True
    )


def run_with_nbconvert(notebook: Path) -> Path:
    run("nbconvert", "--execute", "--to", "html", str(notebook))
    return notebook.with_suffix(".html")


def run_with_nbclient(notebook: Path) -> Path:
    """As Quarto does."""
    content = nbformat.read(notebook, as_version=4)
    NotebookClient(content, timeout=PATIENCE_S).execute()
    return as_page(content, notebook.with_suffix(".html"))


def run_with_papermill(notebook: Path) -> Path:
    done = notebook.with_name("done.ipynb")
    papermill.execute_notebook(notebook, done, progress_bar=False)
    return as_page(nbformat.read(done, as_version=4), notebook.with_suffix(".html"))


def run_with_myst_nb(notebook: Path) -> Path:
    """As Jupyter Book 1 does."""
    folder = notebook.parent
    (folder / "conf.py").write_text("extensions = ['myst_nb']\nnb_execution_mode = 'force'\n")
    (folder / "index.md").write_text("# Book\n\n```{toctree}\nexported\n```\n")
    run("sphinx", "-b", "html", str(folder), str(folder / "book"))
    page = folder / "book/exported.html"
    # The tests answer with another release of require.js than the page asks for.
    page.write_text(re.sub(r' integrity="[^"]*"', "", page.read_text("utf-8")), "utf-8")
    return page


PROGRAMS = {
    "nbconvert": run_with_nbconvert,
    "nbclient": run_with_nbclient,
    "papermill": run_with_papermill,
    "myst-nb": run_with_myst_nb,
}
EACH_PROGRAM = [
    pytest.param(each, marks=[] if each == "nbconvert" else [pytest.mark.extended])
    for each in PROGRAMS
]


def expect_pictures(page: ExportedPage) -> None:
    """Both of the notebook's displays, with what came to be after them."""
    expect(page.pictures).to_have_count(2)
    for index in range(2):
        picture = page.pictures.nth(index)
        expect(picture).to_be_visible()
        expect(picture).to_contain_text("Session exported")
        expect(picture).to_contain_text("Closed")
        expect(picture.locator("table:has(thead) tbody tr")).to_have_count(2)


@pytest.mark.parametrize("program", EACH_PROGRAM)
def test_a_page_shows_the_session_as_it_was_at_the_end(
    notebook: Path, open_file: OpenFile, tell: Tell, program: str
) -> None:
    path = PROGRAMS[program](notebook)
    online = open_file(path, online=True)
    expect(online.views).to_have_count(2)
    for index in range(2):
        view = online.views.nth(index)
        expect(view).to_have_attribute("data-state", "closed")
        expect(view.locator("[data-job-id][data-status=DONE]")).to_have_count(2)
        expect(view).to_contain_text(NOTE)
        expect(view.get_by_role("button", name="Run", exact=True)).to_have_count(0)
        expect(online.pictures.nth(index)).to_be_hidden()
    online.screenshot(f"export-{program}-online")

    offline = open_file(path, online=False)
    expect_pictures(offline)
    expect(offline.views).to_have_count(0)
    offline.screenshot(f"export-{program}-offline")
    tell(EXPORTS, program, "the view as it was at the end; offline its static picture")


@pytest.mark.extended
def test_where_scripts_are_left_out_the_picture_remains(
    notebook: Path, open_file: OpenFile, tell: Tell
) -> None:
    """GitHub takes scripts out of what a notebook shows."""
    page = open_file(run_with_nbclient(notebook), online=True, scripts=False)
    expect_pictures(page)
    tell(
        EXPORTS,
        "read where no scripts run, as on GitHub",
        "its static picture as it was at the end",
    )


@pytest.mark.extended
def test_the_list_of_sessions_is_as_it_was_at_the_end(tmp_path: Path, open_file: OpenFile) -> None:
    path = run_with_nbclient(write(tmp_path / "list.ipynb", DASHBOARD))
    online = open_file(path, online=True)
    row = online.views.locator("tbody tr")
    expect(row).to_contain_text("listed")
    expect(row).to_contain_text("In progress")
    expect(online.views).to_contain_text(NOTE)
    expect(online.pictures).to_be_hidden()
    expect(online.page.get_by_role("button", name="Refresh the list")).to_have_count(0)

    offline = open_file(path, online=False)
    expect(offline.pictures).to_be_visible()
    expect(offline.pictures).to_contain_text("In progress")
