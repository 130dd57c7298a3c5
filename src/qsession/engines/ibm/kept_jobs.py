"""The jobs that were submitted or fetched here, and what they were to run: `KeptJobs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession.engines.ibm.submission import label_of
from qsession.errors import UnknownJobError
from qsession.model.events import JobDescribed, JobQueued
from qsession.model.job import JobRecord
from qsession.model.states import JobStatus
from qsession.model.submissions import note_submission

if TYPE_CHECKING:
    from qsession.engines.base import Job
    from qsession.engines.ibm.submission import Label, Submission
    from qsession.engines.journal import Journal


class KeptJobs:
    """Handles by the ids of their jobs, and the submissions by which they can be run again."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.handles: dict[str, Job] = {}
        self._submissions: dict[str, Submission] = {}

    def continued(self, journal: Journal) -> KeptJobs:
        """Those of the session that continues this one."""
        kept = KeptJobs(journal)
        kept.handles = dict(self.handles)
        kept._submissions = dict(self._submissions)
        return kept

    def add(self, job: Job, submission: Submission, label: Label) -> None:
        """Keep a job that was submitted, and record what the service's listings leave out."""
        job_id = job.job_id()
        note_submission(job_id)
        now = self._journal.clock.now()
        with self._journal.lock:
            self.handles[job_id] = job
            self._submissions[job_id] = submission
            if job_id not in self._journal.state.jobs:  # the monitor may have been quicker
                record = JobRecord(
                    job_id,
                    label.name,
                    label.primitive,
                    JobStatus.QUEUED,
                    now,
                    are_times_estimated=True,
                )
                self._journal.record(JobQueued(now, record))
            self._journal.record(
                JobDescribed(now, job_id, label.name, label.primitive, label.shots, label.tags)
            )

    def again(self, job_id: str, shots: int | None) -> tuple[Submission, Label]:
        """The submission that runs a job once more, and its label.

        Raises:
            UnknownJobError: If it was not submitted here.
            InvalidInputError: If other shots do not apply to it.
        """
        submission = self._submissions.get(job_id)
        if submission is None:
            raise UnknownJobError(
                f"Job {job_id!r} was not submitted by this session object, so what it ran is not "
                "known here. Run the circuit again instead."
            )
        if shots is not None:
            submission = submission.with_shots(shots)
        name = self._journal.state.jobs[job_id].name
        label = label_of(submission.program_id, submission.inputs, submission.options, name)
        return submission, label
