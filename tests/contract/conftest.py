"""Every test of this folder is a contract test, and IBM's deprecations are not ours to fix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

import pytest
from qiskit_aer import AerSimulator

from qsession import Session
from tests.cloud.conftest import back_offs, backend, server, service

__all__ = ["back_offs", "backend", "server", "service"]

IGNORED = (
    # The legacy primitives warn when they are made; sessions must go on serving them.
    "ignore:The (Sampler|Estimator)V2 class is deprecated:DeprecationWarning",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder."""
    item.add_marker(pytest.mark.contract)
    for ignored in IGNORED:
        item.add_marker(pytest.mark.filterwarnings(ignored))


@pytest.fixture(params=["local", "ibm"])
def each_backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A backend of each engine: a simulator, and a QPU of the loopback server."""
    monkeypatch.setattr("qsession.session.held._sessions", WeakSet())  # ids come again in each test
    return AerSimulator() if request.param == "local" else request.getfixturevalue("backend")


@pytest.fixture
def each_session(each_backend: Any) -> Iterator[Session]:
    """A session of each engine."""
    with Session(each_backend) as session:
        yield session


@pytest.fixture
def session() -> Iterator[Session]:
    """A session on a simulator without noise, which is quick."""
    with Session(AerSimulator()) as session:
        yield session
