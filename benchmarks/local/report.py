"""Writes what was measured as a table, and says which goals were met."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.local.comparing import Comparison

HEADINGS = ("case", "qsession, ms", "IBM's local mode, ms", "ratio", "goal")


def spread(values: Sequence[float]) -> str:
    """The median, with the least and the most in brackets."""
    if not values:
        return "–"
    middle, least, most = statistics.median(values), min(values), max(values)
    if len(values) == 1:
        return rounded(middle)
    return f"{rounded(middle)} ({rounded(least)} to {rounded(most)})"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every column but the first is of numbers."""
    ruler = ["---", *["--:"] * (len(headings) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, ruler, *rows))


def comparison_row(comparison: Comparison) -> tuple[str, ...]:
    """A row of the table of cases."""
    goal = comparison.goal
    return *comparison_cells(comparison), "" if goal is None else f"{goal:g}×"


def comparison_cells(comparison: Comparison) -> tuple[str, str, str, str]:
    """What was measured, without a goal."""
    return (
        comparison.name,
        "fails" if comparison.our_error else spread(comparison.ours_ms),
        "fails" if comparison.their_error else spread(comparison.theirs_ms),
        _ratio(comparison),
    )


def verdict(comparison: Comparison) -> str | None:
    """Whether the goal was met; None where there is none."""
    goal, ratio = comparison.goal, comparison.ratio
    if comparison.differs:
        return f"DIFFERS: {comparison.name}: the answer is another"
    if goal is None or ratio is None:
        return None
    met = "met" if ratio >= goal else "MISSED"
    threads = f", with at most {comparison.most_threads} threads"
    return f"{met}: {comparison.name}: {rounded(ratio)}× of {goal:g}×{threads}"


def _ratio(comparison: Comparison) -> str:
    if comparison.differs:
        return "none: the answers differ"
    if comparison.ratio is None:
        return "–"
    return f"{rounded(comparison.ratio)}×"


def rounded(value: float) -> str:
    """Three figures."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2  # noqa: PLR2004 - three figures
    return f"{value:.{digits}f}"
