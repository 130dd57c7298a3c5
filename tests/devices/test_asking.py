"""A device of IBM Quantum is asked for what is news, and not more often than it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qsession import Session
from qsession.devices import DeviceReader
from tests.cloud.conftest import back_offs, backend, pytest_itemcollected, server, service

if TYPE_CHECKING:
    from qiskit_ibm_runtime import IBMBackend

    from qsession.testing import ManualClock
    from tests.cloud.server import Server

__all__ = ["back_offs", "backend", "pytest_itemcollected", "server", "service"]

STATUS = "GET /backends/ibm_manila/status"
PROPERTIES = "GET /backends/ibm_manila/properties"


@pytest.fixture
def reader(backend: IBMBackend, clock: ManualClock, server: Server) -> DeviceReader:
    """Of a backend whose properties the client has by now."""
    backend.properties()
    server.log.clear()
    return DeviceReader(backend, clock)


def asked(server: Server) -> list[str]:
    """What was asked since the last look."""
    lines = [line for line in server.log.lines() if line.startswith("GET /backends/")]
    server.log.clear()
    return lines


def test_the_status_is_the_services(reader: DeviceReader, server: Server) -> None:
    server.state.devices["ibm_manila"].others_in_queue = 17
    status = reader.read().status
    assert status is not None
    assert (status.is_operational, status.message, status.pending_jobs) == (True, "active", 17)


def test_it_is_asked_once_a_minute_however_often_it_is_read(
    reader: DeviceReader, server: Server, clock: ManualClock
) -> None:
    for _ in range(3):
        reader.read()
    assert asked(server) == [STATUS]
    clock.advance(59)
    reader.read()
    assert asked(server) == []
    server.state.devices["ibm_manila"].status = "maintenance"
    clock.advance(1)
    status = reader.read().status
    assert asked(server) == [STATUS]
    assert status is not None
    assert status.message == "maintenance"


def test_a_new_calibration_is_seen_after_ten_minutes(
    reader: DeviceReader, server: Server, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = reader.read()
    device = server.state.devices["ibm_manila"]
    properties = device.properties()
    newer = {**properties, "last_update_date": "2030-01-02T03:04:05+00:00"}
    monkeypatch.setattr(device, "properties", lambda: newer)
    asked(server)
    clock.advance(599)
    assert reader.read().calibrated == known.calibrated
    assert asked(server) == [STATUS]
    clock.advance(1)
    found = reader.read()
    assert asked(server) == [PROPERTIES]
    assert found.calibrated is not None
    assert found.calibrated.year == 2030


def test_the_backend_keeps_the_calibration_that_it_has(
    reader: DeviceReader, backend: IBMBackend, clock: ManualClock
) -> None:
    reader.read()
    own, target = backend.properties(), backend.target
    clock.advance(600)
    reader.read()
    assert backend.properties() is own
    assert backend.target is target


def test_what_cannot_be_asked_is_said_and_the_rest_is_shown(
    reader: DeviceReader, server: Server, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = reader.read()

    def fail(*_: Any, **__: Any) -> None:
        raise ConnectionError("no route to the service")

    monkeypatch.setattr("qiskit_ibm_runtime.IBMBackend.status", fail)
    monkeypatch.setattr("qsession.devices.asking.fresh_properties", fail)
    clock.advance(600)
    found = reader.read()
    assert found.qubits == known.qubits
    assert found.status is None
    assert found.problem is not None
    assert "Its status could not be asked: ConnectionError" in found.problem
    assert "Its calibration could not be asked" in found.problem


def test_a_clock_that_was_set_back_does_not_stop_it(
    reader: DeviceReader, server: Server, clock: ManualClock
) -> None:
    reader.read()
    asked(server)
    clock._now = clock.now().replace(year=clock.now().year - 1)
    reader.read()
    assert STATUS in asked(server)


def test_a_reading_is_a_device_of_the_service(reader: DeviceReader) -> None:
    device = reader.read()
    assert device.name == "ibm_manila"
    assert device.is_remote
    assert device.status is not None
    assert "takes jobs" in str(device)


def test_a_session_asks_for_its_device_no_more_often(
    backend: IBMBackend, server: Server, clock: ManualClock
) -> None:
    backend.properties()
    session = Session(backend, clock=clock)
    server.log.clear()
    server.state.devices["ibm_manila"].others_in_queue = 3
    statuses = [session.device.status, session.device.status]
    assert asked(server) == [STATUS]
    assert [each and each.pending_jobs for each in statuses] == [3, 3]
    server.state.devices["ibm_manila"].others_in_queue = 8
    clock.advance(60)
    newer = session.device.status
    assert newer is not None
    assert newer.pending_jobs == 8
