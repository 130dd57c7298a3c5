"""The loopback service as the account that a user has saved: `the_account_of_this_process`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from qsession.clock import SystemClock
from qsession.compat import ibm_service
from tests.cloud.account import default_account, environment
from tests.cloud.ending import end_sessions
from tests.cloud.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


@contextmanager
def the_account_of_this_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Run the service, with the default account of this process, and of those that it starts."""
    server = Server(SystemClock())
    for name, value in {**environment(server), **default_account(server)}.items():
        monkeypatch.setenv(name, value)
    server.start()
    ibm_service.default_service.cache_clear()
    yield server
    ibm_service.default_service.cache_clear()
    end_sessions()
    server.stop()
