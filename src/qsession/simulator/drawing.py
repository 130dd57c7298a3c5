"""Shots drawn from their exact distribution: `Drawing` and `Distribution`.

Aer takes most of its time for a small circuit to write down one shot after the other. Here it gives
the probabilities instead, and the shots are drawn from them all at once: with a seed by the same
random numbers in the same way, so that they are the shots that Aer would have drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qsession.simulator.random import PART, uniforms_in_parts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Outcomes = NDArray[np.int64]

MOST_DRAWN_QUBITS = 12
"""With more, all their probabilities take longer than some shots."""

MOST_DRAWN_SHOTS = 10_000_000
"""With more, their outcomes take too much room, 80 MB."""

LABEL = "distribution"

_METHODS = (None, "automatic", "statevector")
_LEAST = 1e-9
"""Of a state that Aer simulates as a stabilizer, all outcomes are equally likely or impossible."""


def may_draw(options: Mapping[str, Any], shots: int) -> bool:
    """Return True if a simulator with this method draws all shots from one state."""
    return 0 < shots <= MOST_DRAWN_SHOTS and options.get("method") in _METHODS


def has_few_outcomes(qubits: int, shots: int) -> bool:
    """Return True if all outcomes are told sooner than shots drawn, though by a stabilizer."""
    return shots >= 2 << qubits


@dataclass(frozen=True)
class Drawing:
    """The meaning of the outcomes of a circuit that gives its distribution instead of measuring.

    Attributes:
        bits: Which qubit each classical bit is of, by number; others stay 0.
        measured: The qubits that are measured, in the order in which Aer measures them.
    """

    bits: Mapping[int, int]
    measured: Sequence[int]

    @classmethod
    def of(cls, measurements: Iterable[tuple[int, int]]) -> Drawing:
        """Of a circuit that is measured at its end alone.

        Args:
            measurements: The qubit and the classical bit of each, in order.
        """
        bits: dict[int, int] = {}
        measured: set[int] = set()
        for qubit, clbit in measurements:
            measured.add(qubit)
            bits[clbit] = qubit  # a later measurement into the same bit takes its place
        return cls(bits, sorted(measured))


class Distribution:
    """The probabilities of the outcomes of one run."""

    def __init__(
        self,
        probabilities: ArrayLike,
        drawing: Drawing,
        seed: int | None = None,
        method: str | None = None,
    ) -> None:
        """Of each outcome, by number.

        Args:
            probabilities: What Aer says.
            drawing: What the outcomes mean.
            seed: The run's, whose shots are Aer's own; None for a new one.
            method: How Aer would simulate the run, which its own shots depend on.
        """
        self._probabilities = np.asarray(probabilities, dtype=float)
        self._drawing = drawing
        self._seed = seed
        self._method = method

    def shots(self, count: int, registers: Iterable[tuple[str, int, int]]) -> dict[str, Any]:
        """Draw shots.

        Args:
            count: How many.
            registers: Of each its name, its size and the number of its first bit.

        Returns:
            The shots by register, packed as in `qiskit.primitives.BitArray`.
        """
        outcomes = self._outcomes(count)
        return {name: self._packed(outcomes, size, start) for name, size, start in registers}

    def _packed(self, outcomes: Outcomes, size: int, start: int) -> NDArray[np.uint8]:
        width = -(-size // 8)
        packed = np.zeros((len(outcomes), width), dtype=np.uint8)
        for byte in range(width):
            moves = self._moves(start + 8 * byte, min(8, size - 8 * byte))
            for first in range(0, len(outcomes), PART):
                part = outcomes[first : first + PART]
                column = packed[first : first + PART, width - 1 - byte]
                for places, mask in moves.items():
                    own = part & mask
                    column |= (own >> places if places > 0 else own << -places).astype(np.uint8)
        return packed

    def _moves(self, first: int, size: int) -> dict[int, int]:
        """The qubits that a byte of classical bits is made of, by the places they move down.

        Where each is measured into the bit of its number, all move together.
        """
        moves: dict[int, int] = {}
        for place in range(size):
            qubit = self._drawing.bits.get(first + place)
            if qubit is not None:
                moves[qubit - place] = moves.get(qubit - place, 0) | 1 << qubit
        return moves

    def words(self, count: int) -> list[str]:
        """Draw shots, each with all classical bits as one number in hexadecimal: Aer's memory."""
        outcomes: list[int] = self._outcomes(count).tolist()
        words = {outcome: self._word(outcome) for outcome in set(outcomes)}
        return [words[outcome] for outcome in outcomes]

    def counts(self, count: int) -> dict[str, int]:
        """Draw shots, and count them by these words."""
        often = np.bincount(self._outcomes(count))
        counts: dict[str, int] = {}
        for outcome in np.flatnonzero(often).tolist():
            word = self._word(outcome)  # outcomes that differ in qubits that are not measured
            counts[word] = counts.get(word, 0) + int(often[outcome])
        return counts

    def _word(self, outcome: int) -> str:
        bits = self._drawing.bits.items()
        return hex(sum(1 << clbit for clbit, qubit in bits if outcome >> qubit & 1))

    def odd(self, count: int, masks: Iterable[int]) -> list[int]:
        """Draw shots, and count for each mask of classical bits those in which their sum is odd."""
        often = np.bincount(self._outcomes(count))
        outcomes = np.flatnonzero(often)
        often = often[outcomes]
        odd = []
        for mask in masks:
            parities = np.zeros_like(outcomes)
            for clbit, qubit in self._drawing.bits.items():
                if mask >> clbit & 1:
                    parities ^= outcomes >> qubit
            odd.append(int(often[parities & 1 == 1].sum()))
        return odd

    def _outcomes(self, count: int) -> Outcomes:
        is_stabilizer = self._seed is not None and self._method == "stabilizer"
        drawn = self._of_stabilizer(count) if is_stabilizer else self._of_state(count)
        # Aer takes its samples from the end.
        return drawn[::-1]

    def _of_state(self, count: int) -> Outcomes:
        """The first outcome up to which the probabilities sum up to more than the number drawn."""
        sums = np.cumsum(self._probabilities)[:-1]
        parts = [
            np.searchsorted(sums, numbers[:, 0], side="right")
            for numbers in uniforms_in_parts(self._seed, count)
        ]
        return np.concatenate(parts)

    def _of_stabilizer(self, count: int) -> Outcomes:
        """One number for each measured qubit, which decides if the qubits before it leave it open.

        The outcomes that are possible are then told apart by the qubits that were left open.
        """
        measured = self._drawing.measured
        possible = np.flatnonzero(self._probabilities > _LEAST)
        seen = np.zeros_like(possible)  # what was measured so far
        keys = np.zeros_like(possible)
        left_open: list[int] = []
        for place, qubit in enumerate(measured):
            bit = possible >> qubit & 1
            seen = seen << 1 | bit
            now = len(set(seen.tolist()))
            if now > 1 << len(left_open):
                keys = keys << 1 | bit
                left_open.append(place)
        outcome_of = np.zeros(1 << len(left_open), dtype=np.int64)
        outcome_of[keys] = possible
        parts = []
        for numbers in uniforms_in_parts(self._seed, count, len(measured)):
            chosen = np.zeros(len(numbers), dtype=np.int64)
            for place in left_open:
                chosen = chosen << 1 | (numbers[:, place] > 0.5)  # noqa: PLR2004
            parts.append(outcome_of[chosen])
        return np.concatenate(parts)
