"""Pickles a noise model with each different circuit of its errors once: `pickled_noise`.

A noise model of a device holds a thousand circuits and more, one for each thing that may go wrong
with a gate on its qubits, and few are different. Python's pickler writes, and reads, a hundred
objects for each, which takes longer than most jobs.
"""

from __future__ import annotations

import io
import pickle
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from qsession.circuits.pickling import PROTOCOL

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction

MOST_CIRCUITS = 4096
"""The largest number of different circuits of errors that a process keeps."""

_Step: TypeAlias = tuple[str, tuple[int, ...], tuple[str, ...]]
_Content: TypeAlias = tuple[int, tuple[_Step, ...]]
"""The number of qubits, and of each instruction its name, the numbers of its qubits, and its
parameters."""


def pickled_noise(noise_model: Any) -> bytes:
    """Return a pickle of a noise model, which any pickler reads."""
    file = io.BytesIO()
    _NoisePickler(file).dump(noise_model)
    return file.getvalue()


class _NoisePickler(pickle.Pickler):
    """A pickler that writes what a circuit does, where it is made of well-known instructions.

    Nothing else of an error's circuit is ever read: no name, no metadata. Where an instruction is
    not well known, the circuit is pickled as all others are.
    """

    def __init__(self, file: io.BytesIO) -> None:
        from qiskit import QuantumCircuit  # noqa: PLC0415 - others pickle without Qiskit

        super().__init__(file, PROTOCOL)
        self._circuit_type = QuantumCircuit
        self._arguments: dict[_Content, tuple[_Content]] = {}

    def reducer_override(self, item: object) -> Any:
        """Return how a circuit is made; leave all others to the pickler."""
        if type(item) is self._circuit_type:
            content = _content_of(item)
            if content is not None:
                # The same object each time, which the pickler writes once.
                return _circuit_of, self._arguments.setdefault(content, (content,))
        return NotImplemented


def _content_of(circuit: QuantumCircuit) -> _Content | None:
    """Return what a circuit does; None if that is not all there may be to it."""
    if circuit.num_clbits or circuit.num_vars or circuit.global_phase != 0:
        return None
    numbers = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    steps: list[_Step] = []
    for instruction in circuit.data:
        parameters = _parameters_of(instruction)
        if parameters is None:
            return None
        on = tuple([numbers[qubit] for qubit in instruction.qubits])
        steps.append((instruction.name, on, parameters))
    return len(numbers), tuple(steps)


_FIXED_GATES = ("id", "x", "y", "z")


def _parameters_of(instruction: CircuitInstruction) -> tuple[str, ...] | None:
    """Return the parameters of a well-known instruction; None for any other one."""
    if instruction.label is not None:
        return None
    if instruction.is_standard_gate():
        return () if instruction.name in _FIXED_GATES else None
    kind = type(instruction.operation)
    unchangeable_reset, pauli = _well_known()
    if kind is unchangeable_reset:
        return ()
    if kind is pauli:
        (paulis,) = instruction.params
        return (paulis,) if type(paulis) is str else None
    return None


@lru_cache(MOST_CIRCUITS)
def _circuit_of(content: _Content) -> QuantumCircuit:
    """Return the circuit of a content, the same one each time.

    Nobody changes the circuits of errors that were unpickled.
    """
    from qiskit import QuantumCircuit  # noqa: PLC0415 - others pickle without Qiskit

    qubits, steps = content
    circuit = QuantumCircuit(qubits)
    for name, on, parameters in steps:
        circuit.append(_operation(name, parameters), on)
    return circuit


def _operation(name: str, parameters: tuple[str, ...]) -> Any:
    from qiskit.circuit import Reset, library  # noqa: PLC0415 - others pickle without Qiskit

    kinds: dict[str, Any] = {
        "id": library.IGate,
        "x": library.XGate,
        "y": library.YGate,
        "z": library.ZGate,
        "pauli": library.PauliGate,
        "reset": Reset,
    }
    return kinds[name](*parameters)


@lru_cache(1)
def _well_known() -> tuple[type, type]:
    """Return the classes of resets that nobody can change, and of Pauli gates."""
    from qiskit.circuit import Reset, library  # noqa: PLC0415 - others pickle without Qiskit

    return type(Reset()), library.PauliGate
