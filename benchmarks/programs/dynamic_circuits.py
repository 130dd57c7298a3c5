"""Circuits that measure on the way, and decide by it."""

from __future__ import annotations

from typing import Any

from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit.classical import expr
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import SamplerV2 as Sampler

from benchmarks.programs.seeds import OPTIONS, SEED


def repetition_code(session_class: Any, backend: Any) -> Any:
    """Three rounds of a bit-flip code of three qubits: syndromes measured, ancillas reset."""
    data, ancillas = QuantumRegister(3, "data"), QuantumRegister(2, "ancilla")
    syndromes = [ClassicalRegister(2, f"round_{number}") for number in range(3)]
    outcome = ClassicalRegister(3, "outcome")
    circuit = QuantumCircuit(data, ancillas, *syndromes, outcome)
    circuit.x(data)
    for syndrome in syndromes:
        for ancilla in range(2):
            circuit.cx(data[ancilla], ancillas[ancilla])
            circuit.cx(data[ancilla + 1], ancillas[ancilla])
        circuit.measure(ancillas, syndrome)
        circuit.reset(ancillas)
        circuit.barrier()
    circuit.measure(data, outcome)
    return _sampled(session_class, backend, circuit)


def corrected_repetition_code(session_class: Any, backend: Any) -> Any:
    """The same code with its correction fed forward after one round, as IBM's tutorial has it."""
    data, ancillas = QuantumRegister(3, "data"), QuantumRegister(2, "ancilla")
    syndrome, outcome = ClassicalRegister(2, "syndrome"), ClassicalRegister(3, "outcome")
    circuit = QuantumCircuit(data, ancillas, syndrome, outcome)
    circuit.ry(0.3, data[0])
    for ancilla in range(2):
        circuit.cx(data[ancilla], ancillas[ancilla])
        circuit.cx(data[ancilla + 1], ancillas[ancilla])
    circuit.measure(ancillas, syndrome)
    for value, qubit in ((1, 0), (3, 1), (2, 2)):
        with circuit.if_test((syndrome, value)):
            circuit.x(data[qubit])
    circuit.measure(data, outcome)
    return _sampled(session_class, backend, circuit)


def switch(session_class: Any, backend: Any) -> Any:
    """A register that chooses among three gates, and a default."""
    qubits, chosen = QuantumRegister(3), ClassicalRegister(2, "chosen")
    outcome = ClassicalRegister(1, "outcome")
    circuit = QuantumCircuit(qubits, chosen, outcome)
    circuit.h([0, 1])
    circuit.measure([0, 1], chosen)
    with circuit.switch(chosen) as case:
        with case(0):
            circuit.x(2)
        with case(1):
            circuit.ry(0.4, 2)
        with case(2):
            circuit.h(2)
        with case(case.DEFAULT):
            circuit.ry(1.2, 2)
    circuit.measure(2, outcome)
    return _sampled(session_class, backend, circuit)


def one_qubit_loop(session_class: Any, backend: Any) -> Any:
    """The shortest ``while`` loop: flip a coin until it shows heads."""
    return _sampled(session_class, backend, _coin())


def one_qubit_loops(session_class: Any, backend: Any) -> Any:
    """The same in twenty sessions, one after the other."""
    return [_sampled(session_class, backend, _coin()) for _ in range(20)]


def _coin() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.while_loop((circuit.clbits[0], True)):
        circuit.h(0)
        circuit.measure(0, 0)
    return circuit


def repeat_until_success(session_class: Any, backend: Any) -> Any:
    """A rotation that two ancillas herald, tried again until they do."""
    controls, target = QuantumRegister(2, "control"), QuantumRegister(1, "target")
    heralds, outcome = ClassicalRegister(2, "herald"), ClassicalRegister(1, "outcome")
    circuit = QuantumCircuit(controls, target, heralds, outcome)
    _try(circuit)
    circuit.measure(controls, heralds)
    with circuit.while_loop(expr.not_equal(heralds, 0)):
        circuit.x(target)
        circuit.reset(controls)
        _try(circuit)
        circuit.measure(controls, heralds)
    circuit.measure(target, outcome)
    return _sampled(session_class, backend, circuit)


def _try(circuit: QuantumCircuit) -> None:
    circuit.h([0, 1])
    circuit.ccx(0, 1, 2)
    circuit.s(2)
    circuit.ccx(0, 1, 2)
    circuit.h([0, 1])


def long_range_cnot(session_class: Any, backend: Any) -> Any:
    """A CNOT over a chain of Bell pairs, corrected by the parities of what was measured."""
    pairs = 1 if backend.num_qubits <= 5 else 3  # noqa: PLR2004 - as many as FakeManilaV2 has
    last = 2 * pairs + 1
    to_target = ClassicalRegister(pairs, "to_target")
    to_control = ClassicalRegister(pairs, "to_control")
    ends = ClassicalRegister(2, "ends")
    circuit = QuantumCircuit(QuantumRegister(last + 1), to_target, to_control, ends)
    circuit.h(0)
    for pair in range(pairs):
        circuit.h(2 * pair + 1)
        circuit.cx(2 * pair + 1, 2 * pair + 2)
    for link in range(pairs + 1):
        circuit.cx(2 * link, 2 * link + 1)
    for pair in range(pairs):
        circuit.measure(2 * pair + 1, to_target[pair])
        circuit.h(2 * pair + 2)
        circuit.measure(2 * pair + 2, to_control[pair])
    with circuit.if_test(_parity(to_target)):
        circuit.x(last)
    with circuit.if_test(_parity(to_control)):
        circuit.z(0)
    circuit.measure([0, last], ends)
    return _sampled(session_class, backend, circuit)


def _parity(register: ClassicalRegister) -> expr.Expr:
    parity = expr.lift(register[0])
    for bit in register[1:]:
        parity = expr.bit_xor(parity, bit)
    return parity


def teleportation(session_class: Any, backend: Any) -> Any:
    """A state taken to another qubit, ten times on the same three qubits."""
    circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(2, "sent"))
    outcome = ClassicalRegister(1, "outcome")
    circuit.add_register(outcome)
    circuit.rx(0.7, 0)
    for _ in range(10):
        circuit.reset([1, 2])
        circuit.h(1)
        circuit.cx(1, 2)
        circuit.cx(0, 1)
        circuit.h(0)
        circuit.measure([0, 1], [0, 1])
        with circuit.if_test((circuit.clbits[1], True)):
            circuit.x(2)
        with circuit.if_test((circuit.clbits[0], True)):
            circuit.z(2)
        circuit.swap(0, 2)
    circuit.measure(0, outcome)
    return _sampled(session_class, backend, circuit)


def _sampled(session_class: Any, backend: Any, circuit: QuantumCircuit) -> Any:
    passes = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=SEED
    )
    isa_circuit = passes.run(circuit)
    with session_class(backend=backend) as session:
        data = (
            Sampler(mode=session, options=OPTIONS).run([isa_circuit], shots=1000).result()[0].data
        )
        return {name: bits.array.tolist() for name, bits in data.items()}
