"""The life of a session as a table of legal moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from qsession.errors import IllegalMoveError
from qsession.model.states import JobStatus, State

LEGAL_MOVES: Final[dict[tuple[State, State], str]] = {
    (State.NOT_STARTED, State.OPEN): "the first job was submitted, or it was opened at once",
    (State.NOT_STARTED, State.CLOSING): "closed while jobs of the one it continues were pending",
    (State.NOT_STARTED, State.CLOSED): "closed before any job",
    (State.NOT_STARTED, State.CANCELLED): "cancelled before any job",
    (State.OPEN, State.ACTIVE): "the first job started",
    (State.OPEN, State.CLOSING): "closed while jobs were queued",
    (State.OPEN, State.CLOSED): "closed without a pending job, or never used",
    (State.OPEN, State.CANCELLED): "cancelled before a job started",
    (State.OPEN, State.EXPIRED): "found expired when it was looked up",
    (State.ACTIVE, State.INACTIVE): "no job came within the interactive timeout",
    (State.ACTIVE, State.CLOSING): "closed while jobs were pending",
    (State.ACTIVE, State.CLOSED): "closed without a pending job",
    (State.ACTIVE, State.CANCELLED): "cancelled",
    (State.ACTIVE, State.EXPIRED): "max_time ran out",
    (State.INACTIVE, State.ACTIVE): "another job started",
    (State.INACTIVE, State.CLOSING): "closed while a job waited for the backend",
    (State.INACTIVE, State.CLOSED): "closed while nothing was pending",
    (State.INACTIVE, State.CANCELLED): "cancelled",
    (State.INACTIVE, State.EXPIRED): "max_time ran out",
    (State.CLOSING, State.CLOSED): "the last pending job ended",
    (State.CLOSING, State.CANCELLED): "cancelled instead of waiting",
    (State.CLOSING, State.EXPIRED): "max_time ran out before the last job",
}
"""Every legal move (from, to) and what brings it about. What is not here is an error."""


LEGAL_JOB_MOVES: Final = frozenset(
    {
        (JobStatus.QUEUED, JobStatus.RUNNING),
        (JobStatus.QUEUED, JobStatus.CANCELLED),
        # Refused, or ended between two looks.
        (JobStatus.QUEUED, JobStatus.ERROR),
        (JobStatus.RUNNING, JobStatus.DONE),
        (JobStatus.RUNNING, JobStatus.ERROR),
        (JobStatus.RUNNING, JobStatus.CANCELLED),
    }
)
"""Every legal move (from, to) of a job."""


@dataclass(frozen=True, slots=True)
class Step:
    """One state that a session came into."""

    at: datetime
    state: State
    reason: str | None


@dataclass(slots=True)
class Lifecycle:
    """The states that one session went through, the last one being where it stands."""

    state: State = State.NOT_STARTED
    history: list[Step] = field(default_factory=list)

    def move(self, to: State, at: datetime, reason: str | None = None) -> None:
        """Enter a state.

        Raises:
            IllegalMoveError: If the table does not allow it; nothing has changed then.
        """
        if (self.state, to) not in LEGAL_MOVES:
            story = " → ".join([State.NOT_STARTED, *(step.state for step in self.history)])
            raise IllegalMoveError(
                f"A session cannot go from {self.state} to {to} (so far: {story})."
            )
        self.state = to
        self.history.append(Step(at, to, reason))
