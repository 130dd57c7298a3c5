"""What the client raises becomes an error of ours in plain words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError, IBMRuntimeError

import qsession
from qsession import (
    InvalidMaxTimeError,
    ServiceError,
    SessionEndedError,
    SessionNotAllowedError,
    SessionNotFoundError,
    UsageLimitError,
)
from qsession.engines.ibm.refusals import is_conflict, may_have_arrived, problem_words, refusal

REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           409: "Conflict", 429: "Too Many Requests", 500: "Server Error"}  # fmt: skip
URL = "https://quantum.cloud.ibm.com/api/v1"


def answered(status: int, code: int = 9000, message: str = "Hm.", path: str = "/jobs") -> Any:
    """What the client raises for an answer of the service."""
    side = "Client" if status < 500 else "Server"
    body = json.dumps({"errors": [{"code": code, "message": message, "solution": ""}]})
    text = f"{status} {side} Error: {REASONS.get(status, '?')} for url: {URL}{path}. {body}"
    return RequestsApiError(text, status)


def wrapped(error: Exception) -> Any:
    """The same as ``run()`` raises it."""
    return IBMRuntimeError(f"Failed to run program: {error}")


SESSION = f"/sessions/{'0' * 8}"
CLOSED_BY_PEER = RequestsApiError(
    "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response')) "
    f"for url: {URL}{SESSION}"
)
CASES: list[tuple[Exception, type[Exception], str]] = [
    (answered(400, 1352, "Not on this plan."), SessionNotAllowedError, r"Use Batch\(backend\)"),
    (answered(400, 1352, "Not on this plan."), SessionNotAllowedError, "a local session such as"),
    (answered(409, 1350, "The instance has reached its usage limit."), UsageLimitError,
     "usage limit is reached. The instance has reached its usage limit. Nothing was submitted"),
    (answered(409, 1232, "Job is Completed."), ServiceError, "answered 409. Job is Completed"),
    (answered(400, 1217, "Session has been closed."), SessionEndedError, "closed elsewhere"),
    (answered(404, 1291, "Session x not found.", SESSION), SessionNotFoundError, "no such session"),
    (answered(404, 1291, "Backend x not found."), ServiceError, "answered 404. Backend x not"),
    (answered(403, 1201, "You have no access."), ServiceError, "answered 403. You have no access"),
    (answered(429, message="Too many."), ServiceError, r"fewer requests \(429\)"),
    (answered(500, message="Session is closed.", path=SESSION), ServiceError, "answered 500"),
    (IBMNotAuthorizedError("401 Client Error"), ServiceError, "does not accept the account's cred"),
    (answered(401), ServiceError, "does not accept the account's credentials"),
    (CLOSED_BY_PEER, ServiceError, "cannot be reached"),
    (RequestsApiError(f"Read timed out. {SESSION}"), ServiceError, "does not answer"),
    (json.JSONDecodeError("Expecting value", "<html>", 0), ServiceError, "answer cannot be read"),
    (KeyError("id"), ServiceError, "answer cannot be read"),
    (TypeError("no list"), ServiceError, "answer cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "kind", "words"), CASES)
def test_each_refusal_has_its_kind_and_says_what_to_do(error: Exception, kind: Any, words: str):
    with pytest.raises(kind, match=words) as caught:
        raise refusal(error, "submit a job")
    assert type(caught.value) is kind
    assert str(caught.value).startswith("Could not submit a job: ")
    assert isinstance(caught.value, qsession.QSessionError)


@pytest.mark.parametrize(
    ("error", "kind"), [case[:2] for case in CASES if isinstance(case[0], RequestsApiError)]
)
def test_it_is_the_same_when_the_client_has_wrapped_it(error: Exception, kind: type[Exception]):
    assert type(refusal(wrapped(error), "submit a job")) is kind


def test_a_max_time_that_is_refused_is_named():
    error = answered(400, 1349, "max_ttl must not exceed 600 on your plan.")
    told = refusal(error, "open a session", max_time_s=900)
    assert isinstance(told, InvalidMaxTimeError)
    assert "max_time=900 is refused. max_ttl must not exceed 600 on your plan." in str(told)
    assert type(refusal(error, "open a session")) is ServiceError


def test_an_error_of_ours_stays_as_it_is():
    ours = qsession.UnknownJobError("unknown")
    assert refusal(ours, "submit") is ours
    assert problem_words(ours) == "unknown"


@pytest.mark.parametrize(
    ("error", "may"),
    [
        (answered(400), False),
        (answered(429), False),
        (answered(409), False),
        (answered(500), True),
        (RequestsApiError("too many 503 error responses"), True),
        (CLOSED_BY_PEER, True),
        (ServiceError("ours"), False),
    ],
)
def test_whether_a_request_may_have_taken_effect(error: Exception, may: bool):
    assert may_have_arrived(error) is may


def test_a_conflict_is_told_from_other_refusals():
    assert is_conflict(answered(409))
    assert not is_conflict(answered(400))
    assert not is_conflict(None)


def test_a_long_text_is_cut_and_put_into_one_line():
    words = problem_words(RequestsApiError("very\nlong " * 200))
    assert "\n" not in words
    assert len(words) < 400
