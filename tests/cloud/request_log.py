"""What a server was asked, and what it answered."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from tests.cloud.messages import Reply, Request
from tests.support.patience import PATIENCE_S


@dataclass
class Entry:
    """One request, and its answer if there was one yet."""

    method: str
    path: str
    """That of the REST API without its base."""
    query: Mapping[str, list[str]]
    body: Any
    """Read if it is JSON, else the text."""
    headers: Mapping[str, str]
    time: datetime
    """When it came, by the service's clock."""
    status: int | None = None
    """Of the answer; None while it is held, and for a connection that was reset."""
    answered: bool = field(default=False, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def as_json(self) -> dict[str, Any]:
        """For a test in another process."""
        return {**asdict(self), "time": self.time.isoformat()}


class RequestLog:
    """All requests in the order in which they came."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._changed = threading.Condition()

    def note(self, request: Request, time: datetime) -> Entry:
        """A request has come."""
        entry = Entry(
            request.method, request.path, request.query, request.content, request.headers, time
        )
        with self._changed:
            self._entries.append(entry)
            self._changed.notify_all()
        return entry

    def note_reply(self, entry: Entry, reply: Reply) -> None:
        """Its answer is about to be sent."""
        with self._changed:
            entry.answered = True
            entry.status = None if reply.delivery == "reset" else reply.status
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._entries.clear()

    def matching(self, pattern: str = "") -> list[Entry]:
        """The requests whose "METHOD /path" is found by a regular expression."""
        with self._changed:
            return [entry for entry in self._entries if re.search(pattern, str(entry))]

    def lines(self, pattern: str = "") -> list[str]:
        """The same as texts: "METHOD /path"."""
        return [str(entry) for entry in self.matching(pattern)]

    def count(self, pattern: str = "") -> int:
        """How many there are."""
        return len(self.matching(pattern))

    def wait_for(self, pattern: str, count: int = 1, *, answered: bool = True) -> list[Entry]:
        """Wait until so many such requests have come, and, unless told otherwise, were answered."""

        def found() -> list[Entry]:
            entries = self.matching(pattern)
            return [entry for entry in entries if entry.answered or not answered]

        with self._changed:
            in_time = self._changed.wait_for(lambda: len(found()) >= count, PATIENCE_S)
        assert in_time, f"{pattern!r} did not come {count} times: {self.lines()}"
        return found()
