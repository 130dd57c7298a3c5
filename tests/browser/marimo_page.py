"""A notebook open in marimo, driven as a person would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.watched_page import NotReadyError, WatchedPage
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Locator

NEVER_RUN = re.compile(r"\bneeds-run\b")


class MarimoPage(WatchedPage):
    """A browser page with one notebook. Times are in seconds; cells count from 0."""

    def open(self, url: str, timeout: float = PATIENCE_S) -> None:
        """Open a notebook and wait until its cells can be run.

        Raises:
            NotReadyError: If its kernel came later than marimo waits, as on a busy machine.
        """
        self.page.goto(url)
        stopped, run = self.page.get_by_text("Kernel stopped"), self._run_button(0)
        expect(run.or_(stopped).first).to_be_visible(timeout=timeout * 1000)
        if stopped.is_visible():
            raise NotReadyError(f"{url}: marimo says that its kernel stopped")

    def reload(self) -> None:
        """Reload the page, as F5 does."""
        self.page.reload()

    def run_cell(self, index: int, timeout: float = PATIENCE_S, *, wait: bool = True) -> None:
        """Run a cell, and those that it needs and that need it.

        Args:
            index: Which cell.
            timeout: How long it may take.
            wait: Return when it has ended; if not, when it is running.
        """
        self._run_button(index).click()
        if wait:
            self.wait_cell(index, timeout)
        else:
            expect(self._box(index)).to_have_attribute("data-status", "running")

    def wait_cell(self, index: int, timeout: float = PATIENCE_S) -> None:
        """Wait until a cell that was started is no longer running."""
        expect(self.cell(index)).not_to_have_class(NEVER_RUN, timeout=timeout * 1000)
        expect(self._box(index)).to_have_attribute("data-status", "idle", timeout=timeout * 1000)

    def is_running(self, index: int) -> bool:
        """Tell whether a cell is running."""
        return self._box(index).get_attribute("data-status") == "running"

    def text(self, index: int) -> str:
        """Return what a cell's output says."""
        return self.cell(index).locator("[data-cell-role=output]").inner_text()

    def cell(self, index: int) -> Locator:
        """Return a cell's element, input and output."""
        return self.page.locator("[data-cell-id]").nth(index)

    def _box(self, index: int) -> Locator:
        """Return what holds a cell and says how it is."""
        return self.page.locator("[data-status]:has(> [data-cell-id])").nth(index)

    def _run_button(self, index: int) -> Locator:
        return self.cell(index).get_by_test_id("run-button").first
