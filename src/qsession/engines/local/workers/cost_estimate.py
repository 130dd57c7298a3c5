"""The size of a unit of work, and an estimate of the time it takes: `WorkSize`. Pure."""

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
from qsession.engines.local.workers.circuit_sizes import CircuitSize, circuit_size
from qsession.engines.local.workers.costs import USUAL, Costs
from qsession.simulator.branch_costs import (
    LEAST_SHOTS,
    MOST_BRANCHED_QUBITS,
    MOST_TOGETHER,
    allowed_s,
    most_s,
)
from qsession.simulator.drawing import MOST_DRAWN_QUBITS, MOST_DRAWN_SHOTS, has_few_outcomes

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.local.work import Work

MOST_GROUPED_TERMS = 500
"""Of more terms, each counts as a basis of its own."""

MOST_AMPLITUDES_QUBITS = 60
"""Nothing that takes more amplitudes ends."""

_OF_THE_SAME_SIZE = 0.3
"""The share of the cost to compile a circuit that is as large as one before: it may be the same but
for its angles."""

_STABILIZER, _PRODUCT = "stabilizer", "matrix_product_state"
_KNOWN_METHODS = (None, "automatic", "statevector", "density_matrix", _STABILIZER, _PRODUCT)
_WITHOUT_NOISE = ("AerBackend", "BasicSimulator")


@dataclass(frozen=True)
class Run:
    """A circuit and how often it is run: once for each parameter set and each basis."""

    circuit: CircuitSize
    times: int
    shots: int
    bases: int = 1
    """The number of circuits that are made of it, each of which is compiled."""


@dataclass(frozen=True)
class WorkSize:
    """A unit of work, as far as time goes; equal ones take equally long on equal data."""

    backend: str
    is_noisy: bool
    method: str | None
    runs: tuple[Run, ...]
    primitive: str = "sampler"
    is_seeded: bool = False

    @classmethod
    def of(cls, work: Work) -> WorkSize | None:
        """The size of a unit; None if that cannot be told."""
        try:
            options = _options(work)
            return cls(
                work.backend.name,
                _is_noisy(work.backend, options),
                options.get("method") or getattr(work.backend.options, "method", None),
                tuple(_runs(work)),
                work.primitive,
                _is_seeded(work, options),
            )
        except Exception:  # noqa: BLE001 - odd work fails where it runs, and says why there
            return None

    def estimate_s(self, costs: Costs = USUAL, *, is_first: bool = True) -> float:
        """The time that it takes, in seconds.

        Args:
            costs: What a step costs.
            is_first: Whether nothing has run on its backend yet.
        """
        if self.method not in _KNOWN_METHODS:
            return math.inf
        total_s = 0.0
        compiled: set[CircuitSize] = set()
        for run in self.runs:
            # Those that differ in angles alone are compiled once; others may have the same size.
            part = _OF_THE_SAME_SIZE if run.circuit in compiled else 1.0
            compiled.add(run.circuit)
            total_s += part * run.bases * self._circuit_s(run.circuit, costs)
            total_s += run.times * self._run_s(run, costs)
        if self.is_noisy and is_first:
            total_s += costs.error_s * max((run.circuit.gates for run in self.runs), default=0)
        return total_s

    @staticmethod
    def _circuit_s(circuit: CircuitSize, costs: Costs) -> float:
        """Return the seconds that a circuit takes once, whatever the number of parameter sets."""
        return costs.circuit_s + circuit.operations * costs.operation_s

    def _run_s(self, run: Run, costs: Costs) -> float:
        circuit, shots = run.circuit, run.shots
        if circuit.runs_per_shot:
            return min(self._branched_s(run, costs), self._shot_by_shot_s(run, costs))
        is_automatic = self.method in (None, "automatic")
        if self._is_drawn(circuit, shots):
            amplitudes = _power(2.0, circuit.qubits)
            amplitudes_s = circuit.operations * amplitudes * costs.amplitude_s
            is_counted = self.primitive == "estimator"
            counted_s = min(shots, amplitudes) * costs.outcome_s if is_counted else 0.0
            # With a seed, a stabilizer takes a number for each qubit, as Aer's does.
            numbers = circuit.qubits if self.is_seeded and circuit.is_clifford else 1
            drawn_s = shots * max(numbers, 1) * costs.drawn_shot_s
            return costs.run_s + amplitudes_s + counted_s + drawn_s
        read_s = costs.run_s + shots * costs.shot_s
        if self.method == "density_matrix" or (
            # Aer takes the density matrix where there are more shots than amplitudes.
            is_automatic and self.is_noisy and shots > 2**circuit.qubits
        ):
            return read_s + circuit.operations * _power(4.0, circuit.qubits) * costs.density_s
        if self.is_noisy:
            return self._shot_by_shot_s(run, costs)
        return read_s + self._state_s(circuit, shots, costs)

    def _is_drawn(self, circuit: CircuitSize, shots: int) -> bool:
        if circuit.qubits > MOST_DRAWN_QUBITS:
            return False
        if self._gives_shots_alone(shots):
            return True
        is_shorter = has_few_outcomes(circuit.qubits, shots) or not circuit.is_clifford
        return is_shorter and self.primitive == "circuits" and self._are_of_states(shots)

    def _gives_shots_alone(self, shots: int) -> bool:
        """True if nothing is told but shots, of states without noise."""
        return self.primitive in ("sampler", "estimator") and self._are_of_states(shots)

    def _are_of_states(self, shots: int) -> bool:
        is_state = self.method in (None, "automatic", "statevector")
        return shots <= MOST_DRAWN_SHOTS and not self.is_noisy and is_state

    def _branched_s(self, run: Run, costs: Costs) -> float:
        """The time for shots that are branched; infinite if they may spread too far for that."""
        circuit, shots = run.circuit, run.shots
        may_branch = (
            self._gives_shots_alone(shots)
            and shots >= LEAST_SHOTS
            and circuit.qubits <= MOST_BRANCHED_QUBITS
        )
        together = min(shots, MOST_TOGETHER)
        counted_s = most_s(circuit.operations, circuit.qubits, together) if may_branch else math.inf
        if counted_s > allowed_s(circuit.operations, together):
            return math.inf
        made_s = circuit.operations * costs.operation_s / 2
        return costs.run_s + made_s + math.ceil(shots / together) * counted_s * costs.branched_s

    def _state_s(self, circuit: CircuitSize, samples: int, costs: Costs) -> float:
        """To make one state, and to take samples of it."""
        qubits, is_automatic = circuit.qubits, self.method in (None, "automatic")
        if self.method == _STABILIZER or (circuit.is_clifford and is_automatic):
            return (samples * qubits + circuit.operations) * qubits * costs.tableau_s
        if self.method == _PRODUCT:
            # No bond is wider than this; a decomposition takes its third power.
            bond = _power(2.0, min(qubits // 2, 10))
            return circuit.operations * (20e-6 + bond**3 * 4 * costs.amplitude_s) + (
                samples * qubits * costs.shot_operation_s
            )
        return circuit.operations * _power(2.0, qubits) * costs.amplitude_s

    def _shot_by_shot_s(self, run: Run, costs: Costs) -> float:
        circuit = run.circuit
        per_operation_s = costs.noisy_shot_operation_s if self.is_noisy else costs.shot_operation_s
        one_s = costs.simulated_shot_s + costs.shot_s + circuit.operations * per_operation_s
        if self.method == "density_matrix":
            one_s += circuit.operations * _power(4.0, circuit.qubits) * costs.density_s
        else:
            one_s += self._state_s(circuit, 1, costs)
        # Where each shot is simulated, Aer gets its circuit anew for each run.
        made_s = circuit.operations * costs.operation_s / 2 + self.is_noisy * costs.whole_noise_s
        return costs.run_s + made_s + run.shots * one_s


def _power(base: float, exponent: int) -> float:
    return math.inf if exponent > MOST_AMPLITUDES_QUBITS else base**exponent


def _options(work: Work) -> Mapping[str, Any]:
    if isinstance(work, CircuitWork):
        return work.options
    if isinstance(work, SamplerWork):
        return work.options.get("run_options") or {}
    return {}


def _is_seeded(work: Work, options: Mapping[str, Any]) -> bool:
    own = work.options if isinstance(work, SamplerWork | EstimatorWork) else {}
    places = (own, options, work.backend.options)
    return any(each.get("seed_simulator") is not None for each in places)


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
            yield Run(circuit_size(pub.circuit), times, pub.shots or default)
    elif isinstance(work, EstimatorWork):
        for pub in work.pubs:
            sets: int = max(math.prod(pub.parameter_values.shape), 1)
            bases = _bases_of(pub)
            yield Run(
                circuit_size(pub.circuit, keeps_all=True), sets * bases, _shots(pub, work), bases
            )
    elif isinstance(work, CircuitWork):
        for circuit in work.circuits:
            yield Run(circuit_size(circuit), 1, work.shots or DEFAULT_SHOTS)
    else:
        for item in work.program.items:
            yield Run(circuit_size(item.circuit), max(item.size(), 1), int(work.program.shots))


def _bases_of(pub: Any) -> int:
    """Return the number of bases measured per parameter set; terms that agree share one."""
    observables = pub.observables
    if observables.size > 1000:  # noqa: PLR2004 - beyond anything short
        return int(observables.size)
    terms = {term for observable in observables.ravel().tolist() for term in observable}
    return max(_bases(sorted(terms)), 1)


def _bases(terms: list[str]) -> int:
    """Return the number of groups of terms that agree on each qubit, grouped greedily in order."""
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
