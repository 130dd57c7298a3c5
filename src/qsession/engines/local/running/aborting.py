"""Which work may end the process that computes it: `may_abort`.

Aer runs shots in threads of its own, out of which no C++ exception can be told: one that is thrown
there ends the process. Of what a circuit can say, classical variables make it throw, where it looks
for their bits among those of the circuit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.engines.local.work import Work


def may_abort(work: Work) -> bool:
    """Whether a unit of work must not run in a process that anything else depends on."""
    try:
        return any(map(_has_variables, work.circuits))
    except Exception:  # noqa: BLE001 - odd work fails where it runs, and says why there
        return False


def _has_variables(circuit: QuantumCircuit) -> bool:
    if circuit.num_vars or circuit.num_stretches:
        return True
    if not circuit.has_control_flow_op():
        return False
    # A block can have variables of its own.
    return any(
        _has_variables(block)
        for instruction in circuit.data
        for block in getattr(instruction.operation, "blocks", ())
    )
