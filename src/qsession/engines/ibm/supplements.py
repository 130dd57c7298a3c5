"""Facts that the service tells only when it is asked for them by themselves: `Supplements`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from qsession.engines.ibm.pacing import SUPPLEMENT_S
from qsession.engines.ibm.supplement_reading import read_backend_status
from qsession.model.events import BackendObserved

if TYPE_CHECKING:
    from qsession.compat.service_line import Line
    from qsession.engines.base import Journal


_GAP = timedelta(seconds=SUPPLEMENT_S)


class Supplements:
    """Asks for what the session and its list of jobs leave out, within a budget of its own.

    That is one request a minute: for the queue of the backend while the session waits in it.
    Nothing else depends on it: what could not be had is asked for when the next request is due.
    """

    def __init__(self, line: Line, journal: Journal, backend_name: str) -> None:
        self._line = line
        self._journal = journal
        self._backend_name = backend_name
        self._next_at = journal.clock.now()
        """The time of the next request of those that are made once a minute."""

    def ask(self) -> None:
        """Make the requests that are due.

        Raises:
            Exception: If the service could not be asked; it will be when it is due again.
        """
        with self._journal.lock:
            now, waits = self._journal.clock.now(), self._journal.state.waits_for_backend
        if waits and self._is_due(now):
            self._next_at = now + _GAP
            self._ask_for_queue()

    def _is_due(self, now: datetime) -> bool:
        # Farther away than one pause: the clock was turned back meanwhile.
        return self._next_at <= now or self._next_at - now > _GAP

    def _ask_for_queue(self) -> None:
        raw = self._line.backend_status(self._backend_name)
        with self._journal.lock:
            now = self._journal.clock.now()
            self._journal.record(BackendObserved(now, read_backend_status(raw, now)))
