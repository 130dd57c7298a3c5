"""Shots of circuits that measure on their way: `branched`.

Aer simulates such circuits once for each shot. Here each state that shots reach is computed once,
and the shots are shared out among its outcomes by the random numbers that Aer would draw for them.
States that turn out equal, such as after a reset, are one from then on.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qsession.simulator import branch_costs as costs
from qsession.simulator.aer_sampling import STABILIZER
from qsession.simulator.branch_steps import Jump, Measurement, Reset, Segment
from qsession.simulator.branched_shots import BranchedShots
from qsession.simulator.errors import FastPathError
from qsession.simulator.shot_numbers import ShotNumbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsession.simulator.branch_program import Program
    from qsession.simulator.branch_steps import States

    Integers = NDArray[np.intp]

BORDER = 1e-9
"""A random number so near to the border between two outcomes may fall to either where states differ
by rounding."""

_DIGITS = 12
"""States that agree so far are one; their probabilities differ by much less than the border."""

_LARGE = 0.37
"""The share of the largest amplitude from which on one may say what phase the state has."""


def is_worth_it(program: Program, shots: int) -> bool:
    """Return True if shots may take less time here than in Aer, as far as can be told before."""
    steps = len(program.steps)
    together = min(shots, costs.MOST_TOGETHER)
    return costs.once_s(steps, program.draws, together) < costs.allowed_s(steps, together)


def branched(program: Program, shots: int, seed: int | None, method: str | None) -> BranchedShots:
    """Take shots through a circuit.

    Args:
        program: The circuit.
        shots: How many.
        seed: The run's, whose shots are Aer's own; None for a new one.
        method: How Aer would simulate the run, which its own shots depend on.

    Raises:
        FastPathError: If it takes too long, or rounding decides what a shot measures.
    """
    parts = []
    for first in range(0, shots, costs.MOST_TOGETHER):
        count = min(costs.MOST_TOGETHER, shots - first)
        expected = program.draws + 16 * program.has_loops
        numbers = ShotNumbers(seed, first, count, expected)
        walk = _Walk(program, numbers, count, is_stabilizer=method == STABILIZER)
        parts.append(walk.bits())
    return BranchedShots(np.concatenate(parts, axis=1))


@dataclass
class _Group:
    """Shots that are at the same step.

    Attributes:
        place: The number of the step.
        states: The states that they have, one a row.
        nodes: The row of each shot.
        shots: The number of each shot.
    """

    place: int
    states: States
    nodes: Integers
    shots: Integers

    def part(self, chosen: NDArray[np.bool_]) -> _Group:
        """Some of the shots, with the states that they have."""
        rows, nodes = _used(self.nodes[chosen], len(self.states))
        return _Group(self.place, self.states[rows], nodes, self.shots[chosen])

    def merge(self) -> None:
        """Make equal states one."""
        if len(self.states) > 1:
            rows, nodes = _distinct(self.states)
            if len(rows) < len(self.states):
                self.states, self.nodes = self.states[rows], nodes[self.nodes]


class _Walk:
    """Shots on their way through a program, all as far as those that are furthest behind.

    So shots that took different branches meet again behind them.
    """

    def __init__(
        self, program: Program, numbers: ShotNumbers, shots: int, *, is_stabilizer: bool
    ) -> None:
        self._program = program
        self._numbers = numbers
        self._is_stabilizer = is_stabilizer
        self._bits: NDArray[np.bool_] = np.zeros((program.clbits, shots), dtype=bool)
        self._waiting: dict[int, list[_Group]] = {}
        self._places: list[int] = []
        self._left_s = costs.allowed_s(len(program.steps), shots)
        start = np.zeros((1, 1 << program.qubits), dtype=complex)
        start[0, 0] = 1
        self._put(_Group(0, start, np.zeros(shots, dtype=np.intp), np.arange(shots)))

    def bits(self) -> NDArray[np.bool_]:
        """Go through the program, and give what was measured.

        Raises:
            FastPathError: If it takes too long, or rounding decides what a shot measures.
        """
        while self._places:
            place = heapq.heappop(self._places)
            waiting = self._waiting.pop(place)
            if len(waiting) > 1:
                self._spend(costs.merge_s(sum(group.states.size for group in waiting)))
            self._advance(_joined(waiting))
        return self._bits

    def _put(self, group: _Group) -> None:
        if group.place in self._waiting:
            self._waiting[group.place].append(group)
        else:
            self._waiting[group.place] = [group]
            heapq.heappush(self._places, group.place)

    def _advance(self, group: _Group) -> None:
        steps = self._program.steps
        while group.place < len(steps):
            step = steps[group.place]
            group.place += 1
            self._spend(costs.STEP_S)
            if isinstance(step, Segment):
                self._require_room(group)
                self._spend(costs.gates_s(step.count, group.states.size))
                group.states = step.applied(group.states)
            elif isinstance(step, Measurement | Reset):
                self._draw(group, step)
            else:
                if isinstance(step, Jump):
                    self._jump(group, step)
                if self._places and self._places[0] <= group.place:
                    self._put(group)
                    return

    def _jump(self, group: _Group, step: Jump) -> None:
        """Send all or some of the shots to another place."""
        target = self._program.places[step.target] + 1
        if step.condition is None:
            group.place = target
            return
        holds = step.condition(self._bits[:, group.shots])
        if holds.all():
            group.place = target
        elif holds.any():
            taken = group.part(holds)
            taken.place = target
            self._put(taken)
            rest = group.part(~holds)
            group.states, group.nodes, group.shots = rest.states, rest.nodes, rest.shots

    def _draw(self, group: _Group, step: Measurement | Reset) -> None:
        """Measure a qubit in each shot."""
        (qubit,) = step.qubits
        self._spend(costs.draw_s(len(group.shots), group.states.size))
        amplitudes = group.states.reshape(len(group.states), -1, 2, 1 << qubit)
        chances = (amplitudes.real**2 + amplitudes.imag**2).sum(axis=(1, 3))
        zero = chances[:, 0] / chances.sum(axis=1)
        drawn = self._numbers.draw(group.shots)
        ones = self._ones(zero, group.nodes, drawn)
        if isinstance(step, Measurement):
            self._bits[step.clbit, group.shots] = ones
        rows, group.nodes = _used(2 * group.nodes + ones, 2 * len(zero))
        parents, outcomes = rows >> 1, rows & 1
        seen = amplitudes[parents, :, outcomes] / np.sqrt(chances[parents, outcomes])[:, None, None]
        states = np.zeros((len(rows), *amplitudes.shape[1:]), dtype=complex)
        if isinstance(step, Measurement):
            states[np.arange(len(rows)), :, outcomes] = seen
        else:
            states[:, :, 0] = seen
        group.states = states.reshape(len(rows), -1)
        if isinstance(step, Reset):
            self._spend(costs.merge_s(group.states.size))
            group.merge()

    def _ones(
        self, zero: NDArray[np.float64], nodes: Integers, drawn: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Return which shots measure 1.

        Args:
            zero: How likely 0 is, for each state.
            nodes: The state of each shot.
            drawn: The random number of each shot.
        """
        if not self._is_stabilizer:
            borders = zero[nodes]
            if (np.abs(drawn - borders) < BORDER).any():
                raise FastPathError("rounding decides what a shot measures")
            return drawn > borders
        # Aer draws a number even where it does not matter.
        is_open = np.abs(zero - 0.5) < BORDER
        is_one = zero < BORDER
        if not (is_open | is_one | (zero > 1 - BORDER)).all():
            raise FastPathError("a state is no stabilizer state")
        return np.where(is_open[nodes], drawn > 0.5, is_one[nodes])  # noqa: PLR2004

    def _require_room(self, group: _Group) -> None:
        """Give up at once where these states are sure to take too long."""
        left = self._program.gates_from[group.place - 1]
        if costs.gates_s(left, group.states.size) > self._left_s:
            raise FastPathError("shots spread over too many states")

    def _spend(self, seconds: float) -> None:
        """Count what a step takes, roughly: a clock would end equal work at different places."""
        self._left_s -= seconds
        if self._left_s < 0:
            raise FastPathError("shots spread over too many states, or go round a loop too often")


def _joined(groups: Sequence[_Group]) -> _Group:
    if len(groups) == 1:
        return groups[0]
    starts = np.cumsum([0, *(len(group.states) for group in groups)])
    nodes = [group.nodes + start for group, start in zip(groups, starts, strict=False)]
    joined = _Group(
        groups[0].place,
        np.concatenate([group.states for group in groups]),
        np.concatenate(nodes),
        np.concatenate([group.shots for group in groups]),
    )
    joined.merge()
    return joined


def _used(numbers: Integers, limit: int) -> tuple[Integers, Integers]:
    """Those numbers below a limit that occur, in order, and the place of each number in them."""
    rows = np.flatnonzero(np.bincount(numbers, minlength=limit))
    places = np.empty(limit, dtype=np.intp)
    places[rows] = np.arange(len(rows))
    return rows, places[numbers]


def _distinct(states: States) -> tuple[Integers, Integers]:
    """The rows of different states, whatever phases they have, and which of them each row is."""
    sizes = np.abs(states)
    first = (sizes > _LARGE * sizes.max(axis=1, keepdims=True)).argmax(axis=1)
    every = np.arange(len(states))
    phases = states[every, first] / sizes[every, first]
    rounded = np.round(states * phases.conj()[:, np.newaxis], _DIGITS) + 0.0  # no negative zeros
    number_of: dict[bytes, int] = {}
    rows: list[int] = []
    nodes = np.empty(len(states), dtype=np.intp)
    for row, state in enumerate(rounded):
        key = state.tobytes()
        number = number_of.setdefault(key, len(rows))
        if number == len(rows):
            rows.append(row)
        nodes[row] = number
    return np.array(rows), nodes
