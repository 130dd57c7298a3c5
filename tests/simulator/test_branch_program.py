"""What of a circuit a shot goes through, and in which order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Store
from qiskit.circuit.classical import expr

from qsession.simulator import aer_private as aer
from qsession.simulator.branch_costs import MOST_BRANCHED_QUBITS
from qsession.simulator.branch_program import MOST_STEPS, Program, program_of
from qsession.simulator.branch_steps import Jump, Mark, Measurement, Reset, Segment
from qsession.simulator.errors import FastPathError


def program(circuit: QuantumCircuit) -> Program:
    return program_of(aer.without_control_flow(circuit))


def kinds(circuit: QuantumCircuit) -> list[type]:
    return [type(step) for step in program(circuit).steps]


def test_gates_that_follow_each_other_are_one_step():
    circuit = QuantumCircuit(2, 2)
    circuit.h([0, 1])
    circuit.cx(0, 1)
    circuit.measure(0, 0)
    circuit.barrier()
    circuit.h(0)
    circuit.measure(0, 1)
    assert kinds(circuit) == [Segment, Measurement, Segment, Measurement]
    assert program(circuit).gates == (("h", 0), ("h", 0), ("cx", 0), ("h", 0))
    assert program(circuit).draws == 2


def test_gates_count_up_to_where_states_may_become_one():
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.h(0)
    circuit.reset(0)
    circuit.h(0)
    circuit.measure(0, 0)
    assert program(circuit).gates_from == [2, 1, 1, 0, 1, 0]


def test_what_no_measurement_depends_on_is_left_out():
    circuit = QuantumCircuit(3, 1)
    circuit.h(1)
    circuit.reset([1, 0])
    circuit.measure(0, 0)
    circuit.reset(0)
    assert kinds(circuit) == [Reset, Measurement]
    assert program(circuit).qubits == 1


def test_measurements_that_nothing_hinders_are_last():
    circuit = QuantumCircuit(2, 2)
    circuit.measure(0, 0)
    circuit.reset(1)
    circuit.measure(1, 1)
    assert kinds(circuit) == [Reset, Measurement, Measurement]


def test_control_flow_is_jumps_and_marks():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with circuit.while_loop((circuit.clbits[0], True)):
        circuit.h(0)
        circuit.measure(0, 0)
    made = program(circuit)
    assert {Jump, Mark} < {type(step) for step in made.steps}
    assert made.has_loops
    assert set(made.places) >= {step.target for step in made.steps if isinstance(step, Jump)}


def test_a_branch_is_no_loop():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], True)):
        circuit.x(0)
    circuit.measure(0, 0)
    assert not program(circuit).has_loops


def sampled() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    return circuit


def unmeasured() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.reset(0)
    return circuit


def wide() -> QuantumCircuit:
    size = MOST_BRANCHED_QUBITS + 1
    circuit = QuantumCircuit(size, size)
    circuit.reset(range(size))
    circuit.measure(range(size), range(size))
    return circuit


def long() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    for _ in range(MOST_STEPS // 2 + 1):
        circuit.h(0)
        circuit.measure(0, 0)
    return circuit


def of_initialization() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.initialize([0.6, 0.8], 0)
    circuit.measure(0, 0)
    return circuit


def of_a_store() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.append(Store(expr.lift(circuit.clbits[1]), expr.lift(circuit.clbits[0])), [], [])
    circuit.h(0)
    circuit.measure(0, 0)
    return circuit


def of_flow_on_other_qubits() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 1)
    circuit.reset(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], True)):
        circuit.x(1)
    return circuit


@pytest.mark.parametrize(
    "make",
    [
        sampled,
        unmeasured,
        wide,
        long,
        of_initialization,
        of_a_store,
        of_flow_on_other_qubits,
    ],
)
def test_what_is_not_known_to_be_exact_is_refused(make: Callable[[], QuantumCircuit]):
    with pytest.raises(FastPathError):
        program(make())
