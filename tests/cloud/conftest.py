"""Fixtures for tests against the loopback server.

``server`` is the server, stepped by ``server.state`` and spoiled by ``server.faults``; ``service``
and ``backend`` are IBM's own objects, connected to it; ``back_offs`` makes retries instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from qsession.testing import ManualClock
from tests.cloud.account import connect, environment
from tests.cloud.ending import end_sessions
from tests.cloud.server import Server
from tests.support.circuits import bell, fitted

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit_ibm_runtime import IBMBackend, QiskitRuntimeService, Session

IGNORED = (
    # The legacy primitives warn when they are made; sessions must go on serving them.
    "ignore:The (Sampler|Estimator)V2 class is deprecated:DeprecationWarning",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """IBM's deprecations are not ours to fix."""
    for ignored in IGNORED:
        item.add_marker(pytest.mark.filterwarnings(ignored))


@pytest.fixture
def server(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server in this process that runs on the test's clock; the client knows its address."""
    server = Server(clock)
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)
    server.start()
    yield server
    end_sessions()
    server.stop()


@pytest.fixture
def service(server: Server) -> QiskitRuntimeService:
    """IBM's service object for the instance that may do everything."""
    return connect(server)


@pytest.fixture
def backend(service: QiskitRuntimeService) -> IBMBackend:
    """A QPU of 5 qubits; what the client does to find it is not in the log."""
    return service.backend("ibm_manila")


@pytest.fixture
def circuit(backend: IBMBackend) -> QuantumCircuit:
    """Two entangled qubits, measured, as the QPU wants it."""
    return fitted(bell(), backend)


@pytest.fixture
def ibm_session(backend: IBMBackend, server: Server) -> Session:
    """IBM's own session, just opened; the log is empty."""
    from qiskit_ibm_runtime import Session

    session = Session(backend)
    server.log.clear()
    return session


@pytest.fixture(autouse=True)
def back_offs(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long IBM's client would have slept before each retry, in seconds. It does not sleep.

    Its back-off (0, 1, 2, 4, 8 s, or what Retry-After says) is `urllib3.Retry.sleep`, and its
    retries are of one subclass: replaced there, nothing else in the process changes its pace.
    """
    from qiskit_ibm_runtime.api.session import PostForcelistRetry

    pauses: list[float] = []

    def note(retry: PostForcelistRetry, response: object = None) -> None:
        asked = retry.get_retry_after(response) if response is not None else None
        pauses.append(asked or retry.get_backoff_time())

    monkeypatch.setattr(PostForcelistRetry, "sleep", note)
    return pauses
