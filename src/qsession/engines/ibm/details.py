"""A session in the shape of IBM's ``Session.details()``. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NAMES: dict[str, tuple[str, Any]] = {
    "id": ("id", None),
    "backend_name": ("backend_name", None),
    "interactive_timeout": ("interactive_ttl", None),
    "max_time": ("max_ttl", None),
    "active_timeout": ("active_ttl", None),
    "state": ("state", None),
    "accepting_jobs": ("accepting_jobs", None),
    "last_job_started": ("last_job_started", None),
    "last_job_completed": ("last_job_completed", None),
    "started_at": ("started_at", None),
    "closed_at": ("closed_at", None),
    "activated_at": ("activated_at", None),
    "mode": ("mode", None),
    "usage_time": ("elapsed_time", None),
    "timestamps": ("timestamps", []),
}
"""IBM's names in ``details()``, the API's, and what stands for a missing one."""


def details_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What the service answers, under IBM's names."""
    return {name: raw.get(told, default) for name, (told, default) in _NAMES.items()}
