"""The pauses between requests to the service. Pure."""

from __future__ import annotations

SHORTEST_S = 1.0
"""Between two looks while a job runs or something has just changed."""

LONGEST_S = 15.0
"""Between two looks while nothing moves, or while the service cannot be reached."""

PATIENCE_S = 30.0
"""The time without a change after which requests become rarer."""

SHORTEST_GAP_S = 0.2
"""Between two looks whatever happens: many jobs submitted at once are seen together."""

LONGEST_OBEYED_S = 3600.0
"""The longest pause that the service can ask for."""

FRESH_S = 10.0
"""The time after a change in which each look asks for both the session and its jobs."""


SUPPLEMENT_S = 60.0
"""Between two requests for what is good to know beside a session and its jobs."""


TIMES_GAP_S = 0.5
"""Between two requests for the times of a finished job."""


def next_look_s(*, runs: bool, quiet_s: float) -> float:
    """Seconds until the next look.

    Args:
        runs: Whether a job of the session runs.
        quiet_s: Seconds since something changed.
    """
    if runs or quiet_s < PATIENCE_S:
        return SHORTEST_S
    # Waiting as long again as nothing has changed beyond the patience doubles the wait each time.
    return min(max(quiet_s - PATIENCE_S, 2 * SHORTEST_S), LONGEST_S)


def next_try_s(failures: int, *, asked_to_wait_s: float | None = None) -> float:
    """Seconds until the next look after some that failed in a row.

    Args:
        failures: How many, 1 or more.
        asked_to_wait_s: What the service asked for with ``Retry-After``; honoured up to an hour.
    """
    own_s = min(SHORTEST_S * 2.0 ** min(failures - 1, 10), LONGEST_S)
    if asked_to_wait_s is None:
        return own_s
    return max(min(asked_to_wait_s, LONGEST_OBEYED_S), SHORTEST_S)
