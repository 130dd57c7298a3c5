"""Asks the account about its sessions, no more often than it must: `AccountWatch`."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from qsession.compat.accounts import account_may_exist
from qsession.errors import QSessionError, in_words
from qsession.forks import ForkSafeLock
from qsession.listing import default_account_exists, default_service
from qsession.redaction.secrets import redacted
from qsession.server.questions import Listing, PaidSession, Question, Questions

# What loads IBM's client is imported once there is something to ask.
if TYPE_CHECKING:
    from qsession.clock import Clock
    from qsession.engines.ibm.account import AccountReader
    from qsession.engines.ibm.lookup import ListedSession
    from qsession.ledger.entries import SessionEntry
    from qsession.model.snapshot import SessionSnapshot
    from qsession.model.states import State

MOST_LOOKED_AT: Final = 20
"""Sessions beyond are listed without their times and usage."""


class AccountWatch:
    """The answers of the account about its sessions, asked for only because somebody looks.

    With no account nothing is asked, and with no open session nothing but, if that is wanted, which
    ones there are; how often, `Questions` says.

    Any thread may call it. Requests are made by one thread at a time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = ForkSafeLock()
        self._asking = ForkSafeLock()
        self._connecting = ForkSafeLock()
        self._questions = Questions(clock)
        self._reader: AccountReader | None = None
        self._told: dict[str, ListedSession] = {}
        self._whole: set[str | None] = set()
        """The instances whose sessions were all listed once."""
        self._snapshots: dict[str, SessionSnapshot] = {}
        self._unknown: set[str] = set()
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
        """The time of its last answer; None if there was none."""
        with self._lock:
            return self._questions.last_answer

    @property
    def has_no_account(self) -> bool:
        """True if it was looked for an account and there is none."""
        return self._has_account is False or not account_may_exist()

    # --- asking ---------------------------------------------------------------------------------

    def ask_if_due(self, noted: Sequence[SessionEntry], *, with_listing: bool) -> None:
        """Ask what is due, on a thread that ends with it. Never blocks.

        Args:
            noted: The open paid sessions of the ledger.
            with_listing: Whether somebody wants to know of sessions that the ledger does not have.
        """
        if not account_may_exist() or not self._due(noted, with_listing=with_listing):
            return
        if self._asking.acquire(blocking=False):
            thread = threading.Thread(
                target=self._ask_and_release,
                args=(noted, with_listing),
                name="qsession-account",
                daemon=True,
            )
            try:
                thread.start()
            except RuntimeError:  # there are too many: the next look tries again
                self._asking.release()

    def ask_now(self, noted: Sequence[SessionEntry]) -> None:
        """Ask everything, and wait for the answers."""
        if not account_may_exist():
            self._has_account = False
            return
        with self._asking:
            with self._lock:
                self._questions.make_all_due()
            self._ask(noted, with_listing=True)

    def look_now(self, session: PaidSession) -> None:
        """Ask how one session stands: something was done to it."""
        with self._asking:
            self._ask_each([session], are_news=True)

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

    def _due(self, noted: Sequence[SessionEntry], *, with_listing: bool) -> list[Question]:
        with self._lock:
            return self._questions.due(self._all(noted, with_listing=with_listing), noted)

    def _all(self, noted: Iterable[SessionEntry], *, with_listing: bool) -> list[Question]:
        """All that there is to ask."""
        sessions = {entry.session_id: _noted(entry) for entry in noted}
        for session_id, listed in self._told.items():
            sessions.setdefault(session_id, _listed(listed))
        looks = [each for each in sessions.values() if not self._is_over(each.session_id)]
        listings: list[Question] = []
        if with_listing:
            known = None if self._reader is None else self._reader.instances
            listings = [Listing(instance) for instance in known or [None]]
        return [*listings, *looks[:MOST_LOOKED_AT]]

    def _is_over(self, session_id: str) -> bool:
        snapshot = self._snapshots.get(session_id)
        return session_id in self._unknown or (snapshot is not None and snapshot.state.is_terminal)

    def _ask_and_release(self, noted: Sequence[SessionEntry], with_listing: bool) -> None:
        try:
            self._ask(noted, with_listing=with_listing)
        finally:
            self._asking.release()

    def _ask(self, noted: Sequence[SessionEntry], *, with_listing: bool) -> None:
        try:
            has_account = self._connected() is not None
        except Exception as error:  # noqa: BLE001 - told to whoever looks, with what is known
            self._fail(error)
            return
        if not has_account:
            with self._lock:
                self._questions.note_nobody_to_ask()
            return
        # Only now it is known which instances there are, and then which sessions they have.
        due = self._due(noted, with_listing=with_listing)
        with self._lock:
            self._questions.begin(noted)
        self._ask_each(due)
        with self._lock:
            all_ = self._all(noted, with_listing=with_listing)
            new = [] if self._questions.rests else self._questions.new(all_)
        self._ask_each(new)

    def _ask_each(self, questions: Iterable[Question], *, are_news: bool = False) -> None:
        try:
            for question in questions:
                is_news = self._answered(question)
                with self._lock:
                    self._questions.note_answer(question, is_news=is_news or are_news)
                    self._problem = None
        except Exception as error:  # noqa: BLE001 - told to whoever looks, with what is known
            self._fail(error)

    def _answered(self, question: Question) -> bool:
        """Ask one question; return True if the answer is another than the last time."""
        reader = self._connected()
        if reader is None:
            return False
        if isinstance(question, Listing):
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
            self._questions.note_failure()
            self._problem = f"The account could not be asked. {words}"
        if self._reader is not None and _is_refused(error):
            self._forget_account(self._reader)

    # --- the account ----------------------------------------------------------------------------

    def _connected(self) -> AccountReader | None:
        """The account's reader, connected when it is first needed; None without an account."""
        with self._connecting:
            if self._reader is None:
                self._has_account = default_account_exists()
                if self._has_account:
                    from qsession.engines.ibm.account import AccountReader  # noqa: PLC0415 - as above

                    self._reader = AccountReader(default_service(), self._clock)
            return self._reader

    def _forget_account(self, reader: AccountReader) -> None:
        """Have the account be read anew: it may have been saved again with another key."""
        from qsession.compat import ibm_service  # noqa: PLC0415 - loads the client

        with self._connecting:
            self._reader = None
            ibm_service.default_service.cache_clear()
        reader.close()


def _is_refused(error: Exception) -> bool:
    from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError  # noqa: PLC0415 - as above

    return any(isinstance(each, IBMNotAuthorizedError) for each in (error, error.__cause__))


def _standing(snapshot: SessionSnapshot) -> object:
    """The state of a session without what runs on by itself."""
    return snapshot.state, snapshot.started, snapshot.idle_since


def _noted(entry: SessionEntry) -> PaidSession:
    facts = entry.facts
    return PaidSession(entry.session_id, facts.instance, facts.mode, facts.backend)


def _listed(listed: ListedSession) -> PaidSession:
    backend = listed.backend or "?"
    return PaidSession(listed.session_id, listed.instance, listed.mode, backend)
