"""Values of a device in steps from the best to the worst: `Scale`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from qsession.devices.facts import DeviceFacts

STEPS: Final = 7
"""The number of steps: as many shades as people can tell apart."""

_FAR_APART: Final = 3
"""From this ratio of the largest error to the smallest on, steps are ratios, not differences."""

Measure = Literal["readout_error", "t1_s", "t2_s", "gate_error"]
"""The values that a qubit can be coloured by."""

MEASURES: Final[tuple[Measure, ...]] = ("readout_error", "t1_s", "t2_s", "gate_error")

_MORE_IS_BETTER: Final = frozenset({"t1_s", "t2_s"})


@dataclass(frozen=True)
class Scale:
    """From the best to the worst value of a kind.

    Attributes:
        best: The best value.
        worst: The worst value.
        steps: The step of each value, from 0 for the best; None for what is not known.
    """

    best: float
    worst: float
    steps: tuple[int | None, ...]


def scale_of_qubits(facts: DeviceFacts, measure: Measure) -> Scale | None:
    """The scale of a measure over the qubits; None if it is not known of any."""
    values = [getattr(each, measure) if each.is_usable else None for each in facts.qubits]
    return _scale(values, more_is_better=measure in _MORE_IS_BETTER)


def scale_of_couplings(facts: DeviceFacts) -> Scale | None:
    """The scale of the error of couplings; None if it is not known of any."""
    return _scale([each.error if each.is_usable else None for each in facts.couplings])


def _scale(values: Sequence[float | None], *, more_is_better: bool = False) -> Scale | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    positive = [value for value in known if value > 0]
    is_by_ratio = not more_is_better and positive and high > _FAR_APART * min(positive)
    shares = _ratios(values, min(positive)) if is_by_ratio else values
    steps = _steps(shares, more_is_better=more_is_better)
    best, worst = (high, low) if more_is_better else (low, high)
    return Scale(best, worst, steps)


def _ratios(values: Iterable[float | None], smallest: float) -> list[float | None]:
    return [None if value is None else math.log(max(value, smallest)) for value in values]


def _steps(values: Sequence[float | None], *, more_is_better: bool) -> tuple[int | None, ...]:
    known = [value for value in values if value is not None]
    low, span = min(known), max(known) - min(known)

    def step(value: float) -> int:
        share = (value - low) / span if span else 0.0
        if more_is_better and span:
            share = 1 - share
        return min(STEPS - 1, int(share * STEPS))

    return tuple(None if value is None else step(value) for value in values)
