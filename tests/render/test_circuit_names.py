"""Circuits as people are told of them."""

from __future__ import annotations

import multiprocessing

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import efficient_su2
from qiskit_aer import AerSimulator  # noqa: F401 - gives circuits save_statevector

from qsession.render.circuit_names import (
    MOST_INSTRUCTIONS_TO_COUNT,
    described,
    given_name,
    name_of,
    name_of_all,
)
from tests.support.circuits import bell


def unnamed(qubits: int = 2) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def test_a_circuit_goes_by_the_name_it_was_given():
    assert name_of(bell("my bell")) == "my bell"


def test_a_circuit_without_a_name_goes_by_what_it_is():
    assert name_of(unnamed()) == "2 qubits, depth 3"
    assert name_of(QuantumCircuit(1)) == "1 qubit, depth 0"


def test_copies_inverses_and_circuits_with_values_have_no_name_either():
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("theta"), 0)
    for derived in (
        circuit,
        circuit.copy(),
        circuit.assign_parameters([0.5]),
        circuit.inverse(),
        circuit.reverse_ops(),
        circuit.inverse().reverse_ops(),
    ):
        assert given_name(derived) is None, derived.name


def test_circuits_of_other_processes_have_none():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (made,) = pool.map(QuantumCircuit, [1])
    assert made.name.count("-") == 2
    assert given_name(made) is None


@pytest.mark.parametrize(
    "name", ["circuit", "circuit-a", "my-circuit-1", "circuit-1-final", "qc-3"]
)
def test_names_that_only_look_like_it_are_kept(name):
    assert name_of(QuantumCircuit(1, name=name)) == name


@pytest.mark.parametrize("qubits", [2, 5])
def test_the_depth_is_qiskits(qubits):
    circuit = efficient_su2(qubits, reps=2)
    circuit.barrier()
    circuit.save_statevector()
    circuit.measure_all()
    assert described(circuit) == f"{qubits} qubits, depth {circuit.depth()}"


def test_qubits_that_nothing_is_done_to_are_not_counted():
    assert name_of(unnamed(127)).startswith("127 qubits")  # all are measured
    circuit = QuantumCircuit(127)
    circuit.cx(3, 4)
    circuit.barrier()
    assert described(circuit) == "2 qubits, depth 1"


def test_large_circuits_are_not_walked_through():
    circuit = QuantumCircuit(2)
    for _ in range(MOST_INSTRUCTIONS_TO_COUNT + 1):
        circuit.x(0)
    assert described(circuit) == "2 qubits, 1,001 operations"


def test_a_job_goes_by_the_first_of_its_circuits():
    assert name_of_all([]) is None
    assert name_of_all([bell()]) == "bell"
    assert name_of_all([unnamed(), bell(), bell()]) == "2 qubits, depth 3 +2"
