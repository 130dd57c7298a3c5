"""The actions behind the buttons of the page: each request gets one reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from qsession.devices.encoding import encode_device
from qsession.errors import InvalidInputError, QSessionError
from qsession.model.states import JobStatus
from qsession.widget.checking import (
    Actions,
    Request,
    an_id,
    ids,
    number,
    numbers_by_name,
    optional,
    whole_number,
    yes_or_no,
)
from qsession.widget.comparisons import comparison_of
from qsession.widget.details import details_of, drawing_of, estimate_of, record_of, use_of
from qsession.widget.replies import Details, Outcome

if TYPE_CHECKING:
    from qsession.session.records import SessionRecords
    from qsession.widget.session_view import SessionView

ACTIONS: Final[Actions] = {
    "run": {
        "program": optional(an_id),
        "job_id": optional(an_id),
        "shots": optional(whole_number),
        "precision": optional(number),
        "parameters": optional(numbers_by_name),
    },
    "cancel_session": {},
    "close_session": {},
    "cancel_job": {"job_id": an_id},
    "cancel_queued": {},
    "compare": {"job_ids": ids, "with_ideal": yes_or_no},
    "details": {"job_id": an_id},
    "device": {},
    "drawing": {"job_id": an_id, "index": whole_number},
    "estimate": {
        "program": optional(an_id),
        "job_id": optional(an_id),
        "shots": optional(whole_number),
        "precision": optional(number),
    },
    "here": {},
    "older": {"before": an_id},
    "picture": {},
    "quota": {},
    "resync": {},
    "use": {"job_id": an_id},
}
"""The actions that may be asked for; ``js/src/wire/wire.ts`` has the same names."""


def carry_out(
    session: SessionView,
    records: SessionRecords,
    request: Request,
    *,
    resync: Callable[[], None],
    send_older: Callable[[str], None],
) -> Outcome:
    """Carry out a request of the page.

    Args:
        session: The session that the page shows.
        records: What there is to read of it.
        request: One of `ACTIONS`.
        resync: Sends the whole state again.
        send_older: Sends the jobs before one.

    Raises:
        Exception: Whatever keeps it from being carried out.
    """
    given = request.arguments
    match request.action:
        case "here":
            pass  # that it came is all
        case "quota":
            session.refresh_quota()
        case "resync":
            resync()
        case "older":
            send_older(given["before"])
        case "estimate":
            return Details(estimate_of(session, **given))
        case "compare" | "details" | "device" | "drawing" | "picture" | "use":
            return Details(_told(session, records, request))
        case _:
            return _act(session, records, request)
    return None


def _told(session: SessionView, records: SessionRecords, request: Request) -> dict[str, Any]:
    given = request.arguments
    match request.action:
        case "compare":
            job_ids, with_ideal = given["job_ids"], given["with_ideal"]
            return comparison_of(session, records, job_ids, with_ideal=with_ideal)
        case "details":
            return details_of(session, records, given["job_id"])
        case "device":
            return encode_device(session.device)
        case "drawing":
            return drawing_of(session, records, given["job_id"], given["index"])
        case "use":
            return use_of(session, records, given["job_id"])
        case _:
            return {"html": session.to_html(), "text": repr(session)}


def _act(session: SessionView, records: SessionRecords, request: Request) -> str:
    match request.action:
        case "run":
            return _run(session, records, request)
        case "cancel_session":
            session.cancel(reason="cancelled from its widget")
            return "The session is cancelled."
        case "close_session":
            session.close(reason="closed from its widget")
            return "The session takes no more jobs."
        case "cancel_job":
            return _cancel_job(session, records, request.arguments["job_id"])
        case "cancel_queued":
            return _cancel_queued(session, records)
        case action:
            raise AssertionError(f"nobody carries out {action!r}")


def _run(session: SessionView, records: SessionRecords, request: Request) -> str:
    """A program with what the reader chose for it, a job once more, or else the last one."""
    given = request.arguments
    if given["program"] is not None:
        job = session.run_program(
            given["program"],
            shots=given["shots"],
            precision=given["precision"],
            parameters=given["parameters"],
        )
    else:
        if given["job_id"] is not None:
            # In code, a job that another process left can be run again. A page is for its session.
            record_of(records, given["job_id"])
        job = session.run_again(given["job_id"], shots=given["shots"])
    return f"Job {job.job_id()} was submitted."


def _cancel_job(session: SessionView, records: SessionRecords, job_id: str) -> str:
    if session.cancel_job(job_id):
        return f"Job {job_id} is cancelled."
    status = record_of(records, job_id).status
    raise InvalidInputError(
        f"Job {job_id} is {status.lower()} and can no longer be cancelled here."
    )


def _cancel_queued(session: SessionView, records: SessionRecords) -> str:
    queued = [record for record in records.all() if record.status == JobStatus.QUEUED]
    cancelled, failures = 0, []
    # The newest first: the one that would start next is the last to be asked for.
    for record in reversed(queued):
        try:
            cancelled += session.cancel_job(record.job_id)
        except QSessionError as error:
            failures.append(error)
    if failures:
        raise QSessionError(
            f"{cancelled} of {len(queued)} queued jobs are cancelled. The last of "
            f"{len(failures)} failures: {failures[-1]}"
        )
    started = len(queued) - cancelled
    rest = f" {started} could no longer be." if started else ""
    if cancelled == 1:
        return f"1 queued job is cancelled.{rest}"
    return f"{cancelled or 'No'} queued jobs are cancelled.{rest}"
