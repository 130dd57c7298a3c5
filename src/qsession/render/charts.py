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


@dataclass(frozen=True)
class PairedBars:
    """Shares of several results side by side: a bar for each, the last of which is an outline.

    Attributes:
        shares: For each row the share in each result.
    """

    shares: tuple[tuple[float, ...], ...]

    @property
    def head(self) -> str:
        """The column's heading: empty, since the numbers stand beside the bars."""
        return ""

    def text(self) -> list[str]:
        """The bars of a row one beside the other, each from its own zero."""
        width = TEXT_WIDTH // 2
        return [
            "  ".join(f"{_blocks(share * width):{width}}" for share in row).rstrip()
            for row in self._scaled()
        ]

    def svg(self) -> list[str]:
        """The bars of a row one below the other."""
        return [
            _rows_svg([_bar_mark(share, place, len(row)) for place, share in enumerate(row)])
            for row in self._scaled()
        ]

    def _scaled(self) -> list[tuple[float, ...]]:
        longest = max((share for row in self.shares for share in row), default=0.0) or 1.0
        return [tuple(share / longest for share in row) for row in self.shares]


@dataclass(frozen=True)
class PairedErrorBars:
    """Values of several results on one scale, the last of which has an open point.

    Attributes:
        values: For each row the value and error of each result.
    """

    values: tuple[tuple[tuple[float, float], ...], ...]

    @property
    def head(self) -> str:
        """The ends of the scale."""
        return self._one_scale().head

    def text(self) -> list[str]:
        """A line for each row: ``●`` for results, ``○`` for the last; errors are beside it."""
        scale = self._one_scale().scale()
        return [] if scale is None else [_points(row, scale) for row in self.values]

    def svg(self) -> list[str]:
        """The points of a row one below the other."""
        scale = self._one_scale().scale()
        if scale is None:
            return []
        return [
            _rows_svg(
                [
                    _whisker(_value(each), scale, _PITCH * place + _PITCH // 2, is_open=is_last)
                    for place, each in enumerate(row)
                    for is_last in [place == len(row) - 1]
                ]
            )
            for row in self.values
        ]

    def _one_scale(self) -> ErrorBars:
        return ErrorBars(tuple(_value(each) for row in self.values for each in row))


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
    marks = ""
    if low <= 0 <= high:
        zero = _place(0.0, scale)
        marks += f'<path d="M{zero} 0V{_HEIGHT}" stroke="currentColor" opacity=".4"/>'
    return _SVG.format(marks=marks + _whisker(value, scale, _HEIGHT // 2))


def _place(number: float, scale: tuple[float, float]) -> str:
    low, high = scale
    edge = 4  # a point at the end of the scale is seen whole
    return f"{edge + (number - low) / (high - low) * (_WIDTH - 2 * edge):.4g}"


def _whisker(
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
        marks += f'<path d="{path}" stroke="{_COLOUR}" stroke-width="1.5"/>'
    fill = f'fill="none" stroke="{_COLOUR}" stroke-width="1.5"' if is_open else f'fill="{_COLOUR}"'
    return marks + f'<circle cx="{_place(value.value, scale)}" cy="{middle}" r="3" {fill}/>'


_PITCH = 10
"""Height of each of several marks in a row."""


def _rows_svg(marks: list[str]) -> str:
    height = _PITCH * len(marks)
    return (
        f'<svg width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        f'aria-hidden="true">{"".join(marks)}</svg>'
    )


def _bar_mark(share: float, place: int, number: int) -> str:
    """One of several bars in a row; the last is an outline, seen without colours, too."""
    top, height = _PITCH * place + 1, _PITCH - 3
    if place < number - 1:
        width = max(share * _WIDTH, 1 if share else 0)
        return f'<rect y="{top}" width="{width:.4g}" height="{height}" fill="{_COLOUR}"/>'
    width = max(share * (_WIDTH - 1), 1 if share else 0)
    outline = f'fill="none" stroke="{_COLOUR}"'
    place_of_line = f'x=".5" y="{top + 0.5}" width="{width:.4g}" height="{height - 1}"'
    return f"<rect {place_of_line} {outline}/>" if share else ""


def _value(pair: tuple[float, float]) -> ExpectationValue:
    value, error = (number if math.isfinite(number) else None for number in pair)
    return ExpectationValue(value, error)


def _points(row: tuple[tuple[float, float], ...], scale: tuple[float, float]) -> str:
    low, high = scale
    marks = [" "] * TEXT_WIDTH
    for place, (value, _) in enumerate(row):
        if math.isfinite(value):
            at = round((value - low) / (high - low) * (TEXT_WIDTH - 1))
            marks[at] = "●" if place < len(row) - 1 else "◉" if marks[at] == "●" else "○"
    return "".join(marks).rstrip()
