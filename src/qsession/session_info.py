"""One session in a list, as this process, the ledger or an account knows it: `SessionInfo`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from qsession.session.registry import core_of

if TYPE_CHECKING:
    from qsession.engines.ibm.lookup import ListedSession
    from qsession.ledger import SessionEntry
    from qsession.model.session_state import Mode
    from qsession.session import Session

LOST = "lost"
"""The state of a local session that is gone without anybody having closed it."""

_LOST_SHOWN = timedelta(days=7)
"""A lost session is listed among the open ones until somebody attaches to it, or for a week."""


@dataclass(frozen=True)
class SessionInfo:
    """A session or batch in a list.

    Attributes:
        session_id: Its id; None before it is opened.
        name: The name it was given here.
        backend: Its backend; None if the service does not say yet.
        mode: ``"session"`` or ``"batch"``.
        state: As `Session.state`, or ``"lost"``: a local session whose process, or object, is gone
            without anybody having closed it. Of the ledger alone it is the last known.
        opened: When it was opened (UTC).
        ended: When it ended (UTC).
        remaining: Seconds left of its ``max_time``; known of sessions of this process alone.
        jobs: How many jobs it has, as far as it is known here.
        source: Who told of it: ``"process"``, this one; ``"ledger"``, the notes of this user's
            processes; ``"service"``, IBM Quantum.
        usage: Seconds used so far, as IBM counts them; known of sessions of this process alone.
        cost: About what that costs, of a paid session of this process with a price a minute.
        currency: The code of its currency; None without a cost.
        pid: The id of the process that has it, if it is a local one that is open in another
            process: it can be used and ended there alone.
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
    source: Literal["process", "ledger", "service"]
    usage: float | None = None
    pid: int | None = None
    cost: float | None = None
    currency: str | None = None


def info_of(session: Session) -> SessionInfo:
    """A session of this process in a list."""
    snapshot = core_of(session).records.snapshot()
    bill = snapshot.bill
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
        usage=session.usage_seconds,
        cost=bill.cost if bill.is_charged else None,
        currency=bill.price.currency if bill.is_charged and bill.price is not None else None,
    )


def info_told(listed: ListedSession, entry: SessionEntry | None) -> SessionInfo:
    """Return a session as the service lists it, with what only the ledger knows added."""
    return SessionInfo(
        session_id=listed.session_id,
        name=None if entry is None else entry.facts.name,
        backend=listed.backend,
        mode=listed.mode,
        state=listed.state,
        opened=listed.opened,
        ended=listed.ended,
        remaining=None,
        jobs=None if entry is None else entry.jobs,
        source="service",
    )


def info_noted(entry: SessionEntry, now: datetime) -> SessionInfo:
    """A session as the ledger has it."""
    is_lost = entry.is_lost(now)
    is_long_ago = is_lost and now - entry.seen > _LOST_SHOWN
    is_there = entry.facts.kind == "local" and not is_lost and entry.ended is None
    return SessionInfo(
        session_id=entry.session_id,
        name=entry.facts.name,
        backend=entry.facts.backend,
        mode=entry.facts.mode,
        state=LOST if is_lost else entry.state.value,
        opened=entry.opened,
        ended=entry.seen if is_long_ago else entry.ended,
        remaining=None,
        jobs=entry.jobs,
        source="ledger",
        pid=entry.process.pid if is_there else None,
    )
