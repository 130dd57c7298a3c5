"""Work that may end its process is known by its classical variables."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.classical import expr, types
from qiskit_aer import AerSimulator

from qsession.engines.local.running.aborting import may_abort
from qsession.engines.local.work import CircuitWork
from tests.engines.running.work import aborting
from tests.support.circuits import bell, switched


def is_risky(*circuits: QuantumCircuit) -> bool:
    return may_abort(CircuitWork(AerSimulator(), circuits))


def conditional(*, with_variable: bool) -> QuantumCircuit:
    circuit = QuantumCircuit(1, 2)
    with circuit.if_test((0, 1)), circuit.if_test(expr.bit_xor(*circuit.clbits)):
        if with_variable:
            circuit.add_var("inner", expr.lift(3, types.Uint(8)))
        circuit.x(0)
    return circuit


def with_input() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.add_input("given", types.Bool())
    return circuit


def with_stretch() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.add_stretch("long")
    return circuit


@pytest.mark.parametrize(
    "circuit", [aborting(), conditional(with_variable=True), with_input(), with_stretch()]
)
def test_variables_of_a_circuit_or_of_its_blocks_are_risky(circuit: QuantumCircuit):
    assert is_risky(circuit)
    assert is_risky(bell(), circuit)


@pytest.mark.parametrize("circuit", [bell(), switched(), conditional(with_variable=False)])
def test_measured_bits_and_expressions_of_them_are_not(circuit: QuantumCircuit):
    assert not is_risky(circuit)


def test_odd_work_is_not():
    assert not may_abort(CircuitWork(AerSimulator(), (None,)))
