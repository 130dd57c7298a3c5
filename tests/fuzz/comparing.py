"""Compares what two sides saw: `differences`, and `Samples` where only distributions are equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import chi2_contingency  # type: ignore[import-untyped]

from tests.fuzz.observing import Observation

FEWEST = 20
"""Outcomes that are rarer are counted as one."""

SUSPICIOUS = 1e-3
"""A probability that a larger run is asked about."""

SURELY_NOT_CHANCE = 1e-9
"""A probability, of a larger run, that is believed."""

_MOST_SIGMAS = {True: 8.0, False: 4.0}
"""Between means: in the larger run, and in one."""

NO_SHOT = ", and no shot was run of the rest"
"""What is told of parts that lack since Aer ran no shot of their circuits."""

_EXACT = 1e-7
"""Numbers that are not drawn differ by rounding only."""


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    Attributes:
        job: Which job of the program, by number.
        kind: What: "error", "shots", "method", …
        where: The part of its result.
        ours: What ours gave, in short.
        theirs: What theirs gave.
    """

    job: int
    kind: str
    where: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        """In a few lines."""
        head = f"job {self.job}, {self.where}: other {self.kind}"
        return f"{head}\n  ours:   {self.ours}\n  theirs: {self.theirs}"


def differences(
    ours: Sequence[Observation], theirs: Sequence[Observation], *, is_seeded: bool
) -> list[Difference]:
    """What differs; without seeds the shots are left to `distribution_differences`."""
    found: list[Difference] = []
    if len(ours) != len(theirs):
        found.append(Difference(-1, "number of jobs", "all", str(len(ours)), str(len(theirs))))
    for job, (own, other) in enumerate(zip(ours, theirs, strict=False)):
        if own.error or other.error:
            if not _errors_agree(own, other):
                found.append(Difference(job, "error", "job", _error(own), _error(other)))
            continue
        found.extend(_facts(job, own, other, is_seeded=is_seeded))
        if is_seeded and other.is_exact:
            found.extend(_exact(job, own, other))
        elif is_seeded:
            found.extend(_alike(job, own, other))
    return found


def _error(seen: Observation) -> str:
    if not seen.error:
        return "a result"
    return f"{seen.error[0]} at {seen.at}: {seen.text}"


def _errors_agree(ours: Observation, theirs: Observation) -> bool:
    if not ours.error or not theirs.error:
        return False
    # What is checked before anything is submitted says so in its own class.
    is_refused = "InvalidInputError" in ours.error and ours.at == "submission"
    return is_refused or theirs.error[0] in ours.error


def _facts(
    job: int, ours: Observation, theirs: Observation, *, is_seeded: bool
) -> Iterator[Difference]:
    for name in sorted({*ours.facts, *theirs.facts}):
        own, other = ours.facts.get(name, "nothing"), theirs.facts.get(name, "nothing")
        if own == other or (name.endswith(" seed") and not is_seeded):
            continue
        if isinstance(own, dict) and isinstance(other, dict):
            ignored = set() if theirs.is_exact else {"header"}
            for key in sorted({*own, *other} - ignored):
                if own.get(key) != other.get(key):
                    kind = "method" if key == "method" else "facts"
                    values = (_short(each.get(key)) for each in (own, other))
                    yield Difference(job, kind, f"{name} {key}", *values)
        else:
            yield Difference(job, "facts", name, _short(own), _short(other))
    for kind in ("shots", "counts", "values", "saved"):
        own, other = getattr(ours, kind), getattr(theirs, kind)
        if set(own) != set(other):
            is_told = set(other) < set(own) <= set(other) | theirs.shotless
            words = f"{_short(sorted(other))}{NO_SHOT if is_told else ''}"
            yield Difference(job, "parts", kind, _short(sorted(own)), words)


def _exact(job: int, ours: Observation, theirs: Observation) -> Iterator[Difference]:
    for kind in ("shots", "counts"):
        own, other = getattr(ours, kind), getattr(theirs, kind)
        for place in own.keys() & other.keys():
            if own[place] != other[place]:
                texts = (_counted(each[place]) for each in (own, other))
                yield Difference(job, kind, place, *texts)
    for place in ours.values.keys() & theirs.values.keys():
        if not np.array_equal(ours.values[place], theirs.values[place], equal_nan=True):
            texts = (_short(each.values[place]) for each in (ours, theirs))
            yield Difference(job, "values", place, *texts)
    for place in ours.saved.keys() & theirs.saved.keys():
        if not _are_close(ours.saved[place], theirs.saved[place]):
            texts = (_short(each.saved[place]) for each in (ours, theirs))
            yield Difference(job, "saved", place, *texts)


def _are_close(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_are_close(one[k], other[k]) for k in one)
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return bool(one == other)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_are_close, one, other))
    try:
        first, second = np.asarray(one, complex), np.asarray(other, complex)
    except (TypeError, ValueError):
        # Stabilizers and the like have no numbers.
        return repr(one) == repr(other)
    return first.shape == second.shape and bool(np.allclose(first, second, atol=_EXACT))


def _alike(job: int, ours: Observation, theirs: Observation) -> list[Difference]:
    """Differences between distributions of one run each, where circuits are equivalent only."""
    samples = Samples(), Samples()
    samples[0].add([ours])
    samples[1].add([theirs])
    found = distribution_differences(*samples, is_sure=True)
    return [replace(each, job=job) for each in found]


class Samples:
    """Shots and values of many runs of one program, on one side."""

    def __init__(self) -> None:
        self.counts: dict[tuple[int, str], Counter[Any]] = {}
        self.values: dict[tuple[int, str], list[Any]] = {}

    def add(self, observations: Sequence[Observation]) -> None:
        """Take in one run."""
        for job, seen in enumerate(observations):
            parts = {**seen.counts, **seen.shots}
            for place, shots in parts.items():
                self.counts.setdefault((job, place), Counter()).update(shots)
            if len(seen.shots) > 1 and len({len(each) for each in seen.shots.values()}) == 1:
                joint = zip(*(seen.shots[place] for place in sorted(seen.shots)), strict=True)
                self.counts.setdefault((job, "all registers"), Counter()).update(joint)
            for place, values in seen.values.items():
                self.values.setdefault((job, place), []).append(np.asarray(values, float))


def distribution_differences(ours: Samples, theirs: Samples, *, is_sure: bool) -> list[Difference]:
    """Where two distributions differ more than by chance.

    Args:
        ours: Our samples.
        theirs: Theirs.
        is_sure: Whether these are of many runs, so that what is found is to be believed.
    """
    limit = SURELY_NOT_CHANCE if is_sure else SUSPICIOUS
    found = []
    for key in ours.counts.keys() & theirs.counts.keys():
        own, other = ours.counts[key], theirs.counts[key]
        if probability_of_difference(own, other) < limit:
            found.append(Difference(key[0], "distribution", key[1], _counted(own), _counted(other)))
    for key in ours.values.keys() & theirs.values.keys():
        if key[1].endswith("evs") and _are_apart(ours.values[key], theirs.values[key], is_sure):
            means = (_short(np.mean(each.values[key], axis=0)) for each in (ours, theirs))
            found.append(Difference(key[0], "distribution", key[1], *means))
    return found


def probability_of_difference(one: Counter[Any], other: Counter[Any]) -> float:
    """How likely two samples of one distribution differ at least so much."""
    often = [key for key in one | other if one[key] + other[key] >= FEWEST]
    table = [[sample[key] for key in often] for sample in (one, other)]
    rest = [sample.total() - sum(row) for sample, row in zip((one, other), table, strict=True)]
    if sum(rest) >= FEWEST:
        table = [[*row, few] for row, few in zip(table, rest, strict=True)]
    if len(table[0]) < 2 or min(map(sum, table)) == 0:
        return 1.0
    return float(chi2_contingency(np.array(table)).pvalue)


def _are_apart(ours: list[Any], theirs: list[Any], is_sure: bool) -> bool:
    own, other = np.array(ours), np.array(theirs)
    if own.shape != other.shape:
        return False  # told as another difference
    gap = np.abs(own.mean(axis=0) - other.mean(axis=0))
    if len(own) == 1:
        # Of 1000 shots and more; a larger run decides, if there is one.
        return not is_sure and bool((gap > 0.2).any())
    spread = np.sqrt((own.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)) / len(own))
    return bool((gap > _MOST_SIGMAS[is_sure] * spread + _EXACT).any())


def _counted(shots: Any) -> str:
    counts = shots if isinstance(shots, Mapping) else Counter(shots)
    most = sorted(counts.items(), key=lambda item: str(item[0]))[:8]
    texts = [f"{key.hex() if isinstance(key, bytes) else key}: {n}" for key, n in most]
    more = ", …" if len(counts) > len(most) else ""
    order = ""
    if not isinstance(shots, Mapping):
        first = [key.hex() if isinstance(key, bytes) else str(key) for key in list(shots)[:6]]
        order = f"; first {' '.join(first)}"
    return f"{{{', '.join(texts)}{more}}}{order}"


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) < 300 else f"{text[:300]}…"
