"""What the buttons of the page do: each request gets one reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qsession.errors import InvalidInputError, QSessionError
from qsession.model.states import JobStatus
from qsession.widget.details import details_of, drawing_of
from qsession.widget.replies import Details, Request, reply_to

if TYPE_CHECKING:
    from qsession.session import Session


def answer(
    session: Session,
    content: object,
    *,
    resync: Callable[[], None],
    send_older: Callable[[str], None],
) -> dict[str, Any] | None:
    """Carry out a request of the page.

    Args:
        session: The session that the page shows.
        content: The message as it came.
        resync: Sends the whole state again.
        send_older: Sends the jobs before one.

    Returns:
        The reply; None for a message that is no request. Failures are replies too.
    """

    def carry_out(request: Request) -> str | Details | None:
        return _look_up(session, request) or _carry_out(session, request, resync, send_older)

    return reply_to(content, carry_out)


def _look_up(session: Session, content: Request) -> Details | None:
    """What the page wants to know; None if it wants something done."""
    match content.get("action"):
        case "details":
            return Details(details_of(session, content.get("job_id", "")))
        case "drawing":
            return Details(drawing_of(session, content.get("job_id", ""), content.get("index", 0)))
        case "picture":
            return Details({"html": session.to_html(), "text": repr(session)})
    return None


def _carry_out(
    session: Session,
    content: Request,
    resync: Callable[[], None],
    send_older: Callable[[str], None],
) -> str | None:
    match content.get("action"):
        case "run":
            return _run(session, content)
        case "cancel_session":
            session.cancel(reason="cancelled from its widget")
            return "The session is cancelled."
        case "close_session":
            session.close(reason="closed from its widget")
            return "The session takes no more jobs."
        case "cancel_job":
            return _cancel_job(session, content.get("job_id"))
        case "cancel_queued":
            return _cancel_queued(session)
        case "older":
            send_older(content.get("before", ""))
        case "resync":
            resync()
        case action:
            raise InvalidInputError(f"The page asked for {action!r}, which is not known here.")
    return None


def _run(session: Session, content: Request) -> str:
    """A program with what the reader chose for it, a job once more, or else the last one."""
    program, shots = content.get("program"), content.get("shots")
    if program is None:
        job = session.run_again(content.get("job_id"), shots=shots)
    else:
        job = session.run_program(
            program,
            shots=shots,
            precision=content.get("precision"),
            parameters=content.get("parameters"),
        )
    return f"Job {job.job_id()} was submitted."


def _cancel_job(session: Session, job_id: Any) -> str:
    if session.cancel_job(job_id):
        return f"Job {job_id} is cancelled."
    status = session.records([job_id])[0].status
    raise InvalidInputError(
        f"Job {job_id} is {status.lower()} and can no longer be cancelled here."
    )


def _cancel_queued(session: Session) -> str:
    queued = [record for record in session.jobs if record.status == JobStatus.QUEUED]
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
