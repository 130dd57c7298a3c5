"""A job of the service that can be awaited: `AwaitableJob`."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from qiskit_ibm_runtime import RuntimeJobV2

from qsession.engines.awaiting import ended
from qsession.engines.measuring import note_result

if TYPE_CHECKING:
    from qsession.engines.base import Job, Journal


class AwaitableJob(RuntimeJobV2):
    """IBM's job; ``await job`` gives its result.

    The session's monitor tells when it has ended, so that awaiting many jobs asks the service for
    nothing more.
    """

    _journal: Journal

    def result(self, *args: Any, **kwargs: Any) -> Any:
        """Wait for the result as IBM's job does; the session keeps its expectation values."""
        result = super().result(*args, **kwargs)
        note_result(self._journal, self.job_id(), result)
        return result

    def __await__(self) -> Generator[Any, None, Any]:
        """Wait for the result without blocking the event loop."""
        return self._result_in_loop().__await__()

    async def _result_in_loop(self) -> Any:
        await ended(self._journal, self.job_id())
        return await asyncio.to_thread(self.result)


def awaitable(job: Job, journal: Journal) -> Job:
    """Make a job that the client made awaitable; it stays the same object.

    The client decides the class of its jobs, so the class is changed afterwards. One of another
    class than expected stays as it is.
    """
    if type(job) is RuntimeJobV2:
        job.__class__ = AwaitableJob
        job._journal = journal  # noqa: SLF001 - of the class above
    return job
