"""The display of a background cell, under the cell: `CellOnPage`."""

from __future__ import annotations

import threading
import traceback as tracebacks
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from html import escape
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from qsession.clock import SystemClock, drain
from qsession.compat.jupyter import is_run_by_program
from qsession.magics.output import DisplayHandle, Output, Shell, capturing
from qsession.model.durations import format_duration
from qsession.printing import say
from qsession.redaction.secrets import redacted
from qsession.session.kept_outputs import renewed_after_cells
from qsession.session.registry import core_of

if TYPE_CHECKING:
    from types import TracebackType

    from qsession.clock import WakeUps
    from qsession.session import Session

_GAP_S = 0.2
"""Changes within this time are drawn together."""

_LONGEST_GAP = timedelta(seconds=5)
"""The elapsed time of a running cell is shown anew this often, if nothing else changes."""

_WORDS = {
    "queued": "Waiting for the background cell before it",
    "running": "Running in the background",
    "done": "Done in the background",
    "failed": "Failed in the background",
    "cancelled": "Cancelled",
}
_STATUS = '<div class="qsession-cell" data-status="{status}" role="status">{words}</div>'


class CellStatus(Protocol):
    """The status of a background cell, as its display needs it."""

    @property
    def session(self) -> Session:
        """The session in which the cell's jobs run."""

    @property
    def status(self) -> str:
        """``queued``, ``running``, ``done``, ``failed`` or ``cancelled``."""

    @property
    def jobs(self) -> tuple[int, int]:
        """The number of the cell's jobs that have ended, and the number of all."""

    @property
    def is_being_cancelled(self) -> bool:
        """True if a cancel waits for the cell to notice it."""

    def running(self) -> bool:
        """Return True if the cell runs."""

    def cancel(self) -> bool:
        """Cancel it; whether it was still going on."""


class CellOnPage:
    """Draws a background cell into a place of its own under the cell, again after each change.

    The place belongs to the notebook: what stands there is saved with it. Outside a kernel there is
    no such place, and output goes where it always goes.
    """

    def __init__(self, shell: Shell, cell: CellStatus) -> None:
        self._shell = shell
        self._cell = cell
        self._clock = SystemClock()
        self._began = self._clock.now()
        self._ended: datetime | None = None
        self._wake_ups: WakeUps = SimpleQueue()
        self._drawing = threading.Lock()
        kernel = getattr(shell, "kernel", None)
        parent = {} if kernel is None else kernel.get_parent("shell").get("header", {})
        self._output = Output(self.changed, parent)
        self._place: Any = None
        self._button: Any = None
        self._button_place: Any = None
        self._is_in_kernel = kernel is not None
        self.is_shown = True
        """False once nothing changes any more that the end of a cell brings up to date."""

    def open(self) -> None:
        """Take the place, with a button that cancels, and draw what there is from now on."""
        if not self._is_in_kernel:
            return
        self._open_button()
        self._place = DisplayHandle()
        self._place.display(self._bundle(), raw=True)
        threading.Thread(target=self._draw_until_ended, name="qsession-cell", daemon=True).start()
        if is_run_by_program():
            renewed_after_cells(self)

    def renew(self) -> None:
        """Draw again as a cell ends: who runs a notebook misses what is sent between two cells."""
        with self._drawing:
            self.is_shown = self._ended is None
            self._put_down()
        if not self.is_shown:
            self._clear_button_place()

    def changed(self) -> None:
        """Draw again, soon."""
        self._wake_ups.put(None)

    def close(self) -> None:
        """Draw for the last time, at once: whoever waited for the cell finds it as it ended."""
        with self._drawing:
            self._ended = self._clock.now()
            self._put_down()
        self._close_button()
        self._wake_ups.put(None)

    def output_caught(self) -> AbstractContextManager[None]:
        """Take what this thread puts out."""
        self._began = self._clock.now()
        self.changed()
        return capturing(self._shell, self._output) if self._is_in_kernel else nullcontext()

    def show_failure(self, error: BaseException, traceback: TracebackType | None) -> None:
        """Print a failure as a cell does."""
        formatter = self._shell.InteractiveTB
        try:
            lines = formatter.structured_traceback(type(error), error, traceback)
            text = formatter.stb2text(lines)
        except Exception:  # noqa: BLE001 - a failure must be seen, whatever IPython makes of it
            text = "".join(tracebacks.format_exception(type(error), error, traceback))
        self._write(text)

    def show_sentence(self, error: BaseException, line: TracebackType | None) -> None:
        """Print what failed in which line of the cell, without what led to it elsewhere."""
        alone = tracebacks.TracebackException(type(error), error, line)
        alone.__cause__ = alone.__context__ = None
        self._write("".join(alone.format()).rstrip("\n"))

    def _write(self, text: str) -> None:
        text = redacted(text)  # a notebook is saved with it
        if self._is_in_kernel:
            self._output.write("stderr", f"{text}\n")
        else:
            say(text)

    # --- drawing ----------------------------------------------------------------------------------

    def _draw_until_ended(self) -> None:
        core_of(self._cell.session).journal.subscribe(self._wake_ups)
        try:
            while self._ended is None:
                self._clock.pause(_GAP_S)
                until = self._clock.now() + _LONGEST_GAP if self._cell.running() else None
                self._clock.wait(self._wake_ups, until)
                drain(self._wake_ups)
                self._draw()
        finally:
            core_of(self._cell.session).journal.unsubscribe(self._wake_ups)

    def _draw(self) -> None:
        with self._drawing:
            if self._ended is None:
                self._put_down()

    def _put_down(self) -> None:
        if self._place is not None:
            self._place.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, str]:
        words = self._words()
        status = _STATUS.format(status=self._cell.status, words=escape(words))
        return {
            "text/plain": f"{words}\n{self._output.to_text()}".rstrip("\n"),
            "text/html": f"{status}{self._output.to_html()}",
        }

    def _words(self) -> str:
        status = self._cell.status
        words = [_WORDS[status]]
        if status != "queued":
            seconds = ((self._ended or self._clock.now()) - self._began).total_seconds()
            words = [f"{_WORDS[status]} for {format_duration(round(seconds))}"]
            if status != "running":
                words = [f"{_WORDS[status]} after {format_duration(round(seconds, 1))}"]
        ended, jobs = self._cell.jobs
        if jobs:
            words.append(f"{ended} of {jobs} job{'s' if jobs > 1 else ''} ended")
        if self._cell.is_being_cancelled:
            words.append("being cancelled")
        return " · ".join(words)

    # --- the button -------------------------------------------------------------------------------

    def _open_button(self) -> None:
        from ipywidgets import Button  # noqa: PLC0415 - only a page has buttons

        self._button = Button(description="Cancel cell", tooltip="Cancel this background cell")
        self._button.on_click(self._cancel_beside)
        self._button_place = DisplayHandle()
        self._button_place.display(self._button)

    def _close_button(self) -> None:
        # Nothing remains to be pressed, in the page or in the saved notebook.
        if self._button_place is not None:
            self._clear_button_place()
            self._button.close()

    def _clear_button_place(self) -> None:
        self._button_place.update({"text/plain": ""}, raw=True)

    def _cancel_beside(self, _: object) -> None:
        # Cancelling asks the service, and one shell serves all widgets of the kernel.
        threading.Thread(target=self._cell.cancel, name="qsession-request", daemon=True).start()
