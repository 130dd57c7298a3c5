"""mitiq: zero-noise extrapolation, PEC and readout mitigation around a sampler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from mitiq import MeasurementResult, Observable, PauliString, pec, rem, zne
from mitiq.pec.representations.depolarizing import (
    represent_operations_in_circuit_with_local_depolarizing_noise,
)
from qiskit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED


def extrapolated(session_class: Any, backend: Any) -> Any:
    """How often a circuit that does nothing gives zeros, at three strengths of the noise."""
    values: list[float] = []
    with session_class(backend=backend) as session:
        execute = _frequency_of_zeros(session, backend, values)
        factory = zne.inference.RichardsonFactory(scale_factors=[1, 2, 3])
        found = zne.execute_with_zne(
            _identity(6), execute, factory=factory, scale_noise=zne.scaling.fold_global
        )
    return values, float(found)


def cancelled_errors(session_class: Any, backend: Any) -> Any:
    """The same by probabilistic error cancellation, with forty circuits."""
    circuit = _identity(2)
    representations = represent_operations_in_circuit_with_local_depolarizing_noise(circuit, 0.01)
    values: list[float] = []
    with session_class(backend=backend) as session:
        found = pec.execute_with_pec(
            circuit,
            _frequency_of_zeros(session, backend, values),
            representations=representations,
            num_samples=40,
            random_state=SEED,
        )
    return values, float(found)


def mitigated_readout(session_class: Any, backend: Any) -> Any:
    """The parity of an entangled pair, with the readout's errors taken out."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    parity = Observable(PauliString("ZZ"), PauliString("XX"))
    parity.partition(SEED)
    passes = _passes(backend)
    np.random.seed(SEED)  # noqa: NPY002 - mitiq draws from this one
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)

        def execute(measured: QuantumCircuit) -> MeasurementResult:
            data = sampler.run([passes.run(measured)], shots=4000).result()[0].data
            (bits,) = data.values()
            return MeasurementResult(
                [[int(bit) for bit in each[::-1]] for each in bits.get_bitstrings()]
            )

        found = rem.execute_with_rem(
            circuit,
            execute,
            parity,
            inverse_confusion_matrix=rem.generate_inverse_confusion_matrix(2, p0=0.02, p1=0.03),
        )
    return float(np.real(found))


def _frequency_of_zeros(
    session: Any, backend: Any, values: list[float]
) -> Callable[[QuantumCircuit], float]:
    sampler, passes = Sampler(mode=session, options=OPTIONS), _passes(backend)

    def execute(circuit: QuantumCircuit) -> float:
        measured = passes.run(circuit.measure_all(inplace=False))
        bits = sampler.run([measured], shots=4000).result()[0].data.meas
        values.append(bits.get_int_counts().get(0, 0) / bits.num_shots)
        return values[-1]

    return execute


def _identity(times: int) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    for _ in range(times):
        circuit.h(0)
        circuit.cx(0, 1)
        circuit.cx(0, 1)
        circuit.h(0)
    return circuit


def _passes(backend: Any) -> Any:
    return generate_preset_pass_manager(backend=backend, optimization_level=0, seed_transpiler=SEED)
