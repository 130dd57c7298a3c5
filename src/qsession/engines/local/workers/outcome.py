"""The end of a unit of work in another process, with its output and warnings: `Ending`."""

from __future__ import annotations

import io
import logging
import pickle
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from logging.handlers import QueueHandler
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from qsession.errors import JobFailedError, in_words
from qsession.forks import ForkSafeLock

if TYPE_CHECKING:
    from qsession.engines.local.work import Outcome

MOST_HEARD = 1000
"""Warnings, and log records, that a unit may send home; a loop can make any number."""

_PROTOCOL = 5

_one_at_a_time = ForkSafeLock()
"""Warnings belong to a process, not to a thread."""


@dataclass(frozen=True)
class HeardWarning:
    """A warning, as it was given."""

    message: Warning
    category: type[Warning]
    filename: str
    line: int


@dataclass
class Heard:
    """The warnings and log records of a unit of work."""

    warnings: list[HeardWarning] = field(default_factory=list)
    logs: list[logging.LogRecord] = field(default_factory=list)


@dataclass(frozen=True)
class Ending:
    """An outcome or an error, with what was heard on the way."""

    outcome: Outcome | None
    error: BaseException | None
    traceback: str | None
    warnings: list[HeardWarning]
    logs: list[logging.LogRecord]

    @classmethod
    def of_error(cls, error: BaseException, heard: Heard) -> Ending:
        """The ending of a unit that failed."""
        text = "".join(traceback.format_exception(error))
        return cls(None, error, text, heard.warnings, heard.logs)

    def told_here(self) -> tuple[Outcome | None, BaseException | None]:
        """Repeat what was heard, as if the unit had run here, and tell how it ended.

        A filter that makes errors of warnings makes this one's error of them.
        """
        for record in self.logs:
            logger = logging.getLogger(record.name)
            if logger.isEnabledFor(record.levelno):
                logger.handle(record)
        try:
            for heard in self.warnings:
                warnings.warn_explicit(heard.message, heard.category, heard.filename, heard.line)
        except Warning as raised:
            return None, raised
        if self.error is not None and self.traceback and self.error.__cause__ is None:
            self.error.__cause__ = _RemoteTracebackError(self.traceback)
        return self.outcome, self.error


class _RemoteTracebackError(Exception):
    """Shows the traceback of another process above an error's own, as `concurrent.futures` does."""

    def __str__(self) -> str:
        return f"\n\n{self.args[0]}"


@contextmanager
def capture(*, is_wanted: bool) -> Iterator[Heard]:
    """Collect the warnings and log records of a block, instead of showing them here."""
    heard = Heard()
    if not is_wanted or not _one_at_a_time.acquire(blocking=False):
        yield heard
        return
    records: SimpleQueue[logging.LogRecord] = SimpleQueue()
    root, handler = logging.getLogger(), QueueHandler(records)
    root.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                yield heard
            finally:
                # It prepares records for the way: texts instead of arguments and tracebacks.
                while not records.empty() and len(heard.logs) < MOST_HEARD:
                    heard.logs.append(records.get())
                heard.warnings.extend(_without_repetitions(caught or []))
    finally:
        root.removeHandler(handler)
        _one_at_a_time.release()


def _without_repetitions(caught: list[warnings.WarningMessage]) -> list[HeardWarning]:
    different = {
        (str(each.message), each.category, each.filename, each.lineno): HeardWarning(
            each.message if isinstance(each.message, Warning) else each.category(each.message),
            each.category,
            each.filename,
            each.lineno,
        )
        for each in caught[:MOST_HEARD]
    }
    return list(different.values())


class _Pickler(pickle.Pickler):
    """Pickles exceptions as Python does, whatever else is registered for them.

    Dask brings tblib along, whose way fails for a class with two built-in bases.
    """

    def reducer_override(self, obj: object) -> Any:
        """Return the reduction of an exception; NotImplemented for all other objects."""
        return obj.__reduce_ex__(_PROTOCOL) if isinstance(obj, BaseException) else NotImplemented


def packed(ending: Ending) -> bytes:
    """An ending for the way home. What cannot be pickled is put into words."""
    try:
        pickled = _pickled(ending)
        if ending.error is not None:
            pickle.loads(pickled)  # noqa: S301 - exceptions may fail only here
    except Exception as problem:  # noqa: BLE001 - pickle fails with whatever it meets
        if ending.error is not None:
            words = in_words(ending.error)
        else:
            words = f"Its result cannot be sent to this process: {problem}"
        error = JobFailedError(words)
        return _pickled(Ending(None, error, ending.traceback, [], []))
    return pickled


def _pickled(ending: Ending) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, _PROTOCOL).dump(ending)
    return buffer.getvalue()
