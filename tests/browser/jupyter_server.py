"""JupyterLab, Jupyter Notebook and Voila as servers of the tests' own."""

from __future__ import annotations

import json
import signal
import sys
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

import nbformat
import psutil  # type: ignore[import-untyped]  # has no types

from tests.browser.own_server import REPOSITORY, OwnServer, free_port
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from pathlib import Path

OVERLAYS = REPOSITORY / ".overlays"
NO_NEWS = {"checkForUpdates": False, "fetchNews": "false"}


def kernel_overlays() -> dict[str, Path]:
    """Name the kernels with another ipykernel: ``qs-7.3`` is ``.overlays/ipykernel-7.3.0``."""
    overlays = {}
    for folder in sorted(OVERLAYS.glob("ipykernel-*.*.*")):
        if folder.suffix != ".part":
            major, minor, _ = folder.name.removeprefix("ipykernel-").split(".", 2)
            overlays[f"qs-{major}.{minor}"] = folder
    return overlays


class NotebookFolder(OwnServer):
    """A server of notebook files, each run by a kernel.

    Kernels: ``python3`` is the Python that runs the tests; :func:`kernel_overlays` adds more, and
    ``add_kernel`` any other.
    """

    def start(self) -> None:
        """Start the server and return when it answers."""
        for name, overlay in kernel_overlays().items():
            self.add_kernel(name, {"PYTHONPATH": str(overlay)})
        super().start()

    def add_kernel(self, name: str, environment: Mapping[str, str]) -> None:
        """Offer this Python as another kernel, with variables of its own."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": name, "language": "python", "env": {**environment}}
        self._write(self._folder / f"data/kernels/{name}/kernel.json", spec)

    def add_notebook(self, path: str, cells: Sequence[str], kernel: str = "python3") -> str:
        """Write a notebook of code cells below the server's root and return its path."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
        )
        nbformat.write(notebook, self.root / path)
        return path

    def wait_for_file(self, path: str) -> None:
        """Wait until a cell has written a file below the server's root."""
        self._wait((self.root / path).exists, PATIENCE_S, f"saw no {path}")

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {
            "JUPYTER_CONFIG_DIR": str(self._folder / "config"),
            "JUPYTER_DATA_DIR": str(self._folder / "data"),
            "JUPYTER_NO_CONFIG": "",
            "JUPYTER_RUNTIME_DIR": str(self._folder / "runtime"),
            "PYTHONFAULTHANDLER": "1",
        }


class JupyterServer(NotebookFolder):
    """A Jupyter server with a front end to work in."""

    module: ClassVar[str]
    application: ClassVar[str]
    """The name of the front end's section in a configuration."""
    options: ClassVar[Mapping[str, Any]] = {}

    def start(self) -> None:
        """Start the server and return when it answers."""
        config = self._folder / "config"
        self._write(config / "jupyter_server_config.json", self._configuration())
        overrides = {"@jupyterlab/apputils-extension:notification": NO_NEWS}
        self._write(config / "labconfig/default_setting_overrides.json", overrides)
        super().start()

    def stop_kernels(self) -> None:
        """Stop every kernel, and wait for it."""
        for session in self.request("GET", "/api/sessions"):
            self.request("DELETE", f"/api/sessions/{session['id']}")
        for kernel in self.request("GET", "/api/kernels"):
            self.request("DELETE", f"/api/kernels/{kernel['id']}")
        self._wait(lambda: not self.request("GET", "/api/kernels"), PATIENCE_S, "kept kernels")

    def abort_kernels(self) -> None:
        """End every kernel; each writes what its threads were doing into the log."""
        ids = [kernel["id"] for kernel in self.request("GET", "/api/kernels")]
        for process in psutil.process_iter(["cmdline"]):
            words = " ".join(process.info["cmdline"] or ())
            if "ipykernel_launcher" in words and any(each in words for each in ids):
                process.send_signal(signal.SIGABRT)
        self.stop_kernels()

    def tidy_up(self) -> None:
        """Stop the kernels, and forget every user setting, those that pages changed included."""
        self.stop_kernels()
        for path in (self._folder / "settings").rglob("*.jupyterlab-settings"):
            path.unlink()

    def set_preferences(self, plugin: str, values: Mapping[str, Any]) -> None:
        """Set a plugin's user settings; pages opened from now on have them.

        ``("@jupyterlab/apputils-extension:kernels-settings", {"commsOverSubshells": "disabled"})``
        makes comm messages wait for the running cell.
        """
        package, name = plugin.split(":")
        path = self._folder / "settings" / package / f"{name}.jupyterlab-settings"
        self._write(path, values)

    def _command(self) -> list[str]:
        return [sys.executable, "-m", self.module]

    def _configuration(self) -> dict[str, Any]:
        return {
            "ServerApp": {
                "allow_root": True,
                "ip": "127.0.0.1",
                "open_browser": False,
                "port": 0,  # any free one; the server writes which into its runtime folder
                "root_dir": str(self.root),
            },
            "IdentityProvider": {"token": self.token},
            self.application: {
                "expose_app_in_browser": True,
                "user_settings_dir": str(self._folder / "settings"),
                "workspaces_dir": str(self._folder / "workspaces"),
                **self.options,
            },
        }

    def _answers(self) -> bool:
        for path in (self._folder / "runtime").glob("jpserver-*.json"):
            try:
                self.host = f"127.0.0.1:{json.loads(path.read_text())['port']}"
                self.request("GET", "/api/status")
            except (OSError, ValueError):
                continue  # still writing, or not listening yet
            return True
        return False

    def _ask_to_stop(self, process: subprocess.Popen[bytes]) -> None:
        if not self.host:
            super()._ask_to_stop(process)
            return
        self.stop_kernels()
        self.request("POST", "/api/shutdown")


class LabServer(JupyterServer):
    """``jupyter lab``."""

    module = "jupyterlab"
    application = "LabApp"
    options: ClassVar = {
        "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "extension_manager": "readonly",
        "news_url": None,
    }

    def url(self, path: str) -> str:
        """Return a notebook's address, in a workspace of its own: layouts stay apart."""
        workspace = f"test-{uuid.uuid4().hex}"
        return f"http://{self.host}/lab/workspaces/{workspace}/tree/{path}?token={self.token}"


class NotebookServer(JupyterServer):
    """``jupyter notebook``, from release 7 on."""

    module = "notebook"
    application = "JupyterNotebookApp"

    def url(self, path: str) -> str:
        """Return a notebook's address."""
        return f"http://{self.host}/notebooks/{path}?token={self.token}"


class VoilaServer(NotebookFolder):
    """``voila`` on a folder: it runs a notebook for each page, and shows what the cells gave."""

    def url(self, path: str) -> str:
        """Return a notebook's address."""
        return f"http://{self.host}/voila/render/{path}?token={self.token}"

    def _command(self) -> list[str]:
        port = free_port()
        self.host = f"127.0.0.1:{port}"
        options = {
            "Voila": {
                "ip": "127.0.0.1",
                "open_browser": False,
                "port": port,
                "port_retries": 0,
                "root_dir": str(self.root),
                "token": self.token,
            },
            "VoilaConfiguration": {"show_tracebacks": True},
        }
        self._write(self._folder / "config/voila.json", options)
        return [sys.executable, "-m", "voila"]

    def _answers(self) -> bool:
        return self._serves("/voila/tree")
