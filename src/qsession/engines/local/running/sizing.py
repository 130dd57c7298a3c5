"""How large a unit of work is, and how long that takes by estimate: `WorkSize`. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsession.engines.local.work import (
    DEFAULT_PRECISION,
    DEFAULT_SHOTS,
    CircuitWork,
    EstimatorWork,
    SamplerWork,
)

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2

    from qsession.engines.local.work import Work

MOST_OPERATIONS = 5000
"""Circuits with more are not looked through: that alone would take milliseconds."""

MOST_GROUPED_TERMS = 500
"""Of more terms, each counts as a basis of its own."""

LOOP_LENGTH = 3.0
"""How often a loop whose end depends on what is measured is taken to run, until it was measured."""

# What a step costs on a slow or busy laptop, in seconds; a fast one takes a third.
_PER_CIRCUIT_S = 2e-3
_PER_RUN_S = 0.3e-3
_PER_OPERATION_S = 30e-6
_PER_SHOT_S = 1.5e-6
_PER_SHOT_AND_OPERATION_S = 0.8e-6
_PER_AMPLITUDE_S = 10e-9

_PLAIN_METHODS = (None, "automatic", "statevector", "density_matrix")
_WITHOUT_NOISE = ("AerBackend", "BasicSimulator")
_WITHOUT_EFFECT = ("barrier", "delay")
_BRANCHES = ("if_else", "switch_case")


@dataclass(frozen=True)
class CircuitSize:
    """A circuit, as far as time goes.

    Attributes:
        qubits: How many take part; those without an operation cost nothing.
        operations: How many there are, in loops as often as they run, weighted where one acts on
            many qubits.
        runs_per_shot: Whether each shot is simulated by itself: something follows a measurement.
    """

    qubits: int
    operations: float
    runs_per_shot: bool


@dataclass(frozen=True)
class Run:
    """A circuit and how often it is run: once for each parameter set and each basis."""

    circuit: CircuitSize
    times: int
    shots: int


@dataclass(frozen=True)
class WorkSize:
    """A unit of work, as far as time goes; equal ones take equally long on equal data."""

    backend: str
    is_noisy: bool
    method: str | None
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, work: Work) -> WorkSize | None:
        """The size of a unit; None if that cannot be told without much ado."""
        try:
            options = _options(work)
            return cls(
                work.backend.name,
                _is_noisy(work.backend, options),
                options.get("method") or getattr(work.backend.options, "method", None),
                tuple(_runs(work)),
            )
        except Exception:  # noqa: BLE001 - odd work fails where it runs, and says why there
            return None

    def estimate_s(self) -> float:
        """The time it takes once everything is compiled, in seconds: rather more than less."""
        if self.method not in _PLAIN_METHODS:
            return math.inf
        return sum(
            self._circuit_s(run.circuit) + run.times * self._run_s(run.circuit, run.shots)
            for run in self.runs
        )

    @staticmethod
    def _circuit_s(circuit: CircuitSize) -> float:
        """What a circuit takes once, however many parameter sets it is run with."""
        return _PER_CIRCUIT_S + circuit.operations * _PER_OPERATION_S

    def _run_s(self, circuit: CircuitSize, shots: int) -> float:
        if circuit.qubits > 60:  # noqa: PLR2004 - nothing that takes amplitudes can be short
            return math.inf
        one_shot_s = circuit.operations * (
            _PER_SHOT_AND_OPERATION_S + 2.0**circuit.qubits * _PER_AMPLITUDE_S
        )
        if circuit.runs_per_shot:
            work_s = shots * one_shot_s
        elif self.is_noisy or self.method == "density_matrix":
            # Aer takes the density matrix where there are more shots than amplitudes.
            matrix_s = circuit.operations * 4.0**circuit.qubits * _PER_AMPLITUDE_S * 1.5
            is_matrix = shots > 2**circuit.qubits or self.method == "density_matrix"
            work_s = matrix_s if is_matrix else shots * one_shot_s
        else:
            work_s = one_shot_s
        return _PER_RUN_S + shots * _PER_SHOT_S + work_s


def _options(work: Work) -> Mapping[str, Any]:
    if isinstance(work, CircuitWork):
        return work.options
    if isinstance(work, SamplerWork):
        return work.options.get("run_options") or {}
    return {}


def _is_noisy(backend: BackendV2, options: Mapping[str, Any]) -> bool:
    if options.get("noise_model") is not None:
        return True
    # Simulators have noise if they are told; fake backends have it by themselves.
    is_plain = any(base.__name__ in _WITHOUT_NOISE for base in type(backend).__mro__)
    return not is_plain or getattr(backend.options, "noise_model", None) is not None


def _runs(work: Work) -> Iterator[Run]:
    if isinstance(work, SamplerWork):
        default = work.options.get("default_shots") or DEFAULT_SHOTS
        for pub in work.pubs:
            times = max(math.prod(pub.parameter_values.shape), 1)
            yield Run(_size_of(pub.circuit), times, pub.shots or default)
    elif isinstance(work, EstimatorWork):
        for pub in work.pubs:
            yield Run(_size_of(pub.circuit), _estimations(pub), _shots(pub, work))
    elif isinstance(work, CircuitWork):
        for circuit in work.circuits:
            yield Run(_size_of(circuit), 1, work.shots or DEFAULT_SHOTS)
    else:
        for item in work.program.items:
            yield Run(_size_of(item.circuit), max(item.size(), 1), int(work.program.shots))


def _estimations(pub: Any) -> int:
    """Parameter sets times bases: terms that can be measured together need one of them."""
    observables = pub.observables
    if observables.size > 1000:  # noqa: PLR2004 - beyond anything short
        return int(observables.size)
    terms = {term for observable in observables.ravel().tolist() for term in observable}
    sets: int = max(math.prod(pub.parameter_values.shape), 1)
    return sets * max(_bases(sorted(terms)), 1)


def _bases(terms: list[str]) -> int:
    """How many groups of terms agree on each qubit, put together one after the other."""
    if len(terms) > MOST_GROUPED_TERMS:
        return len(terms)
    bases: list[dict[int, str]] = []
    for term in terms:
        paulis = {place: pauli for place, pauli in enumerate(term) if pauli != "I"}
        for basis in bases:
            if all(basis.get(place, pauli) == pauli for place, pauli in paulis.items()):
                basis.update(paulis)
                break
        else:
            bases.append(paulis)
    return len(bases)


def _shots(pub: Any, work: EstimatorWork) -> int:
    default: float = work.options.get("default_precision", DEFAULT_PRECISION)
    precision: float = pub.precision or work.precision or default
    return math.ceil(1 / precision**2)


class _TooLargeError(Exception):
    """It is not worth while to look through the circuit."""


def _size_of(circuit: QuantumCircuit) -> CircuitSize:
    if len(circuit.data) > MOST_OPERATIONS:
        raise _TooLargeError
    busy: set[Any] = set()
    measured: set[Any] = set()
    operations, runs_per_shot = 0.0, False
    for instruction in circuit.data:
        name, qubits = instruction.name, instruction.qubits
        if name in _WITHOUT_EFFECT:
            continue
        busy.update(qubits)
        if not measured.isdisjoint(qubits) or name == "reset":
            runs_per_shot = True
        if name == "measure":
            measured.update(qubits)
        if instruction.is_control_flow():
            runs_per_shot = True
            operation = instruction.operation
            sizes = [_size_of(block).operations for block in operation.blocks] or [1.0]
            # Of the branches of an `if` or a switch one is taken.
            taken = max(sizes) if name in _BRANCHES else sum(sizes)
            operations += _times(operation) * taken
        else:
            operations += 2.0 ** max(len(qubits) - 2, 0)
    return CircuitSize(len(busy), operations, runs_per_shot)


def _times(operation: Any) -> float:
    if operation.name == "while_loop":
        return LOOP_LENGTH
    if operation.name == "for_loop":
        return float(len(operation.params[0]))
    return 1
