"""What the buttons of the page do: each request gets one reply."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from qsession.errors import InvalidInputError, QSessionError
from qsession.model.states import JobStatus
from qsession.widget.details import details_of, drawing_of

if TYPE_CHECKING:
    from qsession.session import Session

_log = logging.getLogger("qsession")


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
    if not isinstance(content, Mapping) or content.get("kind") != "request":
        return None
    try:
        details = _look_up(session, content)
        message = None if details else _carry_out(session, content, resync, send_older)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page waits for an answer
        if not isinstance(error, QSessionError):
            _log.exception("A request of the page failed.")
        problem = {"type": type(error).__name__, "message": str(error) or type(error).__name__}
        return _reply(content, message=None, error=problem)
    if details is not None:
        return {**_reply(content, message=None, error=None), "details": details}
    return _reply(content, message=message, error=None)


def _reply(
    content: Mapping[str, Any], *, message: str | None, error: dict[str, str] | None
) -> dict[str, Any]:
    return {
        "kind": "reply",
        "id": content.get("id"),
        "ok": error is None,
        "message": message,
        "error": error,
    }


def _look_up(session: Session, content: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the page wants to know of a job; None if it wants something else."""
    match content.get("action"):
        case "details":
            return details_of(session, content.get("job_id", ""))
        case "drawing":
            return drawing_of(session, content.get("job_id", ""), content.get("index", 0))
    return None


def _carry_out(
    session: Session,
    content: Mapping[str, Any],
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


def _run(session: Session, content: Mapping[str, Any]) -> str:
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
