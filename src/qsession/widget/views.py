"""The live views of a session: `SessionViews`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from qsession.forks import ForkSafeLock
from qsession.widget.checking import is_request
from qsession.widget.widget import SessionWidget

if TYPE_CHECKING:
    from qsession.session.records import SessionRecords
    from qsession.widget.session_view import SessionView

MOST_FRESH: Final = 20
"""The largest number of fresh views that are fed: beyond it the oldest is let go, whoever shows
it."""

Listener = Callable[[list[str]], None]


class SessionViews:
    """Makes the views of a session, and feeds them what changes.

    One is enough where a page asks the kernel for what it does not know. VS Code never does: once
    the tab of a notebook was closed, it shows nothing more of a widget that was made before. There
    each display has a fresh one. Those whose page is gone are found out and let go: before another
    is made, the others are asked for a sign of life, and the first words of a page about the new
    one come after its answers about the old ones.
    """

    def __init__(
        self,
        session: SessionView,
        records: SessionRecords,
        add_listener: Callable[[Listener], None],
        remove_listener: Callable[[Listener], None],
    ) -> None:
        """Prepare to make views.

        Args:
            session: The session they show, which lives as long as they do.
            records: What they read of it.
            add_listener: Has a listener called with the ids of jobs that changed.
            remove_listener: Ends that.
        """
        self._session = session
        self._records = records
        self._add_listener = add_listener
        self._remove_listener = remove_listener
        self._lock = ForkSafeLock()
        self._first: SessionWidget | None = None
        self._fresh: list[SessionWidget] = []
        self._suspects: dict[SessionWidget, list[SessionWidget]] = {}
        """For each view of which no page has spoken yet, those that were asked before it."""
        self._silent: set[SessionWidget] = set()
        """Those of which no page has spoken since they were asked."""

    @property
    def first(self) -> SessionWidget:
        """The view that lives as long as the session."""
        with self._lock:
            if self._first is None:
                self._first = self._made()
                self._first.observe(self._show_alike, "view")
            return self._first

    def fresh(self) -> SessionWidget:
        """A view that no page has known before, as compact as the first."""
        with self._lock:
            first = self._first
            asked = [each for each in self._fresh if each not in self._suspects]
            self._silent.update(asked)
        # Before there is another: a page that hears of it first may speak of it first, too.
        for each in asked:
            each.send({"kind": "ping"})
        view = self._made()
        with self._lock:
            self._suspects[view] = asked
            self._fresh.append(view)
            dropped = self._fresh[:-MOST_FRESH]
        view.on_msg(self._heard)
        if first is not None:
            view.view = first.view
        self._let_go(dropped)
        return view

    def renew(self) -> None:
        """Send the state of each as it is at this moment."""
        with self._lock:
            views = [*self._fresh, *([self._first] if self._first else [])]
        for view in views:
            view.renew()

    def stop_feeding(self) -> None:
        """Tell the views nothing more."""
        with self._lock:
            views = [*self._fresh, *([self._first] if self._first else [])]
        for view in views:
            self._remove_listener(view.push)

    def _made(self) -> SessionWidget:
        view = SessionWidget(self._session, self._records)
        self._add_listener(view.push)
        return view

    def _show_alike(self, change: dict[str, Any]) -> None:
        with self._lock:
            views = [*self._fresh]
        for view in views:
            view.view = change["new"]

    def _heard(self, view: SessionWidget, content: Any, _buffers: object) -> None:
        if not is_request(content):
            return
        with self._lock:
            self._silent.discard(view)
            suspects = self._suspects.pop(view, [])
            gone = [each for each in suspects if each in self._silent]
        self._let_go(gone)

    def _let_go(self, views: list[SessionWidget]) -> None:
        for view in views:
            with self._lock:
                if view not in self._fresh:
                    continue
                self._fresh.remove(view)
                self._suspects.pop(view, None)
                self._silent.discard(view)
            self._remove_listener(view.push)
            view.close()
