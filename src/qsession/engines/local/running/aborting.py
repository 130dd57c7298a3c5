"""Which work may end the process that computes it: `may_abort`.

Aer runs shots in threads of its own, out of which no C++ exception can be told: one that is thrown
there ends the process. Classical variables make it throw, where it looks for their bits among those
of the circuit. And Aer goes by names: a gate of somebody's own that is called "diagonal" is read as
Aer's, without the parameters that Aer's has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import ControlledGate, Gate, Instruction

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction

    from qsession.engines.local.work import Work

_GENERIC = (ControlledGate, Gate, Instruction)
"""Classes whose instances are told by their names alone."""

_PACKAGES = ("qiskit", "qiskit_aer")
_OF_MATRICES = ("kraus", "superop")
"""What Qiskit makes generic instructions of, with matrices as their parameters."""


def may_abort(work: Work) -> bool:
    """Whether a unit of work must not run in a process that anything else depends on."""
    try:
        return any(map(_is_risky, work.circuits))
    except Exception:  # noqa: BLE001 - odd work fails where it runs, and says why there
        return False


def _is_risky(circuit: QuantumCircuit) -> bool:
    if circuit.num_vars or circuit.num_stretches:
        return True
    return any(map(_is_odd, circuit.data))


def _is_odd(instruction: CircuitInstruction) -> bool:
    if instruction.is_standard_gate():
        return False
    operation = instruction.operation
    if instruction.is_control_flow():
        # A block can have variables of its own.
        return any(map(_is_risky, operation.blocks))
    kind = getattr(operation, "base_class", type(operation))
    if kind not in _GENERIC and kind.__module__.partition(".")[0] in _PACKAGES:
        return False
    return not (operation.name in _OF_MATRICES and _are_matrices(operation.params))


def _are_matrices(parameters: list[Any]) -> bool:
    return bool(parameters) and all(
        isinstance(each, np.ndarray) and each.ndim == 2  # noqa: PLR2004 - rows and columns
        for each in parameters
    )
