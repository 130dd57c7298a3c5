"""Finds sessions again: `sessions` and `attach`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from qsession.client_errors import SessionNotFoundError
from qsession.engines import list_sessions, locate
from qsession.errors import InvalidInputError, shown
from qsession.ibm_service import default_account_exists, default_service
from qsession.session import Batch, Session, live

if TYPE_CHECKING:
    from qsession.model.session_state import Mode


@dataclass(frozen=True)
class SessionInfo:
    """A session or batch in a list.

    Attributes:
        session_id: Its id; None before it is opened.
        name: The name it was given here.
        backend: Its backend; None if the service does not say yet.
        mode: ``"session"`` or ``"batch"``.
        state: As `Session.state`.
        opened: When it was opened (UTC).
        ended: When it ended (UTC).
        remaining: Seconds left of its ``max_time``; known of sessions of this process alone.
        jobs: How many jobs it has; known of sessions of this process alone.
        source: Who told of it: ``"process"`` or ``"service"``.
    """

    session_id: str | None
    name: str | None
    backend: str | None
    mode: Mode
    state: str
    opened: datetime | None
    ended: datetime | None
    remaining: int | None
    jobs: int | None
    source: Literal["process", "service"]


def sessions(service: Any = None, *, ended: bool = False, limit: int = 50) -> list[SessionInfo]:
    """The sessions and batches of this process and of an account, newest first.

    Args:
        service: A `QiskitRuntimeService`; None is the default account if there is one.
        ended: Whether to list those that have ended, too.
        limit: How many of the account's to list at most.

    Raises:
        InvalidInputError: If ``limit`` is not a positive number.
        ServiceError: If the service could not be asked.
    """
    if type(limit) is not int or limit < 1:
        raise InvalidInputError(f"limit={shown(limit)} is not a positive number, such as limit=50.")
    here = [_info_of(held) for held in live.sessions()]
    listed = [info for info in here if ended or info.ended is None]
    known = {info.session_id for info in here}
    if service is None and default_account_exists():
        service = default_service()
    if service is not None:
        listed += [
            SessionInfo(
                session_id=found.session_id,
                name=None,
                backend=found.backend,
                mode=found.mode,
                state=found.state,
                opened=found.opened,
                ended=found.ended,
                remaining=None,
                jobs=None,
                source="service",
            )
            for found in list_sessions(service, ended=ended, limit=limit)
            if found.session_id not in known
        ]
    unopened = [info for info in listed if info.opened is None]
    opened = [info for info in listed if info.opened is not None]
    return unopened + sorted(opened, key=lambda info: str(info.opened), reverse=True)


def attach(session_id_or_name: str, service: Any = None) -> Session:
    """A session or batch that exists: of this process by id or name, of the account by id.

    Args:
        session_id_or_name: Its id, or the name it was given in this process.
        service: A `QiskitRuntimeService`; None is the default account if there is one.

    Raises:
        SessionNotFoundError: If there is none.
        ServiceError: If the service could not be asked.
    """
    held = live.find(session_id_or_name) or live.named(session_id_or_name)
    if held is not None:
        return held
    if service is None and default_account_exists():
        service = default_service()
    found = None if service is None else locate(session_id_or_name, service)
    if found is None:
        raise SessionNotFoundError(
            f"No session has the id or name {session_id_or_name!r} in this process, and no account "
            "was asked. Give the service that knows it: attach(session_id, service)."
        )
    cls = Batch if found.mode == "batch" else Session
    return cls.from_id(session_id_or_name, service)


def _info_of(session: Session) -> SessionInfo:
    snapshot = session.snapshot()
    return SessionInfo(
        session_id=snapshot.session_id,
        name=snapshot.name,
        backend=snapshot.backend,
        mode=snapshot.mode,
        state=snapshot.state.value,
        opened=snapshot.opened,
        ended=snapshot.ended,
        remaining=session.remaining,
        jobs=sum(snapshot.counts.values()),
        source="process",
    )
