"""What a circuit costs that was transpiled before, beside transpiling it again."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from qiskit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime.fake_provider import FakeFez

from benchmarks.local.report import spread
from qsession.circuits.transpile import TranspileCache

HEADINGS = ("transpiling for FakeFez (156 qubits)", "a hit, ms", "Qiskit, ms", "ratio")
SIZES = (5, 20, 100)
ROUNDS = 9


def rows() -> list[tuple[str, ...]]:
    """One row for each size of circuit; Qiskit's pass manager is built once, and kept."""
    backend = FakeFez()
    cache = TranspileCache(backend)
    passes = generate_preset_pass_manager(optimization_level=2, backend=backend)
    return [_row(_circuit(qubits), cache.fit, passes.run) for qubits in SIZES]


def _row(
    circuit: QuantumCircuit,
    fit: Callable[[QuantumCircuit], QuantumCircuit],
    transpile: Callable[[QuantumCircuit], QuantumCircuit],
) -> tuple[str, ...]:
    fit(circuit)
    hits_ms, transpiled_ms = [], []
    for _ in range(ROUNDS):
        hits_ms.append(_milliseconds(fit, circuit))
        transpiled_ms.append(_milliseconds(transpile, circuit))
    ratio = statistics.median(transpiled_ms) / statistics.median(hits_ms)
    size = f"{circuit.num_qubits} qubits, {circuit.size()} operations"
    return size, spread(hits_ms), spread(transpiled_ms), f"{ratio:.0f}×"


def _circuit(qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits, name="layered")
    for layer in range(3):
        for qubit in range(qubits):
            circuit.ry(0.1 + 0.2 * (qubit + layer), qubit)
        for qubit in range(qubits - 1):
            circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return circuit


def _milliseconds(call: Callable[[QuantumCircuit], object], circuit: QuantumCircuit) -> float:
    began = time.perf_counter()
    call(circuit)
    return (time.perf_counter() - began) * 1000
