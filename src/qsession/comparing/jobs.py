"""Compares jobs of a session, results at hand, and the ideal: `compare_jobs`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from qsession.comparing.comparison import Comparison
from qsession.comparing.ideal import IDEAL, LEAST_SHOTS, ideal_result
from qsession.comparing.parts import comparable_parts, compared
from qsession.errors import InvalidInputError, shown

if TYPE_CHECKING:
    from qsession.model.job import JobRecord

if TYPE_CHECKING:
    from collections.abc import Callable

_SHORT_ID = 8


def compare_jobs(
    find: Callable[[str], Any],
    *sides: object,
    names: Callable[[list[str]], list[JobRecord]] | None = None,
    shots: int = LEAST_SHOTS,
) -> Comparison:
    """Compare results with the last of them.

    Args:
        find: Gives the job with an id.
        sides: Jobs, their ids, results, or ``"ideal"`` once: what an ideal simulator gives for the
            first job.
        names: Gives the records of a session's jobs, whose names they go by; a `KeyError` is one of
            another session.
        shots: The shots of the ideal simulation.

    Raises:
        InvalidInputError: If one of them is none of these, or they have nothing in common.
        UnknownJobError: If there is no job with an id.
        Exception: If a job has no result, or the ideal simulation fails.
    """
    if len(sides) < 2:  # noqa: PLR2004 - one alone is compared with nothing
        raise InvalidInputError("There are two results to compare, or more.")
    jobs = [find(side) if isinstance(side, str) and side != IDEAL else side for side in sides]
    if sum(isinstance(job, str) for job in jobs) > 1:
        raise InvalidInputError(f"There is one {IDEAL!r} result, and it was asked for twice.")
    first = next((job for job in jobs if hasattr(job, "result") and hasattr(job, "job_id")), None)
    results = [_result_of(job, first, shots) for job in jobs]
    labels = _told_apart([_label(job, number, names) for number, job in enumerate(jobs)])
    try:
        parts = [comparable_parts(result) for result in results]
    except Exception as error:
        raise InvalidInputError(
            f"These results cannot be compared: {error}. Expected those of samplers, of estimators "
            "or of backend.run."
        ) from error
    found, unmatched = compared(parts)
    if not found:
        why = "; ".join(unmatched[:3]) or "they have neither counts nor values"
        raise InvalidInputError(f"{' and '.join(labels)} have nothing to compare: {why}.")
    return Comparison(labels, tuple(found), tuple(unmatched))


def _result_of(job: Any, first: Any, shots: int) -> Any:
    if isinstance(job, str):
        if first is None:
            raise InvalidInputError(
                "An ideal result is one of a job's circuits: give the job, not its result alone."
            )
        return ideal_result(first, shots=shots)
    if hasattr(job, "job_id") and callable(getattr(job, "result", None)):
        return job.result()
    if hasattr(job, "results") or hasattr(job, "__iter__"):
        return job
    raise InvalidInputError(
        f"{shown(job)} cannot be compared. Expected a job, its id, a result, or {IDEAL!r}."
    )


def _label(job: Any, number: int, names: Callable[[list[str]], list[JobRecord]] | None) -> str:
    if isinstance(job, str):
        return IDEAL
    if not callable(getattr(job, "job_id", None)):
        return f"result {number + 1}"
    job_id = job.job_id()
    name = getattr(getattr(job, "record", None), "name", None)
    if name is None and names is not None:
        # A job of the service knows no name: that is the session's.
        with contextlib.suppress(KeyError):
            name = names([job_id])[0].name
    return str(name or f"job {job_id[:_SHORT_ID]}")


def _told_apart(labels: list[str]) -> tuple[str, ...]:
    """Labels of which no two are the same."""
    return tuple(
        f"{label} ({labels[: index + 1].count(label)})" if labels.count(label) > 1 else label
        for index, label in enumerate(labels)
    )
