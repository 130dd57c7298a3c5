"""Checks what a page asks for before anything is done: `read_request`.

A page is a program on another computer, which may be old, broken or not ours. So each widget says
what may be asked of it and with which arguments (`Actions`), and nothing else comes in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from qsession.errors import InvalidInputError, shown
from qsession.model.ids import is_text, read_id

Check: TypeAlias = Callable[[str, object], Any]
"""Takes an argument's name and value, and gives what it stands for, or raises."""

Actions: TypeAlias = Mapping[str, Mapping[str, Check]]
"""The actions that may be asked for, each with its arguments."""

LONGEST_REQUEST_ID: Final = 64

_LARGEST_NUMBER: Final = 2**53
"""Beyond it, numbers of a page are not whole."""

MOST_IDS: Final = 4
"""The largest number of jobs that a request may name: so many fit beside each other."""

MOST_PARAMETERS: Final = 1000
"""The largest number of values of parameters in a request; a page offers a few."""


@dataclass(frozen=True)
class Request:
    """A request of a page, checked.

    Attributes:
        action: What is to be done.
        arguments: With what; optional ones that were left out are None.
    """

    action: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


def is_request(content: object) -> bool:
    """Return True if a message is a request, which wants an answer."""
    return isinstance(content, Mapping) and content.get("kind") == "request"


def request_id_of(content: Mapping[str, Any]) -> str | None:
    """Return the id by which the page finds the answer; None if it cannot be sent back."""
    request_id = content.get("id")
    if isinstance(request_id, str) and is_text(request_id):
        return request_id if len(request_id) <= LONGEST_REQUEST_ID else None
    return None


def read_request(content: Mapping[str, Any], actions: Actions) -> Request:
    """A request that can be carried out.

    Raises:
        InvalidInputError: If it has no id, asks for something unknown, or has other arguments.
    """
    if request_id_of(content) is None:
        raise InvalidInputError(
            f"The page sent a request with id={shown(content.get('id'))}. Expected a text of at "
            f"most {LONGEST_REQUEST_ID} characters."
        )
    action = content.get("action")
    if not isinstance(action, str) or action not in actions:
        raise InvalidInputError(
            f"The page asked for {shown(action)}, which is not known here. Reload the page if "
            "qsession was updated."
        )
    arguments = {name: check(name, content.get(name)) for name, check in actions[action].items()}
    return Request(action, arguments)


# --- arguments ------------------------------------------------------------------------------------


def optional(check: Check) -> Check:
    """An argument that may be left out."""
    return lambda name, value: None if value is None else check(name, value)


def an_id(name: str, value: object) -> str:
    """The id of a job, the key of a session, the name of a program."""
    return read_id(name, value)


def whole_number(name: str, value: object) -> int:
    """A whole number; whether it makes sense is for others to say."""
    if type(value) is not int or abs(value) > _LARGEST_NUMBER:
        raise InvalidInputError(f"The page sent {name}={shown(value)}, which is no whole number.")
    return value


def number(name: str, value: object) -> float:
    """A finite number; whether it makes sense is for others to say."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise InvalidInputError(f"The page sent {name}={shown(value)}, which is no number.")
    return value


def ids(name: str, value: object) -> list[str]:
    """Some ids, each another."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_IDS:
        raise InvalidInputError(
            f"The page sent {name}={shown(value)}. Expected 1 to {MOST_IDS} ids."
        )
    found = [read_id(name, each) for each in value]
    if len(set(found)) < len(found):
        raise InvalidInputError(f"The page sent {name}={shown(value)}, in which one is twice.")
    return found


def yes_or_no(name: str, value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise InvalidInputError(f"The page sent {name}={shown(value)}. Expected true or false.")
    return value


def numbers_by_name(name: str, value: object) -> dict[str, float]:
    """Numbers, each with a name."""
    if not isinstance(value, Mapping) or len(value) > MOST_PARAMETERS:
        raise InvalidInputError(
            f"The page sent {name}={shown(value)}. Expected at most {MOST_PARAMETERS} numbers by "
            "name."
        )
    return {read_id(name, key): number(f"{name}[{key!r}]", each) for key, each in value.items()}


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond what a float can be
        return False
