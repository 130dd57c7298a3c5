"""Whether the installed release of Aer draws its shots as `Distribution` does: tried once."""

from __future__ import annotations

import logging
from functools import cache

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from qsession.engines.local.simulating.drawing import LABEL, Distribution, Drawing
from qsession.engines.local.simulating.reducing import reduce_circuit

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
