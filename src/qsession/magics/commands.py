"""The commands of ``%qsession``: `Commands`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from qsession.errors import QSessionError
from qsession.magics.cell_sessions import unquoted
from qsession.model.states import State
from qsession.printing import say
from qsession.render.text import Table

if TYPE_CHECKING:
    from argparse import Namespace

    from qsession.magics.cell_sessions import SessionsOfCells
    from qsession.model.job import JobRecord
    from qsession.session import Session
    from qsession.session_info import SessionInfo

COMMANDS = ("list", "status", "jobs", "attach", "close", "cancel", "dashboard")
"""The words behind ``%qsession``."""

_ENDING = ("close", "cancel")


class Commands:
    """Carries out one command; each is a line of Python with the public API."""

    def __init__(self, sessions: SessionsOfCells) -> None:
        self._sessions = sessions

    def run(self, options: Namespace) -> Any:
        """Do what the options say; what it returns is shown.

        Raises:
            UsageError: If the command takes no such thing, or there is none.
            QSessionError: If it fails.
        """
        command, which = options.command, unquoted(options.which)
        if options.all and command not in _ENDING:
            raise UsageError(f"%qsession {command}: --all is for close and cancel.")
        if which is not None and (options.all or command in ("list", "dashboard")):
            behind = "--all" if options.all else command
            raise UsageError(f"%qsession {command}: nothing can follow {behind}, not {which!r}.")
        if command in _ENDING:
            return self._end(command, which, is_all=options.all)
        return getattr(self, f"_{command}")(which)

    def _list(self, _: None) -> Table:
        from qsession.listing import sessions  # noqa: PLC0415 - loads NumPy

        heads = ("session", "name", "backend", "mode", "state", "opened", "left", "jobs", "from")
        rows = tuple(map(_session_row, sessions()))
        return Table(heads, rows, "No session is open.")

    def _status(self, which: str | None) -> None:
        say(self._session(which))

    def _jobs(self, which: str | None) -> Table:
        heads = ("job", "name", "primitive", "status", "created", "ran", "shots", "error")
        rows = tuple(map(_job_row, self._session(which).jobs))
        return Table(heads, rows, "No job was submitted yet.")

    def _attach(self, which: str | None) -> Session:
        from qsession.listing import attach  # noqa: PLC0415 - loads the client

        if which is None:
            raise UsageError(
                "%qsession attach: give the id or the name of a session; %qsession list has them."
            )
        session = attach(which)
        self._sessions.take_up(session)
        return session

    def _dashboard(self, _: None) -> Any:
        from qsession.dashboards import dashboard  # noqa: PLC0415 - loads the client and widgets

        return dashboard()

    # --- ending -----------------------------------------------------------------------------------

    def _end(self, command: str, which: str | None, *, is_all: bool) -> None:
        from qsession.session import registry  # noqa: PLC0415 - loads the client

        if is_all:
            # One that is closing may not have been heard yet: it is told again.
            ending = [each for each in registry.sessions() if not State(each.state).is_terminal]
        elif command == "cancel" and which is not None and (holder := _holder_of(which)):
            self._cancel_job(holder, which)
            return
        else:
            ending = [self._session(which)]
        failures: list[QSessionError] = []
        for session in ending:
            try:
                getattr(session, command)(reason=f"%qsession {command}")
            except QSessionError as error:  # the others are to end all the same
                failures.append(error)
            say(session)
        if not ending:
            say("No session of this process is open.")
        if failures:
            raise failures[0]

    @staticmethod
    def _cancel_job(session: Session, job_id: str) -> None:
        from qsession.session import registry  # noqa: PLC0415 - loads the client

        if session.cancel_job(job_id):
            say(f"Job {job_id} is cancelled.")
            return
        (record,) = registry.core_of(session).records.of([job_id])
        status = record.status.lower()
        raise UsageError(
            f"%qsession cancel: job {job_id} is {status} and can no longer be cancelled."
        )

    # --- finding ----------------------------------------------------------------------------------

    def _session(self, which: str | None) -> Session:
        from qsession.listing import attach  # noqa: PLC0415 - loads the client
        from qsession.session import registry  # noqa: PLC0415 - as above

        if which is not None:
            return attach(which)
        session = self._sessions.last
        if session is None:
            open_ones = [each for each in registry.sessions() if each.active]
            if len(open_ones) != 1:
                have = "no session" if not open_ones else f"{len(open_ones)} sessions"
                raise UsageError(
                    f"%qsession: there is {have} here that could be meant. Name one: %qsession "
                    "list has their ids and names."
                    if not open_ones
                    else f"%qsession: there are {have} here. Name one: %qsession list has their "
                    "ids and names."
                )
            session = open_ones[0]
        return session


def _holder_of(job_id: str) -> Session | None:
    """The session of this process that has a job."""
    from qsession.session import registry  # noqa: PLC0415 - loads the client

    return next(
        (
            session
            for session in registry.sessions()
            if any(record.job_id == job_id for record in session.jobs)
            # Of a local session, its first job has the same id: the session is meant.
            and session.session_id != job_id
        ),
        None,
    )


def _session_row(info: SessionInfo) -> tuple[str, ...]:
    from qsession.model.durations import format_duration  # noqa: PLC0415 - as the others

    return (
        info.session_id or "(not opened yet)",
        info.name or "",
        info.backend or "",
        info.mode,
        info.state,
        "" if info.opened is None else f"{info.opened.astimezone():%Y-%m-%d %H:%M}",
        "" if info.remaining is None else format_duration(info.remaining),
        "" if info.jobs is None else str(info.jobs),
        info.source,
    )


def _job_row(record: JobRecord) -> tuple[str, ...]:
    from qsession.model.durations import format_duration  # noqa: PLC0415 - as the others

    return (
        record.job_id,
        record.name or "",
        record.primitive,
        record.status,
        f"{record.created.astimezone():%H:%M:%S}",
        "" if record.run_seconds is None else format_duration(record.run_seconds),
        "" if record.shots is None else str(record.shots),
        record.error or "",
    )
