"""The handle of a local job: `LocalJob`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, Self

from qsession.client_errors import JobCancelledError, JobTimeoutError
from qsession.clock import longest_wait_s
from qsession.engines.jobs import RecordedJob, settled
from qsession.engines.local.finished_job import FinishedJob
from qsession.engines.local.work import ExecutorWork
from qsession.errors import is_interrupt
from qsession.model.states import JobStatus
from qsession.simulator.shots import count_at_once

if TYPE_CHECKING:
    from qsession.engines.local.job_store import Kept
    from qsession.engines.local.work import Work
    from qsession.model.job import JobRecord

_log = logging.getLogger("qsession")

LONGEST_WAIT_AT_ONCE_S = 86_400.0
"""Locks take no number of seconds that is much larger, `math.inf` least of all."""


class JobOwner(Protocol):
    """The owner of a job: the scheduler of its session."""

    @property
    def session_id(self) -> str | None:
        """The id of the session; None for jobs without one."""

    def record_of(self, job_id: str, /) -> JobRecord:
        """Return the current record of a job."""

    def note_result(self, job_id: str, result: object, /) -> None:
        """Keep the values of a result that somebody has fetched."""

    def cancel_job(self, job_id: str, /) -> bool:
        """Cancel a job; whether it was."""


class LocalJob(RecordedJob):
    """A job on a local backend, in the shape of IBM's local job.

    ``result()`` gives what the primitive gives in IBM's local testing mode; for ``backend.run`` a
    `qiskit.result.Result`.
    """

    def __init__(self, work: Work, owner: JobOwner, job_id: str | None = None) -> None:
        super().__init__(
            function=work.run,
            backend=work.backend,
            # IBM's name for the decoders that result() applies.
            primitive="executor" if isinstance(work, ExecutorWork) else work.primitive,
            inputs=work.inputs,
            future=Future(),
        )
        self.work = work
        self.submitted: Work | None = None
        """The work as it was at submission, until it is handed over to be run."""
        self.kept: Kept | None = None
        """The result or the error, as soon as anybody may know of it."""
        self._owner = owner
        if job_id is not None:
            self._job_id = job_id

    @classmethod
    def revived(cls, kept: Kept, owner: JobOwner, job_id: str) -> LocalJob:
        """A new handle of a job that has ended."""
        job = cls(kept.work, owner, job_id)
        job.hand_over(kept)
        return job

    @property
    def record(self) -> JobRecord:
        """The session's current record of this job."""
        return self._owner.record_of(self.job_id())

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the result.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Returns:
            A `PrimitiveResult` with an entry for each PUB. A sampler's data has a `BitArray` for
            each classical register, of the shape of the PUB's sweep; an estimator's the arrays
            ``evs`` and ``stds``, of the shape that sweep and observables broadcast to. Of
            ``backend.run`` it is a `qiskit.result.Result`.

        Raises:
            JobCancelledError: If the job was cancelled.
            JobTimeoutError: If the time ran out; the job goes on.
            Exception: What the job itself failed with.
        """
        self.wait_for_final_state(timeout)
        if self._future.cancelled():
            raise JobCancelledError(
                f"Job {self.job_id()} has no result: {self.record.error or 'it was cancelled.'}"
            )
        result = super().result()
        if isinstance(self.work, ExecutorWork):
            count_at_once(result)
            self._owner.note_result(self.job_id(), result)  # decoded only now
        return result

    def wait_for_final_state(self, timeout: float | None = None) -> None:
        """Wait until the job has ended.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Raises:
            JobTimeoutError: If the time ran out; the job goes on.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._future.done():
            left_s = None if deadline is None else max(deadline - time.monotonic(), 0.0)
            longest_s = longest_wait_s()
            if longest_s is None and left_s is not None:
                longest_s = LONGEST_WAIT_AT_ONCE_S
            is_last = longest_s is None or (left_s is not None and left_s <= longest_s)
            try:
                self._future.exception(left_s if is_last else longest_s)
            except CancelledError:
                return
            except TimeoutError:
                if is_last and not self._future.done():
                    raise JobTimeoutError(
                        f"Job {self.job_id()} did not end within {timeout} s; it goes on."
                    ) from None

    def __copy__(self) -> Self:
        """A copy of a job is the job."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Likewise."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a job that has ended, with its result.

        Raises:
            TypeError: If it has not ended.
        """
        if not self.in_final_state():
            raise TypeError(
                f"Job {self.job_id()} is {self.status().lower()} and cannot be pickled: only a "
                "job that has ended can. Wait for it first: job.wait_for_final_state()."
            )
        result, error = None, None
        try:
            result = self.result()
        except Exception as raised:  # noqa: BLE001 - what it failed with goes along
            error = raised.with_traceback(None)
        return FinishedJob, (self.record, self.session_id, self._backend, result, error)

    def __await__(self) -> Generator[Any, None, Any]:
        """Wait for the result without blocking the event loop; errors are those of `result`."""
        return self._result_in_loop().__await__()

    async def _result_in_loop(self) -> Any:
        await settled(self._future)
        return self.result()

    def cancel(self) -> bool:
        """Cancel the job, queued or running.

        Returns:
            Whether it was cancelled. A job that runs in this process, as short ones do, cannot be
            stopped, and neither can one that an executor does not cancel.
        """
        return self._owner.cancel_job(self.job_id())

    @property
    def session_id(self) -> str | None:
        """The id of the session it runs in; None for a job without a session."""
        return self._owner.session_id

    def when_done(self, told: Callable[[Future[Any]], None]) -> None:
        """Call with what the job ends with: its result, its failure, or that it was dropped."""
        self._future.add_done_callback(told)

    def hand_over(self, kept: Kept) -> None:
        """Give what it ended with to whoever waits; for the scheduler, once."""
        self.submitted, self.kept = None, kept
        count_at_once(kept.result)
        with self._callbacks_bounded():
            if kept.error is not None:
                self._future.set_exception(kept.error)
            elif self.record.status is JobStatus.DONE:
                self._future.set_result(kept.result)
            else:
                self._future.cancel()
                self._future.set_running_or_notify_cancel()

    def begin_anew_in_child(self, kept: Kept) -> None:
        """In a forked child: end with this. Nobody else waits here, and nobody will say more."""
        self._future: Future[Any] = Future()
        self.hand_over(kept)

    @contextmanager
    def _callbacks_bounded(self) -> Iterator[None]:
        """Let nothing that a callback raises stop the thread that ends jobs."""
        try:
            yield
        except BaseException as error:
            if is_interrupt(error):
                raise
            _log.exception("A callback of job %s failed.", self.job_id())
