"""What finds out about a device."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import random_clifford
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED


def tomography(session_class: Any, backend: Any) -> Any:
    """The state of two qubits from nine bases."""
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    circuits = []
    for bases in product("XYZ", repeat=2):
        circuit = QuantumCircuit(2)
        circuit.h(0)
        circuit.cx(0, 1)
        for qubit, basis in enumerate(bases):
            if basis == "Y":
                circuit.sdg(qubit)
            if basis != "Z":
                circuit.h(qubit)
        circuit.measure_all()
        circuits.append(passes.run(circuit))
    with session_class(backend=backend) as session:
        result = Sampler(mode=session, options=OPTIONS).run(circuits, shots=1000).result()
        return [each.data.meas.get_counts() for each in result]


def randomized_benchmarking(session_class: Any, backend: Any) -> Any:
    """How sequences of random Cliffords on two qubits decay: 5 lengths, 3 samples of each."""
    generator = np.random.default_rng(SEED)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    circuits = []
    for length in (1, 5, 10, 20, 40):
        for _ in range(3):
            circuit, total = QuantumCircuit(2), None
            for _ in range(length):
                clifford = random_clifford(2, seed=generator)
                total = clifford if total is None else total.compose(clifford)
                circuit.compose(clifford.to_circuit(), inplace=True)
                circuit.barrier()
            assert total is not None
            circuit.compose(total.adjoint().to_circuit(), inplace=True)
            circuit.measure_all()
            circuits.append(passes.run(circuit))
    with session_class(backend=backend) as session:
        result = Sampler(mode=session, options=OPTIONS).run(circuits, shots=500).result()
        return [each.data.meas.get_int_counts().get(0, 0) / 500 for each in result]


def relaxation(session_class: Any, backend: Any) -> Any:
    """T1: an excited qubit after twenty waiting times."""
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=0, seed_transpiler=SEED
    )
    circuits = []
    for delay_us in np.linspace(1, 300, 20):
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        duration, unit = _aligned(float(delay_us), backend.dt)
        circuit.delay(duration, 0, unit=unit)
        circuit.measure(0, 0)
        circuits.append(passes.run(circuit))
    with session_class(backend=backend) as session:
        result = Sampler(mode=session, options=OPTIONS).run(circuits, shots=1000).result()
        return [each.data.c.get_counts() for each in result]


def _aligned(delay_us: float, dt_s: float | None) -> tuple[float, str]:
    """As a QPU takes it: in whole multiples of 16 of its time steps."""
    if dt_s is None:
        return delay_us, "us"
    return 16 * round(delay_us * 1e-6 / dt_s / 16), "dt"
