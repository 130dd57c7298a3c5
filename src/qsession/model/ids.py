"""Checks ids of jobs and sessions where they come in: `read_id`."""

from __future__ import annotations

from typing import Final

from qsession.errors import InvalidInputError, shown

LONGEST_ID: Final = 256
"""Characters; the longest name has 128."""


def read_id(what: str, value: object) -> str:
    """Check an id or a name, so that nothing behind has to be ready for something else.

    Args:
        what: What it is called, such as ``"job_id"``.
        value: The id.

    Returns:
        The id as it came.

    Raises:
        InvalidInputError: If it is no text, empty, too long, or has halves of characters.
    """
    if isinstance(value, str) and 0 < len(value) <= LONGEST_ID and is_text(value):
        return value
    raise InvalidInputError(
        f"{what}={shown(value)} cannot be an id. Expected a text of 1 to {LONGEST_ID} characters."
    )


def is_text(value: str) -> bool:
    """Return True if the string can be encoded: Python strings may hold lone surrogates.

    JSON from elsewhere may, too, and no encoding has a place for one.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
