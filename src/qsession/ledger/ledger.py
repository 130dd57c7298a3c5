"""One ledger file as a process uses it: `Ledger`."""

from __future__ import annotations

import logging
import sqlite3
import threading
import weakref
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from qsession.clock import SystemClock, drain
from qsession.errors import in_words
from qsession.ledger import locking
from qsession.ledger.connection import LedgerFile
from qsession.ledger.database import Checkpoints, transaction
from qsession.ledger.failures import DO_WITHOUT, LedgerTooNewError, Rest, may_pass, warn_once
from qsession.ledger.locking import Deadline, FileBusyError, held, tried_until
from qsession.ledger.pruning import Pruning
from qsession.ledger.recorder import Contents, Recorder
from qsession.ledger.writing import forget_session, session_row, write_session
from qsession.ledger.written_ahead import WrittenAhead

if TYPE_CHECKING:
    from qsession.clock import Clock, WakeUps
    from qsession.ledger.entries import SessionEntry

T = TypeVar("T")
_log = logging.getLogger("qsession")

BATCH_S = 0.05
"""Changes within this time are written together."""


class Ledger:
    """The file, and the thread that writes what can wait.

    Ids are written by the thread that hands them out (`keep`); all else is noted (`note`) and
    written by a daemon thread, which `close` ends. What could not be written is written once the
    file can be used again. Nobody but that thread waits long for a file that others have locked.
    """

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self.path = path
        self._file = LedgerFile(path)
        self._ahead = WrittenAhead(path)
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._batch = threading.Lock()
        """Held from taking what was noted until it is written, so that closing waits for it."""
        self._rest = Rest()
        self._is_useless = False
        self._generation_looked_after = 0
        self._is_closed = False
        self._pruning = Pruning()
        self._checkpoints = Checkpoints()
        self._noted: SimpleQueue[Recorder] = SimpleQueue()
        self._wake_ups: WakeUps = SimpleQueue()
        self._checkpointing = threading.Lock()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    # --- writing --------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The time by its clock."""
        return self._clock.now()

    def note(self, recorder: Recorder) -> None:
        """Have what a recorder has to say be written soon. Never blocks."""
        self._noted.put(recorder)
        self._wake_ups.put(None)

    def keep(self, recorder: Recorder) -> None:
        """Write what a recorder has to say now; beside the file if that is not open yet, or locked.

        The thread that writes the rest starts after that: it would take turns with this one, and
        the first job of a script wait for both. While the file is in trouble all is written later.
        """
        deadline = Deadline(locking.CALLER_WAIT_S)
        try:
            may_wait = self._rest.until is not None or (
                self._is_first_of(recorder) and self._write_ahead(recorder)
            )
            if not may_wait and not self._write(recorder, deadline):
                self._write_ahead(recorder)
                may_wait = True
            if may_wait:
                self.note(recorder)
        finally:  # also after Ctrl-C
            if self._thread is None:
                self.start()

    def start(self) -> None:
        """Have what is noted be written from now on."""
        with self._starting:
            if self._thread is not None or self._is_closed:
                return
            thread = threading.Thread(
                target=_write_until_closed,
                args=(weakref.ref(self), self._wake_ups, self._clock),
                name="qsession-ledger",
                daemon=True,
            )
            try:
                thread.start()
            except RuntimeError as error:  # there are too many: the next job tries again
                warn_once(
                    "no thread",
                    f"The ends of jobs are written to the ledger {self.path} later: no thread can "
                    f"be started that does it ({in_words(error)}).",
                )
            else:
                self._thread = thread

    def write_when_due(self) -> datetime | None:
        """Write what was noted, unless the file was in trouble a moment ago.

        Returns:
            When to try again; None when something is noted.
        """
        until = self._rest.until
        if until is None or until <= self._clock.now():
            self.write_noted()
            self._look_after_file()
        return self._rest.until

    def write_noted(self, wait_s: float | None = None) -> None:
        """Write what was noted, results included; what another thread has begun is written, too.

        Args:
            wait_s: How long to wait for other threads and processes; None is long.
        """
        deadline = Deadline(locking.LONGEST_WAIT_S if wait_s is None else wait_s)
        try:
            with held(self._batch, deadline):
                self._write_all(self._take_noted(), deadline)
        except FileBusyError:
            return  # it is being written

    def _write_all(self, noted: dict[Recorder, None], deadline: Deadline) -> None:
        has_failed = False
        for recorder in noted:
            recorder.begin()
            has_failed = has_failed or not self._write(recorder, deadline, recorder.contents())
            if has_failed:
                self.note(recorder)

    def _take_noted(self) -> dict[Recorder, None]:
        noted: dict[Recorder, None] = {}
        try:
            while True:
                noted[self._noted.get_nowait()] = None
        except Empty:
            return noted

    def _write(
        self, recorder: Recorder, deadline: Deadline, contents: Contents | None = None
    ) -> bool:
        """Write a recorder's changes; return False if that is to be tried again soon."""

        def write() -> None:
            if not self._is_useless and not self._is_closed:
                self._file.write(lambda connection: self._put(connection, recorder, contents))
                self._rest.end()

        try:
            tried_until(deadline, self._lock, write)
        except FileBusyError:
            return False  # another thread of this process is at it: the next to write is not late
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost a job
            return not self._after_failed_write(error)
        return True

    def _is_first_of(self, recorder: Recorder) -> bool:
        """Return True if the file is not open, and a recorder has said nothing beside it yet.

        More of its ids would each repeat those before it.
        """
        return not self._file.is_open and not self._ahead.files_of(recorder)

    def _write_ahead(self, recorder: Recorder) -> bool:
        """Write a recorder's new ids beside the file; return False if that cannot be done."""
        if self._is_useless or self._is_closed:
            return False
        changes = recorder.take(self._file.generation, None)
        if changes is None:
            return True
        try:
            self._ahead.write(recorder, changes.session_row, [*changes.job_rows.values()])
        except (OSError, TypeError):
            _log.debug("Nothing can be written beside the ledger.", exc_info=True)
            return False
        finally:
            recorder.give_back(changes)  # for the file itself
        return True

    def _put(
        self, connection: sqlite3.Connection, recorder: Recorder, contents: Contents | None
    ) -> None:
        ahead = self._ahead.files_of(recorder)
        changes = recorder.take(self._file.generation, contents)
        if changes is not None:
            try:
                with transaction(connection):
                    changes.write(connection)
            except Exception as error:
                if may_pass(error):
                    recorder.give_back(changes)
                raise
            self._pruning.count(changes.size)
            self._checkpoints.count()
        if ahead:
            self._ahead.remove(recorder, ahead)

    def _after_failed_write(self, error: Exception) -> bool:
        """Warn; say whether to try again."""
        _log.debug("The ledger cannot be written.", exc_info=error)
        if isinstance(error, LedgerTooNewError):
            self._give_up(error)
            return False
        why = in_words(error)
        if not may_pass(error):
            warn_once("not storable", f"The ledger {self.path} misses a session or job ({why}).")
            return False
        self._rest.begin(self._clock.now())
        warn_once(
            "writing",
            f"The ledger {self.path} cannot be used ({why}). Sessions and jobs go on; they are "
            f"written down once it can be. {DO_WITHOUT}",
        )
        return True

    def _give_up(self, error: LedgerTooNewError) -> None:
        self._is_useless = True
        self._ahead.remove_all()
        warn_once("too new", f"The ledger {self.path} is not used: {error}.")

    def forget(self, session_id: str) -> bool:
        """Remove a session with its jobs and results; False if the file cannot be written now."""
        return self._change(lambda connection: forget_session(connection, session_id))

    def write_entry(self, entry: SessionEntry) -> bool:
        """Write a session that no recorder tells of; False if the file cannot be written now."""
        return self._change(lambda connection: write_session(connection, session_row(entry)))

    def _change(self, change: Callable[[sqlite3.Connection], None]) -> bool:
        def write() -> None:
            self._file.write(lambda connection: _whole(connection, change))

        try:
            tried_until(Deadline(locking.LONGEST_WAIT_S), self._lock, write)
        except (sqlite3.Error, OSError, FileBusyError, LedgerTooNewError):
            _log.debug("The ledger cannot be written.", exc_info=True)
            return False
        return True

    # --- keeping it in shape --------------------------------------------------------------------

    def _look_after_file(self) -> None:
        """Notice that the file is gone; prune it and shorten its log when it is time."""

        def look() -> bool:
            # What is written to a file that was removed, or set aside by another kernel, is lost.
            if not self._file.is_open or self._file.close_if_gone():
                return False
            if self._generation_looked_after != self._file.generation:
                self._generation_looked_after = self._file.generation
                self._ahead.take_in(self._file.connection)
            if self._pruning.is_due:
                self._pruning.prune(self._file.connection, self._clock.now())
            return self._checkpoints.is_due and self._file.has_log

        try:
            if tried_until(Deadline(locking.LONGEST_WAIT_S), self._lock, look):
                with self._checkpointing:
                    self._checkpoints.run(self.path)
        except Exception:  # noqa: BLE001 - it can be done another time
            _log.debug("The ledger could not be tidied.", exc_info=True)

    # --- reading --------------------------------------------------------------------------------

    def read(self, read: Callable[[sqlite3.Connection], T]) -> T | None:
        """Read from the file; None if there is none, or it cannot be read."""
        return self._read(read, Deadline(locking.CALLER_WAIT_S))

    def read_up_to_date(self, read: Callable[[sqlite3.Connection], T]) -> T | None:
        """Read, once what was noted is written. Not under a session's lock, which writing takes."""
        deadline = Deadline(locking.CALLER_WAIT_S)
        if self._rest.until is None:
            self.write_noted(deadline.left_s)
        return self._read(read, deadline)

    def _read(self, read: Callable[[sqlite3.Connection], T], deadline: Deadline) -> T | None:
        def attempt() -> T | None:
            if self._is_useless or self._is_closed or not self._file.exists:
                return None
            self._ahead.take_in(self._file.connection)
            return read(self._file.connection)

        try:
            return tried_until(deadline, self._lock, attempt)
        except LedgerTooNewError as error:
            self._give_up(error)
        except (sqlite3.Error, OSError, FileBusyError) as error:
            # It says nothing of what can be written; what is known here can be told all the same.
            _log.debug("The ledger cannot be read.", exc_info=True)
            is_busy = isinstance(error, FileBusyError)
            why = "it is being written" if is_busy else in_words(error)
            warn_once(
                "reading",
                f"The ledger {self.path} cannot be read ({why}). What it knows of other processes "
                f"is missing here. {DO_WITHOUT}",
            )
        return None

    # --- the end --------------------------------------------------------------------------------

    def begin_fork(self) -> bool:
        """Close the file until `end_fork`: what SQLite knows of it must not be copied.

        SQLite keeps account of the locks that its process has on a file, for all connections. A
        forked child would take those of the parent for its own.

        Returns:
            Whether that could be done; another thread may be at it, or another process.
        """
        deadline = Deadline(locking.CALLER_WAIT_S)
        if not self._lock.acquire(timeout=deadline.left_s):
            return False
        if not self._checkpointing.acquire(timeout=deadline.left_s):
            self._lock.release()
            return False
        self._file.close()  # opened again, it is told everything: it may be another one by then
        return True

    def end_fork(self) -> None:
        """Go on after `begin_fork`."""
        self._checkpointing.release()
        self._lock.release()

    def abandon(self) -> None:
        """In a forked child: write nothing, it is the parent's. Takes no lock."""
        self._is_closed = True

    def close(self, *, at_exit: bool = False) -> None:
        """Write what was noted, and let go of the file.

        Args:
            at_exit: Whether the process ends, so that the file need not be put in order.
        """
        self.write_noted(locking.LAST_WAIT_S)
        with self._lock:
            self._is_closed = True
            if at_exit:
                self._file.leave_to_exit()
            else:
                self._file.close()
        self._wake_ups.put(None)

    @property
    def is_in_trouble(self) -> bool:
        """True if the last attempt to write failed."""
        return self._rest.until is not None

    @property
    def is_closed(self) -> bool:
        """True if nothing is written any more."""
        return self._is_closed


def _whole(connection: sqlite3.Connection, change: Callable[[sqlite3.Connection], None]) -> None:
    with transaction(connection):
        change(connection)


def _write_until_closed(ledger_ref: weakref.ref[Ledger], wake_ups: WakeUps, clock: Clock) -> None:
    until: datetime | None = None
    while True:
        clock.wait(wake_ups, until)
        clock.pause(BATCH_S)
        drain(wake_ups)
        ledger = ledger_ref()
        if ledger is None or ledger.is_closed:
            return
        until = ledger.write_when_due()
        del ledger  # so that this thread does not keep it alive
