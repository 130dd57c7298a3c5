"""A Jupyter server without a front end, asked over HTTP as pages and strangers ask it."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from tests.browser.jupyter_server import JupyterServer
from tests.browser.own_server import STOP_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message
    from pathlib import Path


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    text: str
    headers: Message

    @property
    def content(self) -> Any:
        """Its JSON."""
        return json.loads(self.text)


class BareServer(JupyterServer):
    """``jupyter server``, with environment variables of its own."""

    module = "jupyter_server"
    application = "NoFrontEnd"
    options: ClassVar = {}

    def __init__(self, folder: Path, log: Path, variables: Mapping[str, str]) -> None:
        super().__init__(folder, log)
        self._variables = variables

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://{self.host}/{path}"

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> Answer:
        """Send a request with these headers and no others that say who asks."""
        connection = HTTPConnection(self.host, timeout=STOP_SECONDS)
        try:
            connection.request(method, path, body=body or None, headers={**(headers or {})})
            response = connection.getresponse()
            text = response.read().decode()
            return Answer(response.status, text, response.headers)
        finally:
            connection.close()

    @property
    def process_id(self) -> int:
        """The id of its process."""
        assert self._process is not None
        return self._process.pid

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {**self._variables}
