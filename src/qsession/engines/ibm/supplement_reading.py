"""Reads what the service says of a backend, and of an instance. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qsession.engines.ibm.wire import number, whole
from qsession.model.backend_status import BackendStatus
from qsession.model.bill import Quota

LONGEST_MESSAGE = 300
"""Characters of a backend's message that are kept: a line or two."""


def read_backend_status(raw: Mapping[str, Any], now: datetime) -> BackendStatus:
    """Read an answer of ``GET /backends/{name}/status``.

    ``length_queue`` counts the jobs that wait, ``state`` says whether jobs are run, and ``status``
    is a word, "active" unless the backend is paused or under maintenance (IBM Quantum's REST API,
    https://quantum.cloud.ibm.com/docs/api/qiskit-runtime-rest, looked up in November 2026).
    """
    status, message = raw.get("status"), raw.get("message")
    word = status.strip() if isinstance(status, str) else "active"
    is_operational = raw.get("state") is not False and word.lower() == "active"
    told = message.strip() if isinstance(message, str) else ""
    if not told and word.lower() != "active":
        told = word
    return BackendStatus(
        asked=now,
        pending_jobs=whole(raw.get("length_queue")),
        is_operational=is_operational,
        message=told if len(told) <= LONGEST_MESSAGE else f"{told[:LONGEST_MESSAGE]}…",
    )


def read_quota(
    raw: Mapping[str, Any], now: datetime, *, instance: str | None, plan: str | None
) -> Quota | None:
    """Read an answer of ``GET /instances/usage``; None if it does not say what was used.

    What is left is the limit, else the allocation, without what was used, as IBM's client reckons
    in ``QiskitRuntimeService.usage()`` (qiskit-ibm-runtime 0.51). An instance of the Open plan may
    use ten minutes in 28 days ("Instances", https://quantum.cloud.ibm.com/docs/en/guides/instances,
    looked up in November 2026).
    """
    used_s = number(raw.get("usage_consumed_seconds"))
    if used_s is None:
        return None
    limit_s = number(raw.get("usage_limit_seconds"))
    if limit_s is None:
        limit_s = number(raw.get("usage_allocation_seconds"))
    remaining_s = number(raw.get("usage_remaining_seconds"))
    if remaining_s is None and limit_s is not None:
        remaining_s = max(limit_s - used_s, 0.0)
    return Quota(
        asked=now,
        used_s=used_s,
        limit_s=limit_s,
        remaining_s=remaining_s,
        is_used_up=raw.get("usage_limit_reached") is True,
        instance=instance,
        plan=plan,
    )
