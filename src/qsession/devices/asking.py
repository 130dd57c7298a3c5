"""Asks backends for what they say of their devices, and services not too often: `DeviceReader`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from qsession.circuits.backends import find_backend
from qsession.clock import SystemClock
from qsession.compat.ibm import fresh_properties, is_ibm_backend
from qsession.devices.reading import read_device, read_status
from qsession.errors import in_words
from qsession.forks import ForkSafeLock

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.clock import Clock
    from qsession.devices.displayed import Device
    from qsession.devices.facts import DeviceStatus

STATUS_EVERY: Final = timedelta(minutes=1)
"""So often a service is asked for a backend's status, at most."""

PROPERTIES_EVERY: Final = timedelta(minutes=10)
"""So often for its properties, some hundred kilobytes: a calibration is news for hours."""


def device(backend: BackendV2 | str | None = None) -> Device:
    """Return what is known of a backend's qubits, couplings, gates and times.

    Args:
        backend: A backend, or the name of one (``"fake_fez"``); None is the Aer simulator.

    Raises:
        BackendNotFoundError: If no backend has the name.
        InvalidInputError: If it is neither a backend nor a name.
    """
    return DeviceReader(find_backend(backend), SystemClock()).read()


class DeviceReader:
    """Reads the device of one backend whenever somebody wants to know.

    A backend on this machine is read anew each time. One of IBM Quantum is asked over the network
    for its status and its calibration, as long as somebody reads, each no more often than it is
    worth. The backend object is left as it is: what was calibrated meanwhile does not change how
    the next circuit is transpiled.
    """

    def __init__(self, backend: BackendV2, clock: Clock) -> None:
        """Ask for nothing yet.

        Args:
            backend: The backend.
            clock: Where it reads the time.
        """
        self._backend = backend
        self._clock = clock
        self._asking = ForkSafeLock()
        """Held while the service is asked, so that others wait for that answer."""
        self._device: Device | None = None
        self._properties_read: datetime | None = None
        self._status: DeviceStatus | None = None
        self._status_asked: datetime | None = None

    def read(self) -> Device:
        """The device as it is known now. What could not be asked is said in its ``problem``."""
        if not is_ibm_backend(self._backend):
            return read_device(self._backend)
        with self._asking:
            problems: list[str] = []
            device = self._read_properties(problems)
            status = self._read_status(problems)
        problem = " ".join(filter(None, [device.problem, *problems])) or None
        return replace(device, is_remote=True, status=status, problem=problem)

    def _read_properties(self, problems: list[str]) -> Device:
        now = self._clock.now()
        known = self._device
        if known is None:
            # The client has them by now, unless nothing was run on it.
            known = read_device(self._backend)
        elif self._is_due(self._properties_read, PROPERTIES_EVERY, now):
            newer = _or_problem(
                lambda: fresh_properties(self._backend), "Its calibration", problems
            )
            known = known if newer is None else read_device(self._backend, newer)
        else:
            return known
        self._device, self._properties_read = known, now
        return known

    def _read_status(self, problems: list[str]) -> DeviceStatus | None:
        now = self._clock.now()
        if self._is_due(self._status_asked, STATUS_EVERY, now):
            self._status_asked = now
            self._status = _or_problem(
                lambda: read_status(self._backend.status(), now), "Its status", problems
            )
        return self._status

    @staticmethod
    def _is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
        # A clock may be set back.
        return last is None or not timedelta(0) <= now - last < every


def _or_problem(ask: Callable[[], Any], what: str, problems: list[str]) -> Any:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - what is known is shown, with what went wrong
        problems.append(f"{what} could not be asked: {in_words(error)}"[:500])
        return None
