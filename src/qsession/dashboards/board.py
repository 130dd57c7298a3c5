"""All sessions in one view: `Dashboard`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from qsession.clock import SystemClock
from qsession.compat.jupyter import is_in_colab, is_in_vscode, is_run_by_program
from qsession.dashboards.overview import Overview
from qsession.dashboards.pictures import sight_html, sight_text
from qsession.listing import read_limit
from qsession.printing import with_plain_marks
from qsession.render.mimebundle import Forms, forms_of, live_forms_of
from qsession.session.kept_outputs import (
    OutputInVscode,
    OutputOfProgram,
    ViewInColab,
    renewed_after_cells,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import VBox

    from qsession.clock import Clock
    from qsession.session_info import SessionInfo


def dashboard(service: Any = None, *, ended: bool = False, limit: int = 50) -> Dashboard:
    """All sessions and batches of this process, of the ledger and of an account in one view.

    Displayed in a notebook it is live: each session can be opened, closed and cancelled there, and
    all can be closed at once. It looks at this process and the ledger every few seconds while it
    can be seen, and asks the account once a minute.

    Args:
        service: A `QiskitRuntimeService`; None is the default account if there is one.
        ended: Whether to list those that have ended, too.
        limit: How many of the ledger's and of the account's to list at most.

    Raises:
        InvalidInputError: If ``limit`` is not a positive number.
    """
    return Dashboard(service, ended=ended, limit=limit)


class Dashboard:
    """A dashboard of sessions: a live view in a notebook, a table in text and HTML elsewhere."""

    def __init__(
        self,
        service: Any = None,
        *,
        ended: bool = False,
        limit: int = 50,
        clock: Clock | None = None,
    ) -> None:
        self._overview = Overview(
            service, ended=ended, limit=read_limit(limit), clock=clock or SystemClock()
        )
        self._overview.look(ask=True)
        self._widget: VBox | None = None
        self._output_of_program: OutputOfProgram | None = None
        self._is_renewed_after_cells = False
        self._widget_lock = threading.Lock()

    @property
    def sessions(self) -> list[SessionInfo]:
        """The sessions it lists, newest first, as they stand here at this moment."""
        return [entry.info for entry in self._overview.look(ask=False).entries]

    def refresh(self) -> None:
        """Ask the account again."""
        self._overview.look(ask=True)

    def close_all(self) -> str:
        """Close every open session that it lists.

        Returns:
            How many, in words.

        Raises:
            QSessionError: If some could not be closed; all have been tried.
        """
        return self._overview.close_all()

    @property
    def widget(self) -> VBox:
        """The live view, for composing with other widgets: the list, below it what is open."""
        with self._widget_lock:
            if self._widget is None:
                self._widget = self._made_widget()
            return self._widget

    def _made_widget(self) -> VBox:
        from qsession.dashboards.widget import DashboardWidget  # noqa: PLC0415 - scripts need none

        return DashboardWidget(self._overview).with_opened_sessions

    def to_html(self) -> str:
        """The static picture: a table in HTML without scripts or styles of its own."""
        return sight_html(self._overview.look(ask=False))

    def __str__(self) -> str:
        """The table in text."""
        return with_plain_marks(sight_text(self._overview.look(ask=False)))

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: object) -> tuple[Forms, Forms]:
        data, metadata = forms_of(
            str(self), self.to_html(), lambda: self.widget, has_pictures=False
        )
        if is_in_colab():
            (list_, *_opened) = self.widget.children
            # The box is a widget of ipywidgets' own, and does not say what the list needs.
            _, metadata = live_forms_of(list_)
            if not self._is_renewed_after_cells:
                self._is_renewed_after_cells = True
                renewed_after_cells(ViewInColab(list_.renew))
        return data, metadata

    @property
    def _ipython_display_(self) -> Callable[[], None] | None:
        """The function that displays it where outputs must be kept up to date; else None."""
        if is_run_by_program():
            return self._display_to_program
        return self._display_in_vscode if is_in_vscode() else None

    def _display_to_program(self) -> None:
        box = self.widget
        with self._widget_lock:
            if self._output_of_program is None:
                self._output_of_program = OutputOfProgram(self._picture, box.children[0], box)
                renewed_after_cells(self._output_of_program)
        self._output_of_program.display()

    def _display_in_vscode(self) -> None:
        box = self._made_widget()
        output = OutputInVscode(self._picture, box.children[0], box)
        renewed_after_cells(output)
        output.display()

    def _picture(self) -> tuple[str, str]:
        return str(self), self.to_html()
