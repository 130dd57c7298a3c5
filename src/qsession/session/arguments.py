"""What the constructor of a session was given, read: `tell_apart` and `differing_spans`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from numbers import Number
from typing import Any

from qsession.errors import InvalidInputError
from qsession.model.durations import format_duration, parse_duration, read_max_time
from qsession.session.guards import Guards


def tell_apart(backend: Any, max_time: Any) -> tuple[Any, Any]:
    """Read the first argument, which may be a ``max_time`` in a backend's place.

    Returns:
        The backend and the ``max_time``; None for one that was not given.

    Raises:
        InvalidInputError: If there are two ``max_time``.
    """
    is_max_time = isinstance(backend, Number | timedelta) or (
        isinstance(backend, str) and parse_duration(backend) is not None
    )
    if not is_max_time:
        return backend, max_time
    if max_time is not None:
        raise InvalidInputError(
            f"Two max_times were given: {backend!r} in the backend's place and "
            f"max_time={max_time!r}."
        )
    return None, backend


def differing_spans(
    arguments: Mapping[str, Any], here: Mapping[str, int | None], *, longest_max_time_s: int
) -> list[str]:
    """The spans of a session that a constructor was given otherwise, in words.

    Args:
        arguments: What it was given.
        here: The session's own: seconds, None for none, by the names of the arguments.
        longest_max_time_s: The bound of ``max_time`` on its backend.

    Raises:
        InvalidInputError: If something that was given cannot be used.
    """
    _, max_time = tell_apart(arguments.get("backend"), arguments.get("max_time"))
    guards = Guards.read(
        idle_timeout=arguments.get("idle_timeout"),
        max_usage=arguments.get("max_usage"),
        auto_renew=arguments.get("auto_renew", False),
    )
    asked = {
        "max_time": read_max_time(max_time, maximum_s=longest_max_time_s),
        **guards.as_arguments(),
    }
    return [
        f"{name} of {_words(here[name])}"
        for name, value in asked.items()
        if value is not None and value != here[name]
    ]


def _words(value: int | None) -> str:
    return "no limit of its own" if value is None else format_duration(value)
