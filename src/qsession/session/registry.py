"""The live sessions of this process, found again by id or name, and what is inside of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from qsession.session import held

if TYPE_CHECKING:
    from qsession.session.core import SessionCore
    from qsession.session.session import Session

# What is held is typed by what its own package needs of it. Here it is what it was made as.


def core_of(session: Session) -> SessionCore:
    """The core of a session, for the rest of this package.

    Its parts have names of their own (`SessionCore`), which are promised to nobody else: they may
    change in any release.
    """
    return session._core  # noqa: SLF001 - the one place


def sessions() -> list[Session]:
    """Every session that is still held."""
    return [session for core in held.sessions() if (session := _session_of(core)) is not None]


def find(session_id: str) -> Session | None:
    """The session with this id, None if it is not held."""
    return _session_of(held.find(session_id))


def named(name: str) -> Session | None:
    """The session with this name that takes jobs, None if there is none."""
    return _session_of(held.named(name))


def _session_of(core: held.Held | None) -> Session | None:
    return None if core is None else cast("Session | None", core.session())
