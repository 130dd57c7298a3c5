"""Jobs and sessions as the REST API shows them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.cloud.instances import USER_ID
from tests.cloud.records import CloudSession, Job

Stamp = Callable[[datetime | None], str | None]
"""Writes a time as the service's clock has it."""

JsonObject = dict[str, Any]

WORKLOAD_STATUS = {
    "Queued": "pending",
    "Running": "in_progress",
    "Completed": "completed",
    "Cancelled": "canceled",
    "Failed": "failed",
}
RAN_TOO_LONG = 1305


def present(values: JsonObject) -> JsonObject:
    """Without the values that are not set."""
    return {name: value for name, value in values.items() if value is not None}


def job_usage(job: Job) -> JsonObject:
    """What the job cost so far, and whether that is final."""
    return {
        "qpu_charge_time_seconds": job.qpu_seconds,
        "status": "complete" if job.billed else "pending",
    }


def job_view(job: Job, stamp: Stamp, *, with_params: bool = False) -> JsonObject:
    """The answer of ``GET /jobs/{id}``, and an item of ``GET /jobs``."""
    ran_too_long = job.status == "Cancelled" and job.reason_code == RAN_TOO_LONG
    state = {
        "status": job.status,
        "reason": job.reason,
        "reason_code": job.reason_code,
        "reason_solution": job.reason_solution,
    }
    view = {
        "id": job.job_id,
        "backend": job.backend,
        "state": present(state),
        "status": "Cancelled - Ran too long" if ran_too_long else job.status,
        "program": {"id": job.program_id},
        "created": stamp(job.created),
        "cost": job.cost,
        "tags": job.tags or None,
        "session_id": job.session_id,
        "user_id": USER_ID,
        "usage": job_usage(job),
        "runtime": job.runtime,
        "private": job.private or None,
        "estimated_running_time_seconds": 2.0,
        "params": job.params if with_params and not job.private else None,
    }
    return present(view)


def metrics_view(job: Job, stamp: Stamp) -> JsonObject:
    """The answer of ``GET /jobs/{id}/metrics``."""
    times = {
        "created": stamp(job.created),
        "running": stamp(job.started),
        "finished": stamp(job.finished),
    }
    return {
        "timestamps": present(times),
        "usage": job_usage(job),
        "caller": "qiskit-ibm-runtime",
        "qiskit_version": "2",
    }


def session_view(session: CloudSession, elapsed: float | None, stamp: Stamp) -> JsonObject:
    """The answer of ``POST /sessions`` and ``GET /sessions/{id}``: what is not set is null."""
    return {
        "id": session.session_id,
        "backend_name": session.backend,
        "mode": session.mode,
        "state": session.state,
        "state_reason": session.state_reason,
        "accepting_jobs": session.accepting_jobs,
        "interactive_ttl": session.interactive_ttl,
        "max_ttl": session.max_ttl,
        "active_ttl": session.max_ttl,
        "started_at": stamp(session.started_at),
        "activated_at": stamp(session.activated_at),
        "closed_at": stamp(session.closed_at),
        "last_job_started": stamp(session.last_job_started),
        "last_job_completed": stamp(session.last_job_completed),
        "timestamps": [
            {"status": state, "timestamp": stamp(when)} for state, when in session.history
        ],
        "elapsed_time": elapsed,
        "user_id": USER_ID,
    }


def job_workload(job: Job, stamp: Stamp) -> JsonObject:
    """A job outside sessions, as an item of ``GET /workloads``."""
    workload = {
        "id": job.job_id,
        "created": stamp(job.created),
        "ended": stamp(job.finished),
        "backend": job.backend,
        "instance": job.instance.crn,
        "user_id": USER_ID,
        "mode": "job",
        "status": WORKLOAD_STATUS[job.status],
        "status_reason": job.reason,
        "tags": job.tags,
        "usage": None if job.pending else job_usage(job),
        "estimated_running_time_seconds": 2.0,
    }
    return present(workload)


def session_workload(session: CloudSession, elapsed: float | None, stamp: Stamp) -> JsonObject:
    """A session or batch, as an item of ``GET /workloads``."""
    status = {"open": "pending", "inactive": "pending", "active": "in_progress"}
    ended = "canceled" if session.cancelled else "completed"
    usage = None if elapsed is None else {"qpu_charge_time_seconds": elapsed}
    workload: JsonObject = {
        "id": session.session_id,
        "created": stamp(session.created),
        "ended": stamp(session.closed_at),
        "backend": session.backend,
        "instance": session.instance.crn,
        "user_id": USER_ID,
        "accepting_jobs": session.accepting_jobs,
        "mode": "session" if session.mode == "dedicated" else "batch",
        "status": status.get(session.state, ended),
        "tags": [],
        "usage": usage if session.state == "closed" else None,
    }
    return present(workload)
