"""Which method Aer takes is known where angles tell it, or Aer has told it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit_aer import AerSimulator

from qsession.simulator.aer_sampling import MOST_KNOWN, Methods
from qsession.simulator.instructions import GATES


@pytest.mark.parametrize("angle", [0.3, math.pi / 4, math.pi / 2 + 0.01, -7.7])
def test_an_angle_between_the_quarter_turns_needs_a_state(angle: float):
    assert Methods().of([0.0, angle]) == "statevector"


@pytest.mark.parametrize("angles", [[], [0.0], [math.pi / 2, -math.pi], [1e-5], [13 * math.pi / 2]])
def test_otherwise_aer_has_to_tell(angles: list[float]):
    methods = Methods()
    assert methods.of(angles) is None
    methods.note(angles, "stabilizer")
    assert methods.of(angles) == "stabilizer"
    assert methods.of([*angles, math.pi]) is None


NEVER_CLIFFORD = ("t", "tdg", "ccx", "cp", "cswap")
ALWAYS_CLIFFORD = ("h", "s", "sdg", "sx", "x", "y", "z", "id", "cx", "cy", "cz", "swap")


@st.composite
def gates(draw: st.DrawFn) -> list[tuple[str, tuple[float, ...]]]:
    """Gates of all kinds, with quarter turns as their angles."""
    names = st.sampled_from(sorted(GATES.keys() - {"mcx"}))
    turns = st.integers(-8, 8).map(lambda each: each * math.pi / 2)
    chosen = draw(st.lists(names, max_size=6))
    return [(name, tuple(draw(turns) for _ in range(GATES[name]))) for name in chosen]


@given(chosen=gates(), shots=st.integers(1, 100), qubits=st.integers(4, 6))
def test_what_gates_tell_is_what_aer_does(chosen: Any, shots: int, qubits: int):
    circuit = QuantumCircuit(qubits, qubits)
    for name, angles in chosen:
        gate = get_standard_gate_name_mapping()[name].to_mutable()
        gate.params = list(angles)
        circuit.append(gate, range(gate.num_qubits))
    circuit.measure(range(qubits), range(qubits))
    result = AerSimulator().run(circuit, shots=shots).result().results[0]
    methods = Methods([(name, len(angles)) for name, angles in chosen])
    told = methods.of([angle for _, angles in chosen for angle in angles])
    assert told == result.metadata["method"]


@pytest.mark.parametrize("name", ALWAYS_CLIFFORD)
def test_clifford_gates_make_a_stabilizer(name: str):
    assert Methods([("h", 0), (name, 0)]).of([]) == "stabilizer"


@pytest.mark.parametrize("name", NEVER_CLIFFORD)
def test_one_other_gate_makes_a_state(name: str):
    angles = [math.pi / 2] * GATES[name]
    assert Methods([("h", 0), (name, GATES[name]), ("x", 0)]).of(angles) == "statevector"


@pytest.mark.parametrize("angle", [1e-9, math.pi / 2 + 1e-9, 100 * math.pi])
def test_what_depends_on_rounding_is_left_to_aer(angle: float):
    methods = Methods([("rz", 1)])
    assert methods.of([angle]) is None


def test_a_gate_that_aer_does_not_take_alone_is_left_to_it():
    assert Methods([("no_gate", 0)]).of([]) is None


def test_not_all_of_them_are_remembered_forever():
    methods = Methods()
    for turns in range(MOST_KNOWN + 1):
        methods.note([turns * math.pi / 2], "stabilizer")
    assert methods.of([0.0]) is None
    assert methods.of([MOST_KNOWN * math.pi / 2]) == "stabilizer"
