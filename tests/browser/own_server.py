"""A server of the tests' own: it neither reads nor writes anything of the user's."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REPOSITORY = Path(__file__).resolve().parents[2]
STOP_SECONDS = 20
"""How long a server may take to end by itself, before it is killed."""


class ServerError(Exception):
    """The server did not do what was asked; the message says where its log is."""


class OwnServer(ABC):
    """A server on a free loopback port: its files are below ``folder``, its output is in ``log``.

    A context manager: the block's end ends the program and all that it started.
    """

    def __init__(self, folder: Path, log: Path) -> None:
        self.token = secrets.token_hex(16)
        self.root = folder / "notebooks"
        self.log = log
        self.host = ""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ---- Life

    def start(self) -> None:
        """Start the server and return when it answers."""
        for folder in (self.root, self._folder / "home", self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.root,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait(self._is_up, PATIENCE_S, "did not answer")

    def stop(self) -> None:
        """Stop the server and what it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            if process.poll() is None:
                self._ask_to_stop(process)
            process.wait(STOP_SECONDS)
        except (OSError, ServerError, subprocess.TimeoutExpired):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def tidy_up(self) -> None:  # noqa: B027 - a server may have nothing to forget
        """Forget what a test left behind; called between two tests."""

    # ---- What a kind of server says about itself

    @abstractmethod
    def url(self, path: str) -> str:
        """Return the address at which a browser sees a notebook."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Write what the program reads, and return how it is started."""

    @abstractmethod
    def _answers(self) -> bool:
        """Tell whether the server is up; ``host`` is set from then on."""

    def _ask_to_stop(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGTERM)

    # ---- What they share

    def request(self, method: str, path: str, content: object = None) -> Any:
        """Call the server's HTTP API and return what its JSON says, None if it says nothing."""
        status, body = self._fetch(method, path, content)
        if status not in {200, 201, 204, 404}:
            raise ServerError(f"{method} {path} gave {status}; log: {self.log}")
        return json.loads(body) if body else None

    def _serves(self, path: str) -> bool:
        try:
            status, _ = self._fetch("GET", path)
        except (OSError, HTTPException):
            return False  # not listening yet
        return status == HTTPStatus.OK

    def _fetch(self, method: str, path: str, content: object = None) -> tuple[int, bytes]:
        connection = HTTPConnection(self.host, timeout=PATIENCE_S)
        body = None if content is None else json.dumps(content)
        try:
            headers = {"Authorization": f"token {self.token}"}
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _environment(self) -> dict[str, str]:
        """Leave out what would lead to the user's own settings, accounts and records."""
        private = ("JUPYTER", "IPYTHON", "QISKIT", "QSESSION", "XDG_", "PYTHONPATH", "MARIMO")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(private)}
        return kept | {"HOME": str(self._folder / "home")}

    def _is_up(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise ServerError(f"The server ended at once; log: {self.log}")
        return self._answers()

    def _wait(self, condition: Callable[[], bool], seconds: float, problem: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise ServerError(f"The server {problem} within {seconds} s; log: {self.log}")
            time.sleep(0.05)

    @staticmethod
    def _write(path: Path, content: Mapping[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2))


def free_port() -> int:
    """Return a port that nothing listens on, for programs that cannot choose one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
