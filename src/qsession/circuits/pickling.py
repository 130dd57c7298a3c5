"""Pickles circuits so that they come back as they were: `CircuitPickler`."""

from __future__ import annotations

import copyreg
import io
import pickle
import sys
from typing import Any

PROTOCOL = 5


class CircuitPickler(pickle.Pickler):
    """Python's pickler, with what Qiskit's objects need besides.

    The default case of a switch is recognised by identity. Python's pickler makes another object of
    it, and the switch then refuses to be built.

    A circuit that comes out of a pickle keeps an object for each gate, where others make one
    whenever they are asked for it. Aer 0.18 sets the free angles of such a ``cu`` to 0 before it
    reads which of them are to be bound, and so gives wrong counts. A copy keeps no objects.
    """

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, PROTOCOL)
        # Only if Qiskit is loaded can there be switches.
        qiskit = sys.modules.get("qiskit.circuit")
        if qiskit is not None:
            default_type = type(qiskit.CASE_DEFAULT)
            self.dispatch_table = {
                **copyreg.dispatch_table,
                default_type: _reduced_default,
                qiskit.QuantumCircuit: _reduced_circuit,
            }


def _default_case() -> object:
    from qiskit.circuit import CASE_DEFAULT  # noqa: PLC0415 - others pickle without Qiskit

    return CASE_DEFAULT


def _reduced_default(_: object) -> tuple[Any, tuple[()]]:
    return _default_case, ()


def _set_state(circuit: Any, state: dict[str, Any]) -> None:
    circuit.__dict__.update(state)
    circuit._data = circuit._data.copy()  # noqa: SLF001 - as `copy` does, which makes another circuit


def _reduced_circuit(circuit: Any) -> tuple[Any, ...]:
    make, arguments, state = circuit.__reduce_ex__(PROTOCOL)[:3]
    return make, arguments, state, None, None, _set_state
