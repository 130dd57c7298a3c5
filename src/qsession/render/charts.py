"""The column of a result's table that shows its numbers as bars, in text and in inline SVG.

A column, not a picture beside the table: where a viewer strips SVG, as those of notebooks that are
not trusted do, all numbers are still there; and the table is what a screen reader reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from qsession.model.job import ExpectationValue

TEXT_WIDTH = 24
"""Characters of the longest bar in a terminal."""

WIDTH = 160
_HEIGHT = 12
_EIGHTHS = " ▏▎▍▌▋▊▉"
_SVG = (
    f'<svg width="{WIDTH}" height="{_HEIGHT}" viewBox="0 0 {WIDTH} {_HEIGHT}" '
    'aria-hidden="true">{marks}</svg>'
)

# Seen on white and on black alike; a notebook does not say in which of them it will be opened.
COLOUR = "#4589ff"


@dataclass(frozen=True)
class Bars:
    """Counts as bars from zero; the longest has the whole width.

    Attributes:
        lengths: The number of each row, none below zero.
    """

    lengths: tuple[int, ...]

    @property
    def head(self) -> str:
        """The column's heading: empty, since the numbers stand beside the bars."""
        return ""

    def text(self) -> list[str]:
        """A bar for each row, as exact as eighths of a character."""
        return [blocks(share * TEXT_WIDTH) for share in self._shares()]

    def svg(self) -> list[str]:
        """A bar for each row. One that is not nothing can be seen."""
        return [
            _SVG.format(
                marks=f'<rect width="{max(share * WIDTH, 1 if share else 0):.4g}" '
                f'height="{_HEIGHT}" fill="{COLOUR}"/>'
            )
            for share in self._shares()
        ]

    def _shares(self) -> list[float]:
        longest = max(self.lengths, default=0) or 1
        return [length / longest for length in self.lengths]


@dataclass(frozen=True)
class ErrorBars:
    """Values as points on one scale, with a line as long as their standard error to both sides.

    The scale reaches to zero if that is no further away than the values are from each other: from
    an energy of -75 the interesting part would be a point at the edge.

    Attributes:
        values: The value and error of each row; a value that is no number has no mark.
    """

    values: tuple[ExpectationValue, ...]

    @property
    def head(self) -> str:
        """From where to where the scale reaches."""
        scale = self.scale()
        return "" if scale is None else f"{_told(scale[0])} to {_told(scale[1])}"

    def text(self) -> list[str]:
        """A line of characters for each row: ``├──●──┤``, and ``│`` where zero is."""
        scale = self.scale()
        return ["" if scale is None else _line(value, scale) for value in self.values]

    def svg(self) -> list[str]:
        """A drawing for each row."""
        scale = self.scale()
        return ["" if scale is None else _drawing(value, scale) for value in self.values]

    def scale(self) -> tuple[float, float] | None:
        """The ends of the scale; None if no number is on it."""
        ends = [end for value in self.values if value.value is not None for end in _ends(value)]
        low, high = min(ends, default=math.inf), max(ends, default=math.inf)
        if not math.isfinite(high - low):
            return None
        span = high - low
        if span == 0 or min(abs(low), abs(high)) <= span:
            low, high = min(low, 0.0), max(high, 0.0)
        return (low, high) if high > low else (-1.0, 1.0)


class Chart(Protocol):
    """The drawing beside the rows of a table."""

    @property
    def head(self) -> str:
        """The heading of its column."""
        ...

    def text(self) -> list[str]:
        """The content of each row of a table in plain text."""
        ...

    def svg(self) -> list[str]:
        """The content of each row of a table in HTML."""
        ...


def _ends(value: ExpectationValue) -> tuple[float, float]:
    middle, error = value.value or 0.0, value.error or 0.0
    return middle - error, middle + error


def _told(number: float) -> str:
    return f"{number:.4g}"


def blocks(length: float) -> str:
    """A bar of so many characters, as exact as eighths of one."""
    eighths = round(length * 8)
    if length and not eighths:
        eighths = 1  # a rare outcome did come
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + _EIGHTHS[rest]).rstrip()


def _line(value: ExpectationValue, scale: tuple[float, float]) -> str:
    if value.value is None:
        return ""
    low, high = scale

    def place(number: float) -> int:
        return round((number - low) / (high - low) * (TEXT_WIDTH - 1))

    marks = [" "] * TEXT_WIDTH
    if low <= 0 <= high:
        marks[place(0.0)] = "│"
    start, end = map(place, _ends(value))
    if end > start:
        marks[start : end + 1] = ["├", *"─" * (end - start - 1), "┤"]
    marks[place(value.value)] = "●"
    return "".join(marks).rstrip()


def _drawing(value: ExpectationValue, scale: tuple[float, float]) -> str:
    if value.value is None:
        return ""
    low, high = scale
    marks = ""
    if low <= 0 <= high:
        zero = _place(0.0, scale)
        marks += f'<path d="M{zero} 0V{_HEIGHT}" stroke="currentColor" opacity=".4"/>'
    return _SVG.format(marks=marks + whisker(value, scale, _HEIGHT // 2))


def _place(number: float, scale: tuple[float, float]) -> str:
    low, high = scale
    edge = 4  # a point at the end of the scale is seen whole
    return f"{edge + (number - low) / (high - low) * (WIDTH - 2 * edge):.4g}"


def whisker(
    value: ExpectationValue, scale: tuple[float, float], middle: int, *, is_open: bool = False
) -> str:
    """A point with its error, as a mark of a drawing."""
    if value.value is None:
        return ""
    marks = ""
    if value.error:
        start, end = (_place(number, scale) for number in _ends(value))
        top, bottom = middle - 4, middle + 4
        path = f"M{start} {middle}H{end}M{start} {top}V{bottom}M{end} {top}V{bottom}"
        marks += f'<path d="{path}" stroke="{COLOUR}" stroke-width="1.5"/>'
    fill = f'fill="none" stroke="{COLOUR}" stroke-width="1.5"' if is_open else f'fill="{COLOUR}"'
    return marks + f'<circle cx="{_place(value.value, scale)}" cy="{middle}" r="3" {fill}/>'
