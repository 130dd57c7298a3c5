"""The content of a circuit as a key: `content_key`."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qiskit import qpy
from qiskit.circuit import ControlFlowOp, Gate, Instruction

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def content_key(circuit: QuantumCircuit) -> bytes | None:
    """A digest of all that transpiling depends on; None if the content cannot be told."""
    if not _is_all_qiskits_own(circuit):
        return None
    plain = circuit.copy(name="circuit")
    plain.metadata = {}
    buffer = io.BytesIO()
    try:
        qpy.dump(plain, buffer)
    except Exception:  # noqa: BLE001 - QPY fails in many ways on what it cannot write
        return None
    return hashlib.sha256(buffer.getbuffer()).digest()


def _is_all_qiskits_own(circuit: QuantumCircuit) -> bool:
    """Return True if all operations are Qiskit's own, which QPY writes in full."""
    operations = [instruction.operation for instruction in circuit.data]
    return all(map(_is_qiskits_own, operations)) and all(
        _is_all_qiskits_own(inner) for operation in operations for inner in _inside(operation)
    )


def _inside(operation: Any) -> Iterable[QuantumCircuit]:
    """The circuits that an operation was made from."""
    if isinstance(operation, ControlFlowOp):
        return operation.blocks  # type: ignore[no-any-return]  # Qiskit has no types
    # What `to_instruction` and `to_gate` make; other gates have classes of their own.
    if type(operation) in (Instruction, Gate) and operation.definition is not None:
        return (operation.definition,)
    return ()


def _is_qiskits_own(operation: object) -> bool:
    # Qiskit's singleton gates have a class of their own that names no module.
    modules = (cls.__dict__.get("__module__") for cls in type(operation).__mro__)
    module = next(module for module in modules if isinstance(module, str))
    return module.partition(".")[0] == "qiskit"
