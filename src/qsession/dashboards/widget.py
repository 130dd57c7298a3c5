"""The live view of all sessions: `DashboardWidget`."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anywidget
from ipywidgets import VBox
from traitlets import Dict, Unicode

from qsession.dashboards.encoding import encode_sight
from qsession.errors import InvalidInputError
from qsession.widget import subshells
from qsession.widget.bundle import SCRIPT, STYLES
from qsession.widget.replies import reply_to

if TYPE_CHECKING:
    from qsession.dashboards.overview import Overview, Sight
    from qsession.session import Session
    from qsession.widget import SessionWidget


class DashboardWidget(anywidget.AnyWidget):
    """Lists sessions and lets people show, close and cancel them from the page.

    The page asks for a look while it can be seen, so nothing runs here in between.
    """

    _esm = SCRIPT
    _css = STYLES

    kind = Unicode("dashboard", read_only=True).tag(sync=True)
    overview = Dict(help="What was seen last.").tag(sync=True)

    def __init__(self, overview: Overview) -> None:
        self._overview = overview
        self._changing = threading.Lock()
        """Held from looking until what was seen is sent, so that no older sight comes last."""
        self._shown: dict[Session, SessionWidget] = {}
        super().__init__(overview=self._encoded(self._overview.look(ask=False)))
        self.with_opened_sessions = VBox([self])
        """The list, and below it the sessions that are shown."""
        self.on_msg(self._receive)
        subshells.let_clicks_overtake_cells(self.comm)

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        # One shell serves all widgets of the kernel, so nothing may be waited for here. A click is
        # rare enough to be worth a thread of its own, which ends with its answer.
        threading.Thread(
            target=self._answer, args=(content,), name="qsession-request", daemon=True
        ).start()

    def _answer(self, content: object) -> None:
        reply = reply_to(content, self._carry_out)
        if reply is not None:
            self.send(reply)

    def _carry_out(self, content: Mapping[str, Any]) -> str | None:
        message = None
        match content.get("action"):
            case "look":
                pass
            case "ask":
                self._overview.look(ask=True)
            case "show":
                self._show(content.get("key", ""))
            case "hide":
                self._hide(content.get("key", ""))
            case "close":
                message = self._overview.close(content.get("key", ""))
            case "cancel":
                message = self._overview.cancel(content.get("key", ""))
            case "close_all":
                message = self._overview.close_all()
            case action:
                raise InvalidInputError(f"The page asked for {action!r}, which is not known here.")
        with self._changing:
            self.overview = self._encoded(self._overview.look(ask=False))
        return message

    def _show(self, key: str) -> None:
        session = self._overview.session(key)
        widget = session.widget
        with self._changing:
            self._shown[session] = widget
            self._arrange()

    def _hide(self, key: str) -> None:
        session = self._overview.session(key)
        with self._changing:
            self._shown.pop(session, None)
            self._arrange()

    def _arrange(self) -> None:
        # What was opened last comes first: next to the list, where the reader looks.
        self.with_opened_sessions.children = (self, *reversed(self._shown.values()))

    def _encoded(self, sight: Sight) -> dict[str, Any]:
        return encode_sight(
            sight,
            self._overview.now,
            shown={self._overview.key_of(session) for session in self._shown},
            clicks_wait=subshells.clicks_wait(),
        )
