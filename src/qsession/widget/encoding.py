"""Snapshots and records in the words of the wire (`qsession.widget.wire`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qsession.model.records import JobRecord
from qsession.model.snapshot import SessionSnapshot, WorkLabel
from qsession.widget.wire import WIRE_VERSION

LONGEST_ERROR = 2_000
"""Characters of a job's error that are sent with its row."""


def encode_head(snapshot: SessionSnapshot, *, clicks_wait: bool) -> dict[str, Any]:
    """Everything about a session but its jobs."""
    return {
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
        "programs": [_label(program) for program in snapshot.programs],
        "last_work": None if snapshot.last_work is None else _label(snapshot.last_work),
        "can_cancel_running": snapshot.can_cancel_running,
        "clicks_wait": clicks_wait,
        "stale_since_ms": _ms(snapshot.stale_since),
        "error": snapshot.error,
    }


def encode_row(record: JobRecord) -> dict[str, Any]:
    """One job."""
    error = record.error
    if error is not None and len(error) > LONGEST_ERROR:
        error = f"{error[:LONGEST_ERROR]}…"
    return {
        "job_id": record.job_id,
        "name": record.name,
        "primitive": record.primitive,
        "status": record.status.value,
        "created_ms": _ms(record.created),
        "started_ms": _ms(record.started),
        "finished_ms": _ms(record.finished),
        "run_s": record.run_seconds,
        "qpu_s": record.qpu_seconds,
        "shots": record.shots,
        "tags": list(record.tags),
        "error": error,
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
