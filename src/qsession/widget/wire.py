"""The messages and traits between the kernel and the page: the one owner of their names.

State lives in three synced traits, so a view can be drawn without a kernel (page reload,
second view, saved notebook):

* ``seq``: number of the last delta that the other two include.
* ``head``: everything about the session but its jobs (:data:`HEAD_FIELDS`).
* ``rows``: the newest :data:`NEWEST_ROWS` jobs, oldest first. A row is a list of the values of
  :data:`ROW_FIELDS`, in their order. What is sent at once and saved with a notebook is bounded so.

A page asks for the jobs before these by ``{"action": "older", "before": job_id}``. It is answered
by a message ``{"kind": "older", "before", "rows", "is_all"}`` with at most :data:`ROWS_A_MESSAGE`
rows, oldest first, and the reply. ``is_all`` says that there are none before them.

A change travels as a custom message ``{"kind": "delta", "seq", "head", "rows"}`` that carries
only the fields of the head that changed and only the rows that did. Of many rows at once, each
message carries at most :data:`ROWS_A_MESSAGE`. A page that sees a gap in ``seq`` asks for
``resync``.

A button is a custom message ``{"kind": "request", "id", "action", ...}``; it is answered by
exactly one ``{"kind": "reply", "id", "ok", "message", "error"}``. The reply to ``details``,
``drawing``, ``compare``, ``device`` and ``use`` carries what was asked for as ``details`` besides
(`qsession.widget.details`, `qsession.widget.comparisons`, `qsession.devices.encoding`): it goes
into no trait, so that results are not saved with a notebook.

What a page sends waits for the cell that runs, unless the host has subshells. The traits
``busy_channel`` and ``comm_id`` tell it where else the kernel takes messages meanwhile, and how
they are addressed (``js/src/wire/route.ts``).

A message ``{"kind": "ping"}`` asks a page whether it is there, which it answers with the request
``here``.

``js/src/wire/wire.ts`` mirrors the lists below; a test fails when the two differ. Names are
snake_case on both sides, times are milliseconds since the epoch (``_ms``), spans are seconds
(``_s``).
"""

from __future__ import annotations

from typing import Final

WIRE_VERSION: Final = 2
"""Raised when an older page could misread what is sent."""

NEWEST_ROWS: Final = 500
"""The number of rows that the trait holds: about as many bytes as the page's program."""

ROWS_A_MESSAGE: Final = 1000
"""The largest number of rows in a message: some 150 kB, merged and drawn within a frame."""

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
    "is_paid",
    "queue",
    "quota",
    "price",
    "budget",
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
    "values",
    "are_times_estimated",
    "is_qpu_estimated",
    "forecast_s",
    "service_forecast_s",
)

KINDS: Final = ("delta", "older", "ping", "request", "reply")
"""The kinds of custom messages."""
