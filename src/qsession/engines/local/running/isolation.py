"""Which work may end the process that runs it: `may_abort`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiskit.circuit.classical import expr

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.engines.local.work import Work


def may_abort(work: Work) -> bool:
    """Whether Aer may abort its process instead of raising.

    Aer 0.18 does so for expressions that it cannot evaluate, such as a comparison of an integer
    variable. Which these are depends on values and widths, so all of them are kept apart.
    """
    return any(map(_has_expressions, work.circuits))


def _has_expressions(circuit: QuantumCircuit) -> bool:
    if circuit.num_vars:
        return True
    for instruction in circuit.data:
        if instruction.name == "store":
            return True
        if instruction.is_control_flow():
            operation = instruction.operation
            decides = (getattr(operation, "condition", None), getattr(operation, "target", None))
            if any(isinstance(each, expr.Expr) for each in decides):
                return True
            if any(map(_has_expressions, operation.blocks)):
                return True
    return False
