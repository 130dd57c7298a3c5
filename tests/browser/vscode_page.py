"""A notebook as VS Code's page shows it: around VS Code's own widget manager, and a real kernel."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.gallery.hosts import hosts
from tests.browser.own_server import REPOSITORY
from tests.browser.watched_page import WatchedPage
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.jupyter_server import JupyterServer

WIDGET_MANAGER = REPOSITORY / ".overlays/npm/@vscode/jupyter-ipywidgets8@1.0.9"
_DRIVER = Path(__file__).with_name("vscode.js")
_SHARE = Path(sys.prefix) / "share/jupyter"
_FILES = {
    "/ipywidgets.js": WIDGET_MANAGER / "dist/ipywidgets.js",
    "/require.js": _SHARE / "voila/templates/base/static/require.min.js",
    "/anywidget/index.js": _SHARE / "nbextensions/anywidget/index.js",
    "/vscode.js": _DRIVER,
}
_PAGE = """\
<!doctype html>
<meta charset="utf-8">
<style>
  {css}
  body {{ background: var(--vscode-editor-background); font-family: var(--vscode-font-family); }}
  .cell-output-ipywidget-background {{ background: white !important; }}
</style>
<body {attributes}>
<script src="/vscode/require.js"></script>
<script src="/vscode/vscode.js"></script>
<script type="module">
  import {{ activate }} from "/vscode/ipywidgets.js";
  activate();
</script>
"""
NOTEBOOK = "__vsc_ipynb_file__ = 'notebook.ipynb'"
"""VS Code runs this in each kernel that it starts."""


class VscodePage(WatchedPage):
    """A browser page with one notebook. Times are in seconds; cells count from 0."""

    def __init__(
        self, page: Page, server: JupyterServer, screenshots: Path, theme: str = "vscode-light"
    ) -> None:
        super().__init__(page, screenshots)
        self._server = server
        self._theme = theme
        self._kernel = ""
        self._address = f"http://{server.host}/vscode"

    def open(self, kernel: str = "python3") -> None:
        """Open a new notebook with a kernel of its own."""
        assert WIDGET_MANAGER.exists(), "Run 'make test', which fetches VS Code's widget manager."
        started = self._server.request("POST", "/api/kernels", {"name": kernel})
        self._kernel = started["id"]
        # A page that comes from no server may not reach this machine's without it.
        self.page.context.grant_permissions(["local-network-access"])
        self.page.route(f"{self._address}/**", self._serve)
        self._show([])
        self.run_cell(0, NOTEBOOK)

    def reopen(self) -> None:
        """Close the tab and open it anew: outputs are kept, and the page knows no widget."""
        saved = self._call("cells")
        self.page.goto("about:blank")
        self._show(saved)

    def restart_kernel(self) -> None:
        """Restart the kernel."""
        self._server.request("POST", f"/api/kernels/{self._kernel}/restart")
        self._call("restarted", self._kernel, self._channels)
        self.run_cell(0, NOTEBOOK)

    def run_cell(
        self, index: int, code: str, timeout: float = PATIENCE_S, *, wait: bool = True
    ) -> None:
        """Run code as a cell."""
        self._call("run", index, code)
        if wait:
            self.wait_cell(index, timeout)

    def wait_cell(self, index: int, timeout: float = PATIENCE_S) -> None:
        """Wait until a cell that was started has ended, without an error."""
        running = "index => !window.vscode.isRunning(index)"
        self.page.wait_for_function(running, arg=index, timeout=timeout * 1000)
        for output in self.outputs(index):
            assert not output.get("isError"), output["data"]["text/plain"]

    def wait_text(self, index: int, text: str, timeout: float = PATIENCE_S) -> None:
        """Wait until a cell has given a text."""
        says = "([index, text]) => window.vscode.text(index).includes(text)"
        self.page.wait_for_function(says, arg=[index, text], timeout=timeout * 1000)

    def is_running(self, index: int) -> bool:
        """Tell whether a cell is running."""
        return bool(self._call("isRunning", index))

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """Return a cell's outputs as the notebook file would hold them."""
        outputs: list[dict[str, Any]] = self._call("cells")[index]
        return outputs

    def text(self, index: int) -> str:
        """Return the plain text of what a cell gave."""
        text: str = self._call("text", index)
        return text

    def output(self, index: int) -> Locator:
        """Return the element that holds a cell's outputs."""
        return self.page.locator(".cell").nth(index)

    def _show(self, saved: list[Any]) -> None:
        self.page.goto(f"{self._address}/")
        self.page.wait_for_function("window.vscIPyWidgets8")
        self._call("open", self._kernel, self._channels, saved)

    @property
    def _channels(self) -> str:
        address = f"ws://{self._server.host}/api/kernels/{self._kernel}/channels"
        return f"{address}?token={self._server.token}"

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(self._address)
        if path in _FILES:
            route.fulfill(path=_FILES[path])
            return
        host = hosts()[self._theme]
        attributes = " ".join(f"{name}={json.dumps(value)}" for name, value in host.body.items())
        body = _PAGE.format(css=host.css, attributes=attributes)
        route.fulfill(body=body, content_type="text/html")

    def _call(self, function: str, *arguments: object) -> Any:
        expression = f"arguments => window.vscode.{function}(...arguments)"
        return self.page.evaluate(expression, list(arguments))
