"""The column of a result's table that shows its numbers as bars, in text and in inline SVG.

A column, not a picture beside the table: where a viewer strips SVG, as those of notebooks that are
not trusted do, all numbers are still there; and the table is what a screen reader reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from qsession.model.job import ExpectationValue

TEXT_WIDTH = 24
"""Characters of the longest bar in a terminal."""

_WIDTH = 160
_HEIGHT = 12
_EIGHTHS = " ▏▎▍▌▋▊▉"
_SVG = (
    f'<svg width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
    'aria-hidden="true">{marks}</svg>'
)

# Seen on white and on black alike; a notebook does not say in which of them it will be opened.
_COLOUR = "#4589ff"


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
        return [_blocks(share * TEXT_WIDTH) for share in self._shares()]

    def svg(self) -> list[str]:
        """A bar for each row. One that is not nothing can be seen."""
        return [
            _SVG.format(
                marks=f'<rect width="{max(share * _WIDTH, 1 if share else 0):.4g}" '
                f'height="{_HEIGHT}" fill="{_COLOUR}"/>'
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
        scale = self._scale()
        return "" if scale is None else f"{_told(scale[0])} to {_told(scale[1])}"

    def text(self) -> list[str]:
        """A line of characters for each row: ``├──●──┤``, and ``│`` where zero is."""
        scale = self._scale()
        return ["" if scale is None else _line(value, scale) for value in self.values]

    def svg(self) -> list[str]:
        """A drawing for each row."""
        scale = self._scale()
        return ["" if scale is None else _drawing(value, scale) for value in self.values]

    def _scale(self) -> tuple[float, float] | None:
        ends = [end for value in self.values if value.value is not None for end in _ends(value)]
        low, high = min(ends, default=math.inf), max(ends, default=math.inf)
        if not math.isfinite(high - low):
            return None
        span = high - low
        if span == 0 or min(abs(low), abs(high)) <= span:
            low, high = min(low, 0.0), max(high, 0.0)
        return (low, high) if high > low else (-1.0, 1.0)


Chart = Bars | ErrorBars


def _ends(value: ExpectationValue) -> tuple[float, float]:
    middle, error = value.value or 0.0, value.error or 0.0
    return middle - error, middle + error


def _told(number: float) -> str:
    return f"{number:.4g}"


def _blocks(length: float) -> str:
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
    edge = 4  # a point at the end of the scale is seen whole

    def place(number: float) -> str:
        return f"{edge + (number - low) / (high - low) * (_WIDTH - 2 * edge):.4g}"

    middle = _HEIGHT // 2
    marks = ""
    if low <= 0 <= high:
        zero = place(0.0)
        marks += f'<path d="M{zero} 0V{_HEIGHT}" stroke="currentColor" opacity=".4"/>'
    if value.error:
        start, end = map(place, _ends(value))
        path = f"M{start} {middle}H{end}M{start} 2V{_HEIGHT - 2}M{end} 2V{_HEIGHT - 2}"
        marks += f'<path d="{path}" stroke="{_COLOUR}" stroke-width="1.5"/>'
    marks += f'<circle cx="{place(value.value)}" cy="{middle}" r="3" fill="{_COLOUR}"/>'
    return _SVG.format(marks=marks)
