"""``marimo edit`` as a server of the tests' own."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

from tests.browser.own_server import OwnServer, free_port

if TYPE_CHECKING:
    from collections.abc import Sequence

SETTINGS = """\
# /// script
# [tool.marimo.display]
# theme = "{}"
# ///
"""


class MarimoServer(OwnServer):
    """``marimo edit`` on a folder: it runs a notebook's cells, in the order of what they need."""

    def add_notebook(self, path: str, cells: Sequence[str], theme: str = "light") -> str:
        """Write a notebook below the server's root and return its path.

        Args:
            path: Where.
            cells: Its cells; each name is given a value in one of them only.
            theme: What it is shown in, whatever the browser prefers.
        """
        functions = [f"@app.cell\ndef _():\n{textwrap.indent(cell, '    ')}" for cell in cells]
        source = "\n\n".join(
            [SETTINGS.format(theme), "import marimo", "app = marimo.App()", *functions]
        )
        (self.root / path).write_text(source + "\n")
        return path

    def url(self, path: str) -> str:
        """Return a notebook's address."""
        return f"http://{self.host}/?file={path}&access_token={self.token}"

    def _command(self) -> list[str]:
        port = free_port()
        self.host = f"127.0.0.1:{port}"
        options = ["--headless", "--skip-update-check", "--token-password", self.token]
        return [sys.executable, "-m", "marimo", "edit", "--port", str(port), *options, "."]

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {"MARIMO_SKIP_UPDATE_CHECK": "1"}

    def _answers(self) -> bool:
        return self._serves("/health")
