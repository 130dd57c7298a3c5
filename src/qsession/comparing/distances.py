"""Distances of distributions, and differences of values in units of their errors. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Distance:
    """The distance of one distribution from another.

    Attributes:
        total_variation: Half the sum of the differences of all probabilities: 0 for equal
            distributions, 1 for those that have no outcome in common.
        hellinger_fidelity: The square of the sum of the geometric means, as in Qiskit's
            `hellinger_fidelity`: 1 for equal distributions, 0 for those with nothing in common.
        from_shots: The total variation that is to be expected of two samples of one distribution,
            of so many shots each: a distance of this size says nothing.
    """

    total_variation: float
    hellinger_fidelity: float
    from_shots: float


def distance(counts: Mapping[str, int], others: Mapping[str, int]) -> Distance:
    """The distance of two samples. Neither is empty."""
    shots, other_shots = sum(counts.values()), sum(others.values())
    outcomes = list(counts.keys() | others.keys())
    own = _array(counts, outcomes) / shots
    other = _array(others, outcomes) / other_shots
    pooled = (own * shots + other * other_shots) / (shots + other_shots)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / shots + 1 / other_shots))
    # The mean of the absolute value of a normal variable is sqrt(2 / pi) of its spread.
    return Distance(
        total_variation=float(np.abs(own - other).sum() / 2),
        hellinger_fidelity=min(float(np.sqrt(own * other).sum() ** 2), 1.0),
        from_shots=float(math.sqrt(2 / math.pi) * spread.sum() / 2),
    )


def _array(counts: Mapping[str, int], outcomes: list[str]) -> NDArray[np.float64]:
    return np.array([counts.get(outcome, 0) for outcome in outcomes], dtype=float)


def in_errors(
    differences: NDArray[np.float64], errors: NDArray[np.float64], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Differences in units of the errors of both values together.

    Values without error differ by nothing or infinitely; without a known error it is not a number.
    """
    combined = np.hypot(errors, others)
    with np.errstate(divide="ignore", invalid="ignore"):
        units = differences / combined
    return np.where((combined == 0) & (differences == 0), 0.0, units)
