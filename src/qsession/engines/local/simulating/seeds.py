"""The seeds of runs, and random numbers without one."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import numpy as np

from qsession.engines.local.simulating.aer import SEED_STEP
from qsession.forks import in_child

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
