"""Reads what the service says of a backend. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qsession.engines.ibm.wire import whole
from qsession.model.backend_status import BackendStatus

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
