"""Encoding of what a Jupyter server knows of sessions; `js/src/lab/wire.ts` reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from qsession.dashboards.entries import Entry, encode_entry, milliseconds, where_words
from qsession.model.durations import SYSTEM_MAX_TIME_S
from qsession.model.states import State

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.ledger.entries import SessionEntry
    from qsession.model.snapshot import SessionSnapshot
    from qsession.server.kernels import ServedKernel
    from qsession.session_info import SessionInfo

GONE: Final = "gone"
"""The state of a kernel whose process has ended."""


@dataclass(frozen=True)
class Known:
    """All that is known of one session.

    Attributes:
        entry: Its place in the list.
        noted: What the ledger has of it; None if only the account knows it.
        seen: How it stood when the account was last asked about it; None if it was not.
        kernel: The kernel whose process has the number of the one that opened it, if there is one.
        started: When its first job started, as the ledger has it.
    """

    entry: Entry
    noted: SessionEntry | None
    seen: SessionSnapshot | None
    kernel: ServedKernel | None
    started: datetime | None


def encode_known(known: Known, now: datetime, *, root: str) -> dict[str, Any]:
    """A session as the page reads it: what a dashboard's page reads, and where it was opened.

    Args:
        known: What is known of it.
        now: When.
        root: The server's root, below which pages open notebooks.
    """
    noted, seen, entry = known.noted, known.seen, known.entry
    if noted is not None and seen is None:
        entry = replace(entry, info=_as_noted(entry.info, noted, known.started, now))
    is_gone = noted is not None and noted.process.has_ended is True
    # A number may have come to be another process's, and mean another one on another computer.
    is_its_own = noted is not None and noted.process.is_here and not is_gone
    kernel = known.kernel if is_its_own else None
    told = None if noted is None else noted.notebook
    kernel_state = GONE if is_gone else None if kernel is None else kernel.state
    # A page can end a local session, too, if it can speak to its kernel.
    is_open = entry.is_open or (kernel is not None and _lives(entry.info))
    return {
        **encode_entry(entry, is_shown=False),
        "is_open": is_open,
        "where": _place(entry.info, told, kernel_state),
        "is_paid": noted is None or noted.facts.kind == "ibm",
        "notebook": (kernel.notebook if kernel is not None else None) or _below(root, told),
        "kernel_id": None if kernel is None else kernel.kernel_id,
        "kernel_state": kernel_state,
        "idle_since_ms": None if seen is None else milliseconds(seen.idle_since),
        "idle_until_ms": None if seen is None else milliseconds(seen.idle_until),
    }


def _lives(info: SessionInfo) -> bool:
    return info.ended is None and info.state != State.CLOSING.value


def as_seen(info: SessionInfo, seen: SessionSnapshot, now: datetime) -> SessionInfo:
    """A session with what the account said of it."""
    runs_s = (now - seen.now).total_seconds() if seen.usage_runs else 0.0
    return replace(
        info,
        state=seen.state.value,
        ended=seen.ended,
        remaining=_seconds_until(seen.expires, now),
        usage=seen.usage_s + max(runs_s, 0.0),
        source="service",
    )


def _as_noted(
    info: SessionInfo, noted: SessionEntry, started: datetime | None, now: datetime
) -> SessionInfo:
    """A session with the time and the usage that follow from what the ledger says."""
    runs = noted.facts.mode == "session" and info.state == State.ACTIVE.value
    usage_s = noted.usage_s + (max((now - noted.seen).total_seconds(), 0.0) if runs else 0.0)
    limit_s = noted.facts.max_time_s or SYSTEM_MAX_TIME_S
    expires = None if started is None else started + timedelta(seconds=limit_s)
    return replace(info, usage=usage_s, remaining=_seconds_until(expires, now))


def _seconds_until(end: datetime | None, now: datetime) -> int | None:
    return None if end is None else max(round((end - now).total_seconds()), 0)


def _place(info: SessionInfo, notebook: str | None, kernel_state: str | None) -> str:
    """The place in which a session was opened, and the state of the kernel there, in words."""
    name = PurePath(notebook).name if notebook else ""
    kernel = f"kernel {kernel_state}" if kernel_state is not None else ""
    return ", ".join(filter(None, (kernel, name))) or where_words(info)


def _below(root: str, notebook: str | None) -> str | None:
    """The path of a notebook as the server's page names it; None if it is not below the root."""
    if notebook is None:
        return None
    path = PurePath(notebook)
    if not path.is_absolute():
        return path.as_posix()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None
