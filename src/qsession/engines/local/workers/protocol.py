"""Runs packed work in another process and brings the outcome back: `carry_out`, `read_reply`."""

from __future__ import annotations

import io
import os
import pickle
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsession.engines.local.work import run_work
from qsession.engines.local.workers.memory import limited_memory, require_success, shortage_in_words
from qsession.engines.local.workers.outcome import Ending, capture, packed
from qsession.errors import in_words
from qsession.forks import ForkSafeLock

if TYPE_CHECKING:
    from qsession.engines.local.work import Outcome


MOST_PARTS = 16
"""Backends and noise models that a process keeps; those used longest ago are sent again."""

_loaded = uuid.uuid4().hex
_parts: OrderedDict[str, Any] = OrderedDict()
_parts_lock = ForkSafeLock()


def this_process() -> str:
    """A name for this process that no other one has, not even a copy of it."""
    return f"{_loaded}-{os.getpid()}"


@dataclass(frozen=True)
class Task:
    """A unit of work on its way.

    Attributes:
        job_id: Whose it is; it also keeps equal tasks apart where they would be run once.
        work: The pickled work.
        parts: Those of its parts that the other side may not have.
        home: The process that it comes from.
        memory_limit: Bytes that it may take; None for any number.
    """

    job_id: str
    work: bytes
    parts: Mapping[str, bytes]
    home: str
    memory_limit: int | None = None


@dataclass(frozen=True)
class Reply:
    """The reply of a worker to a task.

    Attributes:
        process: Where the task has run, or was to run.
        ending: The pickled `Ending`; None if it did not run.
        seconds: How long it took.
        missing: Tokens of parts that are not known there.
        unreadable: Why it cannot be unpacked there.
    """

    process: str
    ending: bytes | None = None
    seconds: float = 0.0
    missing: tuple[str, ...] = ()
    unreadable: str | None = None


class _MissingPartError(Exception):
    """A token stands for a part that was not sent."""


def carry_out(task: Task) -> Reply:
    """Run a packed unit of work. Failures of the work are part of the reply."""
    here = this_process()
    try:
        work = _unpack(task.work, task.parts)
    except _MissingPartError as missing:
        return Reply(here, missing=(str(missing),))
    except Exception as error:  # noqa: BLE001 - such as a class that exists only where it comes from
        return Reply(here, unreadable=in_words(error))
    began = time.perf_counter()
    ending = _run(work, task, is_away=task.home != here)
    seconds = time.perf_counter() - began
    return Reply(here, packed(ending), seconds)


def _run(work: Any, task: Task, *, is_away: bool) -> Ending:
    outcome, failure = None, None
    with capture(is_wanted=is_away) as heard:
        try:
            with limited_memory(task.memory_limit):
                outcome = run_work(work)
            require_success(outcome.result)
        except Exception as error:  # noqa: BLE001 - it is the job's, whatever it is
            failure = error
    if failure is None:
        return Ending(outcome, None, None, heard.warnings, heard.logs)
    logs = [log.getMessage() for log in heard.logs]
    return Ending.of_error(shortage_in_words(failure, logs, task.memory_limit), heard)


def _unpack(pickled: bytes, sent: Mapping[str, bytes]) -> Any:
    return _Unpacker(pickled, sent).load()


class _Unpacker(pickle.Unpickler):
    def __init__(self, pickled: bytes, sent: Mapping[str, bytes]) -> None:
        super().__init__(io.BytesIO(pickled))
        self._sent = sent

    def persistent_load(self, token: Any) -> Any:
        """The part that a token stands for: one object as long as it is kept."""
        with _parts_lock:
            if token in _parts:
                _parts.move_to_end(token)
                return _parts[token]
        if token not in self._sent:
            raise _MissingPartError(token)
        part = _unpack(self._sent[token], self._sent)
        with _parts_lock:
            part = _parts.setdefault(token, part)
            while len(_parts) > MOST_PARTS:
                _parts.popitem(last=False)
        return part


class CannotSendError(Exception):
    """Work cannot go where it should; the message says why. Nothing has run."""


def read_reply(reply: Reply) -> Outcome:
    """The outcome of a unit that ran elsewhere; its warnings and log records are repeated here.

    Raises:
        CannotSendError: If it could not be unpacked there.
        BaseException: What the unit failed with.
    """
    if reply.ending is None:
        reason = reply.unreadable or f"it lacks {', '.join(reply.missing)}"
        raise CannotSendError(f"{reason}; what a notebook defines is not known elsewhere")
    ending: Ending = pickle.loads(reply.ending)  # noqa: S301 - from our own other half
    outcome, error = ending.told_here()
    if error is not None:
        raise error
    assert outcome is not None  # noqa: S101 - an ending has one of them
    return outcome
