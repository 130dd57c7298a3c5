"""The two listings of the service, page by page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from tests.cloud.instances import Problem
from tests.cloud.records import Job
from tests.cloud.views import JsonObject

Query = Mapping[str, Sequence[str]]

JOBS_LIMIT = 200
WORKLOADS_LIMIT = 50
WORKLOADS_DEFAULT = 10


def one(query: Query, name: str) -> str | None:
    """The value of a parameter that may be given once."""
    values = query.get(name)
    return values[0] if values else None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(400, 1208, f"{text!r} is not a date-time.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _within(text: str | None, low: int, high: int, default: int) -> int:
    """A number; outside of the range, no error but the default."""
    try:
        number = int(text or default)
    except ValueError:
        raise Problem(400, 1208, f"{text!r} is not a number.") from None
    return number if low <= number <= high else default


def _wanted(job: Job, query: Query) -> bool:
    equal: tuple[tuple[str, str | None], ...] = (
        ("backend", job.backend),
        ("program", job.program_id),
        ("session_id", job.session_id),
        ("pending", "true" if job.pending else "false"),
    )
    after, before = one(query, "created_after"), one(query, "created_before")
    return (
        all(one(query, name) in (None, value) for name, value in equal)
        and set(query.get("tags", ())) <= set(job.tags)
        and (after is None or job.created >= _moment(after))
        and (before is None or job.created <= _moment(before))
    )


def page_of_jobs(
    jobs: Iterable[Job], query: Query, view: Callable[[Job], JsonObject]
) -> JsonObject:
    """The answer of ``GET /jobs``; the jobs come oldest first."""
    matches = [job for job in jobs if _wanted(job, query)]
    if one(query, "sort") != "ASC":
        matches.reverse()
    limit = _within(one(query, "limit"), 1, JOBS_LIMIT, JOBS_LIMIT)
    offset = _within(one(query, "offset"), 0, 2**31 - 1, 0)
    return {
        "jobs": [view(job) for job in matches[offset : offset + limit]],
        "count": len(matches),
        "limit": limit,
        "offset": offset,
    }


def page_of_workloads(workloads: list[JsonObject], query: Query, href: str) -> JsonObject:
    """The answer of ``GET /workloads``. The cursor is an offset; clients must not know."""
    after, before = one(query, "created_after"), one(query, "created_before")
    statuses = query.get("status", ())
    search = one(query, "search") or ""
    matches = [
        workload
        for workload in sorted(workloads, key=lambda item: str(item["created"]))
        if one(query, "mode") in (None, workload["mode"])
        and one(query, "backend") in (None, workload.get("backend"))
        and (not statuses or workload["status"] in statuses)
        and set(query.get("tags", ())) <= set(workload["tags"])
        and any(search in text for text in (workload["id"], *workload["tags"]))
        and (after is None or _moment(workload["created"]) >= _moment(after))
        and (before is None or _moment(workload["created"]) <= _moment(before))
    ]
    if one(query, "sort") == "-createdAt":
        matches.reverse()
    limit = _within(one(query, "limit"), 1, WORKLOADS_LIMIT, WORKLOADS_DEFAULT)
    start = _within(one(query, "next") or one(query, "previous"), 0, len(matches), 0)
    page: JsonObject = {
        "workloads": matches[start : start + limit],
        "total_count": len(matches),
        "limit": limit,
    }
    if start + limit < len(matches):
        page["next"] = {"href": f"{href}?next={start + limit}&limit={limit}"}
    if start:
        page["previous"] = {"href": f"{href}?previous={max(start - limit, 0)}&limit={limit}"}
    return page
