"""What a kernel would answer of devices: read from IBM's snapshots of real ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeFez

from qsession import device
from qsession.devices.encoding import encode_device, encode_use
from qsession.devices.facts import DeviceStatus
from qsession.devices.use import Use
from tests.unit.story import at


@cache
def fez() -> dict[str, Any]:
    """A QPU of 156 qubits, one of them out of service, which 31 jobs wait for."""
    found = device(FakeFez())
    status = DeviceStatus(is_operational=True, message="active", pending_jobs=31, asked=at(800))
    qubits = list(found.qubits)
    qubits[54] = replace(qubits[54], is_usable=False)
    changed = replace(
        found,
        name="ibm_fez",
        qubits=tuple(qubits),
        is_remote=True,
        status=status,
        calibrated=at(0) - timedelta(hours=3),
    )
    return encode_device(changed)


@cache
def pieces() -> dict[str, Any]:
    """Eight qubits in three pieces, of which nothing is known."""
    coupling_map = CouplingMap([(0, 1), (1, 2), (3, 4), (5, 6), (6, 7), (7, 5)])
    return encode_device(device(GenericBackendV2(8, coupling_map=coupling_map, noise_info=False)))


@cache
def simulator() -> dict[str, Any]:
    """A simulator whose gates act on any qubits."""
    return encode_device(device(AerSimulator()))


def use(job_id: str) -> dict[str, Any]:
    """A job on a ring of twelve qubits of that QPU."""
    ring = [3, 4, 5, 6, 7, 17, 27, 26, 25, 24, 23, 16]
    pairs = [(ring[at - 1], ring[at]) for at in range(len(ring))]
    couplings = {(min(pair), max(pair)) for pair in pairs}
    return encode_use(job_id, Use(frozenset(ring), frozenset(couplings)))
