"""The random numbers of shots that Aer simulates one by one: `ShotNumbers`.

Aer seeds the generator anew for each shot, by the seed of the run plus the number of the shot. Here
those of all shots are seeded together, and as few numbers are made as are asked for: to draw all
312 numbers that one turn of the generator gives would take longer than the rest of the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from qsession.simulator import random
from qsession.simulator.lru import Bounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsession.simulator.random import Words

    Shots = NDArray[np.intp]

MOST_KEPT = 2**18
"""Numbers that are kept, of all seeds together: the jobs of a primitive share theirs."""

_SHIFT: Final = np.uint64(62)
_FACTOR: Final = np.uint64(random.FACTOR)

_SEEDED_TOGETHER = 2**14
"""Shots whose generators are held at once: they take 2.5 kB each where all words are wanted."""

_kept: Bounded[tuple[int, int], NDArray[np.float64]] = Bounded(MOST_KEPT)


def first_uniforms(seeds: Words, count: int) -> NDArray[np.float64]:
    """The first numbers from 0 to 1 after each of these seeds, in rows: one column for a seed."""
    if count <= random.MIDDLE:
        return random.as_uniforms(_first_words(seeds, count))
    numbers = np.empty((count, len(seeds)))
    for first in range(0, len(seeds), _SEEDED_TOGETHER):
        own = slice(first, first + _SEEDED_TOGETHER)
        numbers[:, own] = random.as_uniforms(_all_words(seeds[own], count))
    return numbers


def _first_words(seeds: Words, count: int) -> Words:
    """Of the first turn those alone that are wanted; each is made of three words."""
    last = random.MIDDLE + count
    early = np.empty((count + 1, len(seeds)), dtype=np.uint64)
    late = np.empty((count, len(seeds)), dtype=np.uint64)
    for number, word in enumerate(_seeding(seeds, last)):
        if number <= count:
            early[number] = word
        if number >= random.MIDDLE:
            late[number - random.MIDDLE] = word
    late ^= random.mixed(early[:-1], early[1:])
    return late


def _all_words(seeds: Words, count: int) -> Words:
    state = np.empty((random.SIZE, len(seeds)), dtype=np.uint64)
    for number, word in enumerate(_seeding(seeds, random.SIZE)):
        state[number] = word
    return random.words_after(state, count)[random.SIZE :]


def _seeding(seeds: Words, count: int) -> Iterator[Words]:
    """The first words of the generators' states, which the next step overwrites."""
    word, mixed = seeds.copy(), np.empty_like(seeds)
    yield word
    for number in range(1, count):
        np.right_shift(word, _SHIFT, out=mixed)
        np.bitwise_xor(mixed, word, out=mixed)
        np.multiply(mixed, _FACTOR, out=word)
        word += np.uint64(number)
        yield word


class ShotNumbers:
    """The random numbers that each shot of a run draws, one after the other.

    Args:
        seed: The run's; None for numbers that nobody can foresee.
        first: The number of the first shot.
        shots: How many there are.
        expected: How many numbers a shot will probably draw.
    """

    def __init__(self, seed: int | None, first: int, shots: int, expected: int) -> None:
        self._seed = seed
        self._first = first
        self._position: NDArray[np.intp] = np.zeros(shots, dtype=np.intp)
        self._known: NDArray[np.intp] = np.zeros(shots, dtype=np.intp)
        self._table: NDArray[np.float64] = np.empty((0, shots))
        self._expected = max(expected, 1)
        self._least_known = 0

    def draw(self, shots: Shots) -> NDArray[np.float64]:
        """The next number of each of these shots, none of which is there twice."""
        positions = self._position[shots]
        if positions.max() >= self._least_known:
            lacking = shots[self._known[shots] <= positions]
            if len(lacking):
                self._make(lacking, max(self._expected, 2 * (int(positions.max()) + 1)))
        self._position[shots] = positions + 1
        return self._table[positions, shots]

    def _make(self, shots: Shots, count: int) -> None:
        are_all = len(shots) == len(self._position)
        if len(self._table) < count:
            longer = np.empty((count, len(self._position)))
            longer[: len(self._table)] = self._table
            self._table = longer
        if self._seed is None:
            # Numbers that were drawn stay drawn; new ones follow them.
            done = int(self._known[shots].min())
            self._table[done:count, shots] = random.fresh_uniforms(
                (count - done) * len(shots)
            ).reshape(count - done, len(shots))
        elif are_all:
            self._table = self._of_seed(self._seed, count)
            count = len(self._table)
        else:
            self._table[:count, shots] = first_uniforms(self._seeds(self._seed)[shots], count)
        self._known[shots] = count
        self._least_known = int(self._known.min())

    def _of_seed(self, seed: int, count: int) -> NDArray[np.float64]:
        key = ((seed + self._first) & random.MASK, len(self._position))
        kept = _kept.get(key)
        if kept is None or len(kept) < count:
            kept = first_uniforms(self._seeds(seed), count)
            kept.flags.writeable = False
            _kept.put(key, kept, kept.size)
        return kept

    def _seeds(self, seed: int) -> Words:
        first = np.uint64((seed + self._first) & random.MASK)
        return first + np.arange(len(self._position), dtype=np.uint64)
