"""Jobs beside each other for the page, bounded in size: never kept in a trait."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from qsession.comparing import CountsComparison, ValuesComparison, compare_jobs
from qsession.comparing.ideal import IDEAL
from qsession.comparing.parts import words_of
from qsession.render.results import MOST_OUTCOMES, MOST_VALUES
from qsession.widget.details import record_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsession.session.records import SessionRecords
    from qsession.widget.session_view import SessionView

MOST_PARTS: Final = 10
"""The largest number of registers and arrays of values that are told."""


def comparison_of(
    session: SessionView, records: SessionRecords, job_ids: Sequence[str], *, with_ideal: bool
) -> dict[str, Any]:
    """Jobs of a session beside each other; the last one, or the ideal, is the reference.

    Raises:
        UnknownJobError: If the session has no such job.
        InvalidInputError: If they have nothing in common.
        Exception: If one of them has no result, or the ideal simulation fails.
    """
    for job_id in job_ids:
        record_of(records, job_id)
    sides = [*job_ids, *([IDEAL] if with_ideal else [])]
    found = compare_jobs(session.job, *sides, names=records.of)
    return {
        "labels": list(found.labels),
        "parts": [_part(part) for part in found.parts[:MOST_PARTS]],
        "hidden": max(len(found.parts) - MOST_PARTS, 0),
        "unmatched": [words[:200] for words in found.unmatched[:MOST_PARTS]],
    }


def _part(part: CountsComparison | ValuesComparison) -> dict[str, Any]:
    return _counts(part) if isinstance(part, CountsComparison) else _values(part)


def _counts(part: CountsComparison) -> dict[str, Any]:
    shares = part.shares(MOST_OUTCOMES)
    return {
        "kind": "counts",
        "title": words_of((part.pub, part.name, part.point)),
        "rows": [[outcome[:80], list(each)] for outcome, each in shares],
        "others": part.distinct - len(shares),
        "distances": [
            [each.total_variation, each.hellinger_fidelity, each.from_shots]
            for each in part.distances
        ],
    }


def _values(part: ValuesComparison) -> dict[str, Any]:
    shape = part.estimates[0].values.shape
    places = [place for _, place in zip(range(MOST_VALUES), np.ndindex(shape), strict=False)]
    return {
        "kind": "values",
        "title": f"{words_of((part.pub, '', ''))}, expectation values",
        "rows": [
            [
                ", ".join(map(str, place)) or "–",
                [[_told(each.values[place]), _told(each.errors[place])] for each in part.estimates],
                [_told(units[place]) for units in part.in_errors],
            ]
            for place in places
        ],
        "others": math.prod(shape) - len(places),
        "largest": [_told(each) for each in part.largest],
    }


def _told(value: Any) -> float | None:
    """A number for JSON; None for what is none, or infinite."""
    return float(value) if math.isfinite(value) else None
