"""A record of the jobs that a block of code submits: `submissions_noted`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_noted: ContextVar[set[str] | None] = ContextVar("qsession_submissions", default=None)


@contextmanager
def submissions_noted(job_ids: set[str]) -> Iterator[None]:
    """Put the id of each job that the block submits into a set, before its handle is returned.

    What other threads submit meanwhile is not among them.
    """
    token = _noted.set(job_ids)
    try:
        yield
    finally:
        _noted.reset(token)


def note_submission(job_id: str) -> None:
    """Say that a job was submitted; for the engines."""
    job_ids = _noted.get()
    if job_ids is not None:
        job_ids.add(job_id)
