"""The word of a service on one of its backends: `BackendStatus`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BackendStatus:
    """The standing of a backend when its service was last asked.

    Attributes:
        asked: When.
        pending_jobs: How many jobs waited for it, of everybody; None if the service did not say.
        is_operational: Whether it ran jobs; False during maintenance.
        message: The service's remark for people, such as when a maintenance ends; may be empty.
    """

    asked: datetime
    pending_jobs: int | None
    is_operational: bool = True
    message: str = ""
