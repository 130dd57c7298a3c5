"""The live view of one session: `SessionWidget`."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget

from qsession.errors import QSessionError
from qsession.session.traits import Published
from qsession.widget import subshells
from qsession.widget.encoding import encode_head, encode_row
from qsession.widget.requests import answer

if TYPE_CHECKING:
    from qsession.session import Session

_STATIC = Path(__file__).parent.parent / "static"
if not (_STATIC / "widget.js").exists():
    raise QSessionError(
        "The front end is not built, so a session cannot be shown. In a clone of the repository "
        "run 'make setup'; otherwise install qsession again."
    )


class SessionWidget(anywidget.AnyWidget):
    """Shows a session and lets people run, cancel and close from the page.

    The traits are read from the session whenever they are asked for (by a new view, a reloaded
    page, a notebook being saved) and never sent by themselves: changes go out as numbered deltas.
    The wire is described in `qsession.widget.wire`.
    """

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"

    seq = Published(lambda self: self._seq, help="Number of the last delta.").tag(sync=True)
    head = Published(lambda self: self._head(), help="All but the jobs.").tag(sync=True)
    rows = Published(lambda self: self._rows(None), help="The jobs.").tag(sync=True)

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seq = 0
        super().__init__()
        self.on_msg(self._receive)
        subshells.let_clicks_overtake_cells(self.comm)

    def push(self, job_ids: list[str]) -> None:
        """Send what changed; called by the session's publisher, from its thread alone."""
        self._seq += 1
        self.send(
            {"kind": "delta", "seq": self._seq, "head": self._head(), "rows": self._rows(job_ids)}
        )

    def _head(self) -> dict[str, Any]:
        return encode_head(self._session.snapshot(), clicks_wait=subshells.clicks_wait())

    def _rows(self, job_ids: list[str] | None) -> list[dict[str, Any]]:
        return [encode_row(record) for record in self._session.records(job_ids)]

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        # One shell serves all widgets of the kernel, so nothing may be waited for here. A click is
        # rare enough to be worth a thread of its own, which ends with its answer.
        threading.Thread(
            target=self._answer, args=(content,), name="qsession-request", daemon=True
        ).start()

    def _answer(self, content: object) -> None:
        reply = answer(self._session, content, resync=self._resync)
        if reply is not None:
            self.send(reply)

    def _resync(self) -> None:
        self.send_state(["seq", "head", "rows"])
