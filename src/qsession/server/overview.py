"""The sessions that a Jupyter server knows of, and what can be done with them: `ServerOverview`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from qsession.dashboards.entries import Entry, milliseconds
from qsession.errors import InvalidInputError, shown
from qsession.ledger import ledger_of_process
from qsession.ledger.entries import LONGEST_SILENCE
from qsession.ledger.reading import first_starts
from qsession.listing import AccountListing, elsewhere, noted_sessions
from qsession.model.ids import read_id
from qsession.model.states import State
from qsession.server.account import AccountWatch
from qsession.server.encoding import Known, as_seen, encode_known
from qsession.server.questions import PaidSession

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from qsession.clock import Clock
    from qsession.ledger.entries import SessionEntry
    from qsession.server.kernels import ServedKernel
    from qsession.session_info import SessionInfo

WIRE_VERSION: Final = 1
"""Raised when an older page could misread what is sent."""

NO_ACCOUNT: Final = (
    "Jupyter's server finds no account of IBM Quantum: paid sessions are shown as the ledger last "
    "heard of them, and cannot be ended from here."
)

_LISTED: Final = 50
_SHOWN_ENDED: Final = timedelta(minutes=10)
"""Whoever ends a session here wants to see that it has ended."""

_WANTED: Final[Mapping[str, State]] = {"close": State.CLOSED, "cancel": State.CANCELLED}
_DONE: Final[Mapping[str, str]] = {"close": "takes no more jobs", "cancel": "is cancelled"}

Verb = Literal["close", "cancel"]


@dataclass(frozen=True)
class _Ended:
    """A session that was ended from here."""

    at: datetime
    info: SessionInfo


class ServerOverview:
    """Sessions of the ledger of this user, and of the account, for JupyterLab's page.

    It takes up no session: what it shows was read from the ledger, and told by the service in
    answers to single requests. So it works while a kernel is busy and after it has died, and no
    session becomes this process's. Any thread may call it; all but `look` may take long.
    """

    def __init__(self, root: str, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._account = AccountWatch(clock)
        self._ended: dict[str, _Ended] = {}
        self._written: set[str] = set()
        """The sessions whose end was written down."""

    def look(self, kernels: Iterable[ServedKernel], *, with_listing: bool) -> dict[str, Any]:
        """See how things stand, and have the account be asked if it is time to.

        Args:
            kernels: Those of this server.
            with_listing: Whether somebody wants to know of sessions that the ledger does not have.

        Returns:
            What `js/src/lab/wire.ts` reads.
        """
        noted = self._noted()
        self._account.ask_if_due(_paid(noted.values()), with_listing=with_listing)
        return self._sight(noted, kernels)

    def ask(self, kernels: Iterable[ServedKernel]) -> dict[str, Any]:
        """The same, with answers of the account that are new."""
        self._account.ask_now(_paid(self._noted().values()))
        return self._sight(self._noted(), kernels)

    def end(self, session_id: str, verb: Verb) -> str:
        """Close or cancel a session of IBM Quantum.

        Returns:
            What was done, in words.

        Raises:
            InvalidInputError: If that cannot be an id, if no session of this id is listed, or if it
                is a local one.
            QSessionError: If the service could not be told.
        """
        session_id = read_id("session_id", session_id)
        noted = self._noted()
        info = next((i for i in self._infos(noted) if i.session_id == session_id), None)
        if info is None:
            raise InvalidInputError(
                f"No session {shown(session_id)} is listed here. Refresh the list to see which are."
            )
        entry = noted.get(session_id)
        if entry is not None and entry.facts.kind == "local":
            raise InvalidInputError(
                f"Session {session_id} is a local one: it ends in its kernel, or with it."
            )
        session = self._paid_session(info, entry)
        self._account.end(session, _WANTED[verb], f"qsession {verb}, in JupyterLab")
        self._account.look_now(session)
        self._ended[session_id] = _Ended(self._clock.now(), info)
        return f"{info.mode.capitalize()} {info.name or session_id} {_DONE[verb]}."

    # --- what is known --------------------------------------------------------------------------

    def _noted(self) -> dict[str, SessionEntry]:
        """The ledger's sessions that are not known to have ended, newest first."""
        now = self._clock.now()
        return {
            entry.session_id: entry
            for entry in noted_sessions(ended=False)
            # No session lasts so long. Who has an account is told by that.
            if entry.facts.kind == "local" or now - entry.opened < LONGEST_SILENCE
        }

    def _infos(self, noted: Mapping[str, SessionEntry]) -> list[SessionInfo]:
        now, snapshots = self._clock.now(), self._account.snapshots
        ended_here = self._shown_ended(now)
        # Each that the ledger has is looked at, so that none need be left out for not being listed.
        told = AccountListing(tuple(self._account.listed.values()))
        found = elsewhere(told, ended=False, limit=_LISTED, entries=noted.values())
        listed = {
            str(info.session_id): info
            for info in found
            if not self._account.is_unknown(str(info.session_id))
        }
        for session_id, ended in ended_here.items():
            listed.setdefault(session_id, ended.info)
        infos = []
        for session_id, info in listed.items():
            seen = snapshots.get(session_id)
            known = info if seen is None else as_seen(info, seen, now)
            if known.ended is None or session_id in ended_here:
                infos.append(known)
        return infos

    def _shown_ended(self, now: datetime) -> dict[str, _Ended]:
        """Those that were ended here and are shown still. Other threads end some meanwhile."""
        ended = dict(self._ended)
        for session_id in [each for each, was in ended.items() if now - was.at >= _SHOWN_ENDED]:
            del ended[session_id]
            self._ended.pop(session_id, None)
        return ended

    def _paid_session(self, info: SessionInfo, entry: SessionEntry | None) -> PaidSession:
        session_id = str(info.session_id)
        listed = self._account.listed.get(session_id)
        instance = None if entry is None else entry.facts.instance
        instance = listed.instance if listed is not None else instance
        return PaidSession(session_id, instance, info.mode, info.backend or "?")

    def _write_down_ends(self, noted: Mapping[str, SessionEntry]) -> None:
        """Tell the ledger which sessions of dead kernels have ended: nobody else does."""
        ledger, snapshots = ledger_of_process(), self._account.snapshots
        if ledger is None:
            return
        for session_id in snapshots.keys() & noted.keys() - self._written:
            entry, seen = noted[session_id], snapshots[session_id]
            if not seen.state.is_terminal or entry.process.has_ended is not True:
                continue
            self._written.add(session_id)
            ledger.write_entry(
                replace(
                    entry,
                    state=seen.state,
                    ended=seen.ended or seen.now,
                    ended_reason=seen.ended_reason,
                    usage_s=seen.usage_s,
                )
            )

    # --- what a page reads ----------------------------------------------------------------------

    def _sight(
        self, noted: Mapping[str, SessionEntry], kernels: Iterable[ServedKernel]
    ) -> dict[str, Any]:
        self._write_down_ends(noted)
        now = self._clock.now()
        infos = self._infos(noted)
        known = self._known(infos, noted, kernels)
        entries = [encode_known(each, now, root=self._root) for each in known]
        has_paid = any(entry["is_paid"] and entry["is_open"] for entry in entries)
        problem = self._account.problem
        if has_paid and problem is None and self._account.has_no_account:
            problem = NO_ACCOUNT
        return {
            "version": WIRE_VERSION,
            "now_ms": milliseconds(now),
            "asked_ms": milliseconds(self._account.asked),
            "problem": problem,
            "clicks_wait": False,
            "entries": entries,
        }

    def _known(
        self,
        infos: Iterable[SessionInfo],
        noted: Mapping[str, SessionEntry],
        kernels: Iterable[ServedKernel],
    ) -> list[Known]:
        """The sessions, newest first, each with all that is known of it."""
        by_pid = {kernel.pid: kernel for kernel in kernels if kernel.pid is not None}
        snapshots = self._account.snapshots
        ledger = ledger_of_process()
        starts = (ledger and ledger.read(lambda file: first_starts(file, noted))) or {}
        found = [
            Known(
                Entry(session_id, info),
                noted.get(session_id),
                snapshots.get(session_id),
                by_pid.get(noted[session_id].process.pid) if session_id in noted else None,
                starts.get(session_id),
            )
            for info in infos
            if (session_id := str(info.session_id))
        ]
        return sorted(found, key=lambda known: known.entry.age)


def _paid(noted: Iterable[SessionEntry]) -> list[SessionEntry]:
    return [entry for entry in noted if entry.facts.kind == "ibm"]
