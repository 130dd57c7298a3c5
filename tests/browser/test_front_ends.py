"""A session where people work: in JupyterLab, Notebook 7, Voila and marimo."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol, TypeAlias

import pytest
from playwright.sync_api import TimeoutError, expect  # noqa: A004 - the one that waiting raises

from tests.browser.conftest import RESULTS, SCREENSHOTS
from tests.browser.findings import (
    CLICK,
    FRONT_ENDS,
    IPYKERNEL,
    JUPYTERLAB,
    MARIMO,
    NOTEBOOK,
    RELOAD,
    THEME,
    VERSION,
    VOILA,
    WORKS,
)
from tests.browser.jupyter_server import LabServer, VoilaServer
from tests.browser.marimo_page import MarimoPage
from tests.browser.marimo_server import MarimoServer
from tests.browser.notebook_page import NotebookPage
from tests.browser.voila_page import VoilaPage
from tests.browser.watched_page import NotReadyError
from tests.browser.widget_page import BELL, GATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenNotebook, Pages, Tell

PATIENT = (
    BELL
    + """
import time
from qiskit_aer import AerSimulator

class PatientSimulator(AerSimulator):
    "Runs a circuit once a job of the session was cancelled."

    def run(self, *args, **options):
        end = time.monotonic() + 60
        while time.monotonic() < end and not any(job.status == "CANCELLED" for job in session.jobs):
            time.sleep(0.05)
        return super().run(*args, **options)

session = Session(PatientSimulator(), max_time="30m", name="patient")
session.add_program(bell, name="bell")
session
"""
)
"""A session that can be tried out with clicks alone, as Voila's readers must."""

PACKAGES = {JUPYTERLAB: "jupyterlab", NOTEBOOK: "notebook", VOILA: "voila", MARIMO: "marimo"}
AT_ONCE = "handled at once"
WAITS = "handled when the cell ends; the view says so"

NO_SUBSHELLS = (
    "@jupyterlab/apputils-extension:kernels-settings",
    {"commsOverSubshells": "disabled"},
)
UNTIL = """
import time
end = time.monotonic() + 120
while submitted[1].status() != "CANCELLED" and time.monotonic() < end:
    time.sleep(0.01)
time.monotonic() < end
"""
"""Ends once it has seen that a job was cancelled."""

BUSY_UNTIL = """
import pathlib, time
while not pathlib.Path({path!r}).exists():
    time.sleep(0.01)
str(submitted[1].status())
"""
"""Keeps the kernel busy until the test makes a file."""

HOST_COLOURS = {
    JUPYTERLAB: "--jp-layout-color1",
    NOTEBOOK: "--jp-layout-color1",
    VOILA: "--jp-layout-color1",
    MARIMO: "--background",
}
OTHER = {"light": "dark", "dark": "light"}
COLOURS = """
(root, variable) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.background = `var(${variable})`;
    const host = getComputedStyle(probe).backgroundColor;
    probe.remove();
    const card = [...root.querySelectorAll("*")]
        .map(element => getComputedStyle(element).backgroundColor)
        .find(colour => colour !== "rgba(0, 0, 0, 0)");
    return {host, card};
}
"""


AnyPage: TypeAlias = "NotebookPage | VoilaPage | MarimoPage"


class OpenIn(Protocol):
    """What the ``open_in`` fixture gives."""

    def __call__(
        self,
        front_end: str,
        cells: Sequence[str],
        *,
        theme: str = "light",
        kernel: str = "python3",
    ) -> AnyPage:
        """Open a notebook; in Voila its cells have run then."""


class StartIn(Protocol):
    """What the ``start_in`` fixture gives."""

    def __call__(
        self, front_end: str, cells: Sequence[str], kernel: str
    ) -> tuple[AnyPage, Locator]:
        """Open a notebook and run its first cell; return the page and the view in it."""


@pytest.fixture(scope="module")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoilaServer]:
    with VoilaServer(tmp_path_factory.mktemp("voila"), RESULTS / "voila.log") as server:
        yield server


@pytest.fixture(scope="module")
def marimo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MarimoServer]:
    with MarimoServer(tmp_path_factory.mktemp("marimo"), RESULTS / "marimo.log") as server:
        yield server


@pytest.fixture
def open_in(request: pytest.FixtureRequest, pages: Pages, open_notebook: OpenNotebook) -> OpenIn:
    """Open notebooks in any front end; each server starts when it is first needed."""

    def in_jupyter(server: str, cells: Sequence[str], theme: str, kernel: str) -> NotebookPage:
        page = open_notebook(cells, kernel=kernel, server=request.getfixturevalue(server))
        if theme == "dark":
            page.set_theme("dark")
        return page

    def in_voila(cells: Sequence[str], theme: str) -> VoilaPage:
        server: VoilaServer = request.getfixturevalue("voila")
        path = server.add_notebook(f"{pages.test}.ipynb", cells)
        page = VoilaPage(pages.blank(), SCREENSHOTS)
        pages.watch(page, server)
        page.open(f"{server.url(path)}&theme={theme}")
        return page

    def in_marimo(cells: Sequence[str], theme: str) -> MarimoPage:
        server: MarimoServer = request.getfixturevalue("marimo")
        path = server.add_notebook(f"{pages.test}.py", as_in_marimo(cells), theme)
        page = in_marimos_page(server, theme)
        try:
            page.open(server.url(path))
        except NotReadyError as error:
            print(f"Opened once more: {error}")
            pages.give_up(page)
            page = in_marimos_page(server, theme)
            page.open(server.url(path))
        return page

    def in_marimos_page(server: MarimoServer, theme: str) -> MarimoPage:
        page = MarimoPage(pages.blank(prefers=OTHER[theme]), SCREENSHOTS)
        pages.watch(page, server)
        return page

    def open_(
        front_end: str, cells: Sequence[str], *, theme: str = "light", kernel: str = "python3"
    ) -> AnyPage:
        if front_end == MARIMO:
            return in_marimo(cells, theme)
        if front_end == VOILA:
            return in_voila(cells, theme)
        return in_jupyter("lab" if front_end == JUPYTERLAB else "notebook_7", cells, theme, kernel)

    return open_


def as_in_marimo(cells: Sequence[str]) -> list[str]:
    """The cells with marimo's way to show a widget."""
    shown = [cell.replace("\nsession\n", "\nmo.ui.anywidget(session.widget)\n") for cell in cells]
    return [f"import marimo as mo\n{shown[0]}", *shown[1:]]


def run_first_cell(page: AnyPage) -> Locator:
    """The view that the first cell shows, once it is there."""
    if not isinstance(page, VoilaPage):
        page.run_cell(0)
    view = page.page.locator(".qsession:not(.qs-dashboard)").first
    expect(view).to_have_attribute("data-state", "not-started")
    return view


@pytest.fixture
def start_in(open_in: OpenIn, lab: LabServer) -> StartIn:
    """Open a notebook with some kernel, and run its first cell."""

    def start(front_end: str, cells: Sequence[str], kernel: str) -> tuple[AnyPage, Locator]:
        page = open_in(front_end, cells, kernel=kernel)
        try:
            return page, run_first_cell(page)
        except TimeoutError:
            # Of hundreds of kernels of ipykernel 7.1 to 7.3, three never ended their first cell.
            # What the threads of such a one were doing is in the log.
            if kernel not in {"qs-7.1", "qs-7.2", "qs-7.3"}:
                raise
            page.close()
            lab.abort_kernels()
            page = open_in(front_end, cells, kernel=kernel)
            return page, run_first_cell(page)

    return start


def jobs(view: Locator, status: str) -> Locator:
    return view.locator(f"[data-job-id][data-status={status}]")


def assert_colours_of_the_page(view: Locator, front_end: str, theme: str) -> None:
    """Whatever theme the reader prefers elsewhere: see ``prefers`` in ``in_marimo``."""
    expect(view).to_have_attribute("data-theme", theme)
    colours = view.evaluate(COLOURS, HOST_COLOURS[front_end])
    assert colours["card"] == colours["host"]


EACH_FRONT_END = [
    pytest.param(each, marks=[] if each == JUPYTERLAB else [pytest.mark.extended])
    for each in FRONT_ENDS
]
"""People test a change in JupyterLab; the others come with everything else."""


def extended(*values: str) -> pytest.ParameterSet:
    return pytest.param(*values, marks=pytest.mark.extended)


@pytest.mark.parametrize("front_end", EACH_FRONT_END)
def test_jobs_are_run_and_cancelled_and_a_reload_loses_nothing(
    open_in: OpenIn, tell: Tell, front_end: str
) -> None:
    page = open_in(front_end, [PATIENT])
    view = run_first_cell(page)
    assert_colours_of_the_page(view, front_end, "light")
    run = view.get_by_role("button", name="Run", exact=True)
    run.click()
    expect(jobs(view, "RUNNING")).to_have_count(1)
    run.click()
    jobs(view, "QUEUED").get_by_role("button", name="Cancel job").click()
    expect(jobs(view, "CANCELLED")).to_have_count(1)
    expect(jobs(view, "DONE")).to_have_count(1)
    page.screenshot(f"{front_end.lower()}-light")
    tell(front_end, VERSION, version(PACKAGES[front_end]))
    tell(front_end, WORKS, "work")

    page.reload()
    if front_end == VOILA:
        expect(view).to_have_attribute("data-state", "not-started")
        tell(front_end, RELOAD, "the notebook runs anew: another session")
        return
    expect(jobs(view, "DONE")).to_have_count(1)
    expect(jobs(view, "CANCELLED")).to_have_count(1)
    run.click()
    expect(jobs(view, "DONE")).to_have_count(2)
    tell(front_end, RELOAD, "the same session, still live")


@pytest.mark.parametrize("front_end", EACH_FRONT_END)
def test_a_dark_page_has_a_dark_view(open_in: OpenIn, tell: Tell, front_end: str) -> None:
    page = open_in(front_end, [PATIENT], theme="dark")
    view = run_first_cell(page)
    assert_colours_of_the_page(view, front_end, "dark")
    view.get_by_role("button", name="Run", exact=True).click()
    expect(jobs(view, "RUNNING")).to_have_count(1)
    page.screenshot(f"{front_end.lower()}-dark")
    tell(front_end, THEME, "as the page")


@pytest.mark.parametrize(
    ("front_end", "kernel", "answer"),
    [
        extended(JUPYTERLAB, "qs-6.31", AT_ONCE),
        extended(JUPYTERLAB, "qs-7.1", AT_ONCE),
        extended(JUPYTERLAB, "qs-7.2", AT_ONCE),
        extended(JUPYTERLAB, "qs-7.3", AT_ONCE),
        (JUPYTERLAB, "python3", AT_ONCE),
        extended(NOTEBOOK, "python3", AT_ONCE),
        extended(MARIMO, "none", WAITS),
    ],
)
def test_a_click_while_a_cell_runs(  # noqa: PLR0913, PLR0917 - fixtures and parameters
    start_in: StartIn, tell: Tell, front_end: str, kernel: str, answer: str, tmp_path: Path
) -> None:
    """``python3`` is the installed ipykernel, 7.4 or newer."""
    may_end = tmp_path / "may-end"
    cells = [
        GATED,
        "submitted = [session.run(bell) for _ in range(2)]",
        BUSY_UNTIL.format(path=str(may_end)),
        "import ipykernel; ipykernel.__version__",
    ]
    page, view = start_in(front_end, cells, kernel)
    assert not isinstance(page, VoilaPage)
    page.run_cell(1)
    cancel = jobs(view, "QUEUED").get_by_role("button", name="Cancel job")
    expect(cancel).to_be_visible()
    page.run_cell(2, wait=False)

    cancel.click()
    if answer == WAITS:
        expect(view).to_contain_text("Clicks wait for the running cell to end")
    else:
        expect(jobs(view, "CANCELLED")).to_have_count(1)
    assert page.is_running(2)

    may_end.touch()
    page.wait_cell(2)
    assert page.text(2).strip("'") == ("QUEUED" if answer == WAITS else "CANCELLED")
    expect(jobs(view, "CANCELLED")).to_have_count(1)
    if front_end == JUPYTERLAB:
        page.run_cell(3)
        release = page.text(3).strip("'")
        subject = IPYKERNEL + ".".join(release.split(".")[:2])
        tell(subject, VERSION, release)
        tell(subject, CLICK, answer)
    if kernel in {"python3", "none"}:
        tell(front_end, CLICK, answer)


@pytest.mark.extended
def test_a_click_acts_at_once_where_jupyterlab_uses_no_subshells_for_widgets(
    open_notebook: OpenNotebook, lab: LabServer
) -> None:
    lab.set_preferences(*NO_SUBSHELLS)
    page = open_notebook([GATED, "submitted = [session.run(bell) for _ in range(2)]", UNTIL])
    page.run_cell(0)
    page.run_cell(1)
    view = page.output(0).locator(".qsession")
    cancel = jobs(view, "QUEUED").get_by_role("button", name="Cancel job")
    expect(cancel).to_be_visible()
    page.run_cell(2, wait=False)
    cancel.click()
    page.wait_cell(2)
    assert page.text(2) == "True"


@pytest.mark.extended
def test_voila_shows_the_view_when_all_cells_have_run(open_in: OpenIn, tell: Tell) -> None:
    page = open_in(VOILA, [BELL + "session = Session()\nsession\n", "import time\ntime.time()"])
    shown = page.page.evaluate("Date.now()") / 1000
    run_first_cell(page)
    ended = float(page.page.locator(".jp-OutputArea-output pre").last.inner_text())
    assert ended < shown
    tell(VOILA, CLICK, "no cell runs any more")
