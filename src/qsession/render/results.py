"""Results for people: counts and expectation values as tables, in text and HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

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
"""How many expectation values of a PUB are listed in a table."""

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""Title, column heads, rows."""


@dataclass(frozen=True)
class ResultSummary:
    """A summary of a primitive's result, as tables."""

    tables: tuple[Table, ...]
    hidden_pubs: int = 0
    """PUBs beyond those shown."""

    @classmethod
    def of(cls, result: Any) -> ResultSummary:
        """Sum up a `PrimitiveResult` or a `qiskit.result.Result`."""
        pubs = number_of_pubs(result)
        tables: list[Table] = []
        for part in parts_of(result):
            if len(tables) == MOST_PARTS:
                return cls(tuple(tables), pubs - part.pub)
            tables.append(_table(f"PUB {part.pub}, " if pubs > 1 else "", part))
        return cls(tuple(tables))

    def __repr__(self) -> str:
        """The tables in plain text."""
        return "\n\n".join([*map(_table_text, self.tables), *self._more()])

    def _repr_html_(self) -> str:
        more = [f"<p>{line}</p>" for line in self._more()]
        return "".join([*map(_table_html, self.tables), *more])

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


def _table_text(table: Table) -> str:
    title, heads, rows = table
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (heads, *rows)
    ]
    return "\n".join([title, *lines])


def _table_html(table: Table) -> str:
    title, heads, rows = table
    head = "".join(f'<th align="left">{escape(cell)}</th>' for cell in heads)
    body = "".join(
        "<tr>" + "".join(f'<td align="left">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
