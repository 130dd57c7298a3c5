"""Circuits whose shots are drawn, built for Aer from their reading alone: `DrawnCircuit`.

To make Qiskit's instructions of them first, and have Aer's compiler read these, takes several times
as long, which is most of the time that a new circuit takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qsession.simulator import aer_private as aer
from qsession.simulator.compiled import Form
from qsession.simulator.drawing import LABEL, MOST_DRAWN_QUBITS, Drawing
from qsession.simulator.instructions import GATES
from qsession.simulator.reduction import Outline, outline_of

if TYPE_CHECKING:
    from qsession.simulator.fingerprint import Reading, Step


def drawn_circuit(reading: Reading) -> DrawnCircuit | None:
    """The circuit that gives the distribution of a plain circuit without noise.

    Returns:
        The circuit; None unless one small state gives all shots.
    """
    steps = reading.steps or ()
    outline = outline_of([step[:2] for step in steps], range(reading.qubits))
    is_one_state = outline.can_sample and all(steps[place][0] != "reset" for place in outline.kept)
    if not is_one_state or len(outline.active) > MOST_DRAWN_QUBITS:
        return None
    return DrawnCircuit(steps, outline, reading.clbits)


class DrawnCircuit:
    """A circuit that ends in its distribution, with its angles left open."""

    def __init__(self, steps: Sequence[Step], outline: Outline, clbits: int) -> None:
        self._steps = steps
        self._outline = outline
        self._clbits = clbits

    @property
    def qubits(self) -> int:
        """The number of qubits that Aer has to know."""
        return len(self._outline.active)

    @property
    def gates(self) -> list[tuple[str, int]] | None:
        """The gates, and how many angles each has; None if there is anything else."""
        gates = [step for step in map(self._steps.__getitem__, self._outline.kept) if _acts(step)]
        if not all(map(_is_gate, gates)):
            return None
        return [(step[0], GATES[step[0]]) for step in gates]

    @cached_property
    def form(self) -> Form:
        """The circuit as Aer runs it."""
        first_angles = list(self._first_angles())
        number_of = {old: new for new, old in enumerate(self._outline.active)}
        builder = aer.Builder(self.qubits, self._clbits)
        places: list[tuple[tuple[int, int], int]] = []
        measurements = []
        for place in self._outline.kept:
            step = self._steps[place]
            qubits = [number_of[qubit] for qubit in step[1]]
            if not _acts(step):
                measurements.append((qubits[0], step[3][0]))
                continue
            if _is_gate(step):
                first = first_angles[place]
                places.extend(
                    ((builder.size, number), first + number) for number in range(GATES[step[0]])
                )
            _add(builder, step, qubits)
        builder.save_probabilities(range(self.qubits), LABEL)
        return Form(
            builder.circuit,
            places,
            method="statevector",
            is_light=True,
            drawing=Drawing.of(measurements),
        )

    def forget_form(self) -> None:
        """Build it anew the next time."""
        self.__dict__.pop("form", None)

    def _first_angles(self) -> Iterator[int]:
        """The number of the first angle of each step, as its reading counts them."""
        count = 0
        for step in self._steps:
            yield count
            if _is_gate(step):
                count += GATES[step[0]]


def _acts(step: Step) -> bool:
    return bool(step[0] != "measure")


def _is_gate(step: Step) -> bool:
    """Return True for a standard gate: of all others more is to be known."""
    return len(step) == 3  # noqa: PLR2004 - name, qubits, label


def _add(builder: aer.Builder, step: Step, qubits: Sequence[int]) -> None:
    name, label = step[0], step[2]
    if _is_gate(step):
        builder.gate(name, qubits, [0.0] * GATES[name], label)
    elif name == "delay":
        builder.gate(name, qubits, [step[4][0]], label)
    else:
        shape, content = step[4]
        # A copy: Aer takes an array that cannot be written for its transpose.
        matrix = np.frombuffer(content, dtype=complex).reshape(shape).copy()
        builder.unitary(qubits, matrix, label)
