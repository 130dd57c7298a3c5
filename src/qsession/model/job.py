"""The record of a job: `JobRecord`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from qsession.model.states import JobStatus

MOST_VALUES_OF_A_JOB = 4
"""The number of expectation values that are kept with a job: enough to follow a loop, small for a
view."""


class ExpectationValue(NamedTuple):
    """An expectation value with its standard error; None for what is no finite number."""

    value: float | None
    error: float | None


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job of a session at one moment. Frozen: a change makes a new record.

    Attributes:
        job_id: The id that the backend or service knows it by.
        name: A word for people: the name given to ``run``, else the circuit's.
        primitive: ``"sampler"``, ``"estimator"``, ``"executor"``, or ``"circuits"`` for
            ``backend.run``.
        status: Where it stands.
        created: When it was submitted (UTC).
        started: When it began to run, None before that.
        finished: When it ended, None before that.
        qpu_seconds: Time the QPU spent on it; on a local backend, the time the simulator took.
        shots: Shots of each circuit execution; None where its parts differ or it is not known.
        tags: The job's tags.
        error: Why it failed or was cancelled, in words.
        values: The first expectation values of its result, of an estimator job that is done.
        are_times_estimated: True while ``started`` and ``finished`` are the times at which the
            changes were noticed; the service is asked for the exact ones.
        forecast_s: QPU seconds that qsession expected by IBM's formula when it was submitted here.
        service_forecast_s: QPU seconds that the service expects, its ``usage_estimation``.
        is_qpu_estimated: True while the service has not settled the bill for ``qpu_seconds``.
    """

    job_id: str
    name: str | None
    primitive: str
    status: JobStatus
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    qpu_seconds: float | None = None
    shots: int | None = None
    tags: tuple[str, ...] = ()
    error: str | None = None
    values: tuple[ExpectationValue, ...] = ()
    are_times_estimated: bool = False
    is_qpu_estimated: bool = False
    forecast_s: float | None = None
    service_forecast_s: float | None = None

    @property
    def run_seconds(self) -> float | None:
        """Seconds from start to end; None unless it has both."""
        if self.started is None or self.finished is None:
            return None
        return max((self.finished - self.started).total_seconds(), 0.0)
