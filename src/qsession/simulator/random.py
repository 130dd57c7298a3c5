"""Seeds of runs, and the random numbers that Aer draws its shots with, many at a time: `uniforms`.

Aer uses the 64-bit Mersenne Twister of the C++ library (``std::mt19937_64``; constants as in the
C++ standard, [rand.predef]) and ``std::uniform_real_distribution``, one number for one draw. NumPy
has the 32-bit one only.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from qsession.forks import in_child
from qsession.simulator.aer_private import SEED_STEP
from qsession.simulator.lru import Bounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]


_RANDOM_BITS = 32

_generator = np.random.default_rng()


@in_child
def _renew() -> None:
    """A copied process must not repeat the numbers of its parent."""
    global _generator  # noqa: PLW0603 - one for the process
    _generator = np.random.default_rng()


def fresh_uniforms(count: int) -> NDArray[np.float64]:
    """Random numbers from 0 to 1 that nobody can foresee."""
    return _generator.random(count)


def first_seed(*wishes: Any) -> int:
    """The first seed that is given, else a new one: a kept circuit would repeat its own."""
    for wish in wishes:
        if wish is not None:
            return int(wish)
    return secrets.randbits(_RANDOM_BITS)


def seed_of(first: int, number: int) -> int:
    """The seed that Aer gives to circuit ``number`` of a run."""
    return first + SEED_STEP * number


def derived_seed(first: int, number: int) -> int:
    """A seed for part ``number`` of one circuit, independent of those of the other parts."""
    return int(np.random.SeedSequence((first, number)).generate_state(1)[0])


MOST_KEPT = 2**18
"""Numbers that are kept, of all seeds together: the jobs of a primitive share theirs."""

SIZE, MIDDLE = 312, 156
"""Words of the generator's state, and the distance of those that are mixed."""

PART = 2**17
"""Rows that are made at once."""

MASK = 2**64 - 1
FACTOR = 6364136223846793005

# Arrays, which NumPy need not make of numbers for each operation.
_UPPER: Words = np.asarray(0xFFFFFFFF80000000, dtype=np.uint64)
_LOWER: Words = np.asarray(0x7FFFFFFF, dtype=np.uint64)
_TWIST: Words = np.asarray(0xB5026F5AA96619E9, dtype=np.uint64)
_ONE: Words = np.asarray(1, dtype=np.uint64)
_BELOW_ONE = np.nextafter(1.0, 0.0)

_kept: Bounded[int, NDArray[np.float64]] = Bounded(MOST_KEPT)


def uniforms(seed: int, count: int) -> NDArray[np.float64]:
    """The first numbers from 0 to 1 after seeding; not to be changed."""
    seed &= MASK
    kept = _kept.get(seed)
    if kept is None or len(kept) < count:
        kept = _draw(seed, count)
        kept.flags.writeable = False
        _kept.put(seed, kept, count)
    return kept[:count]


def uniforms_in_parts(
    seed: int | None, count: int, width: int = 1
) -> Iterator[NDArray[np.float64]]:
    """Numbers from 0 to 1, rows at a time, so that millions of them take no room.

    Args:
        seed: The seed, for the numbers of `uniforms`; None for `fresh_uniforms`.
        count: How many rows.
        width: How many numbers a row has.
    """
    is_kept = seed is not None and count * width <= MOST_KEPT
    state = None if seed is None or is_kept else _seeded(seed & MASK)
    for first in range(0, count, PART):
        rows = min(PART, count - first)
        if state is not None:
            words = words_after(state, rows * width)
            numbers, state = as_uniforms(words[SIZE:]), words[-SIZE:].copy()
        elif seed is not None:
            numbers = uniforms(seed, count * width)[first * width : (first + rows) * width]
        else:
            numbers = fresh_uniforms(rows * width)
        yield numbers.reshape(rows, width)


def _draw(seed: int, count: int) -> NDArray[np.float64]:
    return as_uniforms(words_after(_seeded(seed), count)[SIZE:])


def as_uniforms(words: Words) -> NDArray[np.float64]:
    """Numbers from 0 to 1 of words of the generator's state."""
    drawn = _tempered(words).astype(np.float64) * 2.0**-64
    # Rounding may give 1, which the C++ library takes for the number below it.
    return np.minimum(drawn, _BELOW_ONE)


def _seeded(seed: int) -> Words:
    words = [seed]
    for number in range(1, SIZE):
        last = words[-1]
        words.append((FACTOR * (last ^ (last >> 62)) + number) & MASK)
    return np.array(words, dtype=np.uint64)


def words_after(state: Words, count: int) -> Words:
    """The last 312 words of a generator, and the next ones, as many as are asked for.

    Args:
        state: The last 312 words; of many generators in columns.
        count: How many more are made.
    """
    words = np.empty((SIZE + count, *state.shape[1:]), dtype=np.uint64)
    words[:SIZE] = state
    # A word is made of those 312, 311 and 156 places before it: so many can be made together.
    for first in range(0, count, MIDDLE):
        end = min(first + MIDDLE, count)
        new = words[SIZE + first : SIZE + end]
        np.bitwise_xor(
            words[MIDDLE + first : MIDDLE + end],
            mixed(words[first:end], words[first + 1 : end + 1]),
            new,
        )
    return words


def mixed(high: Words, low: Words) -> Words:
    """The part that two neighbouring words have in the one that is made of them."""
    word, own = np.bitwise_and(high, _UPPER), np.bitwise_and(low, _LOWER)
    np.bitwise_or(word, own, word)
    np.right_shift(word, _ONE, word)
    np.bitwise_and(low, _ONE, own)
    np.multiply(own, _TWIST, own)
    return np.bitwise_xor(word, own, word)


def _tempered(word: Words) -> Words:
    word = word ^ ((word >> np.uint64(29)) & np.uint64(0x5555555555555555))
    word ^= (word << np.uint64(17)) & np.uint64(0x71D67FFFEDA60000)
    word ^= (word << np.uint64(37)) & np.uint64(0xFFF7EEE000000000)
    word ^= word >> np.uint64(43)
    return word
