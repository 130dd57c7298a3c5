"""A local job that has ended, apart from its session: `FinishedJob`, what a pickle brings."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from qsession.engines.jobs import RecordedJob
from qsession.simulator.shots import count_at_once

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.model.job import JobRecord


class FinishedJob(RecordedJob):
    """Tells what the job that was pickled told: id, status, times, and its result or failure.

    Args:
        record: What was known of it.
        session_id: The session that it ran in; None if it ran in none.
        backend: Where it ran.
        result: What it gave; None if it failed or was cancelled.
        error: What asking for its result raises; None if it has one.
    """

    def __init__(
        self,
        record: JobRecord,
        session_id: str | None,
        backend: BackendV2,
        result: object,
        error: BaseException | None,
    ) -> None:
        super().__init__(
            function=None, backend=backend, primitive=record.primitive, inputs={}, future=None
        )
        self._job_id = record.job_id
        self._record = record
        self._session_id = session_id
        count_at_once(result)
        self._result = result
        self._error = error

    @property
    def record(self) -> JobRecord:
        """The final record of the job."""
        return self._record

    @property
    def session_id(self) -> str | None:
        """The session that it ran in; None if it ran in none."""
        return self._session_id

    def result(self, timeout: float | None = None) -> Any:  # noqa: ARG002 - nothing to wait for
        """Return the job's result.

        Raises:
            Exception: What it failed with, or that it was cancelled.
        """
        if self._error is not None:
            raise self._error
        return self._result

    def wait_for_final_state(self, timeout: float | None = None) -> None:
        """It has ended."""

    def cancel(self) -> bool:
        """It has ended: there is nothing to cancel."""
        return False

    def __await__(self) -> Generator[Any, None, Any]:
        """The result, as a job that runs gives it."""
        return self._result_in_loop().__await__()

    async def _result_in_loop(self) -> Any:
        return self.result()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle it as it is."""
        backend = self._backend
        return FinishedJob, (self._record, self._session_id, backend, self._result, self._error)
