"""Asks the account about its sessions, no more often than it must: `AccountWatch`."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from qsession.compat.accounts import account_may_exist
from qsession.errors import QSessionError, in_words
from qsession.listing import default_account_exists, default_service
from qsession.redaction.secrets import redacted

# What loads IBM's client is imported once there is something to ask.
if TYPE_CHECKING:
    from qsession.clock import Clock
    from qsession.engines.ibm.account import AccountReader
    from qsession.engines.ibm.lookup import ListedSession
    from qsession.ledger.entries import SessionEntry
    from qsession.model.session_state import Mode
    from qsession.model.snapshot import SessionSnapshot
    from qsession.model.states import State

STILL_S: Final = 60.0
"""While nothing moves there is one request in this time."""

MOVING_S: Final = 15.0
"""While something moves, everything is asked for once in this time."""

LONGEST_PAUSE_S: Final = 600.0
"""The longest pause after failures in a row; each doubles it."""

MOST_LOOKED_AT: Final = 20
"""Sessions beyond are listed without their times and usage."""


@dataclass(frozen=True)
class PaidSession:
    """A session of IBM Quantum that is open as far as it is known, and where it is."""

    session_id: str
    instance: str | None
    mode: Mode
    backend: str


@dataclass(frozen=True)
class _Listing:
    instance: str | None


Question = PaidSession | _Listing
"""What one request asks: how a session stands, or which there are in an instance."""


class AccountWatch:
    """What the account says of its sessions, asked only because somebody looks.

    With no account nothing is asked, and with no open session nothing but, if that is wanted, which
    ones there are. While nothing moves, questions take turns: one request a minute. When the ledger
    has news, or an answer brought some, all are asked at once.

    Any thread may call it. Requests are made by one thread at a time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._connecting = threading.Lock()
        self._reader: AccountReader | None = None
        self._told: dict[str, ListedSession] = {}
        self._whole: set[str | None] = set()
        """The instances whose sessions were all listed once."""
        self._snapshots: dict[str, SessionSnapshot] = {}
        self._unknown: set[str] = set()
        self._asked_at: dict[Question, datetime] = {}
        self._last: datetime | None = None
        self._ledger_news: object = None
        self._has_moved = False
        self._failures = 0
        self._problem: str | None = None
        self._has_account: bool | None = None

    # --- what is known --------------------------------------------------------------------------

    @property
    def listed(self) -> Mapping[str, ListedSession]:
        """The sessions that the account has listed and that are open as far as it is known."""
        with self._lock:
            return dict(self._told)

    @property
    def snapshots(self) -> Mapping[str, SessionSnapshot]:
        """The sessions that were looked at, by id, each as of its ``now``."""
        with self._lock:
            return dict(self._snapshots)

    def is_unknown(self, session_id: str) -> bool:
        """Return True if the account says that it has no such session."""
        return session_id in self._unknown

    @property
    def problem(self) -> str | None:
        """Why the account could not be asked the last time, in words."""
        return self._problem

    @property
    def asked(self) -> datetime | None:
        """When it last answered; None if it never has."""
        with self._lock:
            return max(self._asked_at.values(), default=None)

    @property
    def has_no_account(self) -> bool:
        """True if it was looked for an account and there is none."""
        return self._has_account is False or not account_may_exist()

    # --- asking ---------------------------------------------------------------------------------

    def ask_if_due(self, noted: Collection[SessionEntry], *, with_listing: bool) -> None:
        """Ask what is due, on a thread that ends with it. Never blocks.

        Args:
            noted: The open paid sessions of the ledger.
            with_listing: Whether somebody wants to know of sessions that the ledger does not have.
        """
        if not account_may_exist() or not self._due(noted, with_listing=with_listing):
            return
        if self._asking.acquire(blocking=False):
            threading.Thread(
                target=self._ask_and_release,
                args=(noted, with_listing),
                name="qsession-account",
                daemon=True,
            ).start()

    def ask_now(self, noted: Collection[SessionEntry]) -> None:
        """Ask everything, and wait for the answers."""
        if not account_may_exist():
            self._has_account = False
            return
        with self._asking:
            self._ledger_news = None
            self._failures, self._last = 0, None
            self._ask(noted, with_listing=True)

    def look_now(self, session: PaidSession) -> None:
        """Ask how one session stands: something was done to it."""
        with self._asking:
            self._has_moved = True
            self._ask_each([session])

    def end(self, session: PaidSession, wanted: State, reason: str) -> None:
        """Close or cancel a session.

        Raises:
            ServiceError: If there is no account, or it could not be told.
            SessionNotFoundError: If the account does not know it.
        """
        from qsession.client_errors import ServiceError  # noqa: PLC0415 - loads the client

        reader = self._connected()
        if reader is None:
            raise ServiceError(
                f"Session {session.session_id} cannot be ended from here: Jupyter's server finds "
                "no account of IBM Quantum. Save one with QiskitRuntimeService.save_account(...) "
                "as the user that the server runs as."
            )
        reader.end(session.session_id, session.instance, wanted, reason)

    def _due(self, noted: Collection[SessionEntry], *, with_listing: bool) -> list[Question]:
        """The questions to ask now."""
        now = self._clock.now()
        with self._lock:
            since_s = self._since_s(now)
            if self._failures and since_s < min(STILL_S * 2**self._failures, LONGEST_PAUSE_S):
                return []
            questions = self._questions(noted, with_listing=with_listing)
            new = [each for each in questions if each not in self._asked_at]
            if new and not self._failures:
                return new
            moved = self._has_moved or _news(noted) != self._ledger_news
            if since_s < (MOVING_S if moved else STILL_S):
                return []
            if moved:
                return questions
            return sorted(questions, key=self._turn)[:1]

    def _new(self, noted: Iterable[SessionEntry], *, with_listing: bool) -> list[Question]:
        """The questions that were never asked."""
        with self._lock:
            questions = self._questions(noted, with_listing=with_listing)
            return [each for each in questions if each not in self._asked_at]

    def _questions(self, noted: Iterable[SessionEntry], *, with_listing: bool) -> list[Question]:
        sessions = {entry.session_id: _paid(entry) for entry in noted}
        for listed in self._told.values():
            paid = PaidSession(
                listed.session_id, listed.instance, listed.mode, listed.backend or "?"
            )
            sessions.setdefault(listed.session_id, paid)
        looks = [
            each for each in sessions.values() if not self._is_known_to_be_over(each.session_id)
        ]
        listings: list[Question] = []
        if with_listing:
            known = None if self._reader is None else self._reader.instances
            listings = [_Listing(instance) for instance in known or [None]]
        return [*listings, *looks[:MOST_LOOKED_AT]]

    def _is_known_to_be_over(self, session_id: str) -> bool:
        snapshot = self._snapshots.get(session_id)
        return session_id in self._unknown or (snapshot is not None and snapshot.state.is_terminal)

    def _turn(self, question: Question) -> datetime:
        return self._asked_at.get(question, datetime.min.replace(tzinfo=self._clock.now().tzinfo))

    def _since_s(self, now: datetime) -> float:
        if self._last is None or self._last > now:  # the clock may have been turned back
            return float("inf")
        return (now - self._last).total_seconds()

    def _ask_and_release(self, noted: Collection[SessionEntry], with_listing: bool) -> None:
        try:
            self._ask(noted, with_listing=with_listing)
        finally:
            self._asking.release()

    def _ask(self, noted: Collection[SessionEntry], *, with_listing: bool) -> None:
        try:
            if self._connected() is None:
                self._last = self._clock.now()
                return
        except Exception as error:  # noqa: BLE001 - told to whoever looks, with what is known
            self._fail(error)
            return
        # Only now it is known which instances there are, and then which sessions they have.
        questions = self._due(noted, with_listing=with_listing)
        self._ledger_news, self._has_moved = _news(noted), False
        self._ask_each(questions)
        if not self._failures:
            self._ask_each(self._new(noted, with_listing=with_listing))

    def _ask_each(self, questions: Iterable[Question]) -> None:
        moved = False
        try:
            for question in questions:
                moved |= self._answered(question)
                with self._lock:
                    self._asked_at[question] = self._last = self._clock.now()
        except Exception as error:  # noqa: BLE001 - told to whoever looks, with what is known
            self._fail(error)
        else:
            self._failures, self._problem = 0, None
        self._has_moved |= moved

    def _answered(self, question: Question) -> bool:
        """Ask one question; return True if the answer is another than the last time."""
        reader = self._connected()
        if reader is None:
            return False
        if isinstance(question, _Listing):
            return self._list(reader, question.instance)
        return self._look_at(reader, question)

    def _list(self, reader: AccountReader, instance: str | None) -> bool:
        found = reader.list_sessions(instance, is_whole=instance not in self._whole)
        with self._lock:
            before, is_first = set(self._told), instance not in self._whole
            self._whole.add(instance)
            for listed in found:
                if listed.ended is None:
                    self._told[listed.session_id] = listed
                else:
                    self._told.pop(listed.session_id, None)
            return not is_first and before != set(self._told)

    def _look_at(self, reader: AccountReader, session: PaidSession) -> bool:
        from qsession.client_errors import SessionNotFoundError  # noqa: PLC0415 - loads the client

        session_id = session.session_id
        try:
            seen = reader.look_at(
                session_id, session.instance, mode=session.mode, backend=session.backend
            )
        except SessionNotFoundError:
            with self._lock:
                self._unknown.add(session_id)
                self._told.pop(session_id, None)
            return True
        with self._lock:
            before = self._snapshots.get(session_id)
            self._snapshots[session_id] = seen
            if seen.state.is_terminal:
                self._told.pop(session_id, None)
        return before is not None and _standing(before) != _standing(seen)

    def _fail(self, error: Exception) -> None:
        is_ours = isinstance(error, QSessionError)
        words = redacted(str(error)) if is_ours else in_words(error)
        with self._lock:
            self._last = self._clock.now()
            self._failures += 1
            self._problem = f"The account could not be asked. {words}"
        if self._reader is not None and _is_refused(error):
            self._forget_account(self._reader)

    def _forget_account(self, reader: AccountReader) -> None:
        """Have the account be read anew: it may have been saved again with another key."""
        from qsession.compat import ibm_service  # noqa: PLC0415 - loads the client

        with self._connecting:
            self._reader = None
            ibm_service.default_service.cache_clear()
        reader.close()

    def _connected(self) -> AccountReader | None:
        """The account's reader, connected when it is first needed; None without an account."""
        with self._connecting:
            if self._reader is None:
                self._has_account = default_account_exists()
                if self._has_account:
                    from qsession.engines.ibm.account import AccountReader  # noqa: PLC0415 - as above

                    self._reader = AccountReader(default_service(), self._clock)
            return self._reader


def _is_refused(error: Exception) -> bool:
    from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError  # noqa: PLC0415 - as above

    return any(isinstance(each, IBMNotAuthorizedError) for each in (error, error.__cause__))


def _news(noted: Iterable[SessionEntry]) -> frozenset[object]:
    """What the ledger says of sessions, to compare."""
    return frozenset((entry.session_id, entry.state, entry.jobs) for entry in noted)


def _standing(snapshot: SessionSnapshot) -> object:
    """How a session stands, but for what runs on by itself."""
    return snapshot.state, snapshot.started, snapshot.idle_since


def _paid(entry: SessionEntry) -> PaidSession:
    facts = entry.facts
    return PaidSession(entry.session_id, facts.instance, facts.mode, facts.backend)
