"""Reads backends into `DeviceFacts`, of whatever provider they are."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from qsession.devices.displayed import Device
from qsession.devices.facts import CERTAIN_ERROR, Coupling, DeviceStatus, Qubit, TwoQubitGate
from qsession.devices.layout import Position, from_corner, lay_out, on_a_circle, on_a_grid
from qsession.errors import in_words

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

_log = logging.getLogger("qsession")

GateUse: TypeAlias = tuple[str, tuple[int, ...]]
"""A gate by its name, and the qubits that it acts on."""

Gates: TypeAlias = dict[GateUse, tuple[float | None, float | None]]
"""Error and duration in seconds of each."""

_NO_GATES = frozenset({"measure", "reset", "delay", "barrier"})

_PAIR = 2
"""How many qubits a coupling has."""


def read_device(backend: BackendV2, properties: Any = None) -> Device:
    """All that a backend says of itself.

    Backends of IBM, fake ones included, are asked for their configuration and their properties,
    which is much quicker than to make their target; any other for its target.

    Args:
        backend: Any backend with a target.
        properties: Newer properties than the backend has, if there are.
    """
    configuration = _asked(backend, "configuration")
    properties = properties or _asked(backend, "properties")
    problems: list[str] = []
    if hasattr(properties, "qubit_property") and hasattr(configuration, "gates"):
        qubits, gates, faulty = _read_properties(configuration, properties)
    else:
        qubits, gates, faulty = _read_target(backend, problems)
    couplings = _couplings(gates, faulty, {each.index for each in qubits if not each.is_usable})
    is_all_to_all = not couplings and (not gates or _is_global(backend))
    return Device(
        name=str(backend.name),
        qubits=tuple(qubits),
        couplings=couplings,
        is_all_to_all=is_all_to_all and len(qubits) != 1,
        positions=_positions(configuration, len(qubits), couplings),
        basis_gates=_basis_gates(backend, configuration, gates),
        processor=_processor(configuration),
        version=_text(getattr(backend, "backend_version", None)),
        dt_s=_number(getattr(configuration, "dt", None) or _asked_for(backend, "dt")),
        rep_delay_range_s=_range(getattr(configuration, "rep_delay_range", None)),
        default_rep_delay_s=_number(getattr(configuration, "default_rep_delay", None)),
        max_shots=_whole(getattr(configuration, "max_shots", None)),
        calibrated=_moment(getattr(properties, "last_update_date", None)),
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


# --- IBM's configuration and properties -----------------------------------------------------------


def _read_properties(
    configuration: Any, properties: Any
) -> tuple[list[Qubit], Gates, set[GateUse]]:
    """Qubits and gates, and the gates that are out of service."""
    gates: Gates = {}
    faulty: set[GateUse] = set()
    offered = set(getattr(configuration, "basis_gates", ()))
    for gate in configuration.gates:
        for place in getattr(gate, "coupling_map", None) or ():
            if gate.name in offered:
                gates[gate.name, tuple(place)] = (None, None)
    for gate in properties.gates:
        if gate.gate not in offered:
            continue
        use = (gate.gate, tuple(gate.qubits))
        values = _asked(properties, "gate_property", *use) or {}
        gates[use] = (_first(values, "gate_error"), _first(values, "gate_length"))
        if not properties.is_gate_operational(*use):
            faulty.add(use)
    largest = _largest_errors(gates)
    qubits = []
    for index in range(configuration.n_qubits):
        values = _asked(properties, "qubit_property", index) or {}
        readout = _first(values, "readout_error")
        qubits.append(
            Qubit(
                index,
                t1_s=_first(values, "T1"),
                t2_s=_first(values, "T2"),
                readout_error=readout,
                gate_error=largest.get(index),
                frequency_hz=_first(values, "frequency"),
                readout_length_s=_first(values, "readout_length"),
                prob_meas0_prep1=_first(values, "prob_meas0_prep1"),
                prob_meas1_prep0=_first(values, "prob_meas1_prep0"),
                is_usable=bool(values)
                and bool(properties.is_qubit_operational(index))
                and not _is_certain(readout),
            )
        )
    return qubits, gates, faulty


def _first(values: Mapping[str, Any], name: str) -> float | None:
    """The value of a property, which comes with its date."""
    found = values.get(name)
    return _number(found[0] if isinstance(found, tuple) and found else None)


# --- any target -----------------------------------------------------------------------------------


def _read_target(
    backend: BackendV2, problems: list[str]
) -> tuple[list[Qubit], Gates, set[GateUse]]:
    try:
        target = backend.target
        number = target.num_qubits or 0
        lives = target.qubit_properties or ()
        gates: Gates = {}
        readout: dict[int, tuple[float | None, float | None, Any]] = {}
        for name in target.operation_names:
            for place, values in (target[name] or {}).items():
                if place is None:
                    continue
                read = (_number(_of(values, "error")), _number(_of(values, "duration")))
                if name == "measure":
                    readout[place[0]] = (*read, values)
                elif name not in _NO_GATES:
                    gates[name, tuple(place)] = read
    except Exception as error:  # noqa: BLE001 - anybody's backend: what is known is shown
        _log.debug("A target could not be read.", exc_info=True)
        problems.append(f"Its target could not be read: {in_words(error)}"[:500])
        return [], {}, set()
    largest = _largest_errors(gates)
    qubits = []
    for index in range(number):
        life = lives[index] if index < len(lives) else None
        misread, length, measured = readout.get(index, (None, None, None))
        qubits.append(
            Qubit(
                index,
                t1_s=_number(_of(life, "t1")),
                t2_s=_number(_of(life, "t2")),
                readout_error=misread,
                gate_error=largest.get(index),
                frequency_hz=_number(_of(life, "frequency")),
                readout_length_s=length,
                prob_meas0_prep1=_number(_of(measured, "prob_meas0_prep1")),
                prob_meas1_prep0=_number(_of(measured, "prob_meas1_prep0")),
                is_usable=not _is_certain(misread),
            )
        )
    return qubits, gates, set()


def _is_global(backend: BackendV2) -> bool:
    """Return True if gates between qubits are offered for any of them, rather than for none."""
    try:
        target = backend.target
        return any(
            target.operation_from_name(name).num_qubits == _PAIR
            for name in target.operation_names
            if name not in _NO_GATES and None in (target[name] or {None: None})
        )
    except Exception:  # noqa: BLE001 - anybody's backend
        return False


# --- from both ------------------------------------------------------------------------------------


def _largest_errors(gates: Gates) -> dict[int, float]:
    """The largest error of gates on one qubit, by qubit."""
    found: dict[int, float] = {}
    for (_, place), (error, _) in gates.items():
        if len(place) == 1 and error is not None:
            found[place[0]] = max(error, found.get(place[0], 0.0))
    return found


def _couplings(
    gates: Gates, faulty: Iterable[GateUse], out_of_service: set[int]
) -> tuple[Coupling, ...]:
    """The pairs that have gates, those of which none is in service included."""
    faulty = set(faulty)
    by_pair: dict[tuple[int, int], list[TwoQubitGate]] = {}
    usable: set[tuple[int, int]] = set()
    for (name, place), (error, duration) in gates.items():
        if len(place) != _PAIR:
            continue
        first, second = sorted(place)
        pair = (first, second)
        listed = by_pair.setdefault(pair, [])
        listed.append(TwoQubitGate(name, (place[0], place[1]), error, duration))
        is_out = (name, place) in faulty or not out_of_service.isdisjoint(place)
        if not is_out and not _is_certain(error):
            usable.add(pair)
    return tuple(
        Coupling(pair, tuple(sorted(by_pair[pair], key=_by_error)), pair in usable)
        for pair in sorted(by_pair)
    )


def _by_error(gate: TwoQubitGate) -> tuple[float, str, tuple[int, int]]:
    return (math.inf if gate.error is None else gate.error, gate.name, gate.qubits)


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
    return on_a_circle(number) if is_complete and number > _PAIR else lay_out(number, pairs)


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
        listed = {name for name, _ in gates} or _asked_for(backend, "operation_names") or ()
    return tuple(sorted({str(name) for name in listed} - _NO_GATES))


def _processor(configuration: Any) -> str | None:
    kind = getattr(configuration, "processor_type", None)
    if not isinstance(kind, Mapping) or not kind.get("family"):
        return None
    revision = kind.get("revision")
    return f"{kind['family']} r{revision}" if revision else str(kind["family"])


def _asked(owner: Any, name: str, *arguments: Any) -> Any:
    """Return what a method gives; None if it has none, or that fails: it may be anybody's."""
    method: Callable[..., Any] | None = getattr(owner, name, None)
    if not callable(method):
        return None
    try:
        return method(*arguments)
    except Exception:  # noqa: BLE001 - see above
        _log.debug("%s of a backend could not be read.", name, exc_info=True)
        return None


def _asked_for(owner: Any, name: str) -> Any:
    """The value of a property; None if that fails."""
    try:
        return getattr(owner, name, None)
    except Exception:  # noqa: BLE001 - anybody's backend
        return None


def _of(values: Any, name: str) -> Any:
    return getattr(values, name, None)


def _number(value: Any) -> float | None:
    """A finite number, None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _range(value: Any) -> tuple[float, float] | None:
    if not isinstance(value, list | tuple) or len(value) != _PAIR:
        return None
    low, high = map(_number, value)
    return None if low is None or high is None else (low, high)


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _is_certain(error: float | None) -> bool:
    return error is not None and error >= CERTAIN_ERROR
