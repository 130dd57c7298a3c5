"""The state of the pretended service, with the steps that tests make it take.

It knows nothing of HTTP.
"""

from __future__ import annotations

from qsession.testing import ManualClock
from tests.cloud.records import Job
from tests.cloud.rules import ServiceRules
from tests.cloud.views import RAN_TOO_LONG


class ServiceState(ServiceRules):
    """Jobs and sessions of a pretended account, and a test's hand in their fate.

    Steps that end a job take its id, or take the job that runs.
    """

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        if not isinstance(self.clock, ManualClock):
            raise TypeError("The computer's clock cannot be advanced.")
        self.clock.advance(seconds)
        self.settle()

    def start_next_job(self, backend: str = "ibm_manila") -> Job:
        """Run the job that is next in the backend's queue."""
        with self.lock:
            self.settle()
            if (running := self.timeline.running(backend)) is not None:
                raise LookupError(f"{running.job_id} is running on {backend}; finish it first.")
            queue = self.timeline.queue(backend)
            if not queue:
                raise LookupError(f"No job is queued on {backend}.")
            self.timeline.start(queue[0], self.clock.now())
            return queue[0]

    def run_next_job(self, backend: str = "ibm_manila") -> Job:
        """Run the next job from its start to its completion."""
        with self.lock:
            return self.finish_job(self.start_next_job(backend).job_id)

    def finish_job(
        self,
        job_id: str | None = None,
        *,
        results: str | None = None,
        qpu_seconds: float | None = None,
    ) -> Job:
        """Complete the running job; without ``results`` they are worked out when asked for."""
        with self.lock:
            job = self._running_job(job_id)
            job.results = results
            self.timeline.finish(job, self.clock.now(), "Completed", qpu_seconds)
            return job

    def fail_job(
        self,
        traceback: str,
        job_id: str | None = None,
        *,
        reason: str | None = None,
        reason_code: int | None = None,
    ) -> Job:
        """Let the running job fail. The client finds the traceback in the results."""
        with self.lock:
            job = self._running_job(job_id)
            job.results, job.reason, job.reason_code = traceback, reason, reason_code
            self.timeline.finish(job, self.clock.now(), "Failed")
            return job

    def time_out_job(self, job_id: str | None = None) -> Job:
        """Let the running job exceed its maximum execution time."""
        with self.lock:
            job = self._running_job(job_id)
            job.results = ""
            job.reason, job.reason_code = "Job exceeded its maximum execution time.", RAN_TOO_LONG
            self.timeline.finish(job, self.clock.now(), "Cancelled")
            return job

    def settle_usage(self) -> None:
        """Settle the bills of the jobs that are done, where `Pace.bills_at_once` is False."""
        with self.lock:
            self.timeline.settle_usage()

    def _running_job(self, job_id: str | None) -> Job:
        self.settle()
        running = [job for job in self.timeline.jobs.values() if job.status == "Running"]
        for job in running:
            if job_id in (None, job.job_id):
                return job
        raise LookupError(f"No job {job_id or ''} is running.")
