"""Rows for people, in text and HTML: `Table`."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from qsession.text import columns


@dataclass(frozen=True)
class Table:
    """What a command answers with.

    Attributes:
        heads: The heads of the columns.
        rows: The cells of each row.
        nothing: What to say instead of a table without rows.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    nothing: str

    def __repr__(self) -> str:
        """Columns side by side."""
        if not self.rows:
            return self.nothing
        return "\n".join(columns([self.heads, *self.rows]))

    def _repr_html_(self) -> str:
        if not self.rows:
            return f"<p>{escape(self.nothing)}</p>"
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
