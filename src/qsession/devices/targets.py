"""Reads the targets of backends, of whatever provider they are."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from qsession.devices.facts import Qubit
from qsession.devices.gates import NO_GATES, PAIR, Gates, GateUse, is_certain, largest_errors
from qsession.devices.values import number
from qsession.errors import in_words

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

_log = logging.getLogger("qsession")


def read_target(backend: BackendV2, problems: list[str]) -> tuple[list[Qubit], Gates, set[GateUse]]:
    """Qubits and gates of a target, and none that are out of service: it lists no such gates.

    Args:
        backend: The backend.
        problems: Takes the words about what went wrong, if something does.
    """
    try:
        target = backend.target
        count = target.num_qubits or 0
        lives = target.qubit_properties or ()
        gates: Gates = {}
        readout: dict[int, tuple[float | None, float | None, Any]] = {}
        for name in target.operation_names:
            for place, values in (target[name] or {}).items():
                if place is None:
                    continue
                read = (number(_of(values, "error")), number(_of(values, "duration")))
                if name == "measure":
                    readout[place[0]] = (*read, values)
                elif name not in NO_GATES:
                    gates[name, tuple(place)] = read
    except Exception as error:  # noqa: BLE001 - anybody's backend: what is known is shown
        _log.debug("A target could not be read.", exc_info=True)
        problems.append(f"Its target could not be read: {in_words(error)}"[:500])
        return [], {}, set()
    largest = largest_errors(gates)
    qubits = []
    for index in range(count):
        life = lives[index] if index < len(lives) else None
        misread, length, measured = readout.get(index, (None, None, None))
        qubits.append(
            Qubit(
                index,
                t1_s=number(_of(life, "t1")),
                t2_s=number(_of(life, "t2")),
                readout_error=misread,
                gate_error=largest.get(index),
                frequency_hz=number(_of(life, "frequency")),
                readout_length_s=length,
                prob_meas0_prep1=number(_of(measured, "prob_meas0_prep1")),
                prob_meas1_prep0=number(_of(measured, "prob_meas1_prep0")),
                is_usable=not is_certain(misread),
            )
        )
    return qubits, gates, set()


def offers_any_pair(backend: BackendV2) -> bool:
    """Return True if gates between qubits are offered for any of them, rather than for none."""
    try:
        target = backend.target
        return any(
            target.operation_from_name(name).num_qubits == PAIR
            for name in target.operation_names
            if name not in NO_GATES and None in (target[name] or {None: None})
        )
    except Exception:  # noqa: BLE001 - anybody's backend
        return False


def _of(values: Any, name: str) -> Any:
    return getattr(values, name, None)
