"""One ledger file as a process uses it: `Ledger`."""

from __future__ import annotations

import logging
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from qsession.clock import SystemClock, drain
from qsession.ledger.checkpoints import Checkpoints
from qsession.ledger.opening import identity, open_file, set_aside
from qsession.ledger.pruning import Pruning
from qsession.ledger.recorder import Contents, Recorder
from qsession.ledger.trouble import LedgerTooNewError, Rest, is_corrupt, may_pass, warn_once

if TYPE_CHECKING:
    from qsession.clock import Clock, WakeUps

T = TypeVar("T")
_log = logging.getLogger("qsession")

BATCH_S = 0.05
"""Changes within this time are written together."""


class Ledger:
    """The file, the one connection to it, and the thread that writes what can wait.

    Ids are written by the thread that hands them out (`keep`); all else is noted (`note`) and
    written by a daemon thread, which `close` ends. What could not be written is written once the
    file can be used again.
    """

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self.path = path
        self.generation = 0
        """Which file it is: another one, for whatever reason, has to be told everything."""
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._batch = threading.Lock()
        """Held from taking what was noted until it is written, so that closing waits for it."""
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._rest = Rest()
        self._is_useless = False
        self._is_closed = False
        self._pruning = Pruning()
        self._checkpoints = Checkpoints()
        self._noted: SimpleQueue[Recorder] = SimpleQueue()
        self._wake_ups: WakeUps = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    # --- writing --------------------------------------------------------------------------------

    def start(self) -> None:
        """Have what is noted be written from now on."""
        with self._starting:
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(
                    target=_write_until_closed,
                    args=(weakref.ref(self), self._wake_ups, self._clock),
                    name="qsession-ledger",
                    daemon=True,
                )
                self._thread.start()

    def note(self, recorder: Recorder) -> None:
        """Have what a recorder has to say be written soon. Never blocks."""
        self._noted.put(recorder)
        self._wake_ups.put(None)

    def keep(self, recorder: Recorder) -> None:
        """Write what a recorder has to say now, unless the file is in trouble: then soon."""
        if self._rest.until is not None or not self._write(recorder):
            self.note(recorder)

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

    def write_noted(self) -> None:
        """Write what was noted, results included; what another thread has begun is written, too."""
        with self._batch:
            has_failed = False
            for recorder in self._take_noted():
                recorder.begin()
                has_failed = has_failed or not self._write(recorder, recorder.contents())
                if has_failed:
                    self.note(recorder)

    def _take_noted(self) -> dict[Recorder, None]:
        noted: dict[Recorder, None] = {}
        try:
            while True:
                noted[self._noted.get_nowait()] = None
        except Empty:
            return noted

    def _write(self, recorder: Recorder, contents: Contents | None = None) -> bool:
        """Whether it need not be tried again."""
        if self._is_useless or self._is_closed:
            return True
        try:
            with self._lock:
                try:
                    self._write_in_transaction(recorder, contents)
                except sqlite3.DatabaseError as error:
                    if not is_corrupt(error):
                        raise
                    self._disconnect()
                    self._set_aside(self._identity)
                    self._write_in_transaction(recorder, contents)
                self._rest.end()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost a job
            return not self._after_failure(error)
        return True

    def _write_in_transaction(self, recorder: Recorder, contents: Contents | None) -> None:
        connection = self._connect()
        changes = recorder.take(self.generation, contents)
        if changes is None:
            return
        try:
            with _transaction(connection):
                changes.write(connection)
        except Exception as error:
            if may_pass(error):
                recorder.give_back(changes)
            raise
        self._pruning.count(changes.size)
        self._checkpoints.count()

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._connection = open_file(self.path)
            except sqlite3.DatabaseError as error:
                if not is_corrupt(error):
                    raise
                self._set_aside(identity(self.path))
                self._connection = open_file(self.path)
            self._identity = identity(self.path)
            self.generation += 1
        return self._connection

    def _set_aside(self, broken: tuple[int, int] | None) -> None:
        aside = set_aside(self.path, broken)
        if aside is not None:
            warn_once(
                f"The ledger {self.path} was corrupt. It is now {aside.name}, and a new one has "
                "begun: sessions of earlier processes are not listed any more."
            )

    def _after_failure(self, error: Exception) -> bool:
        """Warn; say whether to try again."""
        _log.debug("The ledger cannot be used.", exc_info=error)
        why = f"{type(error).__name__}: {error}"
        if isinstance(error, LedgerTooNewError):
            self._is_useless = True
            warn_once(f"The ledger {self.path} is not used: {error}.")
            return False
        if not may_pass(error):
            warn_once(f"The ledger {self.path} misses a session or job ({why}).")
            return False
        self._rest.begin(self._clock.now())
        warn_once(
            f"The ledger {self.path} cannot be used ({why}). Sessions and jobs go on; they are "
            "written down once it can be. QSESSION_HOME names another directory, "
            "QSESSION_LEDGER=off does without."
        )
        return True

    # --- keeping it in shape --------------------------------------------------------------------

    def _look_after_file(self) -> None:
        """Notice that the file is gone; prune it and shorten its log when it is time."""
        try:
            with self._lock:
                if self._connection is None:
                    return
                if identity(self.path) != self._identity:
                    # Removed, or set aside by another kernel: what is written there is lost.
                    self._disconnect()
                    return
                if self._pruning.is_due:
                    self._pruning.prune(self._connection, self._clock.now())
            if self._checkpoints.is_due:
                self._checkpoints.run(self.path)
        except Exception:  # noqa: BLE001 - it can be done another time
            _log.debug("The ledger could not be tidied.", exc_info=True)

    # --- reading --------------------------------------------------------------------------------

    def read(self, read: Callable[[sqlite3.Connection], T]) -> T | None:
        """Read from the file; None if there is none, or it cannot be read."""
        if self._is_useless or self._is_closed or identity(self.path) is None:
            return None
        try:
            with self._lock:
                return read(self._connect())
        except Exception as error:  # noqa: BLE001 - what is known here can be told all the same
            self._after_failure(error)
            return None

    def read_up_to_date(self, read: Callable[[sqlite3.Connection], T]) -> T | None:
        """Read, once what was noted is written. Not under a session's lock, which writing takes."""
        self.write_when_due()
        return self.read(read)

    def change(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Write something that no recorder says; it is given up if that cannot be done now."""

        def write(connection: sqlite3.Connection) -> bool:
            with _transaction(connection):
                change(connection)
            return True

        self.read(write)

    # --- the end --------------------------------------------------------------------------------

    def abandon(self) -> None:
        """Leave the file to the process that this one was forked from. Takes no lock."""
        self._is_closed = True

    def close(self) -> None:
        """Write what was noted, and let go of the file."""
        self.write_noted()
        with self._lock:
            self._is_closed = True
            self._disconnect()
        self._wake_ups.put(None)

    @property
    def is_in_trouble(self) -> bool:
        """Whether it could not be written the last time."""
        return self._rest.until is not None

    @property
    def is_closed(self) -> bool:
        """Whether nothing is written any more."""
        return self._is_closed

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


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
