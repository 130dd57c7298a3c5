"""Aer's automatic choice of a simulation method, and a test that shots are drawn as Aer does."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from qsession.simulator import aer_private as aer
from qsession.simulator.drawing import LABEL, Distribution, Drawing
from qsession.simulator.errors import FastPathError
from qsession.simulator.instructions import GATES, QUBITS
from qsession.simulator.lru import Bounded
from qsession.simulator.random import seed_of

MOST_KNOWN = 64
"""Sets of angles of one circuit whose method is remembered."""

STATE, STABILIZER = "statevector", "stabilizer"

_QUARTER = math.pi / 2
_SURELY_ASIDE = 1e-3
"""So far from a quarter turn no angle belongs to a Clifford gate."""

_MOST_TURNS = 8
"""Angles up to this many quarter turns are tried, and no others."""


_OTHERS = ("delay", "unitary")
"""Instructions that count as gates beside the standard ones: for Aer, one is as another."""

Turned: TypeAlias = "tuple[str, tuple[float, ...]]"
"""A gate by name, with its angles."""


class Methods:
    """Of one circuit without noise, with its angles open.

    Aer takes a stabilizer where all is Clifford, which angles decide about, and a state elsewhere.
    Its shots depend on that.

    Args:
        gates: The name of each gate, in order, and how many of the angles are its own. None if
            there is anything but standard gates, matrices, delays, resets, measurements and control
            flow: then Aer has to tell.
    """

    def __init__(self, gates: Iterable[tuple[str, int]] | None = None) -> None:
        self._gates = None if gates is None else tuple(gates)
        self._seen: Bounded[tuple[float, ...], str] = Bounded(MOST_KNOWN)

    def of(self, angles: Sequence[float]) -> str | None:
        """The method with these angles; None where that is not known yet."""
        if any(_is_aside(angle) for angle in angles):
            return STATE
        key = tuple(angles)
        known = self._seen.get(key)
        if known is None and self._gates is not None:
            known = _method_of(set(self._with_turns(key)))
            if known is not None:
                self.note(angles, known)
        return known

    def note(self, angles: Sequence[float], method: str) -> None:
        """Remember what Aer has told."""
        self._seen.put(tuple(angles), method)

    def _with_turns(self, angles: tuple[float, ...]) -> Iterator[Turned]:
        """Each gate by name, with its angles."""
        first = 0
        for name, count in self._gates or ():
            yield name, angles[first : first + count]
            first += count


def _is_aside(angle: float) -> bool:
    turns = angle / _QUARTER
    return abs(turns - round(turns)) > _SURELY_ASIDE


def _method_of(gates: set[Turned]) -> str | None:
    """One gate that is not Clifford is enough for a state; None if one cannot be told."""
    told = [gate for gate in gates if _is_told_by_turns(gate[1])]
    methods = _tried(told)
    if STATE in methods:
        return STATE
    return STABILIZER if len(told) == len(gates) and methods <= {STABILIZER} else None


def _is_told_by_turns(angles: tuple[float, ...]) -> bool:
    # Whoever rounds otherwise than we do may be taken for a Clifford gate, or not.
    turns = [round(angle / _QUARTER) for angle in angles]
    return all(
        abs(turn) <= _MOST_TURNS and angle == turn * _QUARTER
        for turn, angle in zip(turns, angles, strict=True)
    )


def _tried(gates: Iterable[Turned]) -> set[str | None]:
    """Return the methods that Aer chooses for each of these gates alone; None if it fails."""
    new = [gate for gate in gates if gate not in _known]
    if new:
        _known.update(_try(new))
    return {_known[gate] for gate in gates}


_known: dict[Turned, str | None] = {}
"""The answers so far, in this process."""


def _try(gates: Sequence[Turned]) -> dict[Turned, str | None]:
    """Try gates together, by a run of one shot each."""
    methods: dict[Turned, str | None] = dict.fromkeys(gates)
    builders = {gate: _alone(gate) for gate in gates if _is_known(gate)}
    try:
        results = aer.trial(list(builders.values())) if builders else []
    except FastPathError:
        return methods
    for gate, result in zip(builders, results, strict=True):
        methods[gate] = result["metadata"]["method"]
    return methods


def _is_known(gate: Turned) -> bool:
    name, angles = gate
    return name in (*_OTHERS, *QUBITS) and GATES.get(name, 0) == len(angles)


def _alone(gate: Turned) -> aer.Builder:
    name, angles = gate
    size = QUBITS.get(name, 1)
    builder = aer.Builder(size, size)
    if name == "unitary":
        builder.unitary([0], np.eye(2, dtype=complex), None)
    else:
        builder.gate(name, range(size), [0.0] if name == "delay" else angles)
    for qubit in range(size):
        builder.measure([qubit], [qubit])
    return builder


_log = logging.getLogger("qsession")

_SEED, _SHOTS = 2**33 + 5, 64
"""More than 32 bits: all of a seed must count."""


_lone_runs = itertools.count(1)
"""Numbers the seeded runs of this process that came alone."""


def may_draw_seeded(runs: int) -> bool:
    """Return True if seeded shots may be drawn here, as Aer draws them.

    To find that out takes longer than the first run of a process, which may be its only one: a run
    that comes alone is left to Aer that time.

    Args:
        runs: How many come together.
    """
    if runs == 1 and next(_lone_runs) == 1:
        return False
    return draws_as_aer()


@cache
def draws_as_aer() -> bool:
    """Return True if shots drawn here equal those of Aer; otherwise Aer draws seeded shots."""
    try:
        agrees = _agree((_clifford, _rotated))
    except FastPathError:
        agrees = False
    if not agrees:
        _log.debug("This release of Aer draws its shots in another way.")
    return agrees


_MEASURED = (2, 0, 1)
"""Of which qubit each classical bit is."""


def _clifford() -> aer.Builder:
    builder = aer.Builder(len(_MEASURED), len(_MEASURED))
    builder.gate("h", [0])
    builder.gate("h", [2])
    builder.gate("cx", [0, 1])
    return builder


def _rotated() -> aer.Builder:
    builder = aer.Builder(len(_MEASURED), len(_MEASURED))
    for qubit in range(len(_MEASURED)):
        builder.gate("ry", [qubit], [1.1])
    builder.gate("cx", [0, 1])
    return builder


def _agree(make: Sequence[Callable[[], aer.Builder]]) -> bool:
    measured, saved = [each() for each in make], [each() for each in make]
    for builder in measured:
        for clbit, qubit in enumerate(_MEASURED):
            builder.measure([qubit], [clbit])
    for builder in saved:
        builder.save_probabilities(range(len(_MEASURED)), LABEL)
    own = aer.trial(measured, shots=_SHOTS, memory=True, seed=_SEED)
    told = aer.trial(saved)
    return all(map(_agrees, own, told, range(len(own))))


def _agrees(own: dict[str, Any], told: dict[str, Any], number: int) -> bool:
    """Return True if shots drawn from what is told are those of a circuit's own run."""
    drawing = Drawing.of((qubit, clbit) for clbit, qubit in enumerate(_MEASURED))
    seed, method = seed_of(_SEED, number), own["metadata"]["method"]
    distribution = Distribution(told["data"][LABEL], drawing, seed, method)
    (rows,) = distribution.shots(_SHOTS, [("all", len(_MEASURED), 0)]).values()
    return bool(rows[:, 0].tolist() == [int(shot, 16) for shot in own["data"]["memory"]])
