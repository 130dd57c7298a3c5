"""The states of a session and of a job, and the words that people see for them."""

from __future__ import annotations

from enum import Enum, StrEnum


class State(StrEnum):
    """The state of a session. The values are those of the ``state`` trait."""

    NOT_STARTED = "not-started"
    """No job has been submitted and nothing has been opened."""
    OPEN = "open"
    """It has an id and waits for its first job to start."""
    ACTIVE = "active"
    """Its first job has started: it runs jobs or holds the backend waiting for the next one."""
    INACTIVE = "inactive"
    """No job came within the interactive timeout; the next one makes it active again."""
    CLOSING = "closing"
    """It takes no new jobs; the ones it has run to their end."""
    CLOSED = "closed"
    """It was closed, and its jobs have ended."""
    CANCELLED = "cancelled"
    """It was cancelled: queued jobs are gone, one that was running may finish."""
    EXPIRED = "expired"
    """Its ``max_time`` ran out."""

    @property
    def label(self) -> str:
        """The word that people see."""
        return _LABELS[self]

    @property
    def is_terminal(self) -> bool:
        """True if no other state can follow."""
        return self in _TERMINAL

    @property
    def accepts_jobs(self) -> bool:
        """True if a job may be submitted in this state."""
        return not self.is_terminal and self is not State.CLOSING


_TERMINAL = frozenset({State.CLOSED, State.CANCELLED, State.EXPIRED})
_LABELS = {
    State.NOT_STARTED: "Not started",
    State.OPEN: "Pending",
    State.ACTIVE: "In progress",
    State.INACTIVE: "Pending",
    State.CLOSING: "Closing",
    State.CLOSED: "Closed",
    State.CANCELLED: "Cancelled",
    State.EXPIRED: "Expired",
}


class JobStatus(StrEnum):
    """The status of a job, in IBM's words.

    IBM's client says this with strings for jobs in the cloud and with Qiskit's enum for local ones.
    A member equals both, so that a program written for either reads it.
    """

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    ERROR = "ERROR"

    @property
    def is_final(self) -> bool:
        """True if the job has ended."""
        return self in _FINAL

    def __eq__(self, other: object) -> bool:
        """Equal to the string and to Qiskit's member of the same name."""
        if isinstance(other, Enum) and not isinstance(other, str):
            return self.name == other.name
        return str.__eq__(self, other) if isinstance(other, str) else NotImplemented

    def __ne__(self, other: object) -> bool:
        """The opposite; `str` brings one of its own, which knows nothing of Qiskit's enum."""
        return not self == other

    __hash__ = str.__hash__


_FINAL = frozenset({JobStatus.DONE, JobStatus.CANCELLED, JobStatus.ERROR})
"""In a tuple each would be compared."""


class ProblemKind(Enum):
    """The subject of a problem, most urgent first. A session has at most one of each."""

    ENDING = "ending"
    """The session is to end, and the service does not end it: it goes on, and costs."""
    SERVICE = "service"
    """The service cannot be asked how the session stands."""
    OBSERVER = "observer"
    """Code that was to be told of changes has failed."""
