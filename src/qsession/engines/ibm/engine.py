"""The IBM engine: carries out a session on IBM Quantum through IBM's own client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from qsession.client_errors import ServiceError, SessionEndedError
from qsession.compat.ibm_service import (
    active_instance_kept,
    answers_awaited_for_a_while,
    client_of,
    know_secrets_of_service,
)
from qsession.compat.service_line import Line
from qsession.engines.base import RunningOptions, SimulationCounts
from qsession.engines.ibm.closing import Ending
from qsession.engines.ibm.forecasting import forecast_for, length_for, note_forecast
from qsession.engines.ibm.jobs import CountsJob, awaitable
from qsession.engines.ibm.kept_jobs import KeptJobs
from qsession.engines.ibm.monitor import Monitor
from qsession.engines.ibm.quota import QuotaLookup
from qsession.engines.ibm.reading import ServerTime
from qsession.engines.ibm.refusals import is_conflict, may_have_arrived, refusal
from qsession.engines.ibm.submission import (
    Label,
    Submission,
    circuit_length_on_the_way,
    label_of,
    name_on_the_way,
    submit_circuits,
    submit_pubs,
)
from qsession.engines.ibm.supplements import Supplements
from qsession.engines.ibm.wire import details_of, opened_at
from qsession.errors import InvalidInputError, QSessionError
from qsession.model.events import SessionOpened
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus, State
from qsession.redaction.errors import ErrorsWithoutSecrets, without_secrets
from qsession.redaction.secrets import redacted_tree

if TYPE_CHECKING:
    from datetime import datetime

    from qiskit import QuantumCircuit
    from qiskit_ibm_runtime import IBMBackend

    from qsession.circuits.pubs import PubRequest
    from qsession.engines.base import Job
    from qsession.engines.journal import Journal

_IBM_MODES = {"session": "dedicated", "batch": "batch"}

_IF_IT_WAS_OPENED = (
    "If it was opened all the same, sessions() lists it; without a job it costs nothing, and the "
    "service closes it after 30 minutes."
)


class IBMEngine:
    """Runs a session or batch of IBM Quantum.

    What people do is done by the user's own service, in the calling thread; what the view shows is
    looked up by a `Monitor` with a connection of its own.
    """

    longest_max_time_s: ClassVar[int] = 2**31 - 1
    """The API's bound; the plan's is known to the service, which refuses what is over it."""

    can_cancel_running = True
    goes_on_in_forks = False
    outlives_process: ClassVar[bool] = True
    is_paid = True

    simulation_counts = SimulationCounts()

    def __init__(
        self, backend: IBMBackend, journal: Journal, running: RunningOptions | None = None
    ) -> None:
        if running not in (None, RunningOptions()):
            raise InvalidInputError(
                f"executor, parallel and memory_limit are for local backends; {backend.name} runs "
                "its jobs on IBM Quantum."
            )
        self.service = backend.service
        know_secrets_of_service(self.service)
        self._backend = backend
        self._instance: str | None = backend._instance  # noqa: SLF001 - as IBM's Session reads it
        self._journal = journal
        self._kept = KeptJobs(journal)
        self._quota = QuotaLookup(self.service, self._instance, journal)
        self._opening = threading.Lock()
        self._ending = Ending(journal)
        self._monitor: Monitor | None = None
        self._earlier: IBMEngine | None = None

    @classmethod
    def limits(cls, max_time_s: int | None) -> Limits:
        """Return the limits that are known before the service has said more."""
        return Limits(max_time_s=max_time_s, interactive_timeout_s=None)

    @property
    def backend(self) -> IBMBackend:
        """The QPU."""
        return self._backend

    @property
    def instance(self) -> str | None:
        """The instance of the account that is charged."""
        return self._instance

    def succeed(self, journal: Journal) -> IBMEngine:
        """The engine of the session that continues this one, with the jobs of both."""
        engine = IBMEngine(self._backend, journal)
        engine._kept = self._kept.continued(journal)
        # A job that still runs there is watched until it has ended, and can be cancelled.
        engine._earlier = self
        return engine

    def begin_anew_in_child(self) -> None:
        """In a forked child: send nothing more. Connections and session are the parent's."""
        if self._earlier is not None:
            self._earlier.begin_anew_in_child()
        self._opening = threading.Lock()
        self._ending = Ending(self._journal)  # it has no line: nothing is asked or sent
        self._monitor = None
        session_id = self._journal.state.session_id
        self._journal.leave_to_parent(f"; qsession.attach({session_id!r}) takes it up here")

    # --- opening --------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the session at the service, once."""
        self._open()
        self._watch()

    def _open(self) -> None:
        with self._opening:
            with self._journal.lock:
                self._journal.require_accepting_jobs()
                if self._journal.state.state is not State.NOT_STARTED:
                    return
                self._ending.begin_opening()
            try:
                line, session_id = self._open_at_service()
            except BaseException:
                self._ending.give_up_opening()
                raise
            with self._journal.lock:
                self._begin(line, session_id, self._now())
                is_to_end = self._ending.finish_opening()
            self._journal.keep()
            if is_to_end:
                # Closed or cancelled while it was being opened.
                with suppress(QSessionError):  # the monitor tells the service again
                    self._tell_to_end()
                self._journal.require_accepting_jobs()

    def _open_at_service(self) -> tuple[Line, str]:
        limits, mode = self._journal.state.limits, self._journal.state.mode
        client = client_of(self.service, self._instance)
        doing = f"open a {mode} on {self._backend.name}"
        with self._refused(doing, limits.max_time_s, if_it_arrived=_IF_IT_WAS_OPENED):
            line = Line(self.service, self._instance, self._journal.clock)
            raw = client.create_session(
                self._backend.name, self._instance, limits.max_time_s, _IBM_MODES[mode]
            )
            return line, str(raw["id"])

    def attach(self, session_id: str) -> None:
        """Take up a session that exists, and learn all that the service knows of it."""
        with self._refused(f"look up session {session_id}"):
            line = Line(self.service, self._instance, self._journal.clock)
            raw = line.session(session_id)
        opened = opened_at(raw, ServerTime(line.heard.server_ahead).read)
        monitor = self._begin(line, session_id, opened or self._now())
        self._journal.keep()
        if monitor.look() is None:
            monitor.close()  # it has ended: nothing will change any more
        else:
            monitor.start()

    def _begin(self, line: Line, session_id: str, opened: datetime) -> Monitor:
        self._ending.line = line
        named = self._quota.instance_name_and_plan
        supplements = Supplements(line, self._journal, self._backend.name, named)
        self._monitor = Monitor(line, self._journal, self._ending, supplements)
        self._journal.record(SessionOpened(opened, session_id))
        return self._monitor

    # --- running --------------------------------------------------------------------------------

    def read_target(self) -> None:
        """Fetch the backend's properties, once: the client does it when its target is asked for."""
        with self._refused(f"read the properties of {self._backend.name}"):
            _ = self._backend.target

    def run_pubs(self, request: PubRequest, mode: Any) -> Job:
        """Submit PUBs with the primitives that IBM recommends."""
        with ErrorsWithoutSecrets(keeps_frames=True):
            length_s = length_for(request.pubs, self._backend)
            return submit_pubs(request, mode, length_s)

    def run_circuits(
        self,
        circuits: Sequence[QuantumCircuit],
        run_options: Mapping[str, Any],
        name: str | None,
        mode: Any,
    ) -> Job:
        """Submit circuits to the sampler: the service no longer runs circuits otherwise."""
        with ErrorsWithoutSecrets(keeps_frames=True):
            job = submit_circuits(circuits, run_options.get("shots"), name, mode)
        counted = CountsJob(job, circuits)
        self._kept.handles[job.job_id()] = counted
        return counted

    def run_program(
        self, program_id: str, inputs: Mapping[str, Any], options: Mapping[str, Any], **extra: Any
    ) -> Job:
        """Submit what a primitive hands over, through IBM's own path."""
        submission = Submission(program_id, dict(inputs), dict(options), extra)
        return self._submit(submission, label_of(program_id, inputs, options, name_on_the_way()))

    def run_program_alone(
        self, program_id: str, inputs: Mapping[str, Any], options: Mapping[str, Any], **extra: Any
    ) -> Job:
        """Submit it in job mode, which opens no session."""
        submission = Submission(program_id, dict(inputs), dict(options), extra)
        with ErrorsWithoutSecrets(keeps_frames=True):
            return submission.send(self.service, self._backend, self._instance, None)

    def run_again(self, job_id: str, *, shots: int | None = None) -> Job:
        """Submit the work of a job that was submitted here once more."""
        return self._submit(*self._kept.again(job_id, shots))

    def _submit(self, submission: Submission, label: Label) -> Job:
        forecast = forecast_for(
            self._journal,
            submission.inputs,
            submission.options,
            self._backend,
            circuit_length_on_the_way(),
        )
        self._open()
        session_id = self._journal.state.session_id
        with self._refused(f"submit a job to session {session_id}"):
            sent = submission.send(self.service, self._backend, self._instance, session_id)
        job = awaitable(sent, self._journal, self._watch)
        self._kept.add(job, submission, label)
        note_forecast(self._journal, job.job_id(), forecast)
        self._journal.keep()
        self._watch()
        return job

    def job(self, job_id: str) -> Job | None:
        """The live job; one that was submitted elsewhere is fetched from the service."""
        job = self._kept.handles.get(job_id)
        if job is None and job_id in self._journal.state.jobs:
            with self._refused(f"fetch job {job_id}"), active_instance_kept(self.service):
                job = awaitable(self.service.job(job_id), self._journal, self._watch)
            self._kept.handles[job_id] = job
        return job

    def catch_up(self, within_s: float) -> None:
        """Have one more look at the service, if jobs are pending here; it may fail or be late."""
        if self._earlier is not None:
            self._earlier.catch_up(within_s)
        if self._monitor is not None and self._journal.state.pending:
            self._monitor.look_soon(within_s)

    def cancel_job(self, job_id: str, why: str | None = None) -> bool:  # noqa: ARG002 - its words
        """Ask the service to cancel a job, queued or running; it says why in words of its own."""
        earlier = self._journal.state.earlier
        if self._earlier is not None and earlier is not None and job_id in earlier.jobs:
            return self._earlier.cancel_job(job_id)
        record, line = self._journal.state.jobs.get(job_id), self._ending.line
        if record is None or record.status.is_final or line is None:
            return False
        try:
            # Not with the user's client, which may wait without end: cancelling is urgent.
            with self._refused(f"cancel job {job_id}"):
                line.cancel_job(job_id)
            self._ending.jobs.note_request(job_id)
        except ServiceError as refused:
            if not is_conflict(refused.__cause__):
                raise
            return False  # it had ended, and nobody had looked yet
        finally:
            self._watch()
        return True

    # --- ending ---------------------------------------------------------------------------------

    def cancel(self, reason: str, *, running: bool = False) -> None:
        """End the session: the service cancels queued jobs; one that runs finishes unless told.

        Every request is sent, whether or not one before it failed; the first failure is raised.
        """
        with self._journal.lock:
            jobs = self._journal.state.jobs.values()
            at_work = [job.job_id for job in jobs if job.status is JobStatus.RUNNING]
        requests: list[Callable[[], object]] = [
            partial(self._end, State.CANCELLED, reason, stops_running=running)
        ]
        requests += [partial(self.cancel_job, job_id) for job_id in at_work if running]
        failures: list[QSessionError] = []
        for send in requests:
            try:
                send()
            except QSessionError as error:
                failures.append(error)
        try:
            if failures:
                raise failures[0]
        finally:
            failures.clear()  # as in `_refused`

    def close(self, reason: str) -> None:
        """Take no new jobs; the service ends the session with the last one it has."""
        self._end(State.CLOSED, reason)

    @property
    def leaving(self) -> Ending:
        """The object that ends the session at exit, and when nobody holds the session any more."""
        return self._ending

    def _end(self, wanted: State, reason: str, *, stops_running: bool = False) -> None:
        if self._ending.decide(wanted, reason, stops_running=stops_running):
            self._tell_to_end()

    def _tell_to_end(self) -> None:
        try:
            self._ending.send()
        finally:
            self._watch()

    def refresh_quota(self) -> None:
        """Ask what the instance may use, unless that was asked within the last minute."""
        with self._refused("look up the usage of the instance"):
            self._quota.refresh()

    # --- telling --------------------------------------------------------------------------------

    def details(self) -> dict[str, Any] | None:
        """Ask the service, as IBM's ``Session.details()`` does."""
        session_id, line = self._journal.state.session_id, self._ending.line
        if session_id is None or line is None:
            return None
        with self._refused(f"look up session {session_id}"):
            details: dict[str, Any] = redacted_tree(details_of(line.session(session_id)))
            return details

    def _watch(self) -> None:
        if self._monitor is not None:
            self._monitor.start()
            self._monitor.look_now()

    @contextmanager
    def _refused(
        self, doing: str, max_time_s: int | None = None, *, if_it_arrived: str = ""
    ) -> Iterator[None]:
        """Turn what the client raises into an error of ours, with IBM's as its cause."""
        try:
            with answers_awaited_for_a_while(self.service, self._instance):
                yield
        except QSessionError as error:
            without_secrets(error, keeps_frames=True)
            raise
        except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
            told = refusal(error, doing, max_time_s=max_time_s, if_it_arrived=if_it_arrived)
            if may_have_arrived(error) or isinstance(told, SessionEndedError):
                # If it did, the listing shows it; if it has ended, so does the session.
                self._watch()
            try:
                raise told from told.__cause__
            finally:
                del told  # its frames hold this engine, which would hold itself by way of this one

    def _now(self) -> datetime:
        return self._journal.clock.now()
