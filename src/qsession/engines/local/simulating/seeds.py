"""The seeds of runs."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np

from qsession.engines.local.simulating.aer import SEED_STEP

_RANDOM_BITS = 32


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
