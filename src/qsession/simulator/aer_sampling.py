"""Aer's automatic choice of a simulation method, and a test that shots are drawn as Aer does."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Gate
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit_aer import AerSimulator

from qsession.simulator.drawing import LABEL, Distribution, Drawing
from qsession.simulator.lru import Bounded
from qsession.simulator.reduction import reduce_circuit

MOST_KNOWN = 64
"""Sets of angles of one circuit whose method is remembered."""

STATE, STABILIZER = "statevector", "stabilizer"

_QUARTER = math.pi / 2
_SURELY_ASIDE = 1e-3
"""So far from a quarter turn no angle belongs to a Clifford gate."""

_MOST_TURNS = 8
"""Angles up to this many quarter turns are tried, and no others."""


class Methods:
    """Of one circuit without noise, with its angles open.

    Aer takes a stabilizer where all is Clifford, which angles decide about, and a state elsewhere.
    Its shots depend on that.

    Args:
        gates: The name of each gate, in order, and how many of the angles are its own. None if
            there is anything but standard gates and measurements: then Aer has to tell.
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

    def _with_turns(self, angles: tuple[float, ...]) -> Iterator[tuple[str, tuple[float, ...]]]:
        """Each gate by name, with its angles."""
        first = 0
        for name, count in self._gates or ():
            yield name, angles[first : first + count]
            first += count


def _is_aside(angle: float) -> bool:
    turns = angle / _QUARTER
    return abs(turns - round(turns)) > _SURELY_ASIDE


def _method_of(gates: set[tuple[str, tuple[float, ...]]]) -> str | None:
    """One gate that is not Clifford is enough for a state; None if one cannot be told."""
    methods = {_method_with(name, turns) for name, turns in gates}
    if STATE in methods:
        return STATE
    return STABILIZER if methods <= {STABILIZER} else None


def _method_with(name: str, angles: tuple[float, ...]) -> str | None:
    # Whoever rounds otherwise than we do may be taken for a Clifford gate, or not.
    turns = [round(angle / _QUARTER) for angle in angles]
    if any(
        abs(turn) > _MOST_TURNS or angle != turn * _QUARTER
        for turn, angle in zip(turns, angles, strict=True)
    ):
        return None
    return _tried(name, angles)


@cache
def _tried(name: str, angles: tuple[float, ...]) -> str | None:
    """Return the method that Aer chooses for one gate, by a run of one shot; None if it fails."""
    standard = get_standard_gate_name_mapping().get(name)
    if not isinstance(standard, Gate):
        return None
    gate = standard.to_mutable()
    gate.params = list(angles)
    circuit = QuantumCircuit(gate.num_qubits, gate.num_qubits)
    circuit.append(CircuitInstruction(gate, circuit.qubits))
    circuit.measure(circuit.qubits, circuit.clbits)
    ran = AerSimulator(max_parallel_threads=1).run(circuit, shots=1).result()
    return str(ran.results[0].metadata["method"]) if ran.success else None


_log = logging.getLogger("qsession")

_SEED, _SHOTS = 2**33 + 5, 64
"""More than 32 bits: all of a seed must count."""


@cache
def draws_as_aer() -> bool:
    """Return True if shots drawn here equal those of Aer; otherwise Aer draws seeded shots."""
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
