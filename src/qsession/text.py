"""A session in plain text."""

from __future__ import annotations

from qsession.model.durations import format_duration
from qsession.model.snapshot import SessionSnapshot
from qsession.model.states import JobStatus

_COUNTED = (
    (JobStatus.RUNNING, "running"),
    (JobStatus.QUEUED, "queued"),
    (JobStatus.DONE, "done"),
    (JobStatus.ERROR, "failed"),
    (JobStatus.CANCELLED, "cancelled"),
)


def session_line(snapshot: SessionSnapshot) -> str:
    """One line, such as ``<Session 'a' 7b2e on fake_manila: In progress, 29m left, no jobs>``."""
    parts = [snapshot.mode.capitalize()]
    if snapshot.name:
        parts.append(repr(snapshot.name))
    if snapshot.session_id:
        parts.append(snapshot.session_id)
    facts = [snapshot.state.label, time_words(snapshot), jobs_words(snapshot)]
    return f"<{' '.join(parts)} on {snapshot.backend}: {', '.join(filter(None, facts))}>"


def time_words(snapshot: SessionSnapshot) -> str:
    """What is left of ``max_time``, or how the session ended."""
    if snapshot.state.is_terminal:
        return snapshot.ended_reason or ""
    if snapshot.remaining_s is not None:
        return f"{format_duration(snapshot.remaining_s)} left"
    return f"max_time {format_duration(snapshot.limit_s)}" if snapshot.limit_s else ""


def jobs_words(snapshot: SessionSnapshot) -> str:
    """How many jobs, and how they stand: ``3 jobs (1 running, 2 done)``."""
    total = sum(snapshot.counts.values())
    counted = [
        f"{snapshot.counts[status]} {word}" for status, word in _COUNTED if snapshot.counts[status]
    ]
    jobs = "1 job" if total == 1 else f"{total or 'no'} jobs"
    return f"{jobs} ({', '.join(counted)})" if counted else jobs
