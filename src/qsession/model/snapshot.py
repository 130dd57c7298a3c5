"""A session at one moment, as its views draw it: `SessionSnapshot`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from qsession.model.backend_status import BackendStatus
from qsession.model.bill import Bill, Budget, Price, Quota
from qsession.model.session_state import Mode, SessionState
from qsession.model.states import JobStatus, State


@dataclass(frozen=True, slots=True)
class WorkLabel:
    """The label of work that the Run button offers: a named program, or the last work again."""

    name: str
    primitive: str
    shots: int | None = None
    precision: float | None = None
    parameters: tuple[tuple[str, float | None], ...] = ()
    """Names of the parameters that a person may set, with the values they have if they have one."""


@dataclass(frozen=True, slots=True)
class SessionSnapshot:
    """Everything a view shows of a session but its jobs. Times are UTC, spans seconds."""

    state: State
    session_id: str | None
    """None before it is opened."""
    name: str | None
    backend: str
    mode: Mode
    max_time_s: int | None
    """As the user asked for it; None if not."""
    limit_s: int | None
    """The limit that holds, in seconds: the one that was asked for, or the system's."""
    interactive_timeout_s: int | None
    """The idle time after which it is deactivated; None if it is not known, or there is none."""
    now: datetime
    """The time at which the picture was taken."""
    opened: datetime | None
    """The time at which it got its id."""
    started: datetime | None
    """The time at which its first job started; ``max_time`` runs from here."""
    expires: datetime | None
    """The time at which ``max_time`` runs out."""
    idle_since: datetime | None
    idle_until: datetime | None
    """The time at which it will be deactivated; None unless it is idle."""
    ended: datetime | None
    ended_reason: str | None
    """The reason in words, such as who closed it."""
    remaining_s: float | None
    """The time left of ``max_time``; None before the first job started."""
    usage_s: float
    """Usage as IBM counts it."""
    usage_runs: bool
    """True while time that passes is counted as usage."""
    qpu_s: float
    """The time that its jobs spent on the QPU or in the simulator."""
    counts: Mapping[JobStatus, int]
    """The number of jobs in each status."""
    programs: tuple[WorkLabel, ...]
    last_work: WorkLabel | None
    """The work of the newest job, which can be run again; None if it has none."""
    can_cancel_running: bool
    """True if a running job can be stopped."""
    is_paid: bool
    """True if the time of its backend is charged."""
    queue: BackendStatus | None
    """The queue of the backend while the session waits in it; None if it does not, or none says."""
    quota: Quota | None
    price: Price | None
    budget: Budget
    stale_since: datetime | None
    error: str | None

    @property
    def bill(self) -> Bill:
        """Its usage and its cost."""
        return Bill(self.usage_s, self.qpu_s, self.price, self.quota, self.is_paid)

    @classmethod
    def of(  # noqa: PLR0913 - each is a fact that the state does not hold
        cls,
        state: SessionState,
        now: datetime,
        *,
        name: str | None,
        backend: str,
        max_time_s: int | None,
        programs: tuple[WorkLabel, ...],
        can_cancel_running: bool,
        is_paid: bool = False,
    ) -> SessionSnapshot:
        """Take the picture; the caller holds the lock that guards ``state``.

        Args:
            state: The truth about the session.
            now: The present time (UTC).
            name: The word for people that the session was given.
            backend: The name of its backend.
            max_time_s: The ``max_time`` it was given, in seconds.
            programs: The work that is kept for the Run button.
            can_cancel_running: Whether a running job can be stopped.
            is_paid: Whether the time of the backend is charged.
        """
        return cls(
            state=state.state,
            session_id=state.session_id,
            name=name,
            backend=backend,
            mode=state.mode,
            max_time_s=max_time_s,
            limit_s=state.limits.max_time_s,
            interactive_timeout_s=state.limits.interactive_timeout_s,
            now=now,
            opened=state.opened,
            started=state.started,
            expires=state.expires,
            idle_since=state.idle_since,
            idle_until=state.idle_until,
            ended=state.ended,
            ended_reason=state.ended_reason,
            remaining_s=state.remaining(now),
            usage_s=state.total_usage_seconds(now),
            usage_runs=state.usage_runs,
            qpu_s=state.qpu_seconds,
            counts={status: state.counts[status] for status in JobStatus},
            programs=programs,
            last_work=_last_work(state),
            can_cancel_running=can_cancel_running,
            is_paid=is_paid,
            queue=state.backend_status if state.waits_for_backend else None,
            quota=state.quota,
            price=state.price,
            budget=state.budget,
            stale_since=state.stale_since,
            error=state.error,
        )


def _last_work(state: SessionState) -> WorkLabel | None:
    if not state.jobs:
        return None
    record = state.jobs[next(reversed(state.jobs))]
    return WorkLabel(record.name or record.job_id, record.primitive, record.shots)
