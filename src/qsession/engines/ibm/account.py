"""Asks an account about its sessions from outside of them: `AccountReader`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError

from qsession.compat.ibm_service import instances_of, know_secrets_of_service
from qsession.compat.service_line import WORKLOADS_PAGE, Line
from qsession.engines.ibm.closing import Ending
from qsession.engines.ibm.lookup import MOST_WORKLOADS, ListedSession, read_listing
from qsession.engines.ibm.reading import ServerTime, read_session
from qsession.engines.ibm.refusals import raise_refusal
from qsession.engines.journal import Journal
from qsession.model.events import SessionOpened
from qsession.model.session_state import SessionState
from qsession.model.snapshot import SessionSnapshot

if TYPE_CHECKING:
    from qiskit_ibm_runtime import QiskitRuntimeService

    from qsession.clock import Clock
    from qsession.model.session_state import Mode
    from qsession.model.states import State

LONGEST_ENDING_S = 20.0
"""The time in seconds that an ending may take, with the looks that see whether the service acts on
it."""


class AccountReader:
    """Looks at the sessions of an account, and ends them, without taking any of them up.

    Connections stay open, one for each instance, so that a look is one request. It is for one
    thread at a time, but for `end`, which has a connection of its own.
    """

    def __init__(self, service: QiskitRuntimeService, clock: Clock) -> None:
        know_secrets_of_service(service)
        self._service = service
        self._clock = clock
        self._lines: dict[str | None, Line] = {}

    @property
    def instances(self) -> list[str | None]:
        """The instances of the account, the active one first."""
        return instances_of(self._service)

    def list_sessions(self, instance: str | None, *, is_whole: bool) -> list[ListedSession]:
        """Sessions of an instance, those that have ended included, newest first.

        Args:
            instance: Which one.
            is_whole: Whether to read page after page; else only the newest workloads: one request.

        Raises:
            ServiceError: If the service could not be asked.
        """
        with self._asking(instance, "list the account's sessions") as line:
            most = MOST_WORKLOADS if is_whole else WORKLOADS_PAGE
            return list(read_listing(line, instance, most))

    def look_at(
        self, session_id: str, instance: str | None, *, mode: Mode, backend: str
    ) -> SessionSnapshot:
        """A session as it stands, with its times and its usage: one request.

        Raises:
            SessionNotFoundError: If the service does not know it.
            ServiceError: If the service could not be asked.
        """
        with self._asking(instance, f"look at session {session_id}") as line:
            raw = line.session(session_id)
            now, server = self._clock.now(), ServerTime(line.heard.server_ahead)
            state = SessionState(mode)
            state.apply(SessionOpened(now, session_id))
            for event in read_session(raw, state, now, server, cancelled_here=False):
                state.apply(event)
        snapshot = SessionSnapshot.of(
            state,
            now,
            name=None,
            backend=backend,
            max_time_s=None,
            programs=(),
            can_cancel_running=False,
            is_paid=True,
        )
        # Its jobs were not asked for: what started last and has not ended runs.
        return replace(snapshot, idle_since=None, idle_until=None) if _runs(state) else snapshot

    def end(self, session_id: str, instance: str | None, wanted: State, reason: str) -> None:
        """Close or cancel a session, and see that the service acts on it.

        Raises:
            SessionNotFoundError: If the service does not know it.
            ServiceError: If the service could not be told, or does not do it.
        """
        line = self._connected(instance, f"reach the instance of session {session_id}")
        try:
            journal = Journal(SessionState(), self._clock)
            journal.record(SessionOpened(self._clock.now(), session_id))
            ending = Ending(journal)
            ending.line = line
            ending.end_within(LONGEST_ENDING_S, wanted, reason)
        finally:
            line.close()

    def close(self) -> None:
        """Let go of the connections; the next look makes new ones."""
        while self._lines:
            self._lines.popitem()[1].close()

    @contextmanager
    def _asking(self, instance: str | None, doing: str) -> Iterator[Line]:
        try:
            if instance not in self._lines:
                self._lines[instance] = Line(self._service, instance, self._clock)
            yield self._lines[instance]
        except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
            if any(isinstance(each, IBMNotAuthorizedError) for each in (error, error.__cause__)):
                # The client does not renew a token that the service stopped accepting.
                self._lines.pop(instance).close()
            raise_refusal(error, doing)

    def _connected(self, instance: str | None, doing: str) -> Line:
        try:
            return Line(self._service, instance, self._clock)
        except Exception as error:  # noqa: BLE001 - as above
            raise_refusal(error, doing)


def _runs(state: SessionState) -> bool:
    started, completed = state.last_job_started, state.last_job_completed
    return started is not None and (completed is None or completed < started)
