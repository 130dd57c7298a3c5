"""The common parts of both engines' jobs: facts of the record, waiting in an event loop, values."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from qsession.compat.ibm import LocalRuntimeJob
from qsession.model.events import JobMeasured
from qsession.model.states import JobStatus
from qsession.render.summaries import expectation_values

if TYPE_CHECKING:
    from concurrent.futures import Future
    from datetime import datetime

    from qsession.engines.journal import Journal
    from qsession.model.job import JobRecord


class RecordedJob(LocalRuntimeJob):
    """A job in the shape of IBM's local job, that stands where its record says."""

    @property
    @abstractmethod
    def record(self) -> JobRecord:
        """The current record of this job."""

    def status(self) -> JobStatus:
        """Return the job's status; it equals IBM's string and Qiskit's ``JobStatus`` alike."""
        return self.record.status

    def done(self) -> bool:
        """Return True if the job ended with a result."""
        return self.status() is JobStatus.DONE

    def running(self) -> bool:
        """Return True if the job runs."""
        return self.status() is JobStatus.RUNNING

    def cancelled(self) -> bool:
        """Return True if the job was cancelled."""
        return self.status() is JobStatus.CANCELLED

    def errored(self) -> bool:
        """Return True if the job failed or was lost."""
        return self.status() is JobStatus.ERROR

    def in_final_state(self) -> bool:
        """Return True if the job has ended."""
        return self.status().is_final

    def error_message(self) -> str:
        """Why it failed or was cancelled; empty if it did not."""
        return self.record.error or ""

    def metrics(self) -> dict[str, Any]:
        """Times in the shape of IBM's job metrics (ISO 8601, UTC). No QPU is charged."""
        record = self.record
        times = {"created": record.created, "running": record.started, "finished": record.finished}
        return {
            "timestamps": {name: iso_utc(time) for name, time in times.items()},
            "usage": {"qpu_charge_time_seconds": 0, "status": "complete"},
        }

    @property
    def creation_date(self) -> datetime:
        """The time of submission, in local time."""
        return self.record.created.astimezone()

    @property
    def tags(self) -> list[str]:
        """The tags it was submitted with."""
        return list(self.record.tags)

    @property
    def instance(self) -> str | None:
        """The instance that it was submitted to: none, it runs on no service."""
        return None

    @property
    def image(self) -> str:
        """The image that it was run in; empty for the usual one, as in the cloud."""
        return ""

    @property
    def private(self) -> bool:
        """False: the inputs and results of a job here can be read any number of times."""
        return False

    @property
    def usage_estimation(self) -> dict[str, Any]:
        """The seconds on a QPU that it is expected to take: none."""
        return {"quantum_seconds": 0}

    def logs(self) -> str:
        """Return an empty string: there is no service that logs."""
        return ""

    def __repr__(self) -> str:
        """One line: id, primitive, status."""
        return f"<{type(self).__name__} {self.job_id()} {self.record.primitive} {self.status()}>"


def iso_utc(time: datetime | None) -> str | None:
    """Write a UTC time as IBM's service does, None as None."""
    return None if time is None else time.isoformat().replace("+00:00", "Z")


class LoopEvent:
    """Wakes a coroutine from any thread; a journal or a future can be told to do it."""

    def __init__(self) -> None:
        import asyncio  # noqa: PLC0415 - where there is a loop, it is loaded

        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def put(self, item: object) -> None:  # noqa: ARG002 - as a queue takes it
        """Wake it; a loop that has ended has nobody to wake."""
        try:
            self._loop.call_soon_threadsafe(self._event.set)
        except RuntimeError:
            return

    async def wait(self) -> None:
        """Wait for the next `put`, or return at once if there was one since the last."""
        await self._event.wait()
        self._event.clear()


async def settled(future: Future[Any]) -> None:
    """Wait until a future is done. Giving up waiting does not cancel it."""
    changed = LoopEvent()
    future.add_done_callback(changed.put)
    while not future.done():
        await changed.wait()


async def ended(journal: Journal, job_id: str) -> None:
    """Wait until a session knows that a job of its own has ended."""
    changed = LoopEvent()
    journal.subscribe(changed)
    try:
        while not journal.state.jobs[job_id].status.is_final:
            await changed.wait()
    finally:
        journal.unsubscribe(changed)


def note_result(journal: Journal, job_id: str, result: object) -> None:
    """Keep the first expectation values of a result with its job; other results change nothing."""
    values = expectation_values(result)
    with journal.lock:
        record = journal.state.jobs.get(job_id)
        if record is not None and values and record.values != values:
            journal.record(JobMeasured(journal.clock.now(), job_id, values))
