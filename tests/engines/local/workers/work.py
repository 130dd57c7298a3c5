"""Units of work for the tests of places: what is long, what fails, what needs too much."""

from __future__ import annotations

import math
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit.classical import expr, types
from qiskit_aer import AerSimulator

from qsession.engines.local.work import CircuitWork
from tests.support.circuits import bell, flipped


def unsure() -> AerSimulator:
    """A simulator with a method whose time the rule cannot tell: its work goes to the worker."""
    return AerSimulator(method="extended_stabilizer")


def unsure_work(**options: Any) -> CircuitWork:
    """One qubit that is surely measured as 1, in the worker."""
    return CircuitWork(unsure(), (flipped(),), {"shots": 5, **options})


def endless() -> QuantumCircuit:
    """What takes minutes and hardly any memory with `ENDLESS_SHOTS`: each shot is run by itself."""
    circuit = QuantumCircuit(10, 1, name="endless")
    for layer in range(20):
        for qubit in range(10):
            circuit.rx(math.pi / (layer + 3), qubit)
        circuit.measure(0, 0)
    return circuit


ENDLESS_SHOTS = 10_000_000


def huge() -> QuantumCircuit:
    """26 qubits: a gigabyte of amplitudes."""
    circuit = QuantumCircuit(26, name="huge")
    circuit.h(range(26))
    circuit.measure_all()
    return circuit


def aborting() -> QuantumCircuit:
    """What ends the process that simulates it: Aer looks for the variable among the bits."""
    circuit = QuantumCircuit(1, 1, name="aborting")
    level = circuit.add_var("level", expr.lift(5, types.Uint(8)))
    circuit.h(0)
    with circuit.if_test(expr.less(level, 7)):
        circuit.x(0)
    circuit.measure(0, 0)
    return circuit


__all__ = [
    "ENDLESS_SHOTS",
    "aborting",
    "bell",
    "endless",
    "flipped",
    "huge",
    "unsure",
    "unsure_work",
]
