"""The ledger's entries of sessions and jobs: `SessionFacts`, `SessionEntry`, `lost`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from qsession.ledger.processes import Process, this_process
from qsession.model.job import JobRecord
from qsession.model.states import JobStatus, State

if TYPE_CHECKING:
    from qsession.model.session_state import Mode

Kind = Literal["local", "ibm"]
"""The runner of a session: its own process, or IBM Quantum."""

PROCESS_ENDED: Final = "its process ended"
"""Why a local session ended that nobody closed."""

LOST: Final = "Lost: its process ended before the job did."
"""The error of a job that ended with the process that ran it."""

LONGEST_SILENCE: Final = timedelta(days=1)
"""A local session lasts for hours: after this time without a word, its process is gone, even if it
ran on a computer that cannot be asked."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """Facts of a session that are known before it opens; only its name may change."""

    kind: Kind
    backend: str
    mode: Mode
    name: str | None = None
    instance: str | None = None
    max_time_s: int | None = None


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session as the ledger last heard of it. Times are UTC.

    Attributes:
        session_id: Its id.
        facts: What was known before it was opened.
        state: Where it stood.
        opened: When it was opened.
        ended: When it ended, None if it was not heard of.
        ended_reason: Why, in words.
        usage_s: Its usage when its state last changed, in seconds.
        process: The process that wrote this.
        notebook: The notebook that the process belonged to, where that is known.
        seen: When this was written.
        jobs: How many jobs it has.
    """

    session_id: str
    facts: SessionFacts
    state: State
    opened: datetime
    ended: datetime | None
    ended_reason: str | None
    usage_s: float
    process: Process
    notebook: str | None
    seen: datetime
    jobs: int

    def is_lost(self, now: datetime) -> bool:
        """Return True if the session's process or object is gone without having recorded an end.

        Of sessions of this process, ask only for those that it does not hold.
        """
        if self.facts.kind != "local" or self.ended is not None:
            return False
        if self.process == this_process():
            return True
        gone = self.process.has_ended
        return now - self.seen > LONGEST_SILENCE if gone is None else gone

    def closed(self, at: datetime) -> SessionEntry:
        """A lost session as it is from now on."""
        return replace(self, state=State.CLOSED, ended=at, ended_reason=PROCESS_ENDED)


def lost(record: JobRecord, at: datetime) -> JobRecord:
    """A job that nobody ran to its end."""
    return replace(record, status=JobStatus.ERROR, finished=at, error=LOST)
