"""The column of a table that shows several results beside each other, in text and in inline SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qsession.model.job import ExpectationValue
from qsession.render.charts import COLOUR, TEXT_WIDTH, WIDTH, ErrorBars, blocks, whisker


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
            "  ".join(f"{blocks(share * width):{width}}" for share in row).rstrip()
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
                    whisker(_value(each), scale, _PITCH * place + _PITCH // 2, is_open=is_last)
                    for place, each in enumerate(row)
                    for is_last in [place == len(row) - 1]
                ]
            )
            for row in self.values
        ]

    def _one_scale(self) -> ErrorBars:
        return ErrorBars(tuple(_value(each) for row in self.values for each in row))


_PITCH = 10
"""Height of each of several marks in a row."""


def _rows_svg(marks: list[str]) -> str:
    height = _PITCH * len(marks)
    return (
        f'<svg width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'aria-hidden="true">{"".join(marks)}</svg>'
    )


def _bar_mark(share: float, place: int, number: int) -> str:
    """One of several bars in a row; the last is an outline, seen without colours, too."""
    top, height = _PITCH * place + 1, _PITCH - 3
    if place < number - 1:
        width = max(share * WIDTH, 1 if share else 0)
        return f'<rect y="{top}" width="{width:.4g}" height="{height}" fill="{COLOUR}"/>'
    width = max(share * (WIDTH - 1), 1 if share else 0)
    outline = f'fill="none" stroke="{COLOUR}"'
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
