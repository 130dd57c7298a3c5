"""Which parts of the work the processes of an executor have: `KnownParts`."""

from __future__ import annotations

import threading
from collections.abc import Mapping

MOST_TRIES = 8
"""Units that carry their parts for a process that lacks some; by then it may be gone."""


class KnownParts:
    """Tells which parts a unit has to carry, by what the processes said before.

    Which process takes a unit is the executor's choice. After one has said that it lacks a part,
    units carry all of theirs until one of them has come to that process. Were they to carry them
    only on the second way, an executor that takes its processes in turn would ask for ever: the
    second way leads to another process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._lacking: dict[str, int] = {}

    def to_send(self, parts: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Those of a unit's parts that should go with it."""
        with self._lock:
            if not self._lacking:
                return {token: part for token, part in parts.items() if token not in self._known}
            tries = {process: left - 1 for process, left in self._lacking.items()}
            self._lacking = {process: left for process, left in tries.items() if left}
        return parts

    def lacked_by(self, process: str) -> None:
        """A process did not have all that a unit refers to."""
        with self._lock:
            self._lacking.setdefault(process, MOST_TRIES)

    def held_by(self, process: str, parts: Mapping[str, bytes]) -> None:
        """A process has these parts."""
        with self._lock:
            self._known.update(parts)
            self._lacking.pop(process, None)
