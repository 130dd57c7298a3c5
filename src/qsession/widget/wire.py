"""What crosses the wire between the kernel and the page: the one owner of its names.

State lives in three synced traits, so a view can be drawn without a kernel (page reload,
second view, saved notebook):

* ``seq``: number of the last delta that the other two include.
* ``head``: everything about the session but its jobs (:data:`HEAD_FIELDS`).
* ``rows``: one object per job, oldest first (:data:`ROW_FIELDS`).

A change travels as a custom message ``{"kind": "delta", "seq", "head", "rows"}`` that carries
the new head and only the rows that changed. A page that sees a gap in ``seq`` asks for ``resync``.

A button is a custom message ``{"kind": "request", "id", "action", ...}``; it is answered by
exactly one ``{"kind": "reply", "id", "ok", "message", "error"}``.

``js/src/wire.ts`` mirrors the lists below; a test fails when the two differ. Names are snake_case
on both sides, times are milliseconds since the epoch (``_ms``), spans are seconds (``_s``).
"""

from __future__ import annotations

from typing import Final

WIRE_VERSION: Final = 1
"""Raised when an older page could misread what is sent."""

HEAD_FIELDS: Final = (
    "version",
    "state",
    "label",
    "session_id",
    "name",
    "backend",
    "mode",
    "max_time_s",
    "limit_s",
    "interactive_timeout_s",
    "now_ms",
    "started_ms",
    "expires_ms",
    "idle_since_ms",
    "idle_until_ms",
    "ended_ms",
    "ended_reason",
    "usage_s",
    "usage_runs",
    "qpu_s",
    "counts",
    "programs",
    "last_work",
    "can_cancel_running",
    "clicks_wait",
    "stale_since_ms",
    "error",
)

ROW_FIELDS: Final = (
    "job_id",
    "name",
    "primitive",
    "status",
    "created_ms",
    "started_ms",
    "finished_ms",
    "run_s",
    "qpu_s",
    "shots",
    "tags",
    "error",
)

ACTIONS: Final = ("run", "cancel_session", "close_session", "cancel_job", "resync")
"""What a page may ask for; anything else is answered with an error."""

KINDS: Final = ("delta", "request", "reply")
"""The kinds of custom messages."""
