"""Plain circuits without noise, built for Aer from their reading alone: `IdealCircuit`.

To make Qiskit's instructions of them first, and have Aer's compiler read these, takes several times
as long, which is most of the time that a new circuit takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qsession.simulator import aer_private as aer
from qsession.simulator.branch_costs import MOST_BRANCHED_QUBITS
from qsession.simulator.branch_program import (
    MOST_STEPS,
    Program,
    assembled,
    operation_of,
)
from qsession.simulator.compiled import Form
from qsession.simulator.drawing import LABEL, MOST_DRAWN_QUBITS, Drawing
from qsession.simulator.fingerprint import is_gate
from qsession.simulator.instructions import GATES
from qsession.simulator.lru import Bounded
from qsession.simulator.reduction import outline_of

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.simulator.fingerprint import Reading, Step

MOST_KNOWN = 2**MOST_DRAWN_QUBITS
"""The largest number of probabilities that are kept of a circuit, for all its angles together."""

_LIGHT_QUBITS = 12
"""Up to here Aer updates a state in one thread; starting more takes longer."""

_MOST_PLAIN_CLBITS = 64
"""Aer writes shots with more of them with some leading zeros."""


class IdealCircuit:
    """A plain circuit, cut down to what its measurements depend on, with its angles left open."""

    def __init__(self, reading: Reading) -> None:
        self._steps: Sequence[Step] = reading.steps or ()
        self._clbits = reading.clbits
        self._outline = outline_of([step[:2] for step in self._steps], range(reading.qubits))
        self._kept = [self._steps[place] for place in self._outline.kept]
        is_one_state = self._outline.can_sample and all(step[0] != "reset" for step in self._kept)
        self._is_light = is_one_state and self.qubits <= _LIGHT_QUBITS
        self.is_drawn = is_one_state and self.qubits <= MOST_DRAWN_QUBITS
        """True if one small state gives all shots: it has a `distribution`."""
        self.may_branch = (
            not is_one_state
            and 0 < self.qubits <= MOST_BRANCHED_QUBITS
            and len(self._kept) <= MOST_STEPS
        )
        """True if it is simulated shot by shot, and small enough for `program`."""

    @property
    def qubits(self) -> int:
        """The number of qubits that Aer has to know."""
        return len(self._outline.active)

    @property
    def gates(self) -> list[tuple[str, int]] | None:
        """The gates, and how many angles each has; None if nobody asks for them."""
        if not (self.is_drawn or self.may_branch):
            return None
        gates = [step for step in self._kept if step[0] not in ("measure", "reset")]
        return [(step[0], GATES[step[0]] if is_gate(step) else 0) for step in gates]

    @cached_property
    def measured(self) -> Form:
        """The circuit as it is."""
        builder, places = self._built()
        return Form(builder.circuit, places, is_light=self._is_light)

    @cached_property
    def distribution(self) -> Form | None:
        """The circuit with its distribution in place of measurements; None if it has none."""
        if not self.is_drawn:
            return None
        builder, places = self._with_probabilities()
        return Form(
            builder.circuit,
            places,
            method="statevector",
            is_light=True,
            drawing=Drawing.of(self._measurements()),
            known=Bounded(MOST_KNOWN),
        )

    @cached_property
    def told(self) -> Form | None:
        """The circuit as it is, and its distribution before it is measured.

        One shot is enough for all that Aer says of it, the method it chose included. None if it has
        no distribution, or no shots that are simply to be written down.
        """
        measurements = self._measurements()
        clbits = [clbit for _, clbit in measurements]
        if not (self.is_drawn and clbits and max(clbits) < _MOST_PLAIN_CLBITS):
            return None
        builder, places = self._with_probabilities()
        for qubit, clbit in measurements:
            builder.measure([qubit], [clbit])
        return Form(builder.circuit, places, is_light=True, drawing=Drawing.of(measurements))

    def program(self, circuit: QuantumCircuit, angles: Sequence[float]) -> Program:
        """The steps of a shot.

        Args:
            circuit: What was read, whatever its angles are.
            angles: Those of all its gates.

        Raises:
            FastPathError: If Aer takes all shots from one state, or they need too many qubits.
        """
        first_angles = list(self._first_angles())
        operations = [
            operation_of(
                circuit.data[place],
                step[1],
                step[3] if step[0] == "measure" else (),
                angles[first_angles[place] :][: GATES[step[0]]] if is_gate(step) else (),
            )
            for place, step in zip(self._outline.kept, self._kept, strict=True)
        ]
        return assembled(operations, self._clbits)

    def forget_forms(self) -> None:
        """Build them anew the next time."""
        for name in ("measured", "distribution", "told"):
            self.__dict__.pop(name, None)

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """The new number of each active qubit."""
        return {old: new for new, old in enumerate(self._outline.active)}

    def _measurements(self) -> list[tuple[int, int]]:
        """The qubit and the classical bit of each."""
        return [
            (self._numbers[step[1][0]], step[3][0]) for step in self._kept if step[0] == "measure"
        ]

    def _with_probabilities(self) -> tuple[aer.Builder, list[tuple[tuple[int, int], int]]]:
        builder, places = self._built(is_measured=False)
        builder.save_probabilities(range(self.qubits), LABEL)
        return builder, places

    def _built(
        self, *, is_measured: bool = True
    ) -> tuple[aer.Builder, list[tuple[tuple[int, int], int]]]:
        """Build the circuit; say where the angles go that the reading has."""
        first_angles = list(self._first_angles())
        builder = aer.Builder(self.qubits, self._clbits)
        places: list[tuple[tuple[int, int], int]] = []
        for place, step in zip(self._outline.kept, self._kept, strict=True):
            if step[0] == "measure" and not is_measured:
                continue
            if is_gate(step):
                first = first_angles[place]
                places.extend(
                    ((builder.size, number), first + number) for number in range(GATES[step[0]])
                )
            _add(builder, step, [self._numbers[qubit] for qubit in step[1]])
        return builder, places

    def _first_angles(self) -> Iterator[int]:
        """The number of the first angle of each step, as its reading counts them."""
        count = 0
        for step in self._steps:
            yield count
            if is_gate(step):
                count += GATES[step[0]]


def _add(builder: aer.Builder, step: Step, qubits: Sequence[int]) -> None:
    name, label = step[0], step[2]
    if is_gate(step):
        builder.gate(name, qubits, [0.0] * GATES[name], label)
    elif name == "measure":
        builder.measure(qubits, step[3])
    elif name == "reset":
        builder.reset(qubits)
    elif name == "delay":
        builder.gate(name, qubits, [step[4][0]], label)
    else:
        shape, content = step[4]
        # A copy: Aer takes an array that cannot be written for its transpose.
        matrix = np.frombuffer(content, dtype=complex).reshape(shape).copy()
        builder.unitary(qubits, matrix, label)
