"""A test that shots are branched as Aer simulates them: `branches_as_aer`."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from qsession.simulator import aer_private as aer
from qsession.simulator.aer_sampling import STABILIZER, STATE
from qsession.simulator.branch_program import assembled
from qsession.simulator.branch_steps import Gate, Measurement, Operation, Reset
from qsession.simulator.branching import branched
from qsession.simulator.errors import FastPathError
from qsession.simulator.random import seed_of

_log = logging.getLogger("qsession")

_SEED, _SHOTS = 2**33 + 5, 64
"""More than 32 bits: all of a seed must count."""

_BITS = 4
_REGISTERS = [("all", _BITS, 0)]


@cache
def branches_as_aer() -> bool:
    """Return True if shots branched here equal those of Aer, or else seeded ones are Aer's."""
    try:
        agrees = _agree({STABILIZER: _clifford(), STATE: _rotated()})
    except FastPathError:
        agrees = False
    if not agrees:
        _log.debug("This release of Aer simulates single shots in another way.")
    return agrees


def _clifford() -> list[Operation]:
    half = Gate("h", (0,), np.array([[1, 1], [1, -1]], dtype=np.complex128) * math.sqrt(0.5))
    return [half, *_measured_on_the_way(half)]


def _rotated() -> list[Operation]:
    return [_rotation(0, 1.1), _rotation(1, 0.7), *_measured_on_the_way(_rotation(0, 0.9))]


def _rotation(qubit: int, angle: float) -> Gate:
    cosine, sine = math.cos(angle / 2), math.sin(angle / 2)
    matrix = np.array([[cosine, -sine], [sine, cosine]], dtype=complex)
    return Gate("ry", (qubit,), matrix, (angle,))


def _measured_on_the_way(again: Gate) -> list[Operation]:
    entangled = Gate("cx", (0, 1), np.eye(4, dtype=complex)[[0, 3, 2, 1]])
    return [
        entangled,
        Measurement((1,), 3),
        Reset((0,)),
        again,
        Measurement((0,), 0),
        entangled,
        Measurement((1,), 1),
        again,
        Measurement((0,), 2),
    ]


def _agree(circuits: dict[str, list[Operation]]) -> bool:
    built = [_built(operations) for operations in circuits.values()]
    results = aer.trial(built, shots=_SHOTS, memory=True, seed=_SEED)
    return all(
        result["metadata"]["method"] == method
        and _own(operations, seed_of(_SEED, number), method) == _theirs(result)
        for number, (result, (method, operations)) in enumerate(
            zip(results, circuits.items(), strict=True)
        )
    )


def _own(operations: Sequence[Operation], seed: int, method: str) -> list[int]:
    shots = branched(assembled(operations, _BITS), _SHOTS, seed, method)
    rows: list[int] = shots.shots(_SHOTS, _REGISTERS)["all"][:, 0].tolist()
    return rows


def _theirs(result: dict[str, Any]) -> list[int]:
    return [int(shot, 16) for shot in result["data"]["memory"]]


def _built(operations: Sequence[Operation]) -> aer.Builder:
    builder = aer.Builder(2, _BITS)
    for each in operations:
        if isinstance(each, Gate):
            builder.gate(each.name, each.qubits, each.angles)
        elif isinstance(each, Measurement):
            builder.measure(each.qubits, [each.clbit])
        elif isinstance(each, Reset):
            builder.reset(each.qubits)
    return builder
