"""qiskit-addon-obp: the last slices of a circuit go into the observable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_addon_obp import backpropagate
from qiskit_addon_obp.utils.simplify import OperatorBudget
from qiskit_addon_obp.utils.truncating import setup_budget
from qiskit_addon_utils.slicing import combine_slices, slice_by_depth, slice_by_gate_types
from qiskit_ibm_runtime import EstimatorV2 as Estimator

from benchmarks.programs.seeds import OPTIONS, SEED


def backpropagated(session_class: Any, backend: Any) -> Any:
    """The magnetization of a chain after four steps of its evolution, the last ones by OBP."""
    circuit, observable = _magnetization(min(6, backend.num_qubits))
    slices = slice_by_depth(circuit, 1)
    budget = OperatorBudget(max_qwc_groups=12)
    grown, remaining, _ = backpropagate(observable, slices, operator_budget=budget)
    rest = combine_slices(remaining, include_barriers=True)
    return _values(session_class, backend, [(rest, grown)])


def truncated(session_class: Any, backend: Any) -> Any:
    """The same as a whole, by OBP, and by OBP that leaves small terms away: three PUBs."""
    circuit, observable = _magnetization(min(6, backend.num_qubits))
    slices = slice_by_gate_types(circuit)
    budget = OperatorBudget(max_qwc_groups=8)
    allowed = setup_budget(max_error_per_slice=0.005)
    work = [(circuit, observable)]
    for error_budget in (None, allowed):
        grown, remaining, _ = backpropagate(
            observable, slices, operator_budget=budget, truncation_error_budget=error_budget
        )
        work.append((combine_slices(remaining, include_barriers=True), grown))
    return _values(session_class, backend, work)


def _magnetization(qubits: int) -> tuple[QuantumCircuit, SparsePauliOp]:
    circuit = QuantumCircuit(qubits)
    for _ in range(4):
        for qubit in range(qubits):
            circuit.rx(0.3, qubit)
        for start in (0, 1):
            for qubit in range(start, qubits - 1, 2):
                circuit.rzz(0.5, qubit, qubit + 1)
    terms = [("Z", [qubit], 1 / qubits) for qubit in range(qubits)]
    return circuit, SparsePauliOp.from_sparse_list(terms, num_qubits=qubits)


def _values(
    session_class: Any, backend: Any, work: Sequence[tuple[QuantumCircuit, SparsePauliOp]]
) -> list[float]:
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    pubs = []
    for circuit, observable in work:
        isa_circuit = passes.run(circuit)
        pubs.append((isa_circuit, observable.apply_layout(isa_circuit.layout)))
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        return [float(each.data.evs) for each in estimator.run(pubs).result()]
