"""Programs of `backend.run`, as qiskit-experiments and older notebooks have them.

They take `get_backend`, which IBM's client has not: there a backend is used as it is.
"""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager

from benchmarks.programs.seeds import SEED


def counts(get_backend: Any, backend: Any) -> Any:
    """Circuits one after the other, with nothing but shots."""
    circuits = _prepared(backend, 5)
    backend = get_backend(backend)
    found = []
    for circuit in circuits:
        job = backend.run(circuit, shots=1024, seed_simulator=SEED)
        found.append(dict(job.result().get_counts()))
    return found


def usual_options(get_backend: Any, backend: Any) -> Any:
    """What qiskit-experiments hands over: levels, delays between shots, memory."""
    circuits = _prepared(backend, 12)
    backend = get_backend(backend)
    found = []
    for _ in range(3):
        job = backend.run(
            circuits,
            shots=1000,
            meas_level=2,
            meas_return="single",
            init_qubits=True,
            rep_delay=0.00025,
            memory=True,
            seed_simulator=SEED,
        )
        result = job.result()
        found.append([result.get_memory(number) for number in range(len(circuits))])
    return found


def _prepared(backend: Any, number: int) -> list[QuantumCircuit]:
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    circuits = []
    for step in range(number):
        circuit = QuantumCircuit(2, 2)
        circuit.ry(0.25 * step, 0)
        circuit.cx(0, 1)
        circuit.measure([0, 1], [0, 1])
        circuits.append(passes.run(circuit))
    return circuits
