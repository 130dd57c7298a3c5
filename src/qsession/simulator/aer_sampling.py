"""How Aer simulates a circuit when the choice is left to it, and whether it draws as we do."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from functools import cache

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from qsession.simulator.drawing import LABEL, Distribution, Drawing
from qsession.simulator.lru import Bounded
from qsession.simulator.reduction import reduce_circuit

MOST_KNOWN = 64
"""Sets of angles of one circuit whose method is remembered."""

_QUARTER = math.pi / 2
_SURELY_ASIDE = 1e-3
"""So far from a quarter turn no angle belongs to a Clifford gate."""


class Methods:
    """Of one circuit without noise, with its angles open.

    Aer takes a stabilizer where all is Clifford, which angles decide about, and a state elsewhere.
    Its shots depend on that.
    """

    def __init__(self) -> None:
        self._seen: Bounded[tuple[float, ...], str] = Bounded(MOST_KNOWN)

    def of(self, angles: Sequence[float]) -> str | None:
        """The method with these angles; None where that is not known yet."""
        if any(_is_aside(angle) for angle in angles):
            return "statevector"
        return self._seen.get(tuple(angles))

    def note(self, angles: Sequence[float], method: str) -> None:
        """Remember what Aer has told."""
        self._seen.put(tuple(angles), method)


def _is_aside(angle: float) -> bool:
    turns = angle / _QUARTER
    return abs(turns - round(turns)) > _SURELY_ASIDE


_log = logging.getLogger("qsession")

_SEED, _SHOTS = 2**33 + 5, 64
"""More than 32 bits: all of a seed must count."""


@cache
def draws_as_aer() -> bool:
    """Whether drawn shots are those of Aer; where they are not, Aer itself draws for a seed."""
    agrees = all(map(_agrees, (_clifford(), _rotated())))
    if not agrees:
        _log.debug("This release of Aer draws its shots in another way.")
    return agrees


def _clifford() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    circuit.h([0, 2])
    circuit.cx(0, 1)
    circuit.measure([2, 0, 1], [0, 1, 2])
    return circuit


def _rotated() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    circuit.ry(1.1, [0, 1, 2])
    circuit.cx(0, 1)
    circuit.measure([2, 0, 1], [0, 1, 2])
    return circuit


def _agrees(circuit: QuantumCircuit) -> bool:
    simulator = AerSimulator(max_parallel_threads=1)  # more take longer to start than to run
    own = simulator.run(circuit, shots=_SHOTS, memory=True, seed_simulator=_SEED).result()
    drawing = Drawing.of(reduce_circuit(circuit))
    probabilities = simulator.run(drawing.circuit, shots=1).result().data()[LABEL]
    method = own.results[0].metadata["method"]
    distribution = Distribution(probabilities, drawing, _SEED, method)
    (rows,) = distribution.shots(_SHOTS, [("all", circuit.num_clbits, 0)]).values()
    return bool(rows[:, 0].tolist() == [int(shot, 2) for shot in own.get_memory()])
