"""The choice of the session that a cell means: `SessionsOfCells`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from IPython.core.error import UsageError

from qsession.magics.output import Shell
from qsession.printing import say

if TYPE_CHECKING:
    from argparse import Namespace

    from qsession.session import Session

Key = tuple[str, ...]
"""The key of a live session: its name, or else its mode and backend."""


class SessionsOfCells:
    """Holds the sessions of cells, so that a cell that runs again finds its own."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._sessions: dict[Key, Session] = {}
        self._last: Session | None = None

    @property
    def last(self) -> Session | None:
        """The session of the last cell, or the one that was taken up since."""
        return self._last

    def take_up(self, session: Session) -> None:
        """Hold a session that no cell opened; the commands mean it from now on."""
        self._sessions["attached", str(session.session_id)] = self._last = session

    def session(self, options: Namespace) -> Session:
        """The live session that the options mean, or a new one.

        Raises:
            QSessionError: If the options are not good for a session.
            UsageError: If the live session is not what they ask for.
        """
        self._last = session = self._find_or_make(options)
        return session

    def _find_or_make(self, options: Namespace) -> Session:
        from qsession.circuits.backends import find_backend  # noqa: PLC0415 - loads the client
        from qsession.session import Batch, Session, registry  # noqa: PLC0415 - loads the client
        from qsession.session.one_per_name import close_replaced  # noqa: PLC0415 - loads the client

        written = unquoted(options.backend)
        variable = self._shell.user_ns.get(written)
        if isinstance(variable, str):
            written, variable = variable, None
        backend = find_backend(written if variable is None else variable)
        max_time = _seconds_or_duration(unquoted(options.max_time))
        name = unquoted(options.name)
        kind = "name" if variable is None else "variable"
        key = (name,) if name else (options.mode, kind, written or "")
        # A named session is shared with whoever opened it; others are known to these magics alone.
        held = registry.named(name) if name else self._sessions.get(key)
        # A variable may come to hold another backend, of the same name but with other noise.
        is_same = variable is None or name or (held and registry.core_of(held).backend == backend)
        if held is not None and held.active and is_same and not options.new:
            if written and held.backend() != backend.name:
                raise UsageError(
                    f"%%qsession: the live session {name!r} runs on {held.backend()}. Leave the "
                    "backend out, choose another name, or close it with --new."
                )
            if options.mode == "batch" and not isinstance(held, Batch):
                raise UsageError(
                    f"%%qsession: the live session {name!r} is no batch. Leave --mode out, choose "
                    "another name, or close it with --new."
                )
            _say_if_other_max_time(held, max_time)
            self._sessions[key] = held
            return held
        cls = Batch if options.mode == "batch" else Session
        session: Session = cls(backend, max_time, name=name, new=bool(options.new))
        self._sessions[key] = session
        if held is not None:
            close_replaced(held, "replaced by a new session of its cell")
        return session


def unquoted(text: str | None) -> str | None:
    """An option without its quotation marks, which IPython leaves on."""
    quotes = "\"'"
    if text and text[0] in quotes and text[-1] == text[0]:
        return text[1:-1]
    return text


def _seconds_or_duration(text: str | None) -> int | str | None:
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else text


def _say_if_other_max_time(session: Session, max_time: int | str | None) -> None:
    from qsession.model.durations import format_duration, read_max_time  # noqa: PLC0415 - as above
    from qsession.session.registry import core_of  # noqa: PLC0415 - as above

    asked = read_max_time(max_time, maximum_s=core_of(session).engine.longest_max_time_s)
    if asked is None or asked == session.max_time:
        return
    limit = "the system maximum" if session.max_time is None else format_duration(session.max_time)
    say(f"The live session goes on with its max_time of {limit}; --new opens another one.")
