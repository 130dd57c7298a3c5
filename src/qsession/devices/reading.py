"""Reads backends into a `Device`, of whatever provider they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qsession.devices.displayed import Device
from qsession.devices.facts import Coupling, DeviceStatus
from qsession.devices.gates import NO_GATES, PAIR, Gates, couplings_of
from qsession.devices.layout import Position, from_corner, lay_out, on_a_circle, on_a_grid
from qsession.devices.properties import read_properties
from qsession.devices.targets import offers_any_pair, read_target
from qsession.devices.values import (
    answer_of,
    moment,
    number,
    number_range,
    text,
    value_of,
    whole_number,
)

if TYPE_CHECKING:
    from qiskit.providers import BackendV2


def read_device(backend: BackendV2, properties: Any = None) -> Device:
    """All that a backend says of itself.

    Backends of IBM, fake ones included, are asked for their configuration and their properties,
    which is much quicker than to make their target; any other for its target.

    Args:
        backend: Any backend with a target.
        properties: Newer properties than the backend has, if there are.
    """
    configuration = answer_of(backend, "configuration")
    properties = properties or answer_of(backend, "properties")
    problems: list[str] = []
    if hasattr(properties, "qubit_property") and hasattr(configuration, "gates"):
        qubits, gates, faulty = read_properties(configuration, properties)
    else:
        qubits, gates, faulty = read_target(backend, problems)
    couplings = couplings_of(gates, faulty, {each.index for each in qubits if not each.is_usable})
    return Device(
        name=str(backend.name),
        qubits=tuple(qubits),
        couplings=couplings,
        is_all_to_all=not couplings and len(qubits) > 1 and offers_any_pair(backend),
        positions=_positions(configuration, len(qubits), couplings),
        basis_gates=_basis_gates(backend, configuration, gates),
        processor=_processor(configuration),
        version=text(getattr(backend, "backend_version", None)),
        dt_s=number(getattr(configuration, "dt", None) or value_of(backend, "dt")),
        rep_delay_range_s=number_range(getattr(configuration, "rep_delay_range", None)),
        default_rep_delay_s=number(getattr(configuration, "default_rep_delay", None)),
        max_shots=whole_number(getattr(configuration, "max_shots", None)),
        calibrated=moment(getattr(properties, "last_update_date", None)),
        problem=" ".join(problems) or None,
    )


def read_status(answer: Any, asked: datetime) -> DeviceStatus:
    """The status of a backend, from what its ``status()`` answered."""
    return DeviceStatus(
        is_operational=bool(answer.operational),
        message=str(answer.status_msg or ""),
        pending_jobs=int(answer.pending_jobs or 0),
        asked=asked,
    )


def _positions(
    configuration: Any, number: int, couplings: tuple[Coupling, ...]
) -> tuple[Position, ...]:
    coordinates: Any = getattr(configuration, "coords", None)
    if _are_positions(coordinates, number):
        return from_corner(coordinates)
    pairs = [coupling.qubits for coupling in couplings]
    if not pairs:
        return on_a_grid(number)
    is_complete = len(pairs) == number * (number - 1) // 2
    return on_a_circle(number) if is_complete and number > PAIR else lay_out(number, pairs)


def _are_positions(coordinates: Any, number: int) -> bool:
    """Return True if these are the places of all qubits, no two of them at the same."""
    if not isinstance(coordinates, list | tuple) or len(coordinates) != number:
        return False
    try:
        places = {(float(x), float(y)) for x, y in coordinates}
    except (TypeError, ValueError):
        return False
    return len(places) == number and all(math.isfinite(x + y) for x, y in places)


def _basis_gates(backend: BackendV2, configuration: Any, gates: Gates) -> tuple[str, ...]:
    listed = getattr(configuration, "basis_gates", None)
    if not listed:
        listed = {name for name, _ in gates} or value_of(backend, "operation_names") or ()
    return tuple(sorted({str(name) for name in listed} - NO_GATES))


def _processor(configuration: Any) -> str | None:
    kind = getattr(configuration, "processor_type", None)
    if not isinstance(kind, Mapping) or not kind.get("family"):
        return None
    revision = kind.get("revision")
    return f"{kind['family']} r{revision}" if revision else str(kind["family"])
