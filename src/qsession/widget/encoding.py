"""Snapshots and records in the words of the wire (`qsession.widget.wire`)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from math import isfinite
from typing import Any

from qsession.model.backend_status import BackendStatus
from qsession.model.bill import Quota
from qsession.model.job import JobRecord
from qsession.model.snapshot import SessionSnapshot, WorkLabel
from qsession.widget.wire import WIRE_VERSION

LONGEST_ERROR = 300
"""Characters of a job's error that are sent with its row: what a line of a table can show."""


MOST_PROGRAMS = 20
MOST_PARAMETERS = 24
"""The largest number of programs, and of parameters of each, that the page offers."""


def sendable(value: Any) -> Any:
    """Return a value that JSON can hold: no lone surrogates, no NaN, no infinity.

    Names, errors and results come from anywhere, and one that cannot be sent would keep all else
    from being sent with it.
    """
    match value:
        case str():
            return value if value.isascii() else value.encode(errors="replace").decode()
        case float():
            return value if isfinite(value) else None
        case dict():
            return {sendable(key): sendable(item) for key, item in value.items()}
        case list() | tuple():
            return list(map(sendable, value))
    return value


def encode_head(snapshot: SessionSnapshot, *, clicks_wait: bool) -> dict[str, Any]:
    """Everything about a session but its jobs."""
    head = {
        "version": WIRE_VERSION,
        "state": snapshot.state.value,
        "label": snapshot.state.label,
        "session_id": snapshot.session_id,
        "name": snapshot.name,
        "backend": snapshot.backend,
        "mode": snapshot.mode,
        "max_time_s": snapshot.max_time_s,
        "limit_s": snapshot.limit_s,
        "interactive_timeout_s": snapshot.interactive_timeout_s,
        "now_ms": _ms(snapshot.now),
        "started_ms": _ms(snapshot.started),
        "expires_ms": _ms(snapshot.expires),
        "idle_since_ms": _ms(snapshot.idle_since),
        "idle_until_ms": _ms(snapshot.idle_until),
        "ended_ms": _ms(snapshot.ended),
        "ended_reason": snapshot.ended_reason,
        "usage_s": round(snapshot.usage_s, 3),
        "usage_runs": snapshot.usage_runs,
        "qpu_s": round(snapshot.qpu_s, 3),
        "counts": {status.value: count for status, count in snapshot.counts.items()},
        "programs": [_program(program) for program in snapshot.programs[:MOST_PROGRAMS]],
        "last_work": None if snapshot.last_work is None else _label(snapshot.last_work),
        "can_cancel_running": snapshot.can_cancel_running,
        "is_paid": snapshot.is_paid,
        "queue": None if snapshot.queue is None else _queue(snapshot.queue),
        "quota": None if snapshot.quota is None else _quota(snapshot.quota),
        "price": None if snapshot.price is None else asdict(snapshot.price),
        "budget": asdict(snapshot.budget),
        "clicks_wait": clicks_wait,
        "stale_since_ms": _ms(snapshot.stale_since),
        "error": snapshot.error,
    }
    found: dict[str, Any] = sendable(head)
    return found


def encode_row(record: JobRecord) -> list[Any]:
    """One job: the values of `ROW_FIELDS`, in their order."""
    error = record.error
    if error is not None and len(error) > LONGEST_ERROR:
        error = f"{error[:LONGEST_ERROR]}…"
    row = [
        record.job_id,
        record.name,
        record.primitive,
        record.status.value,
        _ms(record.created),
        _ms(record.started),
        _ms(record.finished),
        record.run_seconds,
        record.qpu_seconds,
        record.shots,
        record.tags,
        error,
        record.values,
        record.are_times_estimated,
        record.is_qpu_estimated,
        record.forecast_s,
        record.service_forecast_s,
    ]
    found: list[Any] = sendable(row)
    return found


def _program(program: WorkLabel) -> dict[str, Any]:
    listed = program.parameters[:MOST_PARAMETERS]
    return {
        **_label(program),
        "parameters": [list(parameter) for parameter in listed],
        "parameter_count": len(program.parameters),
    }


def _queue(status: BackendStatus) -> dict[str, Any]:
    return {
        "pending_jobs": status.pending_jobs,
        "is_operational": status.is_operational,
        "message": status.message,
        "asked_ms": _ms(status.asked),
    }


def _quota(quota: Quota) -> dict[str, Any]:
    return {
        "used_s": quota.used_s,
        "limit_s": quota.limit_s,
        "remaining_s": quota.remaining_s,
        "is_used_up": quota.is_used_up,
        "instance": quota.instance,
        "plan": quota.plan,
        "asked_ms": _ms(quota.asked),
    }


def _label(work: WorkLabel) -> dict[str, Any]:
    return {
        "name": work.name,
        "primitive": work.primitive,
        "shots": work.shots,
        "precision": work.precision,
    }


def _ms(time: datetime | None) -> int | None:
    return None if time is None else round(time.timestamp() * 1000)
