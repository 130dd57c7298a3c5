"""What the pretended service remembers of jobs and sessions. Pure data; `views` shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from tests.cloud.instances import Instance

JobStatus = Literal["Queued", "Running", "Completed", "Failed", "Cancelled"]
SessionState = Literal["open", "active", "inactive", "closed"]
Mode = Literal["dedicated", "batch"]

PENDING: tuple[JobStatus, ...] = ("Queued", "Running")


@dataclass
class Job:
    """A job as the service knows it."""

    job_id: str
    instance: Instance
    backend: str
    program_id: str
    params: dict[str, Any]
    """As they came in, not decoded."""
    created: datetime
    session_id: str | None = None
    tags: list[str] = field(default_factory=list)
    cost: int = 10800
    private: bool = False
    runtime: str | None = None
    status: JobStatus = "Queued"
    reason: str | None = None
    reason_code: int | None = None
    reason_solution: str | None = None
    started: datetime | None = None
    finished: datetime | None = None
    qpu_seconds: float = 0.0
    billed: bool = False
    """Whether the usage is settled; until then clients are told that it is pending."""
    results: str | None = None
    """The text of the results; None until they are worked out or set."""
    results_were_read: bool = False

    @property
    def ran(self) -> tuple[datetime, datetime]:
        """When it ran; one that never did ran when it was submitted."""
        start = self.started or self.created
        return start, self.finished or start

    @property
    def pending(self) -> bool:
        """Whether it is queued or running."""
        return self.status in PENDING


@dataclass
class CloudSession:
    """A session or batch as the service knows it."""

    session_id: str
    instance: Instance
    mode: Mode
    backend: str | None
    max_ttl: int
    interactive_ttl: int
    created: datetime
    state: SessionState = "open"
    state_reason: str | None = None
    accepting_jobs: bool = True
    cancelled: bool = False
    started_at: datetime | None = None
    activated_at: datetime | None = None
    closed_at: datetime | None = None
    last_job_started: datetime | None = None
    last_job_completed: datetime | None = None
    idle_since: datetime | None = None
    """Since when no job is queued or running, while it is active."""
    history: list[tuple[SessionState, datetime]] = field(default_factory=list)
    spans: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    """When it held the backend; the end of the last is None while it does."""

    def __post_init__(self) -> None:
        self.history.append(("open", self.created))

    def move(self, state: SessionState, at: datetime) -> None:
        """Enter a state, and remember when."""
        self.state = state
        self.history.append((state, at))

    @property
    def holds_backend(self) -> bool:
        """Whether time is being used."""
        return bool(self.spans) and self.spans[-1][1] is None

    def hold_backend(self, at: datetime) -> None:
        """Begin to use time, unless it already does."""
        if not self.holds_backend:
            self.spans.append((at, None))

    def leave_backend(self, at: datetime) -> None:
        """Stop to use time."""
        if self.holds_backend:
            self.spans[-1] = (self.spans[-1][0], at)

    def held_seconds(self, now: datetime) -> float:
        """For how long it held the backend."""
        spans = (max(end or now, start) - start for start, end in self.spans)
        return sum(spans, timedelta()).total_seconds()
