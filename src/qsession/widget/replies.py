"""The one reply that each request of a page gets."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qsession.errors import QSessionError
from qsession.redaction.secrets import redacted
from qsession.widget.checking import Actions, Request, read_request, request_id_of
from qsession.widget.encoding import sendable

_log = logging.getLogger("qsession")

LONGEST_MESSAGE: Final = 2000
"""Characters of what a reply says in words."""


@dataclass(frozen=True)
class Details:
    """The details that a page asked for, in place of words about an action."""

    content: dict[str, Any]


Outcome = str | Details | None


def reply_to(
    content: Mapping[str, Any], actions: Actions, carry_out: Callable[[Request], Outcome]
) -> dict[str, Any]:
    """Check a request of the page and carry it out.

    Args:
        content: The request as it came.
        actions: What may be asked for.
        carry_out: Does it, and says so or gives what was asked for.

    Returns:
        The reply, fit to be sent. Failures are replies too.
    """
    try:
        outcome = carry_out(read_request(content, actions))
    except Exception as error:  # noqa: BLE001 - whatever it is, the page waits for an answer
        if not isinstance(error, QSessionError):
            _log.exception("A request of the page failed.")
        return refusal(content, error)
    return _reply(content, outcome)


def refusal(content: Mapping[str, Any], error: Exception) -> dict[str, Any]:
    """The reply to a request that was not, or could not be, carried out."""
    return _reply(content, None, error)


def _reply(
    content: Mapping[str, Any], outcome: Outcome, error: Exception | None = None
) -> dict[str, Any]:
    problem = None
    if error is not None:
        kind = type(error).__name__
        problem = {"type": kind, "message": _cut(redacted(str(error))) or kind}
    reply = {
        "kind": "reply",
        "id": request_id_of(content),
        "ok": error is None,
        "message": _cut(outcome) if isinstance(outcome, str) else None,
        "error": problem,
        **({"details": outcome.content} if isinstance(outcome, Details) else {}),
    }
    found: dict[str, Any] = sendable(reply)
    return found


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"
