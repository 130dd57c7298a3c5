"""Errors as matrices, fast: `superoperator`."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.quantum_info import Kraus, Operator, SuperOp

if TYPE_CHECKING:
    from qiskit.circuit import CircuitInstruction
    from qiskit_aer.noise import QuantumError

_MOST_QUBITS = 2
_RESET = (np.array([[1, 0], [0, 0]], complex), np.array([[0, 1], [0, 0]], complex))


def superoperator(error: QuantumError) -> Any:
    """The superoperator of an error, column by column, as Qiskit and Aer write it.

    Qiskit's own way builds one for each of the hundred and more circuits of a two-qubit error; here
    the few operations that they are made of become matrices once.
    """
    if error.num_qubits > _MOST_QUBITS or not hasattr(error, "circuits"):
        return np.ascontiguousarray(SuperOp(error).data)
    size = 4**error.num_qubits
    known: dict[Hashable, Any] = {}
    total = np.zeros((size, size), complex)
    for circuit, probability in zip(error.circuits, error.probabilities, strict=True):
        product = None
        for instruction in circuit.data:
            qubits = tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)
            if instruction.name == "id":
                continue
            matrix = _matrix(instruction, qubits, error.num_qubits, known)
            product = matrix if product is None else matrix @ product
        total += probability * (np.eye(size) if product is None else product)
    return total


def _matrix(
    instruction: CircuitInstruction, qubits: tuple[int, ...], width: int, known: dict[Hashable, Any]
) -> Any:
    # An instruction of a circuit leaves out matrices; its operation has them.
    parameters = tuple(
        each.tobytes() if isinstance(each, np.ndarray) else each
        for each in instruction.operation.params
    )
    key = (instruction.name, qubits, parameters)
    matrix = known.get(key)
    if matrix is None:
        kraus = [_embedded(each, qubits, width) for each in _kraus(instruction)]
        matrix = known[key] = sum(np.kron(each.conj(), each) for each in kraus)
    return matrix


def _kraus(instruction: CircuitInstruction) -> list[Any]:
    if instruction.name == "reset":
        return list(_RESET)
    if instruction.name == "kraus":
        return list(instruction.operation.params)
    if instruction.is_standard_gate():
        return [instruction.matrix]
    operation = instruction.operation
    if hasattr(operation, "to_matrix"):
        return [Operator(operation).data]
    return list(Kraus(operation).data)


def _embedded(matrix: Any, qubits: tuple[int, ...], width: int) -> Any:
    """A matrix on some qubits as one on all; the first qubit is the fastest digit."""
    if width == 1 or qubits == (0, 1):
        return matrix
    if qubits == (0,):
        return np.kron(np.eye(2), matrix)
    if qubits == (1,):
        return np.kron(matrix, np.eye(2))
    swapped = matrix.reshape(2, 2, 2, 2).transpose(1, 0, 3, 2)
    return swapped.reshape(4, 4)
