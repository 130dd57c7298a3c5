"""The sessions that a dashboard lists, and what can be done with them: `Overview`."""

from __future__ import annotations

import itertools
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qsession.dashboards.entries import Entry
from qsession.errors import InvalidInputError, QSessionError, in_words
from qsession.listing import NOBODY_ASKED, ask_account, attach, elsewhere
from qsession.redaction.secrets import redacted
from qsession.render.text import counted
from qsession.session import registry
from qsession.session_info import info_of

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.clock import Clock
    from qsession.session import Session

_CLOSED_AT_ONCE: Final = 8
"""The number of sessions that are closed at the same time: a service that is slow with one delays
the next, and open ones cost."""


@dataclass(frozen=True)
class DashboardSnapshot:
    """The sessions known at one moment, newest first.

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

    What was found by its key stays in the list, however it ends: whoever closes a session wants to
    see that it is closed, and an ending that could not be sent is sent again as long as the session
    is held.
    """

    def __init__(self, service: Any, *, ended: bool, limit: int, clock: Clock) -> None:
        self._service = service
        self._ended = ended
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._attaching = threading.Lock()
        """The user's service has one active instance, which attaching changes and puts back."""
        self._told = NOBODY_ASKED
        self._sight = DashboardSnapshot()
        self._numbers = itertools.count(1)
        self._keys: weakref.WeakKeyDictionary[Session, str] = weakref.WeakKeyDictionary()
        self._kept: set[Session] = set()

    def look(self, *, ask: bool) -> DashboardSnapshot:
        """See how things stand.

        Args:
            ask: Whether to ask the account, too; otherwise its last answer is taken. If it cannot
                be asked, what is known stays, and the sight says why.
        """
        told, problem = None, None
        if ask:
            try:
                told = ask_account(self._service, ended=self._ended, limit=self._limit)
            except Exception as error:  # noqa: BLE001 - told to whoever looks, with what is known
                is_ours = isinstance(error, QSessionError)
                words = redacted(str(error)) if is_ours else in_words(error)
                problem = f"The account could not be asked. {words}"
        with self._lock:
            asked = self._sight.asked
            if told is not None:
                self._told = told
                asked = self._clock.now() if told.was_asked else None
            elif not ask:
                problem = self._sight.problem
            self._sight = DashboardSnapshot(self._entries(), asked, problem)
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
        session = self._held(key) or self._attached(key)
        with self._lock:
            self._kept.add(session)
        return session

    def close(self, key: str) -> str:
        """Close a session; say so."""
        session = self.session(key)
        session.close(reason="closed from the dashboard")
        return f"{_called(session)} takes no more jobs."

    def cancel(self, key: str) -> str:
        """Cancel a session; say so."""
        session = self.session(key)
        session.cancel(reason="cancelled from the dashboard")
        return f"{_called(session)} is cancelled."

    def close_all(self) -> str:
        """Close every open session of the list; say how many.

        Raises:
            QSessionError: If some could not be closed; all have been tried.
        """
        keys = [entry.key for entry in self.look(ask=False).entries if entry.is_open]
        with ThreadPoolExecutor(_CLOSED_AT_ONCE, thread_name_prefix="qsession-closing") as pool:
            problems = list(filter(None, pool.map(self._problem_of_closing, keys)))
        closed = len(keys) - len(problems)
        if problems:
            raise QSessionError(
                f"{closed} of {counted(len(keys), 'session')} closed. The last of "
                f"{counted(len(problems), 'failure')}: {problems[-1]}"
            )
        return f"{counted(closed, 'session')} closed."

    def key_of(self, session: Session) -> str:
        """Return the key under which the list has a session of this process."""
        with self._lock:
            return self._key_of(session)

    def _problem_of_closing(self, key: str) -> Exception | None:
        try:
            self.close(key)
        except Exception as error:  # noqa: BLE001 - the others are closed all the same
            return error
        return None

    def _held(self, key: str) -> Session | None:
        return next((held for held in registry.sessions() if self.key_of(held) == key), None)

    def _attached(self, key: str) -> Session:
        entry = next((entry for entry in self._sight.entries if entry.key == key), None)
        session_id = None if entry is None else entry.info.session_id
        if session_id is None:
            raise InvalidInputError(
                f"The dashboard lists no session {key!r}. Refresh it to see what there is."
            )
        with self._attaching:
            return attach(session_id, self._service)

    def _entries(self) -> tuple[Entry, ...]:
        held = {session: info_of(session) for session in registry.sessions()}
        here = [
            Entry(self._key_of(session), info)
            for session, info in held.items()
            if self._ended or info.ended is None or session in self._kept
        ]
        ids = {info.session_id for info in held.values()}
        there = [
            Entry(str(info.session_id), info)
            for info in elsewhere(self._told, ended=self._ended, limit=self._limit)
            if info.session_id not in ids
        ]
        return tuple(sorted((*here, *there), key=lambda entry: entry.age))

    def _key_of(self, session: Session) -> str:
        key = self._keys.get(session)
        if key is None:
            key = session.session_id or f"unopened-{next(self._numbers)}"
            self._keys[session] = key
        return key


def _called(session: Session) -> str:
    """A session at the beginning of a sentence."""
    info = info_of(session)
    return f"{info.mode.capitalize()} {info.name or info.session_id or 'not opened yet'}"
