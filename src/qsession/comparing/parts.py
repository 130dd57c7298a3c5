"""The parts of results that can be compared: registers of shots, arrays of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from qiskit.primitives import BitArray
from qiskit.result import Result

from qsession.comparing.distances import Distance, distance, in_errors
from qsession.render.summaries import counts_of, has_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

MOST_POINTS = 1_000
"""Of a sweep so many points are compared; each is a distribution of its own."""

Key = tuple[int, str, str]
"""PUB, register and point of a sweep; the register of values is empty."""


@dataclass(frozen=True)
class Sampled:
    """The shots of one register."""

    counts: Mapping[str, int]

    @property
    def shots(self) -> int:
        """The number of shots."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Estimated:
    """The values of one PUB and their standard errors, in arrays of one shape."""

    values: NDArray[np.float64]
    errors: NDArray[np.float64]


def comparable_parts(result: Any) -> dict[Key, Sampled | Estimated]:
    """All of a result that can be compared, in its order."""
    if isinstance(result, Result):
        return {
            (index, "", ""): Sampled(dict(result.get_counts(index)))
            for index, experiment in enumerate(result.results)
            if hasattr(experiment.data, "counts")
        }
    return {
        key: part for index, pub in enumerate(result) for key, part in _parts_of_pub(index, pub)
    }


def _parts_of_pub(index: int, pub: Any) -> Iterator[tuple[Key, Sampled | Estimated]]:
    data = getattr(pub, "data", pub)
    if has_values(data):
        values = np.real(np.asarray(data["evs"], dtype=complex))
        errors = np.asarray(data["stds"]) if "stds" in data else np.nan
        spread = np.broadcast_to(np.asarray(errors, dtype=float), values.shape)
        yield (index, "", ""), Estimated(values, spread)
        return
    for name in data:
        if isinstance(data[name], BitArray):
            yield from _registers(index, str(name), data[name])


def _registers(index: int, name: str, bits: BitArray) -> Iterator[tuple[Key, Sampled]]:
    for number, point in enumerate(np.ndindex(bits.shape)):
        if number == MOST_POINTS:
            return
        place = ", ".join(map(str, point))
        # A register without shots has no distribution.
        if bits.num_shots:
            yield (index, name, place), Sampled(counts_of(bits[point] if point else bits))


@dataclass(frozen=True)
class CountsComparison:
    """One register in several results.

    Attributes:
        pub: Index of the PUB or circuit.
        name: The register's name; empty for counts of ``backend.run``.
        point: The index of the point of a sweep; empty if there is none.
        samples: The shots of each result; the last is the reference.
        distances: How far each of the others is from the reference.
    """

    pub: int
    name: str
    point: str
    samples: tuple[Sampled, ...]
    distances: tuple[Distance, ...]

    def shares(self, most: int) -> list[tuple[str, tuple[float, ...]]]:
        """The outcomes that are most frequent in any of them, with their share in each."""
        highest: dict[str, float] = {}
        for sample in self.samples:
            for outcome, count in sample.counts.items():
                highest[outcome] = max(highest.get(outcome, 0.0), count / sample.shots)
        frequent = sorted(highest, key=lambda outcome: (-highest[outcome], outcome))[:most]
        return [
            (each, tuple(one.counts.get(each, 0) / one.shots for one in self.samples))
            for each in frequent
        ]

    @property
    def distinct(self) -> int:
        """The number of different outcomes in all of them."""
        return len(set().union(*(sample.counts for sample in self.samples)))


@dataclass(frozen=True)
class ValuesComparison:
    """The values of one PUB in several results.

    Attributes:
        pub: Index of the PUB.
        estimates: The values of each result; the last is the reference.
        differences: For each of the others, its values minus those of the reference.
        in_errors: The same in units of the errors of both together.
    """

    pub: int
    estimates: tuple[Estimated, ...]
    differences: tuple[NDArray[np.float64], ...]
    in_errors: tuple[NDArray[np.float64], ...]

    @property
    def largest(self) -> tuple[float, ...]:
        """For each of the others, the largest difference in units of errors; nan if none is."""
        return tuple(
            float(np.nanmax(np.abs(units))) if np.isfinite(units).any() or np.isinf(units).any()
            else np.nan
            for units in self.in_errors
        )  # fmt: skip


def compared(
    results: Sequence[Mapping[Key, Sampled | Estimated]],
) -> tuple[list[CountsComparison | ValuesComparison], list[str]]:
    """The parts that results have in common, compared with the last; words for all others."""
    *_, reference = results
    found: list[CountsComparison | ValuesComparison] = []
    unmatched: list[str] = []
    for key in reference:
        parts = [_part(result, key) for result in results]
        problem = _why_not(parts)
        if problem is not None:
            unmatched.append(f"{words_of(key)}: {problem}")
        elif isinstance(parts[0], Sampled):
            samples = cast("list[Sampled]", parts)
            distances = tuple(distance(each.counts, samples[-1].counts) for each in samples[:-1])
            found.append(CountsComparison(*key, tuple(samples), distances))
        else:
            found.append(_values_compared(key[0], cast("list[Estimated]", parts)))
    others = {key for result in results[:-1] for key in result}
    unmatched += [
        f"{words_of(key)}: not in all of them"
        for key in sorted(others)
        if _part(reference, key) is None
    ]
    return found, unmatched


def _part(result: Mapping[Key, Sampled | Estimated], key: Key) -> Sampled | Estimated | None:
    """The part of a result for a key; its only register of a PUB goes by any name."""
    if key in result:
        return result[key]
    pub, name, point = key
    same = [other for other in result if (other[0], other[2]) == (pub, point)]
    is_only = len(same) == 1 and (not name or not same[0][1])
    return result[same[0]] if is_only else None


def _why_not(parts: Sequence[Sampled | Estimated | None]) -> str | None:
    if any(part is None for part in parts):
        return "not in all of them"
    if len({type(part) for part in parts}) > 1:
        return "counts in one, values in another"
    widths = {len(next(iter(part.counts))) for part in parts if isinstance(part, Sampled)}
    if len(widths) > 1:
        return f"registers of {' and '.join(map(str, sorted(widths)))} bits"
    shapes = {part.values.shape for part in parts if isinstance(part, Estimated)}
    return f"values of shapes {' and '.join(map(str, shapes))}" if len(shapes) > 1 else None


def _values_compared(pub: int, estimates: list[Estimated]) -> ValuesComparison:
    *others, reference = estimates
    differences = tuple(each.values - reference.values for each in others)
    units = tuple(
        in_errors(difference, each.errors, reference.errors)
        for each, difference in zip(others, differences, strict=True)
    )
    return ValuesComparison(pub, tuple(estimates), differences, units)


def words_of(key: Key) -> str:
    """A part in words: ``PUB 0, register meas, point 3``."""
    pub, name, point = key
    words = [f"PUB {pub}", f"register {name}" if name else "", f"point {point}" if point else ""]
    return ", ".join(filter(None, words))
