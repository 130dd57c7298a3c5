"""Kernels that are killed, locally and on the loopback server."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator

import pytest

from tests.cloud.running import the_account_of_this_process
from tests.cloud.server import Server
from tests.recovery.kernels import SHARED, Kernels

ROUNDS = int(os.environ.get("QSESSION_KILL_ROUNDS", "5"))
"""How often to kill; 50 takes some minutes."""


@pytest.fixture(params=["disk", pytest.param("network", marks=pytest.mark.extended)])
def local_kernels(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kernels]:
    """Kernels with simulators, whose ledger is on a disk, or where other computers may write."""
    is_shared = request.param == "network"
    monkeypatch.setattr("qsession.ledger.database.is_on_network", lambda _: is_shared)
    with Kernels({SHARED: "1"} if is_shared else {}) as kernels:
        yield kernels


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The service, which the default account of this process and of kernels belongs to."""
    with the_account_of_this_process(monkeypatch) as server:
        yield server


@pytest.fixture
def cloud_kernels(cloud: Server) -> Iterator[Kernels]:
    """Kernels with QPUs of the loopback server."""
    with Kernels({}) as kernels:
        yield kernels


@pytest.fixture(autouse=True)
def _none_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process."""
    monkeypatch.setattr("qsession.session.held._sessions", weakref.WeakSet())
