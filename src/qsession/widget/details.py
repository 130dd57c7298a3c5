"""Details of a job for the page: never kept in a trait, so never in a saved notebook.

Called on the request's own thread: a job of a service is asked over the network.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from qsession.devices.encoding import encode_use
from qsession.devices.use import used_in
from qsession.errors import QSessionError, UnknownJobError, in_words
from qsession.model.states import JobStatus
from qsession.render.job_details import (
    circuit_details,
    draw,
    error_details,
    parameter_details,
    result_details,
    span_details,
)

if TYPE_CHECKING:
    from qsession.model.job import JobRecord
    from qsession.session.records import SessionRecords
    from qsession.widget.session_view import SessionView

_log = logging.getLogger("qsession")


def details_of(session: SessionView, records: SessionRecords, job_id: str) -> dict[str, Any]:
    """Everything that is worth knowing of a job and not in its row.

    Raises:
        UnknownJobError: If the session has no such job.
    """
    record = record_of(records, job_id)
    details: dict[str, Any] = {
        "job_id": job_id,
        "status": record.status.value,
        "code": _code(session, job_id),
        "problem": None,
        "result": None,
        "spans": [],
        "error": None,
        "circuits": [],
        "circuit_count": 0,
        "parameters": [],
        "parameter_count": 0,
    }
    try:
        job = session.job(job_id)
        details["code"] = getattr(job, "code", details["code"])  # of a record: its file
        _add_inputs(details, job.inputs)
        if record.status is JobStatus.DONE:
            result = job.result()
            records.note_result(job_id, result)
            details["result"] = result_details(result)
            details["spans"] = span_details(result)
        elif record.status is JobStatus.ERROR:
            details["error"] = _error(job, record)
    except Exception as error:  # noqa: BLE001 - what is known is shown, with what went wrong
        if not isinstance(error, QSessionError):
            _log.warning("Details of a job could not be read.", exc_info=True)
        details["problem"] = f"Not all could be read: {in_words(error)}"[:1000]
    return details


def drawing_of(
    session: SessionView, records: SessionRecords, job_id: str, index: int
) -> dict[str, Any]:
    """One circuit of a job, drawn.

    Raises:
        UnknownJobError: If the session has no such job.
        InvalidInputError: If it has no such circuit, or one too large to be read.
    """
    record_of(records, job_id)
    return {"job_id": job_id, "index": index, "drawing": draw(session.job(job_id).inputs, index)}


def use_of(session: SessionView, records: SessionRecords, job_id: str) -> dict[str, Any]:
    """The qubits and couplings of the device that a job uses.

    Raises:
        UnknownJobError: If the session has no such job.
    """
    record_of(records, job_id)
    return encode_use(job_id, used_in(session.job(job_id)))


def estimate_of(
    session: SessionView,
    *,
    program: str | None,
    job_id: str | None,
    shots: int | None,
    precision: float | None,
) -> dict[str, Any]:
    """About what a program, a job once more, or else the last one will use and cost.

    Raises:
        InvalidInputError: If there is no such program, or no estimate of it.
        UnknownJobError: If there is no such job.
    """
    if program is not None:
        estimate = session.estimate_program(
            program, shots=shots, precision=precision, refresh=False
        )
    else:
        estimate = session.estimate_again(job_id, shots=shots, refresh=False)
    tightest = next(iter(estimate.left), None)
    return {
        "qpu_s": estimate.qpu_s,
        "cost": estimate.cost,
        "left_s": None if tightest is None else tightest.seconds,
        "left_of": None if tightest is None else tightest.of,
        "fits": estimate.fits,
        "remarks": [] if estimate.forecast is None else list(estimate.forecast.remarks),
    }


def record_of(records: SessionRecords, job_id: str) -> JobRecord:
    """The record of a job of this session.

    Raises:
        UnknownJobError: If it has no such job.
    """
    try:
        return records.of([job_id])[0]
    except KeyError:
        raise UnknownJobError(f"No job {job_id!r} in this session.") from None


def _add_inputs(details: dict[str, Any], inputs: object) -> None:
    details["circuits"], details["circuit_count"] = circuit_details(inputs)
    details["parameters"], details["parameter_count"] = parameter_details(inputs)


def _error(job: Any, record: JobRecord) -> dict[str, Any]:
    if (failure := getattr(job, "failure", None)) is not None:
        return dict(failure)  # of a record: it failed with that elsewhere
    try:
        job.result()
    except Exception as error:  # noqa: BLE001 - whatever the job failed with
        return error_details(error)
    return {"type": "Error", "message": record.error or "", "traceback": ""}


def _code(session: SessionView, job_id: str) -> list[str]:
    """The lines that fetch a job's result: from the session at hand, and in a notebook to come."""
    job, session_id = json.dumps(job_id), json.dumps(session.session_id)
    lines = [f"session.job({job}).result()"]
    if session.is_paid:
        return [*lines, f"QiskitRuntimeService().job({job}).result()"]
    return [*lines, f"qsession.attach({session_id}).job({job}).result()"]
