"""The interface of a session that a view needs: `SessionView`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from qsession.devices import Device
    from qsession.engines.base import Job
    from qsession.forecast.estimate import Estimate


class SessionView(Protocol):
    """A session, as its view acts on it: by its public names, as code does.

    What a view reads, it reads from its `SessionRecords`.
    """

    @property
    def session_id(self) -> str | None:
        """Its id; None before it is opened."""
        ...

    @property
    def is_paid(self) -> bool:
        """True if the time of the backend is charged."""
        ...

    def to_html(self) -> str:
        """The static picture."""
        ...

    @property
    def device(self) -> Device:
        """The known facts of its backend: qubits, gates and times."""
        ...

    def job(self, job_id: str) -> Job:
        """The live job with this id."""
        ...

    def run_program(
        self,
        name: str,
        *,
        shots: int | None = None,
        precision: float | None = None,
        parameters: Mapping[str, float] | Sequence[float] | None = None,
    ) -> Job:
        """Submit a program that was kept under a name."""
        ...

    def run_again(self, job_id: str | None = None, *, shots: int | None = None) -> Job:
        """Submit the work of an earlier job once more, of the last one if none is named."""
        ...

    def estimate_program(
        self,
        name: str,
        *,
        shots: int | None = None,
        precision: float | None = None,
        refresh: bool = True,
    ) -> Estimate:
        """About what a program will use and cost."""
        ...

    def estimate_again(
        self, job_id: str | None = None, *, shots: int | None = None, refresh: bool = True
    ) -> Estimate:
        """About what an earlier job will use and cost once more, the last one if none is named."""
        ...

    def refresh_quota(self) -> None:
        """Have what the instance may use be known."""
        ...

    def cancel_job(self, job_id: str) -> bool:
        """Cancel one job; False if it can no longer be cancelled."""
        ...

    def cancel(self, *, reason: str = ...) -> None:
        """End the session: queued jobs are cancelled, one that runs finishes."""
        ...

    def close(self, *, reason: str = ...) -> None:
        """Take no new jobs."""
        ...
