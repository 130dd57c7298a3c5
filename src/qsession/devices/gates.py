"""Gates of a device with their errors, and the couplings that they make."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, TypeAlias

from qsession.devices.facts import CERTAIN_ERROR, Coupling, TwoQubitGate

GateUse: TypeAlias = tuple[str, tuple[int, ...]]
"""A gate by its name, and the qubits that it acts on."""

Gates: TypeAlias = dict[GateUse, tuple[float | None, float | None]]
"""Error and duration in seconds of each."""

NO_GATES: Final = frozenset({"measure", "reset", "delay", "barrier"})

PAIR: Final = 2
"""The number of qubits of a coupling."""


def largest_errors(gates: Gates) -> dict[int, float]:
    """The largest error of gates on one qubit, by qubit."""
    found: dict[int, float] = {}
    for (_, place), (error, _) in gates.items():
        if len(place) == 1 and error is not None:
            found[place[0]] = max(error, found.get(place[0], 0.0))
    return found


def couplings_of(
    gates: Gates, faulty: Iterable[GateUse], out_of_service: set[int]
) -> tuple[Coupling, ...]:
    """The pairs that have gates, those of which none is in service included."""
    faulty = set(faulty)
    by_pair: dict[tuple[int, int], list[TwoQubitGate]] = {}
    usable: set[tuple[int, int]] = set()
    for (name, place), (error, duration) in gates.items():
        if len(place) != PAIR:
            continue
        first, second = sorted(place)
        pair = (first, second)
        listed = by_pair.setdefault(pair, [])
        listed.append(TwoQubitGate(name, (place[0], place[1]), error, duration))
        is_out = (name, place) in faulty or not out_of_service.isdisjoint(place)
        if not is_out and not is_certain(error):
            usable.add(pair)
    return tuple(
        Coupling(pair, tuple(sorted(by_pair[pair], key=_by_error)), pair in usable)
        for pair in sorted(by_pair)
    )


def _by_error(gate: TwoQubitGate) -> tuple[float, str, tuple[int, int]]:
    return (math.inf if gate.error is None else gate.error, gate.name, gate.qubits)


def is_certain(error: float | None) -> bool:
    """Return True if something with this error never works."""
    return error is not None and error >= CERTAIN_ERROR
