"""The one reply that each request of a page gets."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qsession.errors import QSessionError

_log = logging.getLogger("qsession")

Request = Mapping[str, Any]
"""A request as it came from the page."""


@dataclass(frozen=True)
class Details:
    """What a page wanted to know, instead of words about what was done."""

    content: dict[str, Any]


def reply_to(
    content: object, carry_out: Callable[[Request], str | Details | None]
) -> dict[str, Any] | None:
    """Carry out a request of the page.

    Args:
        content: The message as it came.
        carry_out: Does what it asks for, and says so or gives what was asked for.

    Returns:
        The reply; None for a message that is no request. Failures are replies too.
    """
    if not isinstance(content, Mapping) or content.get("kind") != "request":
        return None
    outcome, problem = None, None
    try:
        outcome = carry_out(content)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page waits for an answer
        if not isinstance(error, QSessionError):
            _log.exception("A request of the page failed.")
        problem = {"type": type(error).__name__, "message": str(error) or type(error).__name__}
    return {
        "kind": "reply",
        "id": content.get("id"),
        "ok": problem is None,
        "message": outcome if isinstance(outcome, str) else None,
        "error": problem,
        **({"details": outcome.content} if isinstance(outcome, Details) else {}),
    }
