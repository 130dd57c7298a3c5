"""Finds sessions again: `sessions` and `attach`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from qsession.clock import SystemClock
from qsession.compat.accounts import account_may_exist
from qsession.errors import InvalidInputError, in_words, shown
from qsession.ledger import SessionEntry, ledger_of_process
from qsession.ledger.reading import find_sessions, read_sessions
from qsession.model.ids import read_id
from qsession.session import registry
from qsession.session_info import SessionInfo, info_noted, info_of, info_told

# What loads IBM's client, and Aer with it, is imported where an account is asked, or a session
# taken up: to list what this computer knows takes neither.
if TYPE_CHECKING:
    from qsession.engines.ibm.lookup import ListedSession
    from qsession.session import Session


@dataclass(frozen=True)
class AccountListing:
    """The sessions that an account listed, and how far the listing reaches.

    Attributes:
        listed: Its sessions.
        instances: The instances whose open sessions are all among them.
        was_asked: Whether there was an account to ask.
        as_of: The time at which it was asked; of sessions opened since it says nothing.
    """

    listed: tuple[ListedSession, ...] = ()
    instances: frozenset[str | None] = frozenset()
    was_asked: bool = False
    as_of: datetime | None = None


NOBODY_ASKED = AccountListing()


def sessions(service: Any = None, *, ended: bool = False, limit: int = 50) -> list[SessionInfo]:
    """The sessions and batches of this process, of the ledger and of an account, newest first.

    What the service says of a session is newer than what the ledger says. If the default account
    cannot be asked, a `UserWarning` says so, and what is known here is listed.

    Args:
        service: A `QiskitRuntimeService`; None is the default account if there is one.
        ended: Whether to list those that have ended, too.
        limit: How many of the ledger's and of the account's to list at most.

    Raises:
        InvalidInputError: If ``limit`` is not a positive number.
        ServiceError: If ``service`` was given and could not be asked.
    """
    limit = read_limit(limit)
    try:
        told = ask_account(service, ended=ended, limit=limit)
    except Exception as error:
        if service is not None:
            raise
        told = NOBODY_ASKED
        warnings.warn(
            f"The default account could not be asked ({in_words(error)}). Listed is what is "
            "known here.",
            UserWarning,
            stacklevel=2,
        )
    here = [info_of(held) for held in registry.sessions()]
    known = {info.session_id for info in here}
    there = elsewhere(told, ended=ended, limit=limit)
    listed = [*here, *(info for info in there if info.session_id not in known)]
    unopened = [info for info in listed if info.opened is None]
    opened = [info for info in listed if info.opened is not None]
    newest_first = sorted(opened, key=lambda info: str(info.opened), reverse=True)
    return [info for info in (*unopened, *newest_first) if ended or info.ended is None]


def read_limit(limit: object) -> int:
    """Check a ``limit``.

    Raises:
        InvalidInputError: If it is not a positive number.
    """
    if type(limit) is not int or limit < 1:
        raise InvalidInputError(f"limit={shown(limit)} is not a positive number, such as limit=50.")
    return limit


def ask_account(service: Any, *, ended: bool, limit: int) -> AccountListing:
    """Ask an account, or the default one, for its sessions; `NOBODY_ASKED` if there is none.

    Raises:
        ServiceError: If it could not be asked.
    """
    if service is None:
        if not default_account_exists():
            return NOBODY_ASKED
        service = default_service()
    from qsession.compat.ibm_service import instances_of  # noqa: PLC0415 - as above
    from qsession.engines.ibm.lookup import list_sessions  # noqa: PLC0415 - loads the client

    as_of = SystemClock().now()
    listed = list_sessions(service, ended=ended, limit=limit)
    is_complete = len(listed) < limit
    instances = frozenset(instances_of(service) if is_complete else ())
    return AccountListing(tuple(listed), instances, was_asked=True, as_of=as_of)


def default_account_exists() -> bool:
    """Return True if there is a default account; IBM's client loads only if needed."""
    if not account_may_exist():
        return False
    from qsession.compat import ibm_service  # noqa: PLC0415 - loads the client

    return ibm_service.default_account_exists()


def default_service() -> Any:
    """The user's default account, connected once."""
    from qsession.compat import ibm_service  # noqa: PLC0415 - loads the client

    return ibm_service.default_service()


def elsewhere(
    told: AccountListing,
    *,
    ended: bool,
    limit: int,
    entries: Iterable[SessionEntry] | None = None,
) -> list[SessionInfo]:
    """Sessions as an account and the ledger, or these entries of it, know them."""
    entries = noted_sessions(ended=ended) if entries is None else entries
    noted = {entry.session_id: entry for entry in entries}
    found = {each.session_id: info_told(each, noted.get(each.session_id)) for each in told.listed}
    now = SystemClock().now()
    for entry in islice(noted.values(), limit):
        # The service lists all that is open: what was there, and it does not list, has ended.
        is_asked_about = entry.facts.kind == "ibm" and entry.facts.instance in told.instances
        has_ended = is_asked_about and (told.as_of is None or entry.opened < told.as_of)
        if ended or not has_ended:
            found.setdefault(entry.session_id, info_noted(entry, now))
    return [info for info in found.values() if ended or info.ended is None]


def attach(session_id_or_name: str, service: Any = None) -> Session:
    """A session or batch that exists, with all its jobs.

    It is looked for in this process and in the ledger by id and name, and in the account by id.
    One of IBM Quantum goes on. A local one has ended with its process: jobs that were done have
    their results, others are marked as lost, and ``run_again(job_id)`` of a new session on the
    same backend submits what one of them was to run.

    Args:
        session_id_or_name: Its id, or the name it was given.
        service: A `QiskitRuntimeService`; None is the default account if there is one.

    Raises:
        InvalidInputError: If that cannot be an id or a name.
        SessionNotFoundError: If there is none, or it is local and open in another process.
        ServiceError: If the service could not be asked.
    """
    session_id_or_name = read_id("session_id_or_name", session_id_or_name)
    held = registry.find(session_id_or_name) or registry.named(session_id_or_name)
    if held is not None:
        return held
    entry = _entry_of(session_id_or_name)
    if entry is not None:
        held = registry.find(entry.session_id)
        if held is not None:
            return held
    from qsession.client_errors import SessionNotFoundError  # noqa: PLC0415 - loads the client
    from qsession.engines.selection import locate  # noqa: PLC0415 - as above
    from qsession.session import Batch, Session  # noqa: PLC0415 - as above

    session_id = session_id_or_name if entry is None else entry.session_id
    is_local = entry is not None and entry.facts.kind == "local"
    if not is_local and service is None and default_account_exists():
        service = default_service()
    found = locate(session_id, None if is_local else service)
    if found is None:
        raise SessionNotFoundError(
            f"No session has the id or name {session_id_or_name!r} in this process or in the "
            "ledger, and no account was asked."
            if entry is None
            else f"The session {session_id} is one of IBM Quantum, and there is no default "
            "account.",
            "Give the service that knows it: attach(session_id, service).",
        )
    cls = Batch if found.mode == "batch" else Session
    return cls.from_id(session_id, None if is_local else service)


def noted_sessions(*, ended: bool) -> list[SessionEntry]:
    """Return the sessions of the ledger, newest first; none if there is no ledger."""
    ledger = ledger_of_process()
    entries = ledger and ledger.read_up_to_date(lambda file: read_sessions(file, ended=ended))
    return entries or []


def _entry_of(session_id_or_name: str) -> SessionEntry | None:
    """The session with this id; else the newest of this name, an open one before others."""
    ledger = ledger_of_process()
    entries = ledger and ledger.read_up_to_date(lambda f: find_sessions(f, session_id_or_name))
    found = entries or []
    by_id = (entry for entry in found if entry.session_id == session_id_or_name)
    are_open = (entry for entry in found if entry.ended is None)
    return next(chain(by_id, are_open, found), None)
