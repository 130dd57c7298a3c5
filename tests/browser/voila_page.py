"""A notebook that Voila ran and shows."""

from __future__ import annotations

from tests.browser.watched_page import WatchedPage


class VoilaPage(WatchedPage):
    """A browser page with the outputs of one notebook."""

    noise = (
        # Icons that no one here uses, from a network that the tests do not need.
        r"\(https://cdn\.jsdelivr\.net/",
        # An extension of Notebook 7's that asks for what Voila lacks.
        r"^Error: The getter for the shared module [^{]*{\"shareKey\":\"@jupyterlab/docregistry\"}",
        # A page that is left asks for the end of its kernel, without the cookie for it.
        r"status of 403 \(Forbidden\) \(\S*/voila/api/shutdown/",
    )

    def open(self, url: str) -> None:
        """Open a notebook; Voila answers when it has run its cells."""
        self.page.goto(url)

    def reload(self) -> None:
        """Reload the page, as F5 does."""
        self.page.reload()
