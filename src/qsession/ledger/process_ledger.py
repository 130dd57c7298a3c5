"""The ledgers that this process has open: one, unless the environment changes."""

from __future__ import annotations

import atexit
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qsession.clock import SystemClock
from qsession.errors import InvalidInputError, shown
from qsession.forks import ForkSafeLock, around_forks, in_child, never_finalize
from qsession.ledger.ledger import Ledger
from qsession.ledger.place import ledger_path
from qsession.ledger.pruning import KEPT_DAYS, prune_file
from qsession.ledger.recorder import Recorder

if TYPE_CHECKING:
    from qsession.engines.journal import Journal, Keeper
    from qsession.ledger.entries import SessionFacts

_MOST: Final = 10**9
"""Megabytes or days that can be asked for."""

_ledgers: dict[Path, Ledger] = {}
_ready_to_fork: list[Ledger] = []
_left_to_parent: set[Path] = set()
"""Files that a thread of the parent was using: there is no way to use them in this process."""
_lock = ForkSafeLock()


def ledger_of_process() -> Ledger | None:
    """The ledger that the environment names now; None if it is turned off."""
    path = ledger_path()
    if path is None or path in _left_to_parent:
        return None
    with _lock:
        ledger = _ledgers.get(path)
        if ledger is None:
            ledger = _ledgers[path] = Ledger(path)
        return ledger


def write_down(journal: Journal, facts: SessionFacts) -> None:
    """Have a session be written to the ledger, unless that is turned off."""
    ledger = ledger_of_process()
    if ledger is not None:
        journal.keeper = Recorder(ledger, journal, facts)


def write_down_if_used(journal: Journal, facts: SessionFacts) -> None:
    """The same for a session of a forked child. Most children never use it: nothing begins yet."""
    journal.keeper = _KeeperWhenUsed(journal, facts)


class _KeeperWhenUsed:
    """Begins to write a session down with its first job."""

    def __init__(self, journal: Journal, facts: SessionFacts) -> None:
        self._journal = journal
        self._facts = facts
        self._beginning = ForkSafeLock()
        self._has_begun = False

    def keep(self) -> None:
        """Write down what the journal has recorded."""
        if (keeper := self._keeper()) is not None:
            keeper.keep()

    def note_work(self, job_id: str, work: Any) -> None:
        """Have what a job is to run be kept until it has ended."""
        if (keeper := self._keeper()) is not None:
            keeper.note_work(job_id, work)

    def note_result(self, job_id: str, result: object) -> None:
        """Have the result of a job be kept."""
        if (keeper := self._keeper()) is not None:
            keeper.note_result(job_id, result)

    def note_name(self, name: str | None) -> None:
        """Have another name of the session be kept."""
        self._facts = replace(self._facts, name=name)
        if self._has_begun and self._journal.keeper is not None:
            self._journal.keeper.note_name(name)

    def succeed(self, journal: Journal) -> Keeper:
        """The keeper of the journal that continues this one's."""
        return _KeeperWhenUsed(journal, self._facts)

    def _keeper(self) -> Keeper | None:
        with self._beginning:
            if not self._has_begun:
                self._has_begun, self._journal.keeper = True, None
                write_down(self._journal, self._facts)
        return self._journal.keeper


def prune(*, most_megabytes: float = 0.0, kept_days: float = KEPT_DAYS) -> int:
    """Make the ledger of this user smaller now.

    Results of local jobs and work that was never run are dropped, the oldest first, until they fit;
    sessions that were not heard of for long are forgotten with their jobs. By itself the ledger
    keeps 256 MB of each, and sessions for 90 days.

    Args:
        most_megabytes: What may be left of results, and of works, in MB (2**20 bytes).
        kept_days: For how many days sessions are remembered.

    Returns:
        How many results, works and sessions were dropped.

    Raises:
        InvalidInputError: If a number is negative or none.
    """
    _check("most_megabytes", most_megabytes)
    _check("kept_days", kept_days)
    ledger = ledger_of_process()
    if ledger is None:
        return 0
    most_bytes = round(most_megabytes * 2**20)
    dropped = ledger.read(
        lambda connection: prune_file(
            connection, SystemClock().now(), most_bytes=most_bytes, kept_days=kept_days
        )
    )
    return dropped or 0


def _check(name: str, value: object) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= _MOST:  # type: ignore[operator]  # mypy forgets it
        raise InvalidInputError(
            f"{name}={shown(value)} is not a number from 0 to {_MOST:.0e}, such as {name}=100."
        )


def close_ledgers(*, at_exit: bool = False) -> None:
    """Write what was noted, and let go of every file.

    Args:
        at_exit: Whether the process ends.
    """
    with _lock:
        ledgers = list(_ledgers.values())
        _ledgers.clear()
    for ledger in ledgers:
        ledger.close(at_exit=at_exit)


def _before_fork() -> None:
    _ready_to_fork[:] = [each for each in list(_ledgers.values()) if each.begin_fork()]


def _after_fork() -> None:
    for ledger in _ready_to_fork:
        ledger.end_fork()
    _ready_to_fork.clear()


@in_child
def _begin_anew() -> None:
    for path, ledger in _ledgers.items():
        ledger.abandon()
        if ledger not in _ready_to_fork:
            _left_to_parent.add(path)
            never_finalize(ledger)  # not even a connection may be closed in both processes
    _ledgers.clear()
    _ready_to_fork.clear()


around_forks(_before_fork, _after_fork)


# Before whatever closes sessions at the end: the last that is registered is the first that runs.
atexit.register(close_ledgers, at_exit=True)
