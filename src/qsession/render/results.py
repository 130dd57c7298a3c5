"""Results for people: counts with bars and values with error bars, in text and HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import Any

import numpy as np

from qsession.printing import with_plain_marks
from qsession.render.charts import Bars, Chart, ErrorBars
from qsession.render.summaries import (
    MOST_OUTCOMES,
    MOST_PARTS,
    Part,
    RegisterCounts,
    ValueArray,
    parts_of,
)

__all__ = ["MOST_OUTCOMES", "MOST_VALUES", "ResultSummary"]

MOST_VALUES = 20
"""The largest number of expectation values per PUB in a table."""

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""Title, column heads, rows."""


@dataclass(frozen=True)
class ResultSummary:
    """A summary of a primitive's result, as tables with a column of bars."""

    tables: tuple[Table, ...]
    hidden_pubs: int = 0
    """PUBs beyond those shown."""

    charts: tuple[Chart | None, ...] = ()
    """The drawing beside the rows of each table."""

    @classmethod
    def of(cls, result: Any) -> ResultSummary:
        """Sum up a `PrimitiveResult` or a `qiskit.result.Result`."""
        pubs = number_of_pubs(result)
        tables: list[Table] = []
        charts: list[Chart | None] = []
        hidden = 0
        for part in parts_of(result):
            if len(tables) == MOST_PARTS:
                hidden = pubs - part.pub
                break
            tables.append(_table(f"PUB {part.pub}, " if pubs > 1 else "", part))
            charts.append(_chart(part))
        return cls(tuple(tables), hidden, tuple(charts))

    def __repr__(self) -> str:
        """The tables in plain text."""
        drawn = [table_text(table, chart) for table, chart in self._drawn()]
        return "\n\n".join([*drawn, *self._more()])

    def __str__(self) -> str:
        """The same, with bars that standard output can write."""
        return with_plain_marks(repr(self))

    def _repr_html_(self) -> str:
        more = [f"<p>{line}</p>" for line in self._more()]
        return "".join([*(table_html(table, chart) for table, chart in self._drawn()), *more])

    def _drawn(self) -> Iterator[tuple[Table, Chart | None]]:
        return zip_longest(self.tables, self.charts)

    def _more(self) -> list[str]:
        return [f"… and {self.hidden_pubs} more PUBs"] if self.hidden_pubs else []


def number_of_pubs(result: Any) -> int:
    """Return the number of PUBs or circuits in a result."""
    return len(result.results) if hasattr(result, "results") else len(result)


def _table(prefix: str, part: Part) -> Table:
    if isinstance(part, RegisterCounts):
        return _count_table(prefix, part)
    if isinstance(part, ValueArray):
        return _value_table(prefix, part)
    return f"{prefix}{part.name}", ("Data",), [(part.words,)]


def _chart(part: Part) -> Chart | None:
    """The drawing beside the rows of a part's table."""
    if isinstance(part, RegisterCounts):
        return Bars(tuple(count for _, count in part.frequent))
    if isinstance(part, ValueArray):
        return ErrorBars(part.values[:MOST_VALUES])
    return None


def _count_table(prefix: str, part: RegisterCounts) -> Table:
    rows: list[tuple[str, ...]] = [
        (outcome, str(count), f"{count / part.shots:.1%}") for outcome, count in part.frequent
    ]
    others = part.distinct - len(rows)
    if others:
        count = part.shots - sum(count for _, count in part.frequent)
        rows.append((f"{others} others", str(count), f"{count / part.shots:.1%}"))
    title = f"{prefix}register {part.name}, {part.shots} shots"
    return title, ("Outcome", "Counts", "Share"), rows


def _value_table(prefix: str, part: ValueArray) -> Table:
    rows: list[tuple[str, ...]] = []
    for number, (value, error) in enumerate(part.values[:MOST_VALUES]):
        place = ", ".join(map(str, np.unravel_index(number, part.shape))) or "-"
        rows.append((place, _number(value, ".6g"), _number(error, ".2g")))
    hidden = part.size - len(rows)
    if hidden:
        rows.append((f"{hidden} others", "", ""))
    return f"{prefix}expectation values", ("Index", "Value", "Standard error"), rows


def _number(value: float | None, form: str) -> str:
    return "nan" if value is None else format(value, form)


def table_text(table: Table, chart: Chart | None) -> str:
    """A table with its drawing, in plain text."""
    title, heads, rows = table
    drawn: list[str] = [] if chart is None else [chart.head, *chart.text()]
    # The row that sums up the others has nothing drawn: it is no outcome, and no value.
    lines = [(*row, mark) for row, mark in zip_longest((heads, *rows), drawn, fillvalue="")]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        [
            title,
            *("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines),
        ]
    )


def table_html(table: Table, chart: Chart | None) -> str:
    """The same in HTML."""
    title, heads, rows = table
    head = "".join(f'<th align="left">{escape(cell)}</th>' for cell in heads)
    drawn: list[str] = []
    if chart is not None:
        # Nothing is in this column that the others do not say.
        head += f'<td align="left" aria-hidden="true">{escape(chart.head)}</td>'
        drawn = [f'<td align="left" aria-hidden="true">{mark}</td>' for mark in chart.svg()]
    drawn += [""] * (len(rows) - len(drawn))
    body = "".join(f"<tr>{_cells(row)}{mark}</tr>" for row, mark in zip(rows, drawn, strict=True))
    return (
        f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _cells(row: tuple[str, ...]) -> str:
    return "".join(f'<td align="left">{escape(cell)}</td>' for cell in row)
