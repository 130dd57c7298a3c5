"""What is inside of a session, for tests that look there."""

from __future__ import annotations

from qsession import Session
from qsession.model.snapshot import SessionSnapshot
from qsession.session.registry import core_of


def snapshot_of(session: Session) -> SessionSnapshot:
    return core_of(session).records.snapshot()
