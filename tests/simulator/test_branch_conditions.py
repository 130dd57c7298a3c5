"""Conditions have the value that Aer gives them, in every shot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit.classical import expr, types
from qiskit_aer import AerSimulator

from qsession.simulator.branch_conditions import condition_of
from qsession.simulator.errors import FastPathError

A, B = ClassicalRegister(3, "a"), ClassicalRegister(3, "b")
NUMBERS = {bit: number for number, bit in enumerate([*A, *B])}
ALL = (np.arange(64) >> np.arange(6)[:, np.newaxis] & 1).astype(bool)
"""Each value of both registers, in a shot of its own."""

CONDITIONS: dict[str, Callable[[], Any]] = {
    "bit": lambda: (A[1], True),
    "bit is 0": lambda: (B[2], False),
    "register": lambda: (A, 5),
    "register of bits": lambda: (ClassicalRegister(bits=[A[2], B[0]], name="mixed"), 2),
    "lifted bit": lambda: expr.lift(A[0]),
    "not": lambda: expr.logic_not(A[0]),
    "bitwise not": lambda: expr.bit_not(expr.lift(A[0])),
    "and": lambda: expr.logic_and(A[0], B[0]),
    "or": lambda: expr.logic_or(A[0], B[1]),
    "bitwise and": lambda: expr.bit_and(A[0], B[0]),
    "bitwise or": lambda: expr.bit_or(A[0], expr.lift(False)),
    "parity": lambda: expr.bit_xor(expr.bit_xor(A[0], B[0]), B[2]),
    "equal bits": lambda: expr.equal(A[0], B[0]),
    "unequal bits": lambda: expr.not_equal(A[0], B[0]),
    "equal": lambda: expr.equal(A, B),
    "unequal": lambda: expr.not_equal(A, 3),
    "less": lambda: expr.less(A, B),
    "at most": lambda: expr.less_equal(A, B),
    "greater": lambda: expr.greater(A, B),
    "at least": lambda: expr.greater_equal(A, 6),
    "integers": lambda: expr.equal(expr.bit_xor(expr.bit_and(A, B), expr.bit_or(A, 1)), 4),
    "wider": lambda: expr.less(expr.cast(A, types.Uint(9)), expr.lift(300, types.Uint(9))),
    "boolean as integer": lambda: expr.equal(expr.cast(expr.less(A, B), types.Uint(3)), B),
}


def of_aer(condition: Any) -> list[bool]:
    """What a condition decides for each value of both registers."""
    outcome = ClassicalRegister(1, "outcome")
    circuit = QuantumCircuit(QuantumRegister(7), A, B, outcome)
    circuit.h(range(6))
    circuit.measure(range(6), range(6))
    with circuit.if_test(condition):
        circuit.x(6)
    circuit.measure(6, outcome)
    result = AerSimulator().run(circuit, shots=700, seed_simulator=1, memory=True).result()
    shots = [int(shot.replace(" ", ""), 2) for shot in result.get_memory()]
    decided = {shot & 63: bool(shot >> 6) for shot in shots}
    return [decided[number] for number in range(64)]


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_has_the_value_that_aer_gives_it(name: str):
    condition = CONDITIONS[name]()
    if isinstance(condition, tuple) and getattr(condition[0], "name", "") == "mixed":
        decided = [(number >> 2 & 1) + 2 * (number >> 3 & 1) == 2 for number in range(64)]
    else:
        decided = of_aer(condition)
    assert condition_of(condition, NUMBERS)(ALL).tolist() == decided


@pytest.mark.parametrize(
    "make",
    [
        lambda: expr.cast(A, types.Bool()),
        lambda: expr.logic_not(A),
        lambda: expr.equal(expr.bit_not(A), B),
        lambda: expr.equal(expr.cast(A, types.Uint(2)), expr.lift(1, types.Uint(2))),
        lambda: expr.equal(expr.shift_left(A, 1), B),
        lambda: expr.index(A, 1),
        lambda: expr.lift(ClassicalRegister(1, "elsewhere")[0]),
        lambda: (ClassicalRegister(1, "elsewhere"), 1),
        lambda: expr.less(expr.lift(1.0), expr.lift(2.0)),
        lambda: expr.Var.new("variable", types.Bool()),
        lambda: expr.equal(expr.cast(A, types.Uint(70)), expr.lift(1, types.Uint(70))),
    ],
)
def test_what_is_not_known_is_refused(make: Callable[[], Any]):
    with pytest.raises(FastPathError):
        condition_of(make(), NUMBERS)
