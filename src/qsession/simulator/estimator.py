"""Estimator PUBs, with the results of Qiskit's `BackendEstimatorV2`."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.primitives import DataBin, PrimitiveResult, PubResult
from qiskit.quantum_info import Pauli, PauliList
from qiskit.transpiler import PassManager, PassManagerConfig
from qiskit.transpiler.passes import Optimize1qGatesDecomposition
from qiskit_aer import AerSimulator

from qsession.forks import ForkSafeLock
from qsession.simulator import aer_private as aer
from qsession.simulator.binding import angle_rows
from qsession.simulator.errors import FastPathError
from qsession.simulator.fingerprint import read
from qsession.simulator.lru import Bounded
from qsession.simulator.options import Setting
from qsession.simulator.runner import Run, Settings
from qsession.simulator.simulator import Simulator, simulator_of, simulator_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit.providers import BackendV2

    from qsession.simulator.compiled import Compiled

_OPTIONS = {"default_precision", "abelian_grouping", "seed_simulator"}


@dataclass(frozen=True)
class _Measured:
    """A circuit with the measurements of Paulis that can be taken together."""

    circuit: QuantumCircuit
    paulis: tuple[str, ...]
    masks: tuple[int, ...]
    """For each Pauli, the measured bits whose parity it is."""
    shift: int
    """The number of classical bits of the circuit itself."""


def estimate(
    backend: BackendV2,
    pubs: Sequence[EstimatorPub],
    options: Mapping[str, Any],
    precision: float | None,
    default_precision: float,
) -> PrimitiveResult[PubResult]:
    """Estimate the observables of PUBs.

    Args:
        backend: Where they run.
        pubs: What to estimate.
        options: Those of `BackendEstimatorV2`.
        precision: That of the run, for PUBs that name none.
        default_precision: If the options name none either.

    Raises:
        FastPathError: If Qiskit's estimator has to do it.
    """
    if not _OPTIONS.issuperset(options):
        raise FastPathError("an option is not one of the estimator's")
    simulator = simulator_of(backend)
    setting = simulator_options(simulator, backend, {})
    default = (
        options.get("default_precision", default_precision) if precision is None else precision
    )
    by_shots: dict[int, list[int]] = {}
    precisions = [pub.precision or default for pub in pubs]
    for number, each in enumerate(precisions):
        by_shots.setdefault(math.ceil(1.0 / each**2), []).append(number)
    results: list[Any] = [None] * len(pubs)
    for shots, numbers in by_shots.items():
        plans = [
            _Plan(simulator, backend, pubs[number], setting, options.get("abelian_grouping", True))
            for number in numbers
        ]
        runs = [run for plan in plans for run in plan.runs]
        settings = Settings(
            setting.options,
            shots,
            max(plan.clbits for plan in plans),
            memory=False,
            seed=options.get("seed_simulator"),
            shots_alone=True,
        )
        outputs = iter(simulator.runner.run(runs, settings).results)
        for number, plan in zip(numbers, plans, strict=True):
            results[number] = plan.result(outputs, shots, precisions[number])
    return PrimitiveResult(results, metadata={"version": 2})


class _Plan:
    """The runs of one PUB, and how its result is made from them."""

    def __init__(
        self,
        simulator: Simulator,
        backend: BackendV2,
        pub: EstimatorPub,
        setting: Setting,
        abelian_grouping: bool,
    ) -> None:
        self._pub = pub
        self._grouping = abelian_grouping
        self._setting = setting
        self._simulator = simulator
        self._backend = backend
        shape = pub.parameter_values.shape
        indices = np.fromiter(np.ndindex(shape), dtype=object).reshape(shape)
        # Arrays of index tuples, and of observables as dicts.
        broadcast: Any = np.broadcast_arrays(indices, pub.observables)
        self._indices, self._observables = broadcast
        wanted: dict[tuple[int, ...], set[str]] = {}
        for place in np.ndindex(*self._indices.shape):
            wanted.setdefault(self._indices[place], set()).update(self._observables[place])
        self._reading = read(pub.circuit)
        rows = angle_rows(pub.circuit, self._reading, pub.parameter_values)
        self._steps: list[tuple[tuple[int, ...], _Measured]] = []
        self.runs: list[Run] = []
        self.clbits = 0
        for index, paulis in wanted.items():
            row = rows[int(np.ravel_multi_index(index, shape)) if shape else 0]
            for measured, compiled, angles in self._measured(tuple(sorted(paulis))):
                self._steps.append((index, measured))
                self.runs.append(Run(compiled, [*row, *angles]))
                self.clbits = max(self.clbits, measured.circuit.num_clbits)

    def result(self, outputs: Iterator[dict[str, Any]], shots: int, precision: float) -> PubResult:
        """The result from what Aer says of each run, in their order."""
        values: dict[tuple[tuple[int, ...], str], tuple[float, float]] = {}
        for index, measured in self._steps:
            masks = [mask << measured.shift for mask in measured.masks]
            expected = map(_expected, *_parities(next(outputs), shots, masks))
            for pauli, both in zip(measured.paulis, expected, strict=True):
                values[index, pauli] = both
        evs = np.zeros_like(self._indices, dtype=float)
        stds = np.zeros_like(self._indices, dtype=float)
        for place in np.ndindex(*self._indices.shape):
            index = self._indices[place]
            for pauli, weight in self._observables[place].items():
                value, variance = values[index, pauli]
                evs[place] += value * weight
                stds[place] += np.abs(weight) * variance**0.5
        stds = stds / np.sqrt(shots)
        return PubResult(
            DataBin(evs=evs, stds=stds, shape=evs.shape),
            metadata={
                "target_precision": precision,
                "shots": shots,
                "circuit_metadata": self._pub.circuit.metadata,
            },
        )

    def _measured(
        self, paulis: tuple[str, ...]
    ) -> Iterator[tuple[_Measured, Compiled, Sequence[float]]]:
        kept = self._simulator.kept
        key = (self._reading.key, paulis, self._grouping, _gates(self._backend, paulis))
        found = kept.get(key)
        if found is None:
            circuits = _measure(self._pub.circuit, paulis, self._backend, self._grouping)
            found = [(each, read(each.circuit)) for each in circuits]
            weight = sum(5000 + 1000 * len(each.circuit.data) for each, _ in found)
            kept.put(key, found, weight)
        own = len(self._reading.angles)
        for each, reading in found:
            compiled = self._simulator.compiled(
                each.circuit, reading, self._setting.noise, self._setting.basis
            )
            yield each, compiled, reading.angles[own:]


def _parities(
    output: dict[str, Any], shots: int, masks: Sequence[int]
) -> tuple[list[int], list[int]]:
    """For each mask, in how many of the shots its bits have an odd sum; and how many there are.

    Raises:
        FastPathError: If there are none.
    """
    drawn = output.get("distribution")
    if drawn:
        return drawn.odd(shots, masks), [shots] * len(masks)
    counts = output["data"].get("counts")
    if not counts:
        raise FastPathError("nothing is measured")
    outcomes = [(int(outcome, 16), count) for outcome, count in counts.items()]
    odd = [
        sum([count for outcome, count in outcomes if (outcome & mask).bit_count() & 1])
        for mask in masks
    ]
    return odd, [sum(counts.values())] * len(masks)


def _expected(odd: int, total: int) -> tuple[Any, Any]:
    """The mean of a Pauli and its variance."""
    mean = np.float64(total - 2 * odd) / total
    return mean, 1 - mean**2


def _measure(
    circuit: QuantumCircuit, paulis: tuple[str, ...], backend: BackendV2, grouping: bool
) -> list[_Measured]:
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
        found.append(_Measured(measured, tuple(group.to_labels()), masks, circuit.num_clbits))
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


def _gates(backend: BackendV2, paulis: tuple[str, ...]) -> Hashable:
    """Return the gates that come before a measurement, with their errors, in a form to compare."""
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
