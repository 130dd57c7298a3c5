"""The live view of all sessions: `DashboardWidget`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ipywidgets import VBox
from traitlets import Dict, Unicode

from qsession.compat import jupyter
from qsession.dashboards.encoding import ACTIONS, encode_sight
from qsession.session.registry import core_of
from qsession.widget.page_widget import KernelOwned, PageWidget

if TYPE_CHECKING:
    from qsession.dashboards.overview import DashboardSnapshot, Overview
    from qsession.session import Session
    from qsession.widget import SessionWidget
    from qsession.widget.checking import Request


class OpenedSessions(KernelOwned, VBox):
    """The list, and below it the sessions that are shown."""


class DashboardWidget(PageWidget):
    """Lists sessions and lets people show, close and cancel them from the page.

    The page asks for a look while it can be seen, so nothing runs here in between.
    """

    actions = ACTIONS

    kind = Unicode("dashboard", read_only=True).tag(sync=True)
    overview = Dict(help="What was seen last.").tag(sync=True)

    def __init__(self, overview: Overview) -> None:
        self._overview = overview
        self._changing = threading.Lock()
        """Held from looking until what was seen is sent, so that no older sight comes last."""
        self._shown: dict[Session, SessionWidget] = {}
        super().__init__(overview=self._encoded(self._overview.look(ask=False)))
        self.with_opened_sessions = OpenedSessions([self])
        """The list, and below it the sessions that are shown."""

    def carry_out(self, request: Request) -> str | None:
        """Do what a page asks for, and show how things stand then."""
        message, key = None, request.arguments.get("key", "")
        match request.action:
            case "ask":
                self._overview.look(ask=True)
            case "show":
                self._show(key)
            case "hide":
                self._hide(key)
            case "close":
                message = self._overview.close(key)
            case "cancel":
                message = self._overview.cancel(key)
            case "close_all":
                message = self._overview.close_all()
        self.renew()
        return message

    def renew(self) -> None:
        """Look, and send what is seen."""
        with self._changing:
            self.overview = self._encoded(self._overview.look(ask=False))

    def _show(self, key: str) -> None:
        session = self._overview.session(key)
        widget = (
            core_of(session).display.fresh_view(session)
            if jupyter.is_in_vscode()
            else session.widget
        )
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

    def _encoded(self, sight: DashboardSnapshot) -> dict[str, Any]:
        return encode_sight(
            sight,
            self._overview.now,
            shown={self._overview.key_of(session) for session in self._shown},
            clicks_wait=jupyter.clicks_wait(),
        )
