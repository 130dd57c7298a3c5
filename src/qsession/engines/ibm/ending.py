"""Tells the service that a session is to end, until it has heard it: `Ending`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from qsession.engines.ibm.refusals import refusal
from qsession.model.events import SessionMoved
from qsession.model.states import State

if TYPE_CHECKING:
    from qsession.engines.base import Journal
    from qsession.ibm_service import Line


class Ending:
    """How a session is to end, and whether the service knows.

    It is sent on the monitor's line, not with the user's client, which may wait without end: ending
    is urgent.
    """

    def __init__(self, journal: Journal) -> None:
        self.line: Line | None = None
        """None before the session is opened."""
        self._journal = journal
        self._sending = threading.Lock()
        self._wanted: State | None = None
        """Until the service has heard it."""
        self._heard: State | None = None
        self.was_cancelled_here = False

    def want(self, wanted: State) -> None:
        """Note it; to be called under the journal's lock.

        A cancel is not taken back by the close of a with block around it.
        """
        if State.CANCELLED not in (self._wanted, self._heard) and wanted is not self._heard:
            self._wanted = wanted

    def decide(self, wanted: State, reason: str) -> bool:
        """Note how the session is to end; False if the service need not hear of it."""
        with self._journal.lock:
            state, now = self._journal.state, self._journal.clock.now()
            if state.state.is_terminal:
                return False
            if state.session_id is None:
                self._journal.record(SessionMoved(now, wanted, reason))
                return False
            self.want(wanted)
            if state.state is not State.CLOSING:
                self._journal.record(SessionMoved(now, State.CLOSING, reason))
        return True

    def close_within(self, seconds: float, reason: str) -> None:
        """Close the session at the exit of the process; the service's errors are raised."""
        if self.line is None or not self.decide(State.CLOSED, reason):
            return
        self.line.hurry(seconds)
        try:
            self.send()
        except Exception as error:
            raise refusal(error, "close the session") from error

    def send(self) -> bool:
        """Tell the service what is wanted.

        Returns:
            Whether there was something to tell.
        """
        with self._sending:
            return self._send()

    def retry(self) -> bool:
        """The same, unless it is being sent."""
        if not self._sending.acquire(blocking=False):
            return False
        try:
            return self._send()
        finally:
            self._sending.release()

    def _send(self) -> bool:
        session_id, wanted = self._journal.state.session_id, self._wanted
        has_ended = self._journal.state.state.is_terminal
        if wanted is None or session_id is None or self.line is None or has_ended:
            return False
        if wanted is State.CANCELLED:
            self.was_cancelled_here = True  # also if it is only the answer that is lost
            self.line.cancel_session(session_id)
        else:
            self.line.close_session(session_id)
        with self._journal.lock:
            self._heard = wanted
            if self._wanted is wanted:
                self._wanted = None
        return True
