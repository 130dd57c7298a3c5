"""Measurements of Paulis behind a circuit, as Qiskit's estimator takes them: `measure_paulis`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.quantum_info import Pauli, PauliList
from qiskit.transpiler import PassManager, PassManagerConfig
from qiskit.transpiler.passes import Optimize1qGatesDecomposition
from qiskit_aer import AerSimulator

from qsession.forks import ForkSafeLock
from qsession.simulator import aer_private as aer
from qsession.simulator.errors import FastPathError
from qsession.simulator.lru import Bounded

if TYPE_CHECKING:
    from qiskit.providers import BackendV2


@dataclass(frozen=True)
class Measured:
    """A circuit with the measurements of Paulis that can be taken together."""

    circuit: QuantumCircuit
    paulis: tuple[str, ...]
    masks: tuple[int, ...]
    """For each Pauli, the measured bits whose parity it is."""
    shift: int
    """The number of classical bits of the circuit itself."""


def measure_paulis(
    circuit: QuantumCircuit, paulis: tuple[str, ...], backend: BackendV2, grouping: bool
) -> list[Measured]:
    """Measure Paulis as Qiskit's estimator does, in its order.

    Raises:
        FastPathError: If one is no Pauli, or the circuit has registers that are in the way.
    """
    if any(not set(label) <= set("IXYZ") for label in paulis):
        raise FastPathError("an observable is no sum of Paulis")
    if any(register.name.startswith("__") for register in circuit.cregs):
        raise FastPathError("a register has a name that the estimator gives")
    if sum(register.size for register in circuit.cregs) != circuit.num_clbits:
        raise FastPathError("a classical bit is in no register, or in two")
    listed = PauliList(list(paulis))
    groups = listed.group_commuting(qubit_wise=True) if grouping else map(PauliList, listed)
    measurements, of_groups = [], []
    for group in groups:
        basis = Pauli((np.logical_or.reduce(group.z), np.logical_or.reduce(group.x)))
        measurement, qubits = _measurement(circuit.num_qubits, basis)
        measurements.append(measurement)
        of_groups.append((group, qubits))
    found = []
    fitted = _fitted(measurements, backend)
    for measurement, (group, qubits) in zip(fitted, of_groups, strict=True):
        measured = circuit.copy()
        measured.add_register(measurement.cregs[0])
        measured.compose(measurement, clbits=measurement.cregs[0], inplace=True)
        rows = (group.z | group.x)[:, qubits]
        masks = tuple(
            sum(1 << bit for bit, is_in in enumerate(row) if is_in) for row in rows.tolist()
        )
        found.append(Measured(measured, tuple(group.to_labels()), masks, circuit.num_clbits))
    return found


_fitting_lock = ForkSafeLock()
_fitting: Bounded[Hashable, PassManager] = Bounded(16)


def _fitted(measurements: list[QuantumCircuit], backend: BackendV2) -> list[QuantumCircuit]:
    """Circuits with the gates of a backend."""
    is_ideal = type(backend) is AerSimulator and aer.basis_of(backend) is None
    made_from = aer.gates_of(backend) if is_ideal else None
    if made_from is None:
        return _fitting_to(backend).run(measurements)  # type: ignore[no-any-return]
    # To make such a target and to look through it takes longer than to run a small job; what is
    # made from the same gates serves all simulators. Passes are for one thread at a time.
    with _fitting_lock:
        passes = _fitting.get(made_from)
        if passes is None:
            passes = _fitting_to(backend)
            _fitting.put(made_from, passes)
        return passes.run(measurements)  # type: ignore[no-any-return]


def _fitting_to(backend: BackendV2) -> PassManager:
    config = PassManagerConfig.from_backend(backend)
    return PassManager(
        [Optimize1qGatesDecomposition(basis=config.basis_gates, target=backend.target)]
    )


def _measurement(num_qubits: int, basis: Pauli) -> tuple[QuantumCircuit, list[int]]:
    """A circuit that measures the qubits of a Pauli, each in its basis."""
    # Of the identity, Qiskit measures the first qubit.
    qubits = np.flatnonzero(basis.z | basis.x).tolist() or [0]
    bits = ClassicalRegister(len(qubits), f"__c_{basis}")
    measurement = QuantumCircuit(QuantumRegister(num_qubits, "q"), bits)
    for bit, qubit in enumerate(qubits):
        if basis.x[qubit]:
            if basis.z[qubit]:
                measurement.sdg(qubit)
            measurement.h(qubit)
        measurement.measure(qubit, bit)
    return measurement, qubits


def gates_before(backend: BackendV2, paulis: tuple[str, ...]) -> Hashable:
    """Return the gates that may come before measurements of Paulis, with their errors, as a key."""
    if isinstance(backend, AerSimulator) and aer.basis_of(backend) is None:
        # Its target is made anew each time that somebody asks for it.
        configuration = backend.configuration()
        return (tuple(configuration.basis_gates), configuration.n_qubits)
    target = backend.target
    width = len(paulis[0])
    qubits = {
        width - 1 - place for label in paulis for place in range(width) if label[place] in "XY"
    }
    return tuple(
        (qubit, name, getattr(target[name].get((qubit,)), "error", None))
        for qubit in sorted(qubits)
        for name in sorted(target.operation_names_for_qargs((qubit,)))
        if target[name] is not None
    )
