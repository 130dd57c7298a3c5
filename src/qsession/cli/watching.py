"""The live view in a terminal: `watch_session` and `watch_all`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from qsession.cli.output import fitted, jobs_table, sessions_table
from qsession.cli.timeline import timeline
from qsession.errors import QSessionError
from qsession.model.durations import format_duration
from qsession.session.registry import core_of

if TYPE_CHECKING:
    from qsession.session import Session

LOOK_S = 0.5
"""The interval between two drawings of the screen; the session itself looks at the service at its
own pace."""

LOOK_AT_ALL_S = 30.0
"""The interval between requests for the account's sessions."""

_NEWEST_JOBS = 15
_WIDEST_TIMELINE = 100
_ENDINGS = {"c": "close", "x": "cancel"}


def watch_session(session: Session) -> None:
    """Show a session until it has ended or somebody presses q; c and x end it, once confirmed."""
    asked: str | None = None
    problem = ""
    with _keys() as next_key, Live(screen=True, auto_refresh=False) as live:
        while True:
            live.update(session_screen(session, asked, problem), refresh=True)
            key = next_key(LOOK_S)
            if key == "q" and asked is None:
                break
            if asked is not None and key is not None:
                if key == "y":
                    problem = _end(session, asked)
                asked = None
            elif key in _ENDINGS and session.active:
                asked = _ENDINGS[key]
            if not session.active and not _has_pending(session):
                break
    Console().print(str(session), markup=False, highlight=False)


def watch_all() -> None:
    """Show the sessions that are open until somebody presses q."""
    from qsession.listing import sessions  # noqa: PLC0415 - loads the client

    with _keys() as next_key, Live(screen=True, auto_refresh=False) as live:
        while True:
            found = sessions()
            table = fitted(sessions_table(found), live.console)
            shown = table if found else Text("No session is open.")
            live.update(Group(shown, Text("\nq leaves", style="dim")), refresh=True)
            if next_key(LOOK_AT_ALL_S) == "q":
                return


def session_screen(session: Session, asked: str | None = None, problem: str = "") -> Group:
    """Return the screen of a session: facts, meters, the newest jobs and the keys."""
    snapshot = core_of(session).records.snapshot()
    title = Text.assemble(
        (f"{snapshot.mode.capitalize()} ", "bold"),
        (snapshot.name or snapshot.session_id or "not opened yet", "bold"),
        f" on {snapshot.backend}: ",
        (snapshot.state.label, "bold green" if session.active else "bold"),
    )
    parts: list[RenderableType] = [
        title,
        Text(snapshot.session_id or "", style="dim"),
        _meters(session),
    ]
    if snapshot.stale_since is not None:
        parts.append(
            Text(f"Not updated since {snapshot.stale_since.astimezone():%H:%M:%S}", "yellow")
        )
    parts += [Text(words, style="red") for words in (session.error, problem) if words]
    records = session.jobs
    if snapshot.opened is not None:
        parts += [timeline(snapshot, records, min(Console().width, _WIDEST_TIMELINE)), Text("")]
    if records:
        parts.append(fitted(jobs_table(records[-_NEWEST_JOBS:]), Console()))
    if len(records) > _NEWEST_JOBS:
        parts.append(Text(f"the newest {_NEWEST_JOBS} of {len(records)} jobs", style="dim"))
    if asked is not None:
        what = "its jobs finish" if asked == "close" else "its queued jobs are cancelled"
        parts.append(Text(f"{asked.capitalize()} this session ({what})? y or n", style="bold"))
    else:
        parts.append(Text("\nc closes   x cancels   q leaves it as it is", style="dim"))
    return Group(*parts)


def _meters(session: Session) -> Table:
    table = Table.grid(padding=(0, 2))
    for words, left_s, whole_s in (
        ("time left", session.remaining, session.max_time),
        ("idle time left", session.idle_remaining, None),
    ):
        if left_s is not None:
            bar = ProgressBar(total=whole_s, completed=left_s, width=30) if whole_s else ""
            table.add_row(words, format_duration(left_s), bar)
    table.add_row("usage", format_duration(session.usage_seconds), "")
    table.add_row("QPU", format_duration(session.qpu_seconds), "")
    return table


def _end(session: Session, verb: str) -> str:
    """End a session; what went wrong, in words."""
    try:
        getattr(session, verb)(reason=f"qsession watch: {verb}")
    except QSessionError as error:
        return str(error)
    return ""


def _has_pending(session: Session) -> bool:
    return any(not record.status.is_final for record in session.jobs)


NextKey = Callable[[float], str | None]
"""Waits for a key for so many seconds; None if none was pressed."""


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def _keys() -> Iterator[NextKey]:
        """Read single keys from the console."""
        yield _next_key

    def _next_key(timeout_s: float) -> str | None:
        waited, pause_s = 0.0, 0.05
        while waited < timeout_s:
            if msvcrt.kbhit():
                return msvcrt.getwch()
            threading.Event().wait(pause_s)
            waited += pause_s
        return None

else:
    import select
    import termios
    import tty

    @contextmanager
    def _keys() -> Iterator[NextKey]:
        """Read single keys from the terminal, which is put back as it was."""
        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)

        def next_key(timeout_s: float) -> str | None:
            readable, _, _ = select.select([descriptor], [], [], timeout_s)
            return sys.stdin.read(1) if readable else None

        try:
            tty.setcbreak(descriptor)
            yield next_key
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
