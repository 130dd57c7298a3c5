"""A trait that is always true: `Published`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from traitlets import TraitType

T = TypeVar("T")


class Published(TraitType[T, T]):
    """A read-only trait that is read from the source and announced by a publisher.

    An ordinary trait holds a copy, which on other threads is either late or written too often.
    This one holds nothing: reading it gives the truth at that moment, observers are told
    afterwards, a few times a second.
    """

    def __init__(self, read: Callable[[Any], T], help: str) -> None:  # noqa: A002 - traitlets' name
        super().__init__(read_only=True, help=help)
        self._read = read

    def get(self, obj: Any, cls: type[Any] | None = None) -> T:  # noqa: ARG002 - traitlets' own
        """The value at this moment."""
        return self._read(obj)
