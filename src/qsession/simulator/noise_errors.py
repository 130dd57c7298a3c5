"""The errors of noise models as Aer reads them, and the operations that they are made of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qiskit_aer.noise import PauliError, PauliLindbladError, QuantumError

from qsession.simulator import aer_private as aer
from qsession.simulator.errors import FastPathError
from qsession.simulator.lru import Bounded

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction

    from qsession.simulator.aer_noise_models import AnyError

Operation = Mapping[str, Any]
"""An operation of an error, in the form in which Aer reads it."""

LEAST_PROBABILITY = 1e-10
"""Aer leaves out what an error does with a smaller one."""

MOST_ERRORS = 4096
"""The largest number of kept errors of all models."""

_operations: Bounded[Hashable, Mapping[str, Operation]] = Bounded(MOST_ERRORS)

_PAULI: Operation = {"name": "pauli", "params": ["X"], "qubits": [0]}


def rates_of(error: AnyError) -> tuple[float, ...]:
    """Return the current probabilities (or rates) of the parts of an error, in their order.

    Raises:
        FastPathError: If it is an error of another kind.
    """
    kind = type(error)
    if kind is QuantumError or kind is PauliError:
        return tuple(error.probabilities)
    if kind is PauliLindbladError:
        return tuple(error.rates)
    raise FastPathError("an error of the noise model is of a kind of its own")


def description_of(error: AnyError) -> Mapping[str, Any]:
    """An error as Aer reads it; it leaves open which instructions the error is of."""
    return aer.as_json(error.to_dict())


def operations_of(errors: Iterable[AnyError]) -> dict[str, Operation]:
    """The operations by name that errors have between them.

    Raises:
        FastPathError: If one is an error of another kind.
    """
    found: dict[str, Operation] = {}
    for error in errors:
        rates = rates_of(error)
        key = error.id, rates
        own = _operations.get(key)
        if own is None:
            own = _operations_in(error, rates, found)
            _operations.put(key, own)
        found.update(own)
    return found


def _operations_in(
    error: AnyError, rates: tuple[float, ...], known: Mapping[str, Operation]
) -> Mapping[str, Operation]:
    if type(error) is not QuantumError:
        return {"pauli": _PAULI} if max(rates, default=0) > LEAST_PROBABILITY else {}
    found: dict[str, Operation] = {}
    for circuit, rate in zip(error.circuits, rates, strict=True):
        if rate <= LEAST_PROBABILITY:
            continue
        for instruction in circuit.data:
            if instruction.name not in found:
                name = instruction.name
                found[name] = known.get(name) or _described(circuit, instruction)
    return found


def _described(circuit: QuantumCircuit, instruction: CircuitInstruction) -> Operation:
    qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
    operation: dict[str, Any] = {"name": instruction.name, "qubits": qubits}
    params = instruction.operation.params  # those of the instruction may be in no list
    if params:
        operation["params"] = params
    return aer.as_json(operation)
