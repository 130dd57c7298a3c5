"""What a page makes of what it is sent: `PageState`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from qsession.widget.wire import ROW_FIELDS
from tests.widget.recording_comm import RecordingComm


def row_of(values: list[Any]) -> dict[str, Any]:
    """A row by its names."""
    return dict(zip(ROW_FIELDS, values, strict=True))


class PageState:
    """The traits with deltas merged into them, as ``model.ts`` does it."""

    def __init__(self, traits: Mapping[str, Any]) -> None:
        self.seq: int = traits["seq"]
        self.head: dict[str, Any] = dict(traits["head"])
        self.rows: dict[str, dict[str, Any]] = {}
        self._take(traits["rows"])

    @classmethod
    def of(cls, page: RecordingComm) -> Self:
        """What a page knows that was there from the beginning."""
        made = cls(page.messages[0][1]["state"])
        made.merge(*page.contents("delta"))
        return made

    def merge(self, *deltas: Mapping[str, Any]) -> None:
        """Take in changes, each of which follows the one before."""
        for delta in deltas:
            assert delta["seq"] == self.seq + 1
            self.seq = delta["seq"]
            self.head.update(delta["head"])
            self._take(delta["rows"])

    def _take(self, rows: Iterable[list[Any]]) -> None:
        self.rows.update({row["job_id"]: row for row in map(row_of, rows)})
