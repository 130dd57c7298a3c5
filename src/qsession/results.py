"""Results for people: counts and expectation values, bounded in size."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import islice
from typing import Any

import numpy as np
from qiskit.primitives import BitArray

MOST_OUTCOMES = 20
"""How many outcomes of a register are listed; the rest is summed up."""

MOST_VALUES = 20
"""How many expectation values of a PUB are listed."""

MOST_TABLES = 20
"""How many tables, one a register or PUB, are shown."""

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""Title, column heads, rows."""


@dataclass(frozen=True)
class ResultSummary:
    """What a primitive's result says, as tables."""

    tables: tuple[Table, ...]
    hidden_pubs: int = 0
    """PUBs beyond those shown."""

    @classmethod
    def of(cls, result: Any) -> ResultSummary:
        """Sum up a `PrimitiveResult`."""
        several = len(result) > 1
        tables: list[Table] = []
        for index, pub_result in enumerate(result):
            if len(tables) >= MOST_TABLES:
                return cls(tuple(tables), len(result) - index)
            prefix = f"PUB {index}, " if several else ""
            tables += _pub_tables(prefix, pub_result.data)[:MOST_TABLES]
        return cls(tuple(tables))

    def __repr__(self) -> str:
        """The tables in plain text."""
        return "\n\n".join([*map(_table_text, self.tables), *self._more()])

    def _repr_html_(self) -> str:
        more = [f"<p>{line}</p>" for line in self._more()]
        return "".join([*map(_table_html, self.tables), *more])

    def _more(self) -> list[str]:
        return [f"… and {self.hidden_pubs} more PUBs"] if self.hidden_pubs else []


def _pub_tables(prefix: str, data: Any) -> list[Table]:
    # A sampler's classical register may bear the same name.
    if "evs" in data and not isinstance(data["evs"], BitArray):
        return [_value_table(prefix, data)]
    return [
        _count_table(f"{prefix}register {name}", data[name])
        for name in data
        if isinstance(data[name], BitArray)
    ]


def _count_table(title: str, bits: BitArray) -> Table:
    counts = bits.get_counts()
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown, rest = ordered[:MOST_OUTCOMES], ordered[MOST_OUTCOMES:]
    rows: list[tuple[str, ...]] = [
        (outcome, str(count), f"{count / total:.1%}") for outcome, count in shown
    ]
    if rest:
        count = sum(count for _, count in rest)
        rows.append((f"{len(rest)} others", str(count), f"{count / total:.1%}"))
    return f"{title}, {total} shots", ("Outcome", "Counts", "Share"), rows


def _value_table(prefix: str, data: Any) -> Table:
    values = np.asarray(data["evs"])
    errors = np.broadcast_to(np.asarray(data["stds"]) if "stds" in data else np.nan, values.shape)
    rows: list[tuple[str, ...]] = []
    for index in islice(np.ndindex(values.shape), MOST_VALUES):
        place = ", ".join(map(str, index)) or "-"
        rows.append((place, f"{values[index]:.6g}", f"{errors[index]:.2g}"))
    hidden = values.size - len(rows)
    if hidden:
        rows.append((f"{hidden} others", "", ""))
    return f"{prefix}expectation values", ("Index", "Value", "Standard error"), rows


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
