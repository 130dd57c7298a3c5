"""A session's live views, and the static forms for whoever cannot show them: `Display`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from qsession.compat.jupyter import in_kernel, is_in_colab, is_in_vscode, is_run_by_program
from qsession.forks import ForkSafeLock
from qsession.render.mimebundle import Forms, forms_of
from qsession.session.kept_outputs import (
    OutputInVscode,
    OutputOfProgram,
    ViewInColab,
    renewed_after_cells,
)

if TYPE_CHECKING:
    from qsession.clock import Clock
    from qsession.session.publisher import Publisher
    from qsession.session.records import SessionRecords
    from qsession.widget import SessionViews, SessionWidget
    from qsession.widget.session_view import SessionView


_RENEWED_EVERY = timedelta(seconds=1)
"""At most so often views are brought up to date while a cell of Colab's waits."""


class Display:
    """Makes the views of a session when they are first asked for.

    The session is given with each call and is not held here. Its views hold it: a session that is
    shown lives as long as what shows it.
    """

    def __init__(self, records: SessionRecords, publisher: Publisher, clock: Clock) -> None:
        """Prepare to show a session.

        Args:
            records: What views read.
            publisher: Tells views what changed.
            clock: Where it reads the time.
        """
        self.views: SessionViews | None = None
        self._records = records
        self._publisher = publisher
        self._clock = clock
        self._output_of_program: OutputOfProgram | None = None
        self._is_renewed_after_cells = False
        self._renewed_while_waiting: datetime | None = None
        self._lock = ForkSafeLock()
        if in_kernel():
            import qsession.widget  # noqa: F401, PLC0415 - so that showing it need not wait for it

    def widget(self, session: SessionView) -> SessionWidget:
        """The view that lives as long as the session."""
        return self._made_views(session).first

    def fresh_view(self, session: SessionView) -> SessionWidget:
        """A view of its own, for a page that knows no widget made before (VS Code's)."""
        return self._made_views(session).fresh()

    def begin_anew_in_child(self) -> None:
        """In a forked child: leave the views, whose pages the parent's kernel serves."""
        if self.views is not None:
            self.views.stop_feeding()
        self.views = self._output_of_program = None

    def _made_views(self, session: SessionView) -> SessionViews:
        from qsession.widget import SessionViews  # noqa: PLC0415 - scripts need no widgets

        with self._lock:
            if self.views is None:
                told = self._publisher
                self.views = SessionViews(
                    session, self._records, told.add_listener, told.remove_listener
                )
            return self.views

    # --- outputs of a notebook --------------------------------------------------------------------

    def forms(self, session: SessionView) -> tuple[Forms, Forms]:
        """The data and the metadata of an output: the live view, and the static forms."""
        if is_in_colab() and not self._is_renewed_after_cells:
            self._is_renewed_after_cells = True
            renewed_after_cells(ViewInColab(self._made_views(session).renew))
        text, html = _picture(session)
        return forms_of(text, html, lambda: self.widget(session), has_pictures=True)

    def function_of(self, session: SessionView) -> Callable[[], None] | None:
        """The function that displays it where outputs must be kept up to date; else None."""
        if is_run_by_program():
            return partial(self._display_to_program, session)
        return partial(self._display_in_vscode, session) if is_in_vscode() else None

    def _display_to_program(self, session: SessionView) -> None:
        widget = self.widget(session)
        with self._lock:
            if self._output_of_program is None:
                self._output_of_program = OutputOfProgram(
                    partial(_picture, session), widget, widget
                )
                renewed_after_cells(self._output_of_program)
        self._output_of_program.display()

    def _display_in_vscode(self, session: SessionView) -> None:
        view = self.fresh_view(session)
        output = OutputInVscode(partial(_picture, session), view, view)
        renewed_after_cells(output)
        output.display()

    def renew_while_waiting(self, *, is_over: bool) -> None:
        """Bring views up to date from the thread that waits: Colab takes what the cell's sends."""
        if self.views is None or not is_in_colab():
            return
        now, last = self._clock.now(), self._renewed_while_waiting
        if is_over or last is None or now - last >= _RENEWED_EVERY:
            self._renewed_while_waiting = now
            self.views.renew()


def _picture(session: SessionView) -> tuple[str, str]:
    return repr(session), session.to_html()
