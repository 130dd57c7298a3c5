"""Keeps the expectation values of results that pass by, for the trend over jobs: `note_result`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession.model.events import JobMeasured
from qsession.summaries import expectation_values

if TYPE_CHECKING:
    from qsession.engines.base import Journal


def note_result(journal: Journal, job_id: str, result: object) -> None:
    """Keep the first expectation values of a result with its job; other results change nothing."""
    values = expectation_values(result)
    with journal.lock:
        record = journal.state.jobs.get(job_id)
        if record is not None and values and record.values != values:
            journal.record(JobMeasured(journal.clock.now(), job_id, values))
