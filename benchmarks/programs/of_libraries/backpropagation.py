"""qiskit-addon-obp: the last slices of a circuit go into the observable."""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_addon_obp import backpropagate
from qiskit_addon_obp.utils.simplify import OperatorBudget
from qiskit_addon_utils.slicing import combine_slices, slice_by_depth
from qiskit_ibm_runtime import EstimatorV2 as Estimator

from benchmarks.programs.seeds import OPTIONS, SEED


def backpropagated(session_class: Any, backend: Any) -> Any:
    """The magnetization of a chain after four steps of its evolution, the last ones by OBP."""
    qubits = min(6, backend.num_qubits)
    circuit = QuantumCircuit(qubits)
    for _ in range(4):
        for qubit in range(qubits):
            circuit.rx(0.3, qubit)
        for start in (0, 1):
            for qubit in range(start, qubits - 1, 2):
                circuit.rzz(0.5, qubit, qubit + 1)
    terms = [("Z", [qubit], 1 / qubits) for qubit in range(qubits)]
    observable = SparsePauliOp.from_sparse_list(terms, num_qubits=qubits)
    slices = slice_by_depth(circuit, 1)
    budget = OperatorBudget(max_qwc_groups=12)
    grown, remaining, _ = backpropagate(observable, slices, operator_budget=budget)
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=3, seed_transpiler=SEED
    )
    isa_circuit = passes.run(combine_slices(remaining, include_barriers=True))
    with session_class(backend=backend) as session:
        estimator = Estimator(mode=session, options=OPTIONS)
        pub = (isa_circuit, grown.apply_layout(isa_circuit.layout))
        return float(estimator.run([pub]).result()[0].data.evs)
