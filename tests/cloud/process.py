"""A server in a process of its own, for tests and benchmarks where its time must not count."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Self

from tests.cloud.messages import BASE_PATH
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
NO_PROXIES = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ServerProcess:
    """Serves inside a ``with`` block: ``ServerProcess("--job-seconds", "0.2")``."""

    def __init__(self, *options: str) -> None:
        self._command = [sys.executable, "-m", "tests.cloud.server", *options]
        self.origin = ""

    @property
    def url(self) -> str:
        """The address of the REST API."""
        return self.origin + BASE_PATH

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 -- this Python, with our own module
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.origin = self._process.stdout.readline().strip()
        assert self.origin, "The server did not start."
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._process.communicate(timeout=PATIENCE_S)  # closes its input, which ends it
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            raise

    def step(self, name: str, **arguments: Any) -> Any:
        """Take a step of `control`, for example ``step("advance", seconds=60)``."""
        request = urllib.request.Request(  # noqa: S310 -- a loopback address
            f"{self.origin}/control/{name}",
            json.dumps(arguments).encode(),
            {"Content-Type": "application/json"},
        )
        with NO_PROXIES.open(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)["returned"]
