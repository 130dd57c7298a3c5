"""A job of a process that has ended: `RecoveredJob`."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from qiskit_ibm_runtime.results.quantum_program import QuantumProgramResult

from qsession.client_errors import JobCancelledError, JobLostError
from qsession.engines.jobs import RecordedJob
from qsession.ledger import ledger_of_process
from qsession.ledger.reading import read_result
from qsession.ledger.result_codec import decode_result
from qsession.simulator.shots import count_at_once

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.model.job import JobRecord


class RecoveredJob(RecordedJob):
    """A job in the shape of IBM's local job, with the result that the ledger kept of it."""

    def __init__(self, record: JobRecord, backend: BackendV2, session_id: str) -> None:
        super().__init__(
            function=None,
            backend=backend,
            primitive=record.primitive,
            inputs={},
            future=None,
        )
        self._future: Future[Any] | None = None
        self._job_id = record.job_id
        self._session_id = session_id
        self._record = record

    @property
    def record(self) -> JobRecord:
        """The ledger's record of the job."""
        return self._record

    def result(self, timeout: float | None = None) -> Any:  # noqa: ARG002 - nothing to wait for
        """The result, from the ledger.

        Raises:
            JobCancelledError: If the job was cancelled.
            JobLostError: If it failed, was lost with its process, or its result was not kept.
        """
        if self._future is None:
            result = self._read()
            if isinstance(result, QuantumProgramResult):
                self._primitive = "executor"  # IBM's name for the decoders that it needs
            kept: Future[Any] = Future()
            kept.set_result(result)
            self._future = kept
        result = super().result()
        count_at_once(result)
        return result

    def _read(self) -> Any:
        job_id, error = self.job_id(), self.record.error
        if self.cancelled():
            raise JobCancelledError(f"Job {job_id} has no result: {error or 'it was cancelled.'}")
        if self.errored():
            raise JobLostError(
                f"Job {job_id} has no result: {error or 'it failed.'} If it was lost, "
                f"run_again({job_id!r}) of a session on {self.backend().name} runs it again."
            )
        ledger = ledger_of_process()
        content = None
        if ledger is not None:
            content = ledger.read(lambda file: read_result(file, self._session_id, job_id))
        if content is None:
            raise JobLostError(
                f"The result of job {job_id} is not in the ledger: it was too large, of a kind "
                "that cannot be written exactly, or pruned. Run its circuit again."
            )
        try:
            return decode_result(content)
        except ValueError as unreadable:
            raise JobLostError(
                f"The result of job {job_id} cannot be read: {unreadable}. Run its circuit again."
            ) from unreadable

    def __await__(self) -> Generator[Any, None, Any]:
        """The result, as a job that runs gives it."""
        return self._result_in_loop().__await__()

    async def _result_in_loop(self) -> Any:
        return self.result()

    def wait_for_final_state(self, timeout: float | None = None) -> None:
        """It has ended."""

    def cancel(self) -> bool:
        """It has ended: there is nothing to cancel."""
        return False

    @property
    def session_id(self) -> str:
        """The id of the session it ran in."""
        return self._session_id
