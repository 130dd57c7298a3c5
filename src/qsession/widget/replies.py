"""The one reply that each request of a page gets."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from qsession.errors import QSessionError

_log = logging.getLogger("qsession")

Request = Mapping[str, Any]
"""A request as it came from the page."""


def reply_to(content: object, carry_out: Callable[[Request], str | None]) -> dict[str, Any] | None:
    """Carry out a request of the page.

    Args:
        content: The message as it came.
        carry_out: Does what it asks for and says so.

    Returns:
        The reply; None for a message that is no request. Failures are replies too.
    """
    if not isinstance(content, Mapping) or content.get("kind") != "request":
        return None
    message, problem = None, None
    try:
        message = carry_out(content)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page waits for an answer
        if not isinstance(error, QSessionError):
            _log.exception("A request of the page failed.")
        problem = {"type": type(error).__name__, "message": str(error) or type(error).__name__}
    return {
        "kind": "reply",
        "id": content.get("id"),
        "ok": problem is None,
        "message": message,
        "error": problem,
    }
