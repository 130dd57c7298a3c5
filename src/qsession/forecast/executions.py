"""The executions that work asks for, and the lengths of its circuits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.exceptions import QiskitError
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import PauliList

from qsession.forecast.usage import USUAL_REP_DELAY_S, Forecast

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2
    from qiskit.transpiler import Target

DEFAULT_SHOTS = 4096
DEFAULT_PRECISION = 0.015625
"""Those of IBM's primitives (qiskit-ibm-runtime 0.50 and 0.51); 1/64 asks for 4096 shots."""

MOST_INSTRUCTIONS = 20_000
"""Circuits are measured up to so many instructions together, some 50 ms, and the first in any case;
the rest is taken to be as long as they are on average."""

_MOST_TERMS = 2_000
"""Observables of more terms are not grouped: each of their terms is counted."""


def forecast_of_pubs(
    pubs: Iterable[SamplerPub | EstimatorPub],
    backend: BackendV2,
    options: Mapping[str, Any],
    *,
    circuits: list[QuantumCircuit] | None = None,
) -> Forecast:
    """The forecast of PUBs that a primitive has not prepared.

    Args:
        pubs: The PUBs.
        backend: Where they will run; it is not asked over the network.
        options: Options of the primitive, among them the ``rep_delay``.
        circuits: Their circuits as they will run, if these are others; of the first PUBs at least.
    """
    pubs = list(pubs)
    counts = [executions_of(pub, options) for pub in pubs]
    return Forecast(
        executions=sum(counts),
        rep_delay_s=rep_delay_of(backend, options),
        circuit_s=_mean_length(circuits or [pub.circuit for pub in pubs], counts, backend.target),
        is_without_mitigation=any(isinstance(pub, EstimatorPub) for pub in pubs),
    )


def forecast_of_inputs(
    inputs: Mapping[str, Any],
    options: Mapping[str, Any],
    backend: BackendV2,
    circuit_s: float | None = None,
) -> Forecast | None:
    """The forecast of what a primitive has prepared to be sent; None if it cannot be told.

    Args:
        inputs: The program's inputs: PUBs, or a quantum program whose circuits are bytes.
        options: Options that go beside them.
        backend: Where they will run.
        circuit_s: The length of the circuits of a quantum program, if it is known.
    """
    own = inputs.get("options")
    merged = {**options, **(own if isinstance(own, Mapping) else {})}
    program = inputs.get("quantum_program")
    if isinstance(program, Mapping):
        executions = _executions_of_program(program)
        if executions is None:
            return None
        return Forecast(executions, rep_delay_of(backend, merged), circuit_s)
    pubs = [pub for pub in inputs.get("pubs") or () if isinstance(pub, SamplerPub | EstimatorPub)]
    return forecast_of_pubs(pubs, backend, merged) if pubs else None


def executions_of(pub: SamplerPub | EstimatorPub, options: Mapping[str, Any] = {}) -> int:
    """The number of executions of a PUB's circuit.

    A sampler's: its shots for each set of parameter values. An estimator's: the shots that its
    precision asks for, for each set of parameter values and each group of Paulis that can be
    measured at once.
    """
    if isinstance(pub, SamplerPub):
        shots = pub.shots or _number(options, "default_shots") or DEFAULT_SHOTS
        return int(shots) * int(math.prod(pub.shape))
    precision = pub.precision or _number(options, "default_precision") or DEFAULT_PRECISION
    shots = math.ceil(1 / precision**2)
    return shots * max(int(pub.parameter_values.size), 1) * _bases(pub)


def rep_delay_of(backend: BackendV2, options: Mapping[str, Any]) -> float:
    """The pause after each execution, in seconds: of the options, the backend's, or the usual."""
    execution = options.get("execution")
    for given in (options, execution if isinstance(execution, Mapping) else {}):
        if (asked := _number(given, "rep_delay")) is not None:
            return asked
    configuration = getattr(backend, "configuration", None)
    if callable(configuration):  # of IBM's and of fake backends; asks nobody
        told = getattr(configuration(), "default_rep_delay", None)
        if isinstance(told, int | float) and 0 < told < 1:
            return float(told)
    return USUAL_REP_DELAY_S


def length_of(circuit: QuantumCircuit, target: Target) -> float | None:
    """The length of a circuit in seconds; None if it does not fit the target, or none can be told.

    That of a circuit with branches or loops depends on what is measured.
    """
    try:
        length_s = float(circuit.estimate_duration(target))
    except (QiskitError, TypeError, ValueError, KeyError):
        return None
    return length_s if math.isfinite(length_s) and length_s >= 0 else None


def mean_length_of(pubs: Iterable[SamplerPub | EstimatorPub], target: Target) -> float | None:
    """The length of the circuits of PUBs, each counted once; None if it cannot be told."""
    circuits = [pub.circuit for pub in pubs]
    return _mean_length(circuits, [1] * len(circuits), target)


def _mean_length(
    circuits: list[QuantumCircuit], weights: list[int], target: Target
) -> float | None:
    total_s, weight, walked = 0.0, 0, 0
    lengths_s: dict[int, float] = {}
    for circuit, own in zip(circuits, weights, strict=False):
        if id(circuit) not in lengths_s:
            if walked > MOST_INSTRUCTIONS:
                break
            walked += len(circuit.data)
            length_s = length_of(circuit, target)
            if length_s is None:
                return None
            lengths_s[id(circuit)] = length_s
        total_s += lengths_s[id(circuit)] * own
        weight += own
    return total_s / weight if weight else None


def _bases(pub: EstimatorPub) -> int:
    """The number of settings of the measurement that the observables of a PUB need."""
    labels: set[str] = set()
    for observable in pub.observables.ravel():
        labels.update(_measured(label) for label in observable)
        if len(labels) > _MOST_TERMS:
            return len(labels)
    labels.discard("I" * pub.circuit.num_qubits)
    if not labels:
        return 1
    return len(PauliList(sorted(labels)).group_commuting(qubit_wise=True))


_BASIS = str.maketrans("01+-rl", "ZZXXYY")


def _measured(label: str) -> str:
    """Projectors are measured as the Pauli of their basis is."""
    return label.translate(_BASIS)


def _executions_of_program(program: Mapping[str, Any]) -> int | None:
    shots = program.get("shots")
    items = program.get("items")
    if not isinstance(shots, int) or not isinstance(items, list | tuple):
        return None
    return shots * sum(_size_of(items))


def _size_of(items: Iterable[Any]) -> Iterator[int]:
    for item in items:
        shape = item.get("shape") if isinstance(item, Mapping) else getattr(item, "shape", ())
        yield int(np.prod(shape or (), dtype=np.int64))


def _number(options: Mapping[str, Any], name: str) -> float | None:
    value = options.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None
