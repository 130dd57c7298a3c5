"""Refusals and failures of the service as errors of qsession, in plain words."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import NoReturn

from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMError, IBMNotAuthorizedError

from qsession.client_errors import (
    ServiceError,
    SessionEndedError,
    SessionNotAllowedError,
    SessionNotFoundError,
    UsageLimitError,
)
from qsession.errors import InvalidMaxTimeError, QSessionError
from qsession.redaction.errors import without_secrets
from qsession.redaction.secrets import redacted

_OPEN_PLAN_CODE = 1352
_CODE = re.compile(r'"?code"?\s*[:=]\s*(\d{3,5})')
_STATUS = re.compile(r"\b([45]\d\d) (?:Client|Server) Error")
_SAID = re.compile(r'"message"\s*:\s*"([^"]*)"')
_LONGEST = 300

_TOLD: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "The service does not accept the access token.",
    HTTPStatus.TOO_MANY_REQUESTS: "The service asks for fewer requests (429).",
}


def refusal(
    error: Exception, doing: str, *, max_time_s: int | None = None, if_it_arrived: str = ""
) -> QSessionError:
    """The error to raise in place of one of the client's, which is its cause.

    Neither tells a secret: the client's quotes what the service says, and headers.

    Args:
        error: What the client raised.
        doing: What was being done: "open a session on ibm_torino".
        max_time_s: The ``max_time`` that was asked for, if one was.
        if_it_arrived: What to say, too, if the request may have taken effect although it failed.
    """
    cause = without_secrets(error, keeps_frames=isinstance(error, QSessionError))
    if isinstance(error, QSessionError):
        return error
    text = redacted(str(error))
    status, said = _status_of(error, text), _said(text)
    is_refused = status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR
    is_about_session = is_refused and "session" in text.lower()
    if str(_OPEN_PLAN_CODE) in _CODE.findall(text):
        kind: type[QSessionError] = SessionNotAllowedError
        why = (
            "the Open plan has no sessions. Use Batch(backend), which it has, or a local session "
            'such as Session("fake_torino").'
        )
    elif isinstance(error, IBMNotAuthorizedError) or status == HTTPStatus.UNAUTHORIZED:
        kind = ServiceError
        why = (
            "the service does not accept the account's credentials (any more). Make a new "
            "QiskitRuntimeService, or save the account again."
        )
    elif status == HTTPStatus.BAD_REQUEST and max_time_s is not None and _is_about_time(text):
        kind = InvalidMaxTimeError
        why = (
            f'max_time={max_time_s} is refused. {said} Give a smaller one, such as max_time="30m".'
        )
    elif status == HTTPStatus.CONFLICT and "limit" in text.lower():
        kind = UsageLimitError
        why = f"the instance's usage limit is reached. {said} Nothing was submitted."
    elif is_about_session and "closed" in text.lower():
        kind = SessionEndedError
        why = f"the session was closed elsewhere. {said} Open a new one."
    elif is_about_session and status == HTTPStatus.NOT_FOUND:
        kind = SessionNotFoundError
        why = f"the service knows no such session. {said}"
    else:
        kind = ServiceError
        why = _uncapitalised(problem_words(error))
    also = if_it_arrived if may_have_arrived(error) else ""
    told = kind(f"Could not {doing}: {why.strip()} {also}".rstrip())
    told.__cause__ = cause
    return told


def raise_refusal(error: Exception, doing: str) -> NoReturn:
    """Raise what `refusal` makes of an error of the client that is being handled.

    Raises:
        QSessionError: Always.
    """
    told = refusal(error, doing)
    try:
        raise told from told.__cause__
    finally:
        del told, error  # its frames hold the session, which would hold itself by way of this one


def _uncapitalised(words: str) -> str:
    return words[:1].lower() + words[1:]


def is_conflict(error: BaseException | None) -> bool:
    """Return True if the service refused because its state is already another (HTTP 409)."""
    return error is not None and _status_of(error, str(error)) == HTTPStatus.CONFLICT


def may_have_arrived(error: Exception) -> bool:
    """Return True if a failed request may have taken effect: its answer was lost."""
    if isinstance(error, QSessionError):
        return False
    status = _status_of(error, str(error))
    return status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def problem_words(error: Exception) -> str:
    """One sentence on what is wrong with the service or the way to it."""
    text = redacted(str(error))
    if isinstance(error, QSessionError):
        return text
    status = _status_of(error, text)
    if isinstance(error, IBMNotAuthorizedError):
        status = HTTPStatus.UNAUTHORIZED
    if status is not None:
        told = _TOLD.get(status) or f"The service answered {status}. {_said(text)}"
        return told.strip()
    lowered = text.lower()
    if "timed out" in lowered or "timeout" in lowered:
        return "The service does not answer."
    if isinstance(error, ValueError | TypeError | LookupError) and not isinstance(error, IBMError):
        return "The service's answer cannot be read."
    return f"The service cannot be reached: {_cut(text)}"


def _status_of(error: BaseException, text: str) -> int | None:
    code = error.status_code if isinstance(error, RequestsApiError) else -1
    if code and code > 0:
        return int(code)
    found = _STATUS.search(text)
    return int(found.group(1)) if found else None


def _said(text: str) -> str:
    """The service's own message, out of the body that the client puts into the error's text."""
    found = _SAID.search(text)
    if found is None:
        return ""
    words = _cut(found.group(1)).strip()
    return words if words.endswith((".", "!", "?", "…")) or not words else f"{words}."


def _is_about_time(text: str) -> bool:
    return any(word in text.lower() for word in ("max_ttl", "max_time", "maximum time", "ttl"))


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"
