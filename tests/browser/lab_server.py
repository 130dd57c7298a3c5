"""A JupyterLab server of the tests' own: it neither reads nor writes anything of the user's."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

REPOSITORY = Path(__file__).resolve().parents[2]
OVERLAYS = REPOSITORY / ".overlays"
START_SECONDS = 60
STOP_SECONDS = 20
NO_NEWS = {"checkForUpdates": False, "fetchNews": "false"}


class LabServerError(Exception):
    """The server did not do what was asked; the message says where its log is."""


def kernel_overlays() -> dict[str, Path]:
    """Name the kernels with another ipykernel: ``qs-7.3`` is ``.overlays/ipykernel-7.3.0``."""
    overlays = {}
    for folder in sorted(OVERLAYS.glob("ipykernel-*.*.*")):
        if folder.suffix != ".part":
            major, minor, _ = folder.name.removeprefix("ipykernel-").split(".", 2)
            overlays[f"qs-{major}.{minor}"] = folder
    return overlays


class LabServer:
    """``jupyter lab`` on a free loopback port, its files below ``folder``, its output in ``log``.

    Kernels: ``python3`` is the Python that runs the tests; :func:`kernel_overlays` adds more, and
    ``add_kernel`` any other.
    """

    def __init__(self, folder: Path, log: Path) -> None:
        self.token = secrets.token_hex(16)
        self.root = folder / "notebooks"
        self.log = log
        self.host = ""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    # ---- Life

    def start(self) -> None:
        """Start the server and return when it answers."""
        for folder in (self.root, self._folder / "home", self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self._write(self._folder / "config/jupyter_server_config.json", self._configuration())
        overrides = {"@jupyterlab/apputils-extension:notification": NO_NEWS}
        self._write(self._folder / "config/labconfig/default_setting_overrides.json", overrides)
        for name, overlay in kernel_overlays().items():
            self.add_kernel(name, {"PYTHONPATH": str(overlay)})
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab"],
                cwd=self.root,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait(self._answers, START_SECONDS, "did not answer")

    def stop(self) -> None:
        """Stop the kernels and the server."""
        if self._process is None:
            return
        try:
            if self.host and self._process.poll() is None:
                self.stop_kernels()
                self.request("POST", "/api/shutdown")
            self._process.wait(STOP_SECONDS)
        except (OSError, LabServerError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._process = None

    def stop_kernels(self) -> None:
        """Stop every kernel, and wait for it."""
        for session in self.request("GET", "/api/sessions"):
            self.request("DELETE", f"/api/sessions/{session['id']}")
        for kernel in self.request("GET", "/api/kernels"):
            self.request("DELETE", f"/api/kernels/{kernel['id']}")
        self._wait(lambda: not self.request("GET", "/api/kernels"), STOP_SECONDS, "kept kernels")

    # ---- What is on it

    def url(self, path: str, workspace: str) -> str:
        """Return the address of a notebook, in a workspace that keeps layouts apart."""
        return f"http://{self.host}/lab/workspaces/{workspace}/tree/{path}?token={self.token}"

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

    def set_preferences(self, plugin: str, values: Mapping[str, Any]) -> None:
        """Set a plugin's user settings; pages opened from now on have them.

        ``("@jupyterlab/apputils-extension:kernels-settings", {"commsOverSubshells": "disabled"})``
        makes comm messages wait for the running cell.
        """
        package, name = plugin.split(":")
        path = self._folder / "settings" / package / f"{name}.jupyterlab-settings"
        self._write(path, values)

    def reset_preferences(self) -> None:
        """Forget every user setting, those that pages have changed included."""
        for path in (self._folder / "settings").rglob("*.jupyterlab-settings"):
            path.unlink()

    def request(self, method: str, path: str) -> Any:
        """Call the server's HTTP API and return what its JSON says, None if it says nothing."""
        connection = HTTPConnection(self.host, timeout=STOP_SECONDS)
        try:
            connection.request(method, path, headers={"Authorization": f"token {self.token}"})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status not in {200, 204, 404}:
            raise LabServerError(f"{method} {path} gave {response.status}; log: {self.log}")
        return json.loads(body) if body else None

    # ---- Within

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
            "LabApp": {
                "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
                "expose_app_in_browser": True,
                "extension_manager": "readonly",
                "news_url": None,
                "user_settings_dir": str(self._folder / "settings"),
                "workspaces_dir": str(self._folder / "workspaces"),
            },
        }

    def _environment(self) -> dict[str, str]:
        """Leave out what would lead to the user's own settings, accounts and records."""
        private = ("JUPYTER", "IPYTHON", "QISKIT", "QSESSION", "XDG_", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(private)}
        return kept | {
            "HOME": str(self._folder / "home"),
            "JUPYTER_CONFIG_DIR": str(self._folder / "config"),
            "JUPYTER_DATA_DIR": str(self._folder / "data"),
            "JUPYTER_NO_CONFIG": "",
            "JUPYTER_RUNTIME_DIR": str(self._folder / "runtime"),
        }

    def _answers(self) -> bool:
        """Tell whether the server is up; learn its port from the file that it leaves."""
        if self._process is not None and self._process.poll() is not None:
            raise LabServerError(f"The server ended at once; log: {self.log}")
        for path in (self._folder / "runtime").glob("jpserver-*.json"):
            try:
                self.host = f"127.0.0.1:{json.loads(path.read_text())['port']}"
                self.request("GET", "/api/status")
            except (OSError, ValueError):
                continue  # still writing, or not listening yet
            return True
        return False

    def _wait(self, condition: Callable[[], bool], seconds: float, problem: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise LabServerError(f"The server {problem} within {seconds} s; log: {self.log}")
            time.sleep(0.05)

    @staticmethod
    def _write(path: Path, content: Mapping[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2))
