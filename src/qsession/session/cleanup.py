"""Responsibility for the sessions that this process has opened: `Custody`.

A session of IBM Quantum goes on, and costs, when nobody holds its object any more, or when the
interpreter has exited. The first is reported, the second prevented: at exit, what this process
opened is closed.
"""

from __future__ import annotations

import atexit
import linecache
import os
import sys
import time
import warnings
import weakref
from typing import TYPE_CHECKING, NamedTuple

from qsession.errors import UnreferencedSessionWarning
from qsession.forks import ForkSafeLock, in_child
from qsession.printing import say
from qsession.redaction.secrets import redacted

if TYPE_CHECKING:
    from qsession.engines.base import Engine
    from qsession.engines.journal import Journal

EXIT_BUDGET_S = 2.0
"""So long closing may hold up the exit. Jupyter ends a kernel by force after 2.5 s."""

_CLOSED_BY_EXIT = "the interpreter exited"


class Place(NamedTuple):
    """A line of somebody's code."""

    filename: str
    lineno: int

    @property
    def code(self) -> str:
        """The source line at this place; empty if it is not known."""
        return linecache.getline(self.filename, self.lineno).strip()


class Custody:
    """All that is needed to close a session without its object."""

    def __init__(self, engine: Engine, journal: Journal, place: Place, mode: str) -> None:
        self.follow(engine, journal)
        self._place = place
        self._mode = mode
        self.closes_at_exit = True

    def follow(self, engine: Engine, journal: Journal) -> None:
        """Answer for the session that continues this one."""
        self.leaving, self.journal = engine.leaving, journal
        self.outlives_process = engine.outlives_process

    @property
    def is_open(self) -> bool:
        """True if the session has been opened and has not ended."""
        state = self.journal.state
        return state.session_id is not None and not state.state.is_terminal

    @property
    def is_to_be_closed(self) -> bool:
        """True if something is to be ended at exit: asked for, or never ended."""
        return self.is_open and (self.closes_at_exit or self.leaving.is_owed)

    def describe(self) -> str:
        """Such as ``The session 7b2e, opened by 'session = Session(…)'``."""
        code = f" by {self._place.code!r}" if self._place.code else ""
        where = f"{self._place.filename}, line {self._place.lineno}"
        # The line may hold the key of an account.
        opened = redacted(f", opened{code} ({where}),")
        return f"The {self._mode} {self.journal.state.session_id}{opened}"

    def report(self) -> None:
        """Say that nobody holds the object of a session that goes on."""
        session_id = self.journal.state.session_id
        warnings.warn_explicit(
            f"{self.describe()} is open, and nothing refers to it any more. It goes on, and costs: "
            f"qsession.attach({session_id!r}).close() ends it, as will the exit of this process.",
            UnreferencedSessionWarning,
            self._place.filename,
            self._place.lineno,
        )


_held: weakref.WeakSet[Custody] = weakref.WeakSet()
_left: list[Custody] = []
"""Of sessions that are open and that nobody holds."""
_lock = ForkSafeLock()
_pid: int | None = None


def take(session: object, custody: Custody) -> None:
    """Answer for a session from now on; its object holds the custody."""
    with _lock:
        _held.add(custody)
    close_at_exit()
    weakref.finalize(session, _let_go, custody).atexit = False


def close_at_exit() -> None:
    """See to it that the exit of this process closes what is held in it."""
    global _pid  # noqa: PLW0603 - which process registered the exit
    with _lock:
        if _pid != os.getpid():
            # Late, so that it runs before what else was registered: exits run backwards.
            _pid = os.getpid()
            atexit.register(_close_all, _pid)


in_child(_left.clear)  # the parent closes them


def place_outside() -> Place:
    """The line that called into this package."""
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to it without a traceback
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__")):
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno)


def _is_ours(module: object) -> bool:
    return isinstance(module, str) and module.partition(".")[0] == "qsession"


def _let_go(custody: Custody) -> None:
    if not custody.is_to_be_closed or not custody.outlives_process:
        return
    _left.append(custody)
    if custody.journal.state.state.accepts_jobs:
        custody.report()  # else it was closed, and its end is seen to


# --- the exit -------------------------------------------------------------------------------------


def _close_all(pid: int) -> None:
    """Close what this process opened; jobs that wait or run there go on to their end."""
    if pid != os.getpid():
        return  # a fork: its parent's sessions are not its own
    custodies = [each for each in {*_held, *_left} if each.is_to_be_closed]
    # First those that cannot hang.
    custodies.sort(key=lambda custody: custody.outlives_process)
    deadline = time.monotonic() + EXIT_BUDGET_S
    for custody in custodies:
        left_s = deadline - time.monotonic()
        try:
            if left_s <= 0:
                raise TimeoutError("there was no time left")  # noqa: TRY301 - told as the others
            custody.leaving.close_within(left_s, _CLOSED_BY_EXIT)
        except Exception as error:  # noqa: BLE001 - the others are to be closed, too
            words = redacted(str(error))
            _tell(f"{custody.describe()} may go on: it could not be closed at exit ({words}).")


def _tell(words: str) -> None:
    say(f"qsession: {words}", sys.stderr)  # logging may be shut down
