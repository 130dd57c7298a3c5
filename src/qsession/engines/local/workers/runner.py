"""The protocol of the places to which the scheduler hands units of work: `Place`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from qsession.engines.local.work import Outcome, Work


Ended: TypeAlias = "Callable[[Outcome | None, BaseException | None], None]"
"""Takes how a unit ended: with an outcome, or with an error.

Called once, from any thread, also from inside `Place.start`.
"""


class StoppedError(Exception):
    """`Place.stop` has ended the unit, as it promised. Never shown to people."""


class Place(Protocol):
    """Runs units of work. The order is the scheduler's: a place starts what it is given."""

    @property
    def width(self) -> int:
        """The number of units that run at once."""
        ...

    @property
    def can_stop_running(self) -> bool:
        """True if a unit that takes long can be stopped."""
        ...

    @property
    def can_be_made_anew(self) -> bool:
        """True if a forked child can have a place like this one."""
        ...

    def made_anew(self) -> Place:
        """In a forked child: one like it with threads and processes of its own, if that can be."""
        ...

    def start(self, job_id: str, work: Work, ended: Ended) -> None:
        """Begin a unit; one that cannot begin ends with the reason."""
        ...

    def stop(self, job_id: str) -> bool:
        """Stop a unit. True promises that it ends soon, with `StoppedError`."""
        ...

    def close(self) -> None:
        """Say that no unit will follow; those that run finish. Never blocks; may be repeated."""
        ...
