"""The IBM engine: carries out a session on IBM Quantum through IBM's own client."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar

from qsession.engines.ibm.counts_job import CountsJob
from qsession.engines.ibm.labels import Label, label_of
from qsession.engines.ibm.monitor import Monitor
from qsession.engines.ibm.refusals import may_have_arrived, refusal
from qsession.engines.ibm.resubmitting import Submission
from qsession.errors import QSessionError, UnknownJobError
from qsession.ibm_client import client_side_primitives
from qsession.ibm_service import Line, client_of
from qsession.model.events import JobDescribed, JobQueued, SessionMoved, SessionOpened
from qsession.model.records import JobRecord
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus, State

if TYPE_CHECKING:
    from datetime import datetime

    from qiskit import QuantumCircuit
    from qiskit_ibm_runtime import IBMBackend

    from qsession.engines.base import Job, Journal
    from qsession.pubs import PubRequest

_IBM_MODES = {"session": "dedicated", "batch": "batch"}


class IBMEngine:
    """Runs a session or batch of IBM Quantum.

    What people do is done by the user's own service, in the calling thread; what the view shows is
    looked up by a `Monitor` with a connection of its own.
    """

    longest_max_time_s: ClassVar[int] = 2**31 - 1
    """The API's bound; the plan's is known to the service, which refuses what is over it."""

    can_cancel_running = True

    def __init__(self, backend: IBMBackend, journal: Journal) -> None:
        self.service = backend.service
        self._backend = backend
        self._instance: str | None = backend._instance  # noqa: SLF001 - as IBM's Session reads it
        self._journal = journal
        self._jobs: dict[str, Job] = {}
        self._submissions: dict[str, Submission] = {}
        self._opening = threading.Lock()
        self._wanted: State | None = None
        self._line: Line | None = None
        self._monitor: Monitor | None = None
        self._name: ContextVar[str | None] = ContextVar("qsession_job_name", default=None)

    @classmethod
    def limits(cls, max_time_s: int | None) -> Limits:
        """What is known before the service has said more."""
        return Limits(max_time_s=max_time_s, interactive_timeout_s=None)

    # --- opening --------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the session at the service, once."""
        with self._opening:
            with self._journal.lock:
                self._journal.require_accepting_jobs()
                if self._journal.state.state is not State.NOT_STARTED:
                    return
            max_time_s = self._journal.state.limits.max_time_s
            mode = self._journal.state.mode
            with self._refused(f"open a {mode} on {self._backend.name}", max_time_s):
                raw = client_of(self.service, self._instance).create_session(
                    self._backend.name, self._instance, max_time_s, _IBM_MODES[mode]
                )
            self._begin(str(raw["id"]))

    def attach(self, session_id: str) -> None:
        """Take up a session that exists, and learn all that the service knows of it."""
        monitor = self._begin(session_id)
        monitor.look()
        monitor.start()

    def _begin(self, session_id: str) -> Monitor:
        self._journal.record(SessionOpened(self._now(), session_id))
        self._line = Line(self.service, self._instance, self._journal.clock)
        self._monitor = Monitor(self._line, self._journal, self._retry_ending)
        return self._monitor

    # --- running --------------------------------------------------------------------------------

    def run_pubs(self, request: PubRequest, mode: Any) -> Job:
        """Submit PUBs with the primitives that IBM recommends."""
        sampler, estimator = client_side_primitives()
        primitive_class = sampler if request.program == "sampler" else estimator
        primitive = primitive_class(mode=mode, options=dict(request.options))
        token = self._name.set(request.name or request.pubs[0].circuit.name)
        try:
            return primitive.run(list(request.pubs))
        finally:
            self._name.reset(token)

    def run_circuits(
        self,
        circuits: Sequence[QuantumCircuit],
        run_options: Mapping[str, Any],
        name: str | None,
        mode: Any,
    ) -> Job:
        """Submit circuits to the sampler: the service no longer runs circuits otherwise."""
        sampler, _ = client_side_primitives()
        token = self._name.set(name or circuits[0].name)
        try:
            job = sampler(mode=mode).run(list(circuits), shots=run_options.get("shots"))
        finally:
            self._name.reset(token)
        return CountsJob(job, circuits)

    def run_program(
        self, program_id: str, inputs: Mapping[str, Any], options: Mapping[str, Any], **extra: Any
    ) -> Job:
        """Submit what a primitive hands over, through IBM's own path."""
        submission = Submission(program_id, dict(inputs), dict(options), extra)
        return self._submit(submission, label_of(program_id, inputs, options, self._name.get()))

    def run_again(self, job_id: str, *, shots: int | None = None) -> Job:
        """Submit the work of a job that was submitted here once more."""
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
        return self._submit(submission, label)

    def _submit(self, submission: Submission, label: Label) -> Job:
        self.open()
        session_id = self._journal.state.session_id
        with self._refused(f"submit a job to session {session_id}"):
            job = submission.send(self.service, self._backend, self._instance, session_id)
        self._keep(job, submission, label)
        return job

    def _keep(self, job: Job, submission: Submission, label: Label) -> None:
        job_id = job.job_id()
        now = self._now()
        with self._journal.lock:
            self._jobs[job_id] = job
            self._submissions[job_id] = submission
            if job_id not in self._journal.state.jobs:  # the monitor may have been quicker
                record = JobRecord(job_id, label.name, label.primitive, JobStatus.QUEUED, now)
                self._journal.record(JobQueued(now, record))
            self._journal.record(
                JobDescribed(now, job_id, label.name, label.primitive, label.shots, label.tags)
            )
        self._watch()

    def job(self, job_id: str) -> Job | None:
        """The live job; one that was submitted elsewhere is fetched from the service."""
        job = self._jobs.get(job_id)
        if job is None and job_id in self._journal.state.jobs:
            with self._refused(f"fetch job {job_id}"):
                job = self._jobs[job_id] = self.service.job(job_id)
        return job

    def cancel_job(self, job_id: str) -> bool:
        """Ask the service to cancel a job, queued or running."""
        record = self._journal.state.jobs.get(job_id)
        if record is None or record.status.is_final:
            return False
        with self._refused(f"cancel job {job_id}"):
            client_of(self.service, self._instance).job_cancel(job_id)
        self._watch()
        return True

    # --- ending ---------------------------------------------------------------------------------

    def cancel(self, reason: str) -> None:
        """End the session: the service cancels queued jobs, the running one finishes."""
        self._end(State.CANCELLED, reason)

    def close(self, reason: str) -> None:
        """Take no new jobs; the service ends the session with the last one it has."""
        self._end(State.CLOSED, reason)

    def _end(self, wanted: State, reason: str) -> None:
        with self._journal.lock:
            state = self._journal.state
            if state.state.is_terminal:
                return
            if state.session_id is None:
                self._journal.record(SessionMoved(self._now(), wanted, reason))
                return
            # A cancel is not taken back by the close of a with block around it.
            self._wanted = State.CANCELLED if self._wanted is State.CANCELLED else wanted
            if state.state is not State.CLOSING:
                self._journal.record(SessionMoved(self._now(), State.CLOSING, reason))
        try:
            with self._refused(f"{'cancel' if wanted is State.CANCELLED else 'close'} the session"):
                self._send_ending()
        finally:
            self._watch()

    def _send_ending(self) -> None:
        """Tell the service what is wanted; it stays wanted until the service has heard it."""
        session_id, wanted = self._journal.state.session_id, self._wanted
        if session_id is None or wanted is None or self._line is None or self._monitor is None:
            return
        # Not with the user's client, which may wait without end: ending is urgent.
        if wanted is State.CANCELLED:
            self._line.cancel_session(session_id)
            self._monitor.was_cancelled_here = True
        else:
            self._line.close_session(session_id)
        if self._wanted is wanted:
            self._wanted = None

    def _retry_ending(self) -> None:
        """Before each look: an ending that the service has not heard yet is sent again."""
        if self._wanted is not None and not self._journal.state.state.is_terminal:
            self._send_ending()

    # --- telling --------------------------------------------------------------------------------

    def details(self) -> dict[str, Any] | None:
        """Ask the service, as IBM's ``Session.details()`` does."""
        session_id = self._journal.state.session_id
        if session_id is None:
            return None
        with self._refused(f"look up session {session_id}"):
            raw = client_of(self.service, self._instance).session_details(session_id)
        return {name: raw.get(told, default) for name, (told, default) in _DETAILS.items()}

    def _watch(self) -> None:
        if self._monitor is not None:
            self._monitor.start()
            self._monitor.look_now()

    @contextmanager
    def _refused(self, doing: str, max_time_s: int | None = None) -> Iterator[None]:
        """Turn what the client raises into an error of ours, with IBM's as its cause."""
        try:
            yield
        except QSessionError:
            raise
        except Exception as error:
            if may_have_arrived(error):
                # If it did, the listing shows it.
                self._watch()
            raise refusal(error, doing, max_time_s=max_time_s) from error

    def _now(self) -> datetime:
        return self._journal.clock.now()


_DETAILS: dict[str, tuple[str, Any]] = {
    "id": ("id", None),
    "backend_name": ("backend_name", None),
    "interactive_timeout": ("interactive_ttl", None),
    "max_time": ("max_ttl", None),
    "active_timeout": ("active_ttl", None),
    "state": ("state", None),
    "accepting_jobs": ("accepting_jobs", None),
    "last_job_started": ("last_job_started", None),
    "last_job_completed": ("last_job_completed", None),
    "started_at": ("started_at", None),
    "closed_at": ("closed_at", None),
    "activated_at": ("activated_at", None),
    "mode": ("mode", None),
    "usage_time": ("elapsed_time", None),
    "timestamps": ("timestamps", []),
}
"""IBM's names in ``details()``, the API's, and what stands for a missing one."""
