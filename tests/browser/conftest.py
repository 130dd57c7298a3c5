"""Fixtures for tests that drive JupyterLab in a real Chromium: see ``open_notebook``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.lab_server import REPOSITORY, LabServer, kernel_overlays
from tests.browser.notebook_page import NotebookPage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

RESULTS = REPOSITORY / "test-results"
FAILED = pytest.StashKey[bool]()


class OpenNotebook(Protocol):
    """What the ``open_notebook`` fixture gives."""

    def __call__(
        self,
        notebook: str | Sequence[str],
        *,
        kernel: str = "python3",
        viewport: tuple[int, int] = (1280, 900),
    ) -> NotebookPage:
        """Open a notebook in a browser context of its own, and wait for its kernel.

        Args:
            notebook: The code cells of a new notebook, or the path of one that is on the server.
            kernel: ``python3``, ``qs-7.1`` and so on, or one that was added to the server.
            viewport: Width and height in CSS pixels.
        """


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder as a browser test."""
    item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, for the fixtures that leave something to look at."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    executable = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """One JupyterLab server for all browser tests."""
    server = LabServer(tmp_path_factory.mktemp("lab"), RESULTS / "jupyterlab.log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def open_notebook(
    request: pytest.FixtureRequest, browser: Browser, lab: LabServer
) -> Iterator[OpenNotebook]:
    """Open notebooks; when the test ends, check their consoles and stop their kernels.

    A failed test leaves a picture of each page in ``test-results/screenshots``.
    """
    screenshots = RESULTS / "screenshots"
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    pages: list[NotebookPage] = []

    def open_(
        notebook: str | Sequence[str],
        *,
        kernel: str = "python3",
        viewport: tuple[int, int] = (1280, 900),
    ) -> NotebookPage:
        if kernel.startswith("qs-") and kernel not in kernel_overlays():
            pytest.fail(f"No kernel {kernel}: run 'make test-browser', which installs it.")
        if not isinstance(notebook, str):
            notebook = lab.add_notebook(f"{name}-{len(pages)}.ipynb", notebook, kernel)
        width, height = viewport
        context = browser.new_context(viewport={"width": width, "height": height})
        page = NotebookPage(context.new_page(), lab, screenshots)
        pages.append(page)
        page.open(notebook)
        return page

    yield open_

    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(pages):
            page.screenshot(f"failed-{name}-{number}")
    for page in pages:
        page.page.context.close()
    lab.stop_kernels()
    lab.reset_preferences()
    for page in pages:
        page.assert_no_console_errors()
