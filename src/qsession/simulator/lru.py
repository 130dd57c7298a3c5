"""A mapping that forgets what was not asked for lately: `Bounded`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from qsession.forks import ForkSafeLock

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Bounded(Generic[_Key, _Value]):
    """Keeps what is at most so heavy in sum; the least recently used go first.

    Safe to use from several threads.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.weight = 0
        self._entries: OrderedDict[_Key, tuple[_Value, int]] = OrderedDict()
        self._lock = ForkSafeLock()

    def get(self, key: _Key) -> _Value | None:
        """Return the value under a key, now the most recently used; None if there is none."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: _Key, value: _Value, weight: int = 1) -> None:
        """Keep a value; one that is too heavy by itself is not kept."""
        with self._lock:
            self._drop(key)
            if weight > self.limit:
                return
            self._entries[key] = (value, weight)
            self.weight += weight
            while self.weight > self.limit:
                _, (_, dropped) = self._entries.popitem(last=False)
                self.weight -= dropped

    def drop_value(self, value: object) -> None:
        """Forget a value, under whatever key."""
        with self._lock:
            for key in [key for key, (own, _) in self._entries.items() if own is value]:
                self._drop(key)

    def _drop(self, key: _Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.weight -= entry[1]

    def __len__(self) -> int:
        return len(self._entries)
