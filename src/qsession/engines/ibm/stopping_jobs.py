"""Has the service cancel the jobs that run in a session, until they are seen to: `StoppingJobs`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from qsession.engines.ibm.refusals import is_conflict
from qsession.model.states import JobStatus

if TYPE_CHECKING:
    from qsession.compat.service_line import Line
    from qsession.engines.journal import Journal

_PAUSE_S = 2
"""Between two requests to cancel one job."""


class StoppingJobs:
    """The running jobs that are to be cancelled with their session, and when each was asked last.

    A job that was queued when the session was cancelled may have begun before the request arrived,
    so that there can be new ones at each look. All methods are called under the journal's lock, but
    `stop`, which sends a request.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._is_wanted = False
        self._due: dict[str, datetime] = {}
        """The time of the next request for each job."""

    def begin(self) -> None:
        """Cancel all that run from now on, each at once."""
        self._is_wanted = True
        self._due.clear()

    def owed(self) -> dict[str, datetime]:
        """Return the jobs that are seen to run still, with the time of their next request."""
        if not self._is_wanted or not self._journal.state.counts[JobStatus.RUNNING]:
            return {}
        now = self._journal.clock.now()
        jobs = self._journal.state.jobs.values()
        running = [job.job_id for job in jobs if job.status is JobStatus.RUNNING]
        self._due = {each: self._due.get(each, now) for each in running}
        return dict(self._due)

    def note_request(self, job_id: str) -> None:
        """The service is told to cancel a job: not again for a while."""
        with self._journal.lock:
            self._due[job_id] = self._journal.clock.now() + timedelta(seconds=_PAUSE_S)

    def stop(self, job_id: str, line: Line) -> None:
        """Tell the service to cancel a job; what the request raises is raised."""
        self.note_request(job_id)
        try:
            line.cancel_job(job_id)
        except Exception as error:
            if not is_conflict(error):  # else it has ended, and nobody has looked yet
                raise
