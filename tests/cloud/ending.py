"""Ends the sessions of a loopback server with the server: `end_sessions`."""

from __future__ import annotations

from qsession.model.events import SessionMoved
from qsession.model.states import State
from qsession.session import cleanup


def end_sessions() -> None:
    """Have every open session end that this process would close at its exit: its server stops.

    There would be nobody to close it with any more.
    """
    for custody in {*cleanup._held, *cleanup._left}:
        journal = custody.journal
        with journal.lock:
            if custody.outlives_process and custody.is_open:
                now = journal.clock.now()
                journal.record(SessionMoved(now, State.CLOSED, "its server has stopped"))
