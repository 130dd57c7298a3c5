"""Fixtures for tests that drive front ends in a real Chromium: see ``open_notebook``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Playwright, sync_playwright

from tests.browser import findings
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.jupyter_server import (
    JupyterServer,
    LabServer,
    NotebookServer,
    kernel_overlays,
)
from tests.browser.notebook_page import NotebookPage
from tests.browser.own_server import REPOSITORY, OwnServer
from tests.browser.watched_page import NotReadyError, WatchedPage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

RESULTS = REPOSITORY / "test-results"
SCREENSHOTS = RESULTS / "screenshots"
FAILED = pytest.StashKey[bool]()
FOUND = pytest.StashKey[findings.Findings]()


class OpenNotebook(Protocol):
    """What the ``open_notebook`` fixture gives."""

    def __call__(
        self,
        notebook: str | Sequence[str],
        *,
        kernel: str = "python3",
        viewport: tuple[int, int] = (1280, 900),
        server: JupyterServer | None = None,
    ) -> NotebookPage:
        """Open a notebook in a browser context of its own, and wait for its kernel.

        Args:
            notebook: The code cells of a new notebook, or the path of one that is on the server.
            kernel: ``python3``, ``qs-7.1`` and so on, or one that was added to the server.
            viewport: Width and height in CSS pixels.
            server: Who serves it; JupyterLab's if none is given.
        """


class Tell(Protocol):
    """What the ``tell`` fixture gives."""

    def __call__(self, subject: str, question: str, answer: str) -> None:
        """Keep an answer; see :mod:`tests.browser.findings` for the words."""


class Pages:
    """The pages of one test: watched while it runs, closed when it ends."""

    def __init__(self, browser: Browser, profile: Profile, test: str) -> None:
        self.test = test
        self._browser = browser
        self._profile = profile
        self._pages: list[WatchedPage] = []
        self._contexts: list[BrowserContext] = []
        self._servers: set[OwnServer] = set()

    def __len__(self) -> int:
        return len(self._pages)

    def in_profile(self, *, viewport: tuple[int, int] = (1280, 900)) -> Page:
        """Return an empty page in the browser profile that all tests share.

        Args:
            viewport: Width and height in CSS pixels.
        """
        return self._profile.new_page(viewport)

    def blank(
        self,
        *,
        viewport: tuple[int, int] = (1280, 900),
        prefers: str = "light",
        scripts: bool = True,
    ) -> Page:
        """Return an empty page in a browser context of its own.

        Args:
            viewport: Width and height in CSS pixels.
            prefers: The theme that the reader asks all sites for.
            scripts: Whether scripts of the page run.
        """
        width, height = viewport
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if prefers == "dark" else "light",
            java_script_enabled=scripts,
        )
        self._contexts.append(context)
        return context.new_page()

    def watch(self, page: WatchedPage, server: OwnServer | None = None) -> None:
        """Count this page among those of the test, and its server, if it has one."""
        self._pages.append(page)
        if server is not None:
            self._servers.add(server)

    def give_up(self, page: WatchedPage) -> None:
        """Close a page, and take no account of what it logged."""
        self._pages.remove(page)
        page.close()

    def close(self, *, has_failed: bool) -> None:
        """Close the pages, then check their consoles.

        Of a failed test a picture of each page stays in ``test-results/screenshots``.
        """
        for number, page in enumerate(self._pages):
            if has_failed:
                page.screenshot(f"failed-{self.test}-{number}")
        for page in self._pages:
            page.close()
        for context in self._contexts:
            context.close()
        self._profile.forget()
        for server in self._servers:
            server.tidy_up()
        for page in self._pages:
            page.assert_no_console_errors()


class Profile:
    """A browser profile that keeps what it has loaded, as a reader's does, and nothing else.

    JupyterLab is 20 MB of scripts; to fetch and compile them anew for each test is the larger part
    of a page's time.
    """

    _REMEMBERED = "cookies,indexeddb,local_storage,service_workers,websql"
    """Chromium's names for what a test could find of another; caches are not among them."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._origins: set[tuple[str, str]] = set()

    def new_page(self, viewport: tuple[int, int]) -> Page:
        """Open an empty page; width and height are in CSS pixels."""
        page = self._context.new_page()
        page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
        page.on("framenavigated", self._on_navigated)
        return page

    def forget(self) -> None:
        """Forget cookies and what pages have stored."""
        if not self._origins:
            return
        page = self._context.new_page()
        devtools = self._context.new_cdp_session(page)
        for scheme, host in self._origins:
            given = {"origin": f"{scheme}://{host}", "storageTypes": self._REMEMBERED}
            devtools.send("Storage.clearDataForOrigin", given)
        page.close()
        self._origins.clear()

    def _on_navigated(self, frame: Frame) -> None:
        scheme, host, *_ = urlsplit(frame.url)
        if host:
            self._origins.add((scheme, host))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what ``make front-ends`` needs."""
    parser.addoption(
        "--find-anew",
        action="store_true",
        help="do not compare what is found about front ends with what the documentation says",
    )


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
def playwright() -> Iterator[Playwright]:
    """What drives Chromium."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, without a window: each page has a context of its own."""
    chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
    yield chromium
    chromium.close()


@pytest.fixture(scope="package")
def profile(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    """Chromium, without a window, with a profile on disk."""
    context = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=find_chromium(),
        args=list(FLAGS),
        color_scheme="light",
    )
    yield Profile(context)
    context.close()


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """One JupyterLab server for all browser tests."""
    with LabServer(tmp_path_factory.mktemp("lab"), RESULTS / "jupyterlab.log") as server:
        yield server


@pytest.fixture(scope="package")
def notebook_7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookServer]:
    """One server of Notebook 7, started when it is first needed."""
    with NotebookServer(tmp_path_factory.mktemp("nb"), RESULTS / "notebook.log") as server:
        yield server


@pytest.fixture
def pages(request: pytest.FixtureRequest, browser: Browser, profile: Profile) -> Iterator[Pages]:
    """Where the pages of a test come from; when it ends, their consoles are checked."""
    pages = Pages(browser, profile, re.sub(r"\W+", "-", request.node.name).strip("-"))
    yield pages
    pages.close(has_failed=request.node.stash.get(FAILED, False))


@pytest.fixture
def open_notebook(pages: Pages, lab: LabServer) -> OpenNotebook:
    """Open notebooks; when the test ends, their kernels are stopped."""

    def open_(
        notebook: str | Sequence[str],
        *,
        kernel: str = "python3",
        viewport: tuple[int, int] = (1280, 900),
        server: JupyterServer | None = None,
    ) -> NotebookPage:
        if kernel.startswith("qs-") and kernel not in kernel_overlays():
            pytest.fail(f"No kernel {kernel}: run 'make test-all', which installs it.")
        host = server or lab
        if not isinstance(notebook, str):
            notebook = host.add_notebook(f"{pages.test}-{len(pages)}.ipynb", notebook, kernel)

        def new_page() -> NotebookPage:
            page = NotebookPage(pages.in_profile(viewport=viewport), host, SCREENSHOTS)
            pages.watch(page, host)
            return page

        page = new_page()
        try:
            page.open(notebook)
        except NotReadyError as error:
            # Of thousands of kernels a few never answer Jupyter, before they have loaded anything
            # of ours. What the threads of such a one were doing is in the server's log.
            print(f"Opened once more: {error}")
            pages.give_up(page)
            host.abort_kernels()
            page = new_page()
            page.open(notebook)
        return page

    return open_


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Keep an answer about a front end, and compare it with what the documentation says."""
    found = request.config.stash.setdefault(FOUND, {})

    def tell_(subject: str, question: str, answer: str) -> None:
        found.setdefault(subject, {})[question] = answer
        findings.FRESH.parent.mkdir(exist_ok=True)
        findings.write(findings.FRESH, found)
        if not request.config.getoption("--find-anew", default=False):
            findings.check(subject, question, answer)

    return tell_
