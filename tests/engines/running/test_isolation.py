"""What may end the process that runs it is known before it runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit.classical import expr, types
from qiskit_aer import AerSimulator

from qsession.engines.local.running.isolation import may_abort
from qsession.engines.local.work import CircuitWork


def built(change: Callable[[QuantumCircuit], object]) -> bool:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    change(circuit)
    return may_abort(CircuitWork(AerSimulator(), (circuit,), {}))


def declare(circuit: QuantumCircuit) -> None:
    circuit.add_var("unused", expr.lift(3, types.Uint(4)))


def store(circuit: QuantumCircuit) -> None:
    circuit.store(circuit.clbits[1], expr.lift(True))


def decide(circuit: QuantumCircuit) -> None:
    with circuit.if_test(expr.logic_not(circuit.clbits[0])):
        circuit.x(1)


def switch(circuit: QuantumCircuit) -> None:
    with circuit.switch(expr.bit_not(circuit.cregs[0])) as case, case(0):
        circuit.x(1)


def nest(circuit: QuantumCircuit) -> None:
    with circuit.for_loop(range(2)):
        decide(circuit)


@pytest.mark.parametrize("change", [declare, store, decide, switch, nest])
def test_variables_stores_and_expressions_may(change):
    assert built(change)


def on_a_bit(circuit: QuantumCircuit) -> None:
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)


def on_a_register(circuit: QuantumCircuit) -> None:
    with circuit.while_loop((circuit.cregs[0], 3)):
        circuit.x(1)
        circuit.measure(1, 1)


def another_register(circuit: QuantumCircuit) -> None:
    circuit.add_register(ClassicalRegister(2, "more"))


@pytest.mark.parametrize("change", [on_a_bit, on_a_register, another_register])
def test_plain_conditions_may_not(change):
    assert not built(change)
