"""Results beside each other, for people and programs: `Comparison`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from qsession.comparing.parts import CountsComparison, ValuesComparison, words_of
from qsession.printing import with_plain_marks
from qsession.render.paired_charts import PairedBars, PairedErrorBars
from qsession.render.results import MOST_OUTCOMES, MOST_VALUES, Table, table_html, table_text
from qsession.render.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PARTS: Final = 20
"""The largest number of registers and arrays of values that are shown; all of them are in
`Comparison.parts`."""

Part = CountsComparison | ValuesComparison


@dataclass(frozen=True)
class Comparison:
    """Results beside each other; the last one is the reference.

    Displayed, it is a table for each register, with the shares of outcomes side by side, and for
    each array of values, with the differences in units of their errors.

    Attributes:
        labels: What each result is called.
        parts: What was compared: `CountsComparison` and `ValuesComparison`.
        unmatched: What is not in all of them, in words.
    """

    labels: tuple[str, ...]
    parts: tuple[Part, ...]
    unmatched: tuple[str, ...] = ()

    @property
    def total_variation(self) -> float | None:
        """The largest total variation distance from the reference; None if there are no counts."""
        return max((each.total_variation for each in self._distances()), default=None)

    @property
    def hellinger_fidelity(self) -> float | None:
        """The smallest Hellinger fidelity to the reference; None if there are no counts."""
        return min((each.hellinger_fidelity for each in self._distances()), default=None)

    @property
    def largest_difference(self) -> float | None:
        """The largest difference of a value from the reference's, in units of their errors.

        None if there are no values, or none with a known error.
        """
        largest = [
            one
            for part in self.parts
            if isinstance(part, ValuesComparison)
            for one in part.largest
            if not math.isnan(one)
        ]
        return max(largest, default=None)

    def _distances(self) -> Iterator[Any]:
        for part in self.parts:
            if isinstance(part, CountsComparison):
                yield from part.distances

    def __repr__(self) -> str:
        """The tables in plain text."""
        drawn = [
            "\n".join([*_headlines(part, self.labels), table_text(*_drawn(part, self.labels))])
            for part in self.parts[:MOST_PARTS]
        ]
        return "\n\n".join([self._title, *drawn, *self._more()])

    def __str__(self) -> str:
        """The same, with bars that standard output can write."""
        return with_plain_marks(repr(self))

    def _repr_html_(self) -> str:
        found = [f"<p><strong>{escape(self._title)}</strong></p>"]
        for part in self.parts[:MOST_PARTS]:
            lines = "<br>".join(map(escape, _headlines(part, self.labels)))
            found.append(f"<p>{lines}</p>{table_html(*_drawn(part, self.labels))}")
        found += [f"<p>{escape(line)}</p>" for line in self._more()]
        return "".join(found)

    @property
    def _title(self) -> str:
        *others, reference = self.labels
        return f"{', '.join(others)} compared with {reference}"

    def _more(self) -> list[str]:
        hidden = len(self.parts) - MOST_PARTS
        lines = [f"… and {counted(hidden, 'more part')}: they are in parts"] if hidden > 0 else []
        if self.unmatched:
            lines.append(f"Not compared: {'; '.join(self.unmatched[:MOST_PARTS])}")
        return lines


def _headlines(part: Part, labels: tuple[str, ...]) -> list[str]:
    """The distances of the others from the reference, a line for each."""
    several = len(labels) > 2  # noqa: PLR2004 - one and the reference
    names = [f"{label}: " if several else "" for label in labels[:-1]]
    if isinstance(part, CountsComparison):
        return [
            f"{name}total variation {each.total_variation:.3f} ({each.from_shots:.3f} is to be "
            f"expected from the shots alone), Hellinger fidelity {each.hellinger_fidelity:.4f}"
            for name, each in zip(names, part.distances, strict=True)
        ]
    return [
        f"{name}largest difference {in_words(largest)}"
        for name, largest in zip(names, part.largest, strict=True)
    ]


def in_words(units: float) -> str:
    """A difference in units of errors, in words."""
    if math.isnan(units):
        return "not known: the values have no errors"
    return f"{units:.1f} standard errors" if math.isfinite(units) else "beyond errors of zero"


def _drawn(part: Part, labels: tuple[str, ...]) -> tuple[Table, PairedBars | PairedErrorBars]:
    if isinstance(part, CountsComparison):
        return _counts_drawn(part, labels)
    return _values_drawn(part, labels)


def _counts_drawn(part: CountsComparison, labels: tuple[str, ...]) -> tuple[Table, PairedBars]:
    shares = part.shares(MOST_OUTCOMES)
    rows: list[tuple[str, ...]] = [
        (outcome, *(f"{share:.1%}" for share in each)) for outcome, each in shares
    ]
    others = part.distinct - len(rows)
    if others:
        left = [1 - sum(each[index] for _, each in shares) for index in range(len(labels))]
        rows.append((f"{others} others", *(f"{max(share, 0.0):.1%}" for share in left)))
    shots = ", ".join(str(sample.shots) for sample in part.samples)
    title = f"{words_of((part.pub, part.name, part.point))}, {shots} shots"
    return (title, ("Outcome", *labels), rows), PairedBars(tuple(each for _, each in shares))


def _values_drawn(part: ValuesComparison, labels: tuple[str, ...]) -> tuple[Table, PairedErrorBars]:
    rows: list[tuple[str, ...]] = []
    drawn: list[tuple[tuple[float, float], ...]] = []
    shape = part.estimates[0].values.shape
    for number, place in enumerate(np.ndindex(shape)):
        if number == MOST_VALUES:
            rows.append((f"{math.prod(shape) - MOST_VALUES} others", *[""] * (3 * len(labels) - 2)))
            break
        pairs = tuple((float(e.values[place]), float(e.errors[place])) for e in part.estimates)
        drawn.append(pairs)
        differences = [
            (f"{difference[place]:+.3g}", _signed(float(units[place])))
            for difference, units in zip(part.differences, part.in_errors, strict=True)
        ]
        cells = [cell for pair in differences for cell in pair]
        where = ", ".join(map(str, place)) or "-"
        rows.append((where, *(_measured(*pair) for pair in pairs), *cells))
    heads = ("Difference", "In errors") if len(labels) == 2 else ()  # noqa: PLR2004 - as above
    for label in () if heads else labels[:-1]:
        heads = (*heads, f"Difference of {label}", "In errors")
    title = f"{words_of((part.pub, '', ''))}, expectation values"
    return (title, ("Index", *labels, *heads), rows), PairedErrorBars(tuple(drawn))


def _signed(units: float) -> str:
    return f"{round(units, 1) + 0.0:+.1f}" if math.isfinite(units) else str(units)


def _measured(value: float, error: float) -> str:
    return f"{value:.4g}" if math.isnan(error) else f"{value:.4g} ± {error:.2g}"
