"""mitiq: zero-noise extrapolation around a sampler."""

from __future__ import annotations

from typing import Any

from mitiq import zne
from qiskit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED


def extrapolated(session_class: Any, backend: Any) -> Any:
    """How often a circuit that does nothing gives zeros, at four strengths of the noise."""
    circuit = QuantumCircuit(2)
    for _ in range(6):
        circuit.h(0)
        circuit.cx(0, 1)
        circuit.cx(0, 1)
        circuit.h(0)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=0, seed_transpiler=SEED
    )
    values: list[float] = []
    with session_class(backend=backend) as session:
        sampler = Sampler(mode=session, options=OPTIONS)

        def execute(folded: QuantumCircuit) -> float:
            measured = passes.run(folded.measure_all(inplace=False))
            bits = sampler.run([measured], shots=4000).result()[0].data.meas
            values.append(bits.get_int_counts().get(0, 0) / bits.num_shots)
            return values[-1]

        factory = zne.inference.RichardsonFactory(scale_factors=[1, 2, 3])
        found = zne.execute_with_zne(
            circuit, execute, factory=factory, scale_noise=zne.scaling.fold_global
        )
    return values, float(found)
