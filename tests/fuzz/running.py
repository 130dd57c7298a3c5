"""Runs a program on both sides in this process: `compare`."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.fuzz.apart import circuits_apart
from tests.fuzz.comparing import Difference, Samples, differences, distribution_differences
from tests.fuzz.observing import Observation, failed
from tests.fuzz.ours import Ours
from tests.fuzz.scope import scope
from tests.fuzz.sides import Side
from tests.fuzz.targets import targets_kept
from tests.fuzz.theirs import Theirs

MORE_RUNS = 25
"""So often a program without seeds runs whose distributions seem to differ."""


@dataclass
class Verdict:
    """What came of a program.

    Attributes:
        differences: What differs.
        jobs: How many jobs it ran.
        errors: What was raised on the side of the reference.
        broken: What it ended with outside of a job, there.
        ways: How often our sessions computed in each way: "fast", or why not.
        theirs_s: Time of the reference.
        ours_s: Our time.
    """

    differences: list[Difference] = field(default_factory=list)
    jobs: int = 0
    errors: list[str] = field(default_factory=list)
    broken: str = ""
    ways: dict[str, int] = field(default_factory=dict)
    theirs_s: float = 0
    ours_s: float = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Verdict:
        """From JSON."""
        found = [Difference(**each) for each in content.pop("differences")]
        return cls(found, **content)


def compare(
    source: str,
    *,
    is_seeded: bool,
    sides: str = "both",
    tell: Callable[[str], None] = lambda side: None,
) -> Verdict:
    """Run a program on both sides.

    Args:
        source: The program.
        is_seeded: Whether bits must be equal.
        sides: "both"; "ours" alone if the reference is known to abort; "theirs" twice, to see
            whether the reference agrees with itself; "apart" for both, with a reference that runs
            circuits one by one.
        tell: Is told which side begins.
    """
    verdict = Verdict()
    theirs: Theirs | None = None
    if sides != "ours":
        tell("theirs")
        with circuits_apart() if sides == "apart" else nullcontext():
            theirs, verdict.theirs_s = _timed(source, Theirs())
    tell("ours")
    other = Theirs if sides == "theirs" else Ours
    ours, verdict.ours_s = _timed(source, other(theirs))
    if isinstance(ours, Ours):
        verdict.ways = dict(ours.ways())
    verdict.jobs = len(ours.observations)
    if theirs is None:
        return verdict
    raised = [each for each in theirs.observations if each.error]
    texts = [f"{each.error[0]}: {each.text[:80]}" for each in raised]
    verdict.errors = texts
    verdict.broken = texts[-1] if raised and raised[-1].at == "setup" else ""
    verdict.differences = differences(ours.observations, theirs.observations, is_seeded=is_seeded)
    if not verdict.differences and not is_seeded and sides == "both":
        verdict.differences = _unlike(source, ours, theirs, tell)
    return verdict


def _timed(source: str, side: Any) -> tuple[Any, float]:
    begun = time.perf_counter()
    run(source, side)
    return side, time.perf_counter() - begun


def run(source: str, side: Side) -> list[Observation]:
    """Run a program on one side."""
    names = scope() | side.names
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with targets_kept(), side.running():
            try:
                exec(compile(source, "program", "exec"), names)  # noqa: S102 - our own programs
            except BaseException as error:  # noqa: BLE001 - a panic of Qiskit's is no Exception
                side.observations.append(failed(error, at="setup"))
    return side.observations


def _unlike(source: str, ours: Side, theirs: Side, tell: Callable[[str], None]) -> list[Difference]:
    """Differences between distributions, confirmed by many runs."""
    samples = Samples(), Samples()
    samples[0].add(ours.observations)
    samples[1].add(theirs.observations)
    if not distribution_differences(*samples, is_sure=False):
        return []
    for _ in range(MORE_RUNS):
        tell("theirs")
        samples[1].add(run(source, Theirs(theirs)))
        tell("ours")
        samples[0].add(run(source, Ours(theirs)))
    return distribution_differences(*samples, is_sure=True)
