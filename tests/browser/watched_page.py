"""A browser page whose console is watched, and which can be photographed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from playwright.sync_api import expect

from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import ConsoleMessage, Locator, Page

expect.set_options(timeout=PATIENCE_S * 1000)


class NotReadyError(AssertionError):
    """A notebook did not open, or its kernel did not start; the message says how far it came."""


class WatchedPage:
    """``page`` is Playwright's page, for everything that is not about the front end."""

    noise: ClassVar[Sequence[str]] = ()
    """Patterns of console errors that the front end makes by itself, with no widget on the page."""

    def __init__(self, page: Page, screenshots: Path) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_S * 1000)
        self.console_errors: list[str] = []
        self._screenshots = screenshots
        self._expected = [re.compile(pattern) for pattern in self.noise]
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.console_errors.append(f"uncaught: {error}"))

    def set_viewport(self, width: int, height: int) -> None:
        """Resize the page, in CSS pixels."""
        self.page.set_viewport_size({"width": width, "height": height})

    def screenshot(self, name: str, element: Locator | None = None) -> Path:
        """Write ``NAME.png`` of the element, else of the whole window, and return its path."""
        path = self._screenshots / f"{name}.png"
        (element or self.page).screenshot(path=path)
        return path

    def close(self) -> None:
        """Close the page, as a reader closes a tab."""
        self.page.close()

    # ---- What went wrong in the page

    def expect_console_error(self, pattern: str) -> None:
        """Do not count console errors, past or future, that a regular expression finds."""
        self._expected.append(re.compile(pattern))

    def assert_no_console_errors(self) -> None:
        """Raise if the page logged an error; the fixture calls it when a test ends."""
        errors = [
            error
            for error in self.console_errors
            if not any(pattern.search(error) for pattern in self._expected)
        ]
        assert not errors, "the page logged errors:\n" + "\n".join(errors)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location['url']})")
