"""Kernels that are killed, locally and on the loopback server."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator

import pytest

from qsession import ibm_service
from qsession.clock import SystemClock
from tests.cloud.account import default_account, environment
from tests.cloud.server import Server
from tests.recovery.kernels import Kernels

ROUNDS = int(os.environ.get("QSESSION_KILL_ROUNDS", "5"))
"""How often to kill; 50 takes some minutes."""


@pytest.fixture
def local_kernels() -> Iterator[Kernels]:
    """Kernels with simulators."""
    with Kernels({}) as kernels:
        yield kernels


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The service, which the default account of this process and of kernels belongs to."""
    server = Server(SystemClock())
    for name, value in {**environment(server), **default_account(server)}.items():
        monkeypatch.setenv(name, value)
    server.start()
    ibm_service.default_service.cache_clear()
    yield server
    ibm_service.default_service.cache_clear()
    server.stop()


@pytest.fixture
def cloud_kernels(cloud: Server) -> Iterator[Kernels]:
    """Kernels with QPUs of the loopback server."""
    with Kernels({}) as kernels:
        yield kernels


@pytest.fixture(autouse=True)
def _none_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process."""
    monkeypatch.setattr("qsession.session.live._sessions", weakref.WeakSet())
