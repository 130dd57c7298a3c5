"""Thousands of jobs without running one: what an engine would report of them.

Browser tests and benchmarks import this in a kernel, too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from qsession.model.events import (
    JobFinished,
    JobQueued,
    JobStarted,
    SessionMoved,
    SessionOpened,
)
from qsession.model.job import JobRecord
from qsession.model.states import JobStatus, State
from qsession.session.registry import core_of

if TYPE_CHECKING:
    from qsession import Session
    from qsession.model.events import Event

NAMES = ("ansatz", "bell", "ghz state preparation", "qaoa layer 3")


def job_id(number: int) -> str:
    """The id of a job by its number, the oldest being 0."""
    return f"{number * 7919 % 1_000_003:08x}-0b5e-4c55-9f0e-{number:012}"


def report_jobs(session: Session, count: int, *, waiting: int = 0) -> None:
    """Report jobs, a second apart, all of them done but the newest ones, which wait."""
    journal = core_of(session).journal
    now = journal.clock.now()
    if session.session_id is None:
        journal.record(SessionOpened(now, job_id(0)), SessionMoved(now, State.ACTIVE))
    events: list[Event] = []
    for number in range(count):
        created = now - timedelta(seconds=count - number)
        events.append(JobQueued(created, _record(number, created)))
        if number < count - waiting:
            events += (JobStarted(created, job_id(number)), _finished(created, number))
    journal.record(*events)


def start_job(session: Session, number: int) -> None:
    """Report that a job that waits has started."""
    journal = core_of(session).journal
    journal.record(JobStarted(journal.clock.now(), job_id(number)))


def finish_job(session: Session, number: int) -> None:
    """Report that a job that runs is done."""
    journal = core_of(session).journal
    journal.record(_finished(journal.clock.now(), number))


def cancel_jobs(session: Session, numbers: range) -> None:
    """Report, all at once, that jobs that wait are cancelled."""
    journal = core_of(session).journal
    now = journal.clock.now()
    reason = "Cancelled by the user."
    journal.record(
        *(JobFinished(now, job_id(number), JobStatus.CANCELLED, reason) for number in numbers)
    )


def _record(number: int, created: datetime) -> JobRecord:
    return JobRecord(
        job_id(number),
        f"{NAMES[number % len(NAMES)]} {number}",
        "estimator" if number % 2 else "sampler",
        JobStatus.QUEUED,
        created,
        shots=None if number % 2 else 4096,
        tags=("night", "h2") if number % 5 == 0 else (),
    )


def _finished(at: datetime, number: int) -> JobFinished:
    if number % 17 == 16:
        return JobFinished(at, job_id(number), JobStatus.ERROR, "AerError: too many qubits")
    return JobFinished(at, job_id(number), JobStatus.DONE, qpu_seconds=0.25)
