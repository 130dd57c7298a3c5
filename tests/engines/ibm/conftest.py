"""Sessions on the loopback server: IBM's client, HTTP, and a clock that the test moves."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from qsession import QSessionError, Session
from qsession.engines.ibm.monitor import Monitor
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.cloud.conftest import (
    back_offs,
    backend,
    circuit,
    pytest_itemcollected,
    server,
    service,
)
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.support.waiting import NewThreads

if TYPE_CHECKING:
    from qiskit_ibm_runtime import IBMBackend

__all__ = ["back_offs", "backend", "circuit", "pytest_itemcollected", "server", "service"]


@pytest.fixture(autouse=True)
def _one_clock(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions that are found again read the test's clock, too."""
    for module in ("session.core", "engines.ibm.lookup"):
        monkeypatch.setattr(f"qsession.{module}.SystemClock", lambda: clock)


@pytest.fixture(autouse=True)
def _none_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test's service gives its sessions the ids of the test before."""
    monkeypatch.setattr("qsession.session.held._sessions", weakref.WeakSet())
    # Those that tests drop need not be closed at the exit: their servers are gone.
    monkeypatch.setattr("qsession.session.cleanup._left", [])


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread watches: the test looks by itself, when it wants to."""
    monkeypatch.setattr(Monitor, "start", lambda monitor: None)


@pytest.fixture
def manual(server: Server) -> ServiceState:
    """The service's state; jobs wait for the test's steps."""
    server.state.pace.mode = "manual"
    return server.state


@pytest.fixture
def make_session(
    server: Server, backend: IBMBackend, clock: ManualClock, new_threads: NewThreads
) -> Iterator[Callable[..., Session]]:
    """Make sessions (or batches: ``cls``) on the QPU, which end with the test."""
    made: list[Session] = []

    def make(*args: Any, cls: type[Session] = Session, **kwargs: Any) -> Session:
        made.append(cls(kwargs.pop("backend", backend), *args, clock=clock, **kwargs))
        return made[-1]

    yield make
    server.faults.clear()
    server.state.pace.mode = "auto"
    for session in made:
        with contextlib.suppress(QSessionError):
            session.cancel(reason="the test is over")
        clock.advance(3600)  # whatever pause was asked for
        monitor: Any = getattr(core_of(session).engine, "_monitor", None)
        while monitor is not None and monitor._thread is None and monitor.look() is not None:
            clock.advance(1)
    assert new_threads.left_as_time_passes(clock, 15) == []
