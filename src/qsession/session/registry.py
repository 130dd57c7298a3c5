"""The live sessions of this process, found again by id or name."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from qsession.session import held

if TYPE_CHECKING:
    from qsession.session.session import Session

# What is held is typed by what the constructor needs of it. Here it is what it was made as.


def sessions() -> list[Session]:
    """Every session that is still held."""
    return cast("list[Session]", held.sessions())


def find(session_id: str) -> Session | None:
    """The session with this id, None if it is not held."""
    return cast("Session | None", held.find(session_id))


def named(name: str) -> Session | None:
    """The session with this name that takes jobs, None if there is none."""
    return cast("Session | None", held.named(name))
