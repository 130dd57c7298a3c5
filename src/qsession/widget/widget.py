"""The live view of one session: `SessionWidget`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from traitlets import Enum

from qsession.compat import jupyter
from qsession.session.publisher import Published
from qsession.widget.encoding import encode_head, encode_row
from qsession.widget.page_widget import PageWidget
from qsession.widget.requests import ACTIONS, carry_out
from qsession.widget.wire import NEWEST_ROWS, ROWS_A_MESSAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsession.model.job import JobRecord
    from qsession.session.records import SessionRecords
    from qsession.widget.checking import Request
    from qsession.widget.replies import Outcome
    from qsession.widget.session_view import SessionView

_UNTOLD = object()
"""Stands for the value of a field that no page can be relied on to know."""


class SessionWidget(PageWidget):
    """Shows a session and lets people run, cancel and close from the page.

    The traits are read from the session whenever they are asked for (by a new view, a reloaded
    page, a notebook being saved) and never sent by themselves: changes go out as numbered deltas.
    The wire is described in `qsession.widget.wire`.
    """

    actions = ACTIONS

    seq = Published(lambda self: self._seq, help="Number of the last delta.").tag(sync=True)
    head = Published(lambda self: self._head(), help="All but the jobs.").tag(sync=True)
    rows = Published(lambda self: self._newest(), help="The newest jobs.").tag(sync=True)

    view = Enum(
        ["full", "compact"], "full", help="Everything, or the session and its meters alone."
    ).tag(sync=True)

    def __init__(self, session: SessionView, records: SessionRecords) -> None:
        """Show a session.

        Args:
            session: What people act on with buttons; it lives as long as the widget.
            records: What is shown of it.
        """
        self._session = session
        self._records = records
        self._seq = 0
        self._told: dict[str, Any] = {}
        """The fields of the head that every page knows to have this value."""
        self._sending = threading.RLock()
        """Held from reading the session until what was read is sent, so that no older news
        overtakes newer ones."""
        super().__init__()

    def push(self, job_ids: list[str]) -> None:
        """Send what changed; called by the session's publisher, from its thread alone."""
        with self._sending:
            for first in range(0, max(len(job_ids), 1), ROWS_A_MESSAGE):
                self._send_delta(job_ids[first : first + ROWS_A_MESSAGE])

    def _send_delta(self, job_ids: list[str]) -> None:
        head = self._head()
        told, self._told = self._told, head
        news = {name: value for name, value in head.items() if told.get(name, _UNTOLD) != value}
        news["now_ms"] = head["now_ms"]  # the page sets its clock by it
        rows = _rows(self._records.of(job_ids))
        self._seq += 1
        self.send({"kind": "delta", "seq": self._seq, "head": news, "rows": rows})

    def send_state(self, key: str | Iterable[str] | None = None) -> None:
        """Send the state as it is at this moment."""
        with self._sending:
            super().send_state(key)

    def get_state(
        self, key: str | Iterable[str] | None = None, drop_defaults: bool = False
    ) -> dict[str, Any]:
        """The state for a page: one that opens, reloads, or is saved with its notebook."""
        with self._sending:
            state: dict[str, Any] = super().get_state(key, drop_defaults)
            head = state.get("head")
            if head is not None:
                # That page knows values that no delta told. If one goes back to what it was, the
                # next delta has to say so.
                self._told = {name: told for name, told in self._told.items() if head[name] == told}
        return state

    def close(self) -> None:
        """Let go of the pages that show it: they show it no more."""
        with self._sending:
            super().close()

    def send_older(self, job_id: str) -> None:
        """Send the jobs that are next older than one.

        Raises:
            UnknownJobError: If the session has no such job.
        """
        with self._sending:
            # One more than is sent tells whether there are more.
            older = self._records.before(job_id, ROWS_A_MESSAGE + 1)
            rows = _rows(older[-ROWS_A_MESSAGE:])
            is_all = len(older) <= ROWS_A_MESSAGE
            self.send({"kind": "older", "before": job_id, "rows": rows, "is_all": is_all})

    def _head(self) -> dict[str, Any]:
        return encode_head(self._records.snapshot(), clicks_wait=jupyter.clicks_wait())

    def _newest(self) -> list[list[Any]]:
        return _rows(self._records.newest(NEWEST_ROWS))

    def carry_out(self, request: Request) -> Outcome:
        """Do what a page asks for."""
        return carry_out(
            self._session, self._records, request, resync=self.renew, send_older=self.send_older
        )

    def renew(self) -> None:
        """Send the state as it is at this moment."""
        self.send_state(["seq", "head", "rows"])


def _rows(records: Iterable[JobRecord]) -> list[list[Any]]:
    return [encode_row(record) for record in records]
