"""The circuits and observables of the cases, fitted to their backends."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator

from tests.support.circuits import fitted, ghz

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pub = tuple[object, ...]


def sampled_ghz(backend: object, qubits: int) -> Pub:
    """Entangled qubits, measured."""
    return (fitted(ghz(qubits), backend),)


@cache
def sampled_variants(qubits: int, number: int) -> list[Pub]:
    """Entangled qubits with some more Clifford gates, others in each circuit, measured.

    They are fitted to Aer's simulator.
    """
    backend = AerSimulator()
    pubs: list[Pub] = []
    for seed in range(number):
        rng = np.random.default_rng(seed)
        circuit = ghz(qubits)
        circuit.remove_final_measurements()
        for _ in range(4):
            getattr(circuit, rng.choice(["h", "x", "s", "z", "sx"]))(int(rng.integers(qubits)))
        circuit.measure_all()
        pubs.append((fitted(circuit, backend),))
    return pubs


def estimated_ghz(backend: object, qubits: int) -> Pub:
    """Entangled qubits and what shows that they are."""
    circuit = ghz(qubits)
    circuit.remove_final_measurements()
    circuit = fitted(circuit, backend)
    observable = SparsePauliOp(["Z" * qubits, "X" * qubits, "I" * (qubits - 2) + "ZZ"], [1, 0.5, 1])
    return circuit, observable.apply_layout(circuit.layout)


def layered(backend: object, qubits: int, layers: int = 3) -> Pub:
    """Rotations and entanglement by turns, measured: the work is the simulator's."""
    circuit = QuantumCircuit(qubits, name="layered")
    for layer in range(layers):
        for qubit in range(qubits):
            circuit.ry(0.1 + 0.2 * (qubit + layer), qubit)
        for qubit in range(layer % 2, qubits - 1, 2):
            circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return (fitted(circuit, backend),)


class Variation:
    """A variational loop: one ansatz, one Hamiltonian, other angles each time."""

    def __init__(self, backend: object, qubits: int = 4) -> None:
        ansatz = efficient_su2(qubits, reps=1)
        self._parameters = ParameterVector("angle", ansatz.num_parameters)
        ansatz.assign_parameters(self._parameters, inplace=True)
        self._circuit = fitted(ansatz, backend)
        couplings = [("ZZ", [site, site + 1], -1.0) for site in range(qubits - 1)]
        fields = [("X", [site], -0.7) for site in range(qubits)]
        hamiltonian = SparsePauliOp.from_sparse_list([*couplings, *fields], num_qubits=qubits)
        self._hamiltonian = hamiltonian.apply_layout(self._circuit.layout)

    def pub(self, step: int) -> Pub:
        """The PUB of one step."""
        return self._circuit, self._hamiltonian, self._angles(step)

    def _angles(self, step: int) -> NDArray[np.float64]:
        return np.random.default_rng(step).uniform(-np.pi, np.pi, len(self._parameters))
