"""What the buttons of the page do: each request gets one reply."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from qsession.errors import InvalidInputError, QSessionError

if TYPE_CHECKING:
    from qsession.session import Session

_log = logging.getLogger("qsession")


def answer(
    session: Session, content: object, *, resync: Callable[[], None]
) -> dict[str, Any] | None:
    """Carry out a request of the page.

    Args:
        session: The session that the page shows.
        content: The message as it came.
        resync: Sends the whole state again.

    Returns:
        The reply; None for a message that is no request. Failures are replies too.
    """
    if not isinstance(content, Mapping) or content.get("kind") != "request":
        return None
    try:
        message = _carry_out(session, content, resync)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page waits for an answer
        if not isinstance(error, QSessionError):
            _log.exception("A request of the page failed.")
        problem = {"type": type(error).__name__, "message": str(error) or type(error).__name__}
        return _reply(content, message=None, error=problem)
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


def _carry_out(
    session: Session, content: Mapping[str, Any], resync: Callable[[], None]
) -> str | None:
    match content.get("action"):
        case "run":
            return _run(session, content.get("program"), content.get("shots"))
        case "cancel_session":
            session.cancel(reason="cancelled from its widget")
            return "The session is cancelled."
        case "close_session":
            session.close(reason="closed from its widget")
            return "The session takes no more jobs."
        case "cancel_job":
            return _cancel_job(session, content.get("job_id"))
        case "resync":
            resync()
            return None
        case action:
            raise InvalidInputError(f"The page asked for {action!r}, which is not known here.")


def _run(session: Session, program: str | None, shots: int | None) -> str:
    if program is None:
        job = session.run_again(shots=shots)
    else:
        job = session.run_program(program, shots=shots)
    return f"Job {job.job_id()} was submitted."


def _cancel_job(session: Session, job_id: Any) -> str:
    if session.cancel_job(job_id):
        return f"Job {job_id} is cancelled."
    status = session.records([job_id])[0].status
    raise InvalidInputError(
        f"Job {job_id} is {status.lower()} and can no longer be cancelled here."
    )
