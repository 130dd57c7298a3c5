"""A job of the service that can be awaited: `AwaitableJob`."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from qiskit_ibm_runtime import RuntimeJobV2

from qsession.engines.awaiting import ended
from qsession.engines.measuring import note_result
from qsession.error_redaction import errors_without_secrets
from qsession.redaction import redacted

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
        with errors_without_secrets():
            result = super().result(*args, **kwargs)
        note_result(self._journal, self.job_id(), result)
        return result

    def error_message(self) -> str | None:
        """Why it failed, in the service's words, without secrets."""
        with errors_without_secrets():
            words = super().error_message()
        return None if words is None else redacted(words)

    def logs(self) -> str:
        """What its program logged, without secrets."""
        with errors_without_secrets():
            return redacted(super().logs())

    def status(self) -> Any:
        """Ask where it stands."""
        with errors_without_secrets():
            return super().status()

    def metrics(self) -> dict[str, Any]:
        """Ask for its times and usage."""
        with errors_without_secrets():
            metrics: dict[str, Any] = super().metrics()
            return metrics

    def cancel(self) -> None:
        """Cancel it, as IBM's job does."""
        with errors_without_secrets():
            super().cancel()

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
