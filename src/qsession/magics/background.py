"""Cells that run beside the kernel's work: `BackgroundCell`, and the queue of them."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Literal

from qsession.errors import QSessionError
from qsession.magics.cell_display import CellOnPage
from qsession.magics.cells import Cell, Outcome, end_if_wanted, show_result
from qsession.magics.output import Shell, display
from qsession.model.submissions import submissions_noted

if TYPE_CHECKING:
    from argparse import Namespace

    from qsession.session import Session

Status = Literal["queued", "running", "done", "failed", "cancelled"]

_NAP_S = 1.0
"""Between two of them Ctrl-C is noticed where a lock cannot be interrupted (Windows)."""


class BackgroundCell:
    """A cell that runs in the background: what ``%%qsession --background -o VAR`` keeps.

    Like a job it has a `status`, `done`, `cancel` and `result`.
    """

    def __init__(self, shell: Shell, cell: Cell, session: Session, options: Namespace) -> None:
        from qsession.session.cancellation import Stop  # noqa: PLC0415 - loads the client

        self.session = session
        self._shell = shell
        self._cell = cell
        self._options = options
        self._stop = Stop()
        self._ended = threading.Event()
        self._moving = threading.Lock()
        self._status: Status = "queued"
        self._outcome: Outcome | None = None
        self._error: BaseException | None = None
        self._job_ids: set[str] = set()
        self._page = CellOnPage(shell, self)

    # --- for people -----------------------------------------------------------------------------

    @property
    def status(self) -> Status:
        """``queued``, ``running``, ``done``, ``failed`` or ``cancelled``."""
        return self._status

    def done(self) -> bool:
        """Return True if the cell has ended, in whatever way."""
        return self._ended.is_set()

    def running(self) -> bool:
        """Return True if the cell runs."""
        return self._status == "running"

    def cancelled(self) -> bool:
        """Return True if the cell was cancelled."""
        return self._status == "cancelled"

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait for the end; what the cell failed with, None if it did not.

        Raises:
            JobTimeoutError: If it has not ended within ``timeout`` seconds; it goes on.
        """
        self._wait(timeout)
        return self._error

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the end; the result of its last expression's job, or that expression's value.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Raises:
            JobTimeoutError: If it has not ended within that time (a ``TimeoutError``); it goes on.
            JobCancelledError: If it was cancelled.
            Exception: What the cell failed with.
        """
        from qsession.client_errors import JobCancelledError  # noqa: PLC0415 - loads the client

        self._wait(timeout)
        if self._status == "cancelled":
            raise JobCancelledError("The background cell has no result: it was cancelled.")
        if self._error is not None:
            raise self._error
        if self._outcome is None:
            return None
        return self._outcome.value if self._outcome.job is None else self._outcome.job.result()

    def cancel(self) -> bool:
        """Cancel it: the jobs that it submitted, and what it does after them.

        Jobs that are queued are cancelled, and running ones if they can be. The cell ends when it
        next submits a job or waits for one; it cannot be held up between. What happens to the
        session is what ``--on-interrupt`` says.

        Returns:
            Whether it was still going on.
        """
        with self._moving:
            if self._ended.is_set():
                return False
            self._stop.want()
            if self._status == "queued":
                self._end("cancelled")
                return True
        try:
            reason = "its background cell was cancelled"
            end_if_wanted(self.session, self._options.on_interrupt, reason)
        finally:
            self._cancel_jobs()
            self._page.changed()
        return True

    def __repr__(self) -> str:
        """One line: how it stands and where it runs."""
        return f"<BackgroundCell {self._status} in {self.session!r}>"

    # --- for the queue and the page -------------------------------------------------------------

    @property
    def is_being_cancelled(self) -> bool:
        """True if the cell was cancelled and has not noticed yet."""
        return self._stop.is_wanted and self._status in ("queued", "running")

    @property
    def jobs(self) -> tuple[int, int]:
        """The number of submitted jobs that have ended, and the number of all."""
        if self._status == "queued":
            return 0, 0
        records = [each for each in self.session.jobs if each.job_id in self._job_ids]
        return sum(record.status.is_final for record in records), len(records)

    def begin(self) -> None:
        """Show it as queued."""
        self._page.open()

    def run(self) -> None:
        """Run it, on the thread that calls; failures are kept and shown."""
        with self._moving:
            if self._ended.is_set():
                return
            self._status = "running"
        status: Status = "done"
        with self._page.output_caught():
            try:
                with (
                    self._stop.heeded(),
                    submissions_noted(self._job_ids),
                    self.session.as_default(),
                ):
                    self._outcome = self._cell.run(self.session, self._options)
                    if not self._cell.is_silenced:
                        _show(self._outcome)
            except BaseException as error:  # noqa: BLE001 - kept for result(), and shown
                status = "cancelled" if self._stop.is_wanted else "failed"
                if status == "failed":
                    self._error = error
                    self._show_failure(error)
            finally:
                self._close_session()
        with self._moving:
            self._end(status)

    def _show_failure(self, error: BaseException) -> None:
        # What the session was ended for is said in a sentence: where it was noticed says nothing.
        if isinstance(error, QSessionError) and not self.session.active:
            self._page.show_sentence(error, self._cell.own_line(error.__traceback__))
        else:
            self._page.show_failure(error, self._cell.own_traceback(error.__traceback__))

    def _end(self, status: Status) -> None:
        self._status = status
        self._page.close()
        self._ended.set()

    def _close_session(self) -> None:
        if not self._options.close:
            return
        try:
            self.session.close(reason="its cell ended")
        except QSessionError as error:
            self._page.show_failure(error, None)

    def _cancel_jobs(self) -> None:
        for record in self.session.jobs:
            if record.job_id in self._job_ids and not record.status.is_final:
                self.session.cancel_job(record.job_id)

    def _wait(self, timeout: float | None) -> None:
        from qsession.client_errors import JobTimeoutError  # noqa: PLC0415 - loads the client

        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._ended.is_set():
            left_s = _NAP_S if deadline is None else min(deadline - time.monotonic(), _NAP_S)
            if left_s <= 0:
                raise JobTimeoutError(
                    f"The background cell did not end within {timeout} s; it goes on."
                )
            self._ended.wait(left_s)


class BackgroundCells:
    """Runs background cells one after the other: they share the variables of the notebook.

    The thread that does it starts with the first and ends with the last.
    """

    def __init__(self) -> None:
        self._queue: deque[BackgroundCell] = deque()
        self._lock = threading.Lock()
        self._is_running = False

    def run(self, shell: Shell, text: str, session: Session, options: Namespace) -> BackgroundCell:
        """Show the session and queue a cell; return at once."""
        cell = BackgroundCell(shell, Cell(shell, text), session, options)
        if not options.no_widget:
            display(session)
        cell.begin()
        if options.output:
            shell.user_ns[options.output] = cell
        with self._lock:
            self._queue.append(cell)
            must_start, self._is_running = not self._is_running, True
        if must_start:
            threading.Thread(target=self._run_all, name="qsession-background", daemon=True).start()
        return cell

    def _run_all(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._is_running = False
                    return
                cell = self._queue.popleft()
            cell.run()


def _show(outcome: Outcome) -> None:
    if outcome.job is not None:
        show_result(outcome.job)
    elif outcome.value is not None:
        display(outcome.value)
