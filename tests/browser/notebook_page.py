"""A notebook open in JupyterLab or Notebook, driven as a person would, waiting on conditions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import TimeoutError  # noqa: A004 - the one that waiting raises

from tests.browser.watched_page import NotReadyError, WatchedPage
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.jupyter_server import JupyterServer

DRIVER = Path(__file__).with_name("driver.js")
Theme = Literal["light", "dark"]
THEMES: dict[Theme, str] = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


class CellFailedError(AssertionError):
    """A cell raised; the message is its traceback."""


class NotebookPage(WatchedPage):
    """A browser page with one notebook. Times are in seconds; cells count from 0."""

    noise = (
        # A restart while JupyterLab is still asking the new kernel whether it can be debugged.
        r"^Could not restore the debugger state: Canceled future for debug_request",
        # The same while JupyterLab is asking the kernel for the subshell of its comms.
        r"^uncaught: Error: Canceled future for create_subshell_request message before replies",
        # Notebook 7, on every page.
        r"^uncaught: Cannot read properties of undefined \(reading 'schema'\)$",
    )

    def __init__(self, page: Page, server: JupyterServer, screenshots: Path) -> None:
        super().__init__(page, screenshots)
        self.path = ""
        self._server = server
        page.add_init_script(path=DRIVER)

    # ---- The notebook and its kernel

    def open(self, path: str, timeout: float = PATIENCE_S) -> None:
        """Open a notebook and wait until its kernel is idle, and has answered once.

        Raises:
            NotReadyError: If it is not. Of hundreds of kernels of ipykernel 7.1 to 7.3, a few never
                ended the first thing that they were asked to run.
        """
        self.path = path
        self.page.goto(self._server.url(path))
        self.wait_ready(timeout)
        run = self._call("runNothing", path)
        try:
            self._wait("run => window.qsessionDriver.isDone(run)", run, timeout)
        except TimeoutError as error:
            raise NotReadyError(f"{path}: the kernel does not answer") from error
        self._call("hideSidebar")

    def wait_ready(self, timeout: float = PATIENCE_S) -> None:
        """Wait until the notebook is loaded and its kernel connected and idle."""
        try:
            self._wait("path => window.qsessionDriver.isReady(path)", self.path, timeout)
        except TimeoutError as error:
            state = self._call("describe", self.path)
            raise NotReadyError(f"{self.path} after {timeout} s: {state}") from error

    def wait_idle(self, timeout: float = PATIENCE_S) -> None:
        """Wait until no cell is running or queued and the kernel is idle."""
        self._wait("path => window.qsessionDriver.isIdle(path)", self.path, timeout)

    def reload(self, timeout: float = PATIENCE_S, *, save: bool = True) -> None:
        """Reload the page, as F5 does, after saving the notebook or not."""
        if save:
            self.save()
        self.page.reload()
        self.wait_ready(timeout)

    def save(self) -> None:
        """Save the notebook, widget state included if that is switched on."""
        self._call("save", self.path)

    def restart_kernel(self, timeout: float = PATIENCE_S) -> None:
        """Restart the kernel and wait until it is idle."""
        self._call("restart", self.path)
        self.wait_ready(timeout)

    def interrupt_kernel(self) -> None:
        """Interrupt the kernel, as the stop button does."""
        self._call("interrupt", self.path)

    # ---- Cells

    def run_cell(
        self, index: int, timeout: float = PATIENCE_S, *, wait: bool = True, check: bool = True
    ) -> None:
        """Run a cell.

        Args:
            index: Which cell.
            timeout: How long it may take.
            wait: Return when it has ended; if not, when it is running or queued.
            check: Raise :class:`CellFailedError` if it raised.
        """
        run = self._call("runCell", self.path, index)
        if wait:
            self._wait("run => window.qsessionDriver.isDone(run)", run, timeout)
            if check:
                self.check_cell(index)
        else:
            self._wait(
                "([path, index, run]) => window.qsessionDriver.isRunning(path, index)"
                " || window.qsessionDriver.isDone(run)",
                [self.path, index, run],
                timeout,
            )

    def run_all(self, timeout: float = PATIENCE_S, *, check: bool = True) -> None:
        """Run every cell and wait for the last."""
        run = self._call("runAll", self.path)
        self._wait("run => window.qsessionDriver.isDone(run)", run, timeout)
        self.wait_idle(timeout)
        if check:
            for index in range(self._call("cellCount", self.path)):
                self.check_cell(index)

    def is_running(self, index: int) -> bool:
        """Tell whether a cell is running or queued: its prompt is ``[*]``."""
        return bool(self._call("isRunning", self.path, index))

    def wait_cell(self, index: int, timeout: float = PATIENCE_S, *, check: bool = True) -> None:
        """Wait until a cell that was started is no longer running."""
        self._wait(
            "([path, index]) => !window.qsessionDriver.isRunning(path, index)",
            [self.path, index],
            timeout,
        )
        if check:
            self.check_cell(index)

    def check_cell(self, index: int) -> None:
        """Raise :class:`CellFailedError` if the cell's output is an exception."""
        for output in self.outputs(index):
            if output["output_type"] == "error":
                raise CellFailedError("\n".join(output["traceback"]))

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """Return a cell's outputs as the notebook file would hold them."""
        if self._call("cellType", self.path, index) != "code":
            return []
        outputs: list[dict[str, Any]] = self._call("outputs", self.path, index)
        return outputs

    def text(self, index: int) -> str:
        """Return what a cell printed and the plain text of its results."""
        texts = []
        for output in self.outputs(index):
            text = output.get("text", output.get("data", {}).get("text/plain", ""))
            texts.append("".join(text))
        return "".join(texts)

    def cell(self, index: int) -> Locator:
        """Return a cell's element, input and output."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def output(self, index: int) -> Locator:
        """Return the element that holds a cell's outputs."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    # ---- How it looks

    def set_theme(self, theme: Theme) -> None:
        """Switch JupyterLab's theme and wait until it is applied."""
        self._call("setTheme", THEMES[theme])
        self._wait("theme => window.qsessionDriver.isTheme(theme)", THEMES[theme], 30)

    # ---- Within

    def _call(self, function: str, *arguments: object) -> Any:
        expression = f"arguments => window.qsessionDriver.{function}(...arguments)"
        return self.page.evaluate(expression, list(arguments))

    def _wait(self, condition: str, argument: object, timeout: float) -> None:
        self.page.wait_for_function(condition, arg=argument, timeout=timeout * 1000)
