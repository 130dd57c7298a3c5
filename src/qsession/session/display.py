"""A session that shows itself in notebooks: `DisplayedSession`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from qsession.compat.jupyter import in_kernel, is_in_colab, is_in_vscode, is_run_by_program
from qsession.devices import Device, DeviceReader
from qsession.forks import ForkSafeLock
from qsession.render.mimebundle import Forms, forms_of
from qsession.session.kept_outputs import (
    OutputInVscode,
    OutputOfProgram,
    ViewInColab,
    renewed_after_cells,
)
from qsession.session.renewal import GuardedSession

if TYPE_CHECKING:
    from qsession.engines.base import Journal
    from qsession.session.guards import Guards
    from qsession.widget import SessionViews, SessionWidget


_RENEWED_EVERY = timedelta(seconds=1)
"""At most so often views are brought up to date while a cell of Colab's waits."""


class DisplayedSession(GuardedSession):
    """A session with a live view, and with the static forms for whoever cannot show it."""

    def __init__(self, journal: Journal, name: str | None, guards: Guards) -> None:
        super().__init__(journal, name, guards)
        self._views: SessionViews | None = None
        self._output_of_program: OutputOfProgram | None = None
        self._is_renewed_after_cells = False
        self._renewed_while_waiting: datetime | None = None
        self._views_lock = ForkSafeLock()
        if in_kernel():
            import qsession.widget  # noqa: F401, PLC0415 - so that showing it need not wait for it

    @property
    def widget(self) -> SessionWidget:
        """The live view, for composing with other widgets. Displaying the session displays it.

        There is one for a session, however often it is displayed.
        """
        return self._made_views().first

    @property
    def device(self) -> Device:
        """The known facts of its backend: qubits, couplings, gates, times, and how it is doing.

        Displayed, it is a map. IBM Quantum is asked for the status at most once a minute.
        """
        return self._device_reader.read()

    @cached_property
    def _device_reader(self) -> DeviceReader:
        return DeviceReader(self._backend, self._journal.clock)

    def fresh_view(self) -> SessionWidget:
        """A live view of its own, for a page that knows no widget made before (VS Code's)."""
        return self._made_views().fresh()

    def begin_anew_in_child(self) -> None:
        """In a forked child: leave the views, whose pages the parent's kernel serves."""
        if self._views is not None:
            self._views.stop_feeding()
        self._views = self._output_of_program = None
        super().begin_anew_in_child()

    def _made_views(self) -> SessionViews:
        from qsession.widget import SessionViews  # noqa: PLC0415 - scripts need no widgets

        with self._views_lock:
            if self._views is None:
                told = self._publisher
                self._views = SessionViews(
                    self,
                    told.add_listener,
                    told.remove_listener,
                )
            return self._views

    def _repr_mimebundle_(self, **_: object) -> tuple[Forms, Forms]:
        """The live view, with the static forms for whoever cannot show it."""
        if is_in_colab() and not self._is_renewed_after_cells:
            self._is_renewed_after_cells = True
            renewed_after_cells(ViewInColab(self._made_views().renew))
        return forms_of(repr(self), self.to_html(), lambda: self.widget, has_pictures=True)

    @property
    def _ipython_display_(self) -> Callable[[], None] | None:
        """The function that displays it where outputs must be kept up to date; else None."""
        if is_run_by_program():
            return self._display_to_program
        return self._display_in_vscode if is_in_vscode() else None

    def _display_to_program(self) -> None:
        widget = self.widget
        with self._views_lock:
            if self._output_of_program is None:
                self._output_of_program = OutputOfProgram(self._picture, widget, widget)
                renewed_after_cells(self._output_of_program)
        self._output_of_program.display()

    def _display_in_vscode(self) -> None:
        view = self.fresh_view()
        output = OutputInVscode(self._picture, view, view)
        renewed_after_cells(output)
        output.display()

    def _show_while_waiting(self, *, is_over: bool) -> None:
        """Bring views up to date from the thread that waits: Colab takes what the cell's sends."""
        if self._views is None or not is_in_colab():
            return
        now, last = self._journal.clock.now(), self._renewed_while_waiting
        if is_over or last is None or now - last >= _RENEWED_EVERY:
            self._renewed_while_waiting = now
            self._views.renew()

    def _picture(self) -> tuple[str, str]:
        return repr(self), self.to_html()
