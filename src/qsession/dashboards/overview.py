"""The sessions that a dashboard lists, and what can be done with them: `Overview`."""

from __future__ import annotations

import itertools
import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsession.errors import InvalidInputError, QSessionError
from qsession.listing import NOBODY_ASKED, SessionInfo, ask_account, attach, elsewhere, info_of
from qsession.session import live
from qsession.text import counted

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.clock import Clock
    from qsession.listing import Told
    from qsession.session import Session


@dataclass(frozen=True)
class Entry:
    """A session in the list.

    Attributes:
        key: What the list finds it again by; its id once it has one.
        info: What is known of it.
        is_held: Whether this process has it.
    """

    key: str
    info: SessionInfo
    is_held: bool

    @property
    def is_open(self) -> bool:
        """Whether there is something to end."""
        return self.info.ended is None and self.info.state not in ("lost", "closing")


@dataclass(frozen=True)
class Sight:
    """What was seen at one moment, newest first.

    Attributes:
        entries: The sessions.
        asked: When the account was last asked; None if there is none to ask.
        problem: Why it could not be asked the last time, in words.
    """

    entries: tuple[Entry, ...] = ()
    asked: datetime | None = None
    problem: str | None = None


class Overview:
    """Looks at the sessions of this process, of the ledger and of an account.

    Looking here is cheap; the account is asked only when told to. Any thread may call it; what the
    account answers to two looks at once comes in the order of the answers.
    """

    def __init__(self, service: Any, *, ended: bool, limit: int, clock: Clock) -> None:
        self._service = service
        self._ended = ended
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._told: Told = NOBODY_ASKED
        self._sight = Sight()
        self._numbers = itertools.count(1)
        self._unopened: weakref.WeakKeyDictionary[Session, str] = weakref.WeakKeyDictionary()

    def look(self, *, ask: bool) -> Sight:
        """See how things stand.

        Args:
            ask: Whether to ask the account, too; otherwise its last answer is taken. If it cannot
                be asked, what is known stays, and the sight says why.
        """
        asked, problem, told = self._sight.asked, self._sight.problem, None
        if ask:
            try:
                told = ask_account(self._service, ended=self._ended, limit=self._limit)
            except Exception as error:  # noqa: BLE001 - told to whoever looks, with what is known
                problem = f"The account could not be asked: {type(error).__name__}: {error}"
            else:
                problem = None
                asked = self._clock.now() if told.was_asked else None
        with self._lock:
            self._told = told or self._told
            entries = self._entries(self._told)
            self._sight = Sight(entries, asked, problem)
            return self._sight

    @property
    def now(self) -> datetime:
        """The time by the overview's clock."""
        return self._clock.now()

    def session(self, key: str) -> Session:
        """The session behind an entry; one of elsewhere is attached to.

        Raises:
            InvalidInputError: If no entry has this key.
            SessionNotFoundError: If it is gone, or open in another process.
            ServiceError: If the account could not be asked.
        """
        for held in live.sessions():
            if self.key_of(held) == key:
                return held
        if all(entry.key != key for entry in self._sight.entries):
            raise InvalidInputError(
                f"The dashboard lists no session {key!r}. Refresh it to see what there is."
            )
        return attach(key, self._service)

    def close(self, key: str) -> str:
        """Close a session; say so."""
        self.session(key).close(reason="closed from the dashboard")
        return f"Session {key} takes no more jobs."

    def cancel(self, key: str) -> str:
        """Cancel a session; say so."""
        self.session(key).cancel(reason="cancelled from the dashboard")
        return f"Session {key} is cancelled."

    def close_all(self) -> str:
        """Close every open session of the list; say how many.

        Raises:
            QSessionError: If some could not be closed; all have been tried.
        """
        open_ones = [entry for entry in self.look(ask=False).entries if entry.is_open]
        failures = []
        for entry in open_ones:
            try:
                self.close(entry.key)
            except Exception as error:  # noqa: BLE001 - the others are closed all the same
                failures.append(error)
        closed = len(open_ones) - len(failures)
        if failures:
            raise QSessionError(
                f"{closed} of {counted(len(open_ones), 'session')} are closed. The last of "
                f"{counted(len(failures), 'failure')}: {failures[-1]}"
            )
        return f"{counted(closed, 'session')} closed."

    def _entries(self, told: Told) -> tuple[Entry, ...]:
        held = {self.key_of(session): info_of(session) for session in live.sessions()}
        here = [Entry(key, info, is_held=True) for key, info in held.items()]
        there = [
            Entry(str(info.session_id), info, is_held=False)
            for info in elsewhere(told, ended=self._ended, limit=self._limit)
            if info.session_id not in held
        ]
        shown = (entry for entry in (*here, *there) if self._ended or entry.info.ended is None)
        return tuple(sorted(shown, key=_age))

    def key_of(self, session: Session) -> str:
        """What the list finds a session of this process by."""
        session_id: str | None = session.session_id
        if session_id is not None:
            return session_id
        key = self._unopened.get(session)
        if key is None:
            key = self._unopened[session] = f"unopened-{next(self._numbers)}"
        return key


def _age(entry: Entry) -> float:
    """For sorting: those not opened yet first, then the newest."""
    return -entry.info.opened.timestamp() if entry.info.opened else float("-inf")
