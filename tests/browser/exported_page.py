"""A notebook that was exported as HTML, opened in a browser with and without a network."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.own_server import REPOSITORY
from tests.browser.watched_page import WatchedPage

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

HTML_MANAGER = REPOSITORY / ".overlays/npm/@jupyter-widgets/html-manager@1.0.15"
_SHARE = Path(sys.prefix) / "share/jupyter"

NETWORK = {
    r"/@jupyter-widgets/html-manager@[^/]*/dist/(.+)$": HTML_MANAGER / "dist",
    r"/npm/anywidget@[^/]*/dist/(.+)$": _SHARE / "nbextensions/anywidget",
    r"/require\.js/[^/]*/(require\.min\.js)$": _SHARE / "voila/templates/base/static",
}
"""What addresses of content delivery networks are answered with; there are no others."""


class ExportedPage(WatchedPage):
    """A browser page with a file. Outputs are found in it by what they show."""

    noise = (
        r"net::ERR_FAILED",
        # The manager of widgets looks beside the page before it looks in the network.
        r"net::ERR_FILE_NOT_FOUND \(file://\S*/anywidget\.js\)",
    )

    def open(self, path: Path, *, online: bool) -> None:
        """Open a file; offline, nothing else can be loaded."""
        assert HTML_MANAGER.exists(), "Run 'make test', which fetches what exports load."

        def answer(route: Route) -> None:
            for pattern, folder in NETWORK.items():
                found = re.search(pattern, route.request.url)
                if online and found:
                    route.fulfill(path=folder / found[1])
                    return
            route.abort()

        self.page.route(re.compile("^https?:"), answer)
        self.page.goto(path.as_uri())

    @property
    def views(self) -> Locator:
        """The live views that were drawn."""
        return self.page.locator(".qsession")

    @property
    def pictures(self) -> Locator:
        """The static pictures."""
        return self.page.locator("[class^=qsession-picture]")
