"""The place of work that the user chose: any `concurrent.futures.Executor`."""

from __future__ import annotations

import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from qsession.engines.local.work import Outcome, run_work
from qsession.engines.local.workers.isolation import carry_out_apart, may_abort
from qsession.engines.local.workers.packing import KnownParts, Parcel, pack
from qsession.engines.local.workers.protocol import (
    CannotSendError,
    Reply,
    Task,
    carry_out,
    read_reply,
    this_process,
)
from qsession.engines.local.workers.runner import StoppedError
from qsession.errors import JobFailedError, WorkerLostError, in_words

if TYPE_CHECKING:
    from qsession.engines.local.work import Work
    from qsession.engines.local.workers.runner import Ended

_LOST_ELSEWHERE = ("KilledWorker", "LostWorkerError")
"""The errors that Dask raises when the workers that a task was given to have died, again and
again."""


@dataclass(eq=False)
class _Unit:
    job_id: str
    work: Work
    ended: Ended
    parcel: Parcel | None = None
    future: Future[Any] | None = None
    is_given_away: bool = False
    """True if the executor has it, or is just taking it."""
    is_stopped: bool = False
    is_resent: bool = False
    is_apart: bool = False
    """True if it runs in a process of its own, wherever it comes to: it may end that one."""


class ElsewhereInOrder:
    """Hands units to an executor; the order, the ids and the states stay with the session.

    Backends and noise models do not travel with every unit, see `KnownParts`. The executor belongs
    to whoever made it and is never shut down here.
    """

    can_be_made_anew = False
    can_stop_running = False
    """An executor need not be able to; `stop` asks it nevertheless."""

    def __init__(self, executor: Executor, *, width: int = 1) -> None:
        self.width = width
        self._executor = executor
        self._lock = threading.Lock()
        self._units: dict[str, _Unit] = {}
        self._parts = KnownParts()
        self._is_here = isinstance(executor, ThreadPoolExecutor)
        """True if its tasks run in this process, where nothing needs to be packed."""

    def made_anew(self) -> ElsewhereInOrder:
        """Itself: a forked child has a copy of the executor, without its threads."""
        return self

    def start(self, job_id: str, work: Work, ended: Ended) -> None:
        """Submit a unit to the executor; see `Place`."""
        unit = _Unit(job_id, work, ended, is_apart=may_abort(work))
        with self._lock:
            self._units[job_id] = unit
        self._submit(unit)

    def stop(self, job_id: str) -> bool:
        """Ask the executor to cancel a unit; see `Place`."""
        with self._lock:
            unit = self._units.get(job_id)
            if unit is None or (unit.is_given_away and unit.future is None):
                return False
            unit.is_stopped = True
            future = unit.future
        if future is None or future.cancel():
            return True
        unit.is_stopped = False
        return False

    def close(self) -> None:
        """Nothing: the executor is its owner's."""

    def _submit(self, unit: _Unit) -> None:
        try:
            self._pack(unit)
            with self._lock:
                unit.is_given_away = not unit.is_stopped
            if unit.is_stopped:
                raise StoppedError  # noqa: TRY301 - ends the unit as every other reason does
            unit.future = future = self._future_of(unit)
            future.add_done_callback(partial(self._take, unit))
        except Exception as error:  # noqa: BLE001 - it is shutting down, or cannot send this
            self._end(unit, None, _told(error))

    def _pack(self, unit: _Unit) -> None:
        if not self._is_here and unit.parcel is None:
            try:
                unit.parcel = pack(unit.work)
            except Exception:  # noqa: BLE001 - the executor may have a way of its own
                unit.parcel = None

    def _future_of(self, unit: _Unit) -> Future[Any]:
        if unit.is_apart:
            # Whatever process it comes to must not end with it.
            parcel = unit.parcel = unit.parcel or pack(unit.work)
            task = Task(unit.job_id, parcel.work, parcel.parts, this_process())
            return self._executor.submit(carry_out_apart, task)
        if self._is_here or unit.parcel is None:
            return self._executor.submit(run_work, unit.work)
        parts = unit.parcel.parts if unit.is_resent else self._parts.to_send(unit.parcel.parts)
        task = Task(unit.job_id, unit.parcel.work, parts, this_process())
        return self._executor.submit(carry_out, task)

    def _take(self, unit: _Unit, future: Future[Any]) -> None:
        try:
            error = None if future.cancelled() else future.exception()
            outcome = None if error is not None else self._outcome_of(unit, future)
        except BaseException as raised:  # noqa: BLE001 - it is the job's, whatever it is
            # A failed job is kept for long. These frames would keep the future with it.
            self._end(unit, None, raised.with_traceback(None))
            return
        if error is not None:
            self._end(unit, None, _told(error))
        elif outcome is not None:
            self._end(unit, outcome, None)

    def _outcome_of(self, unit: _Unit, future: Future[Any]) -> Outcome | None:
        """The outcome; None if the unit is on its way once more."""
        if future.cancelled():
            if unit.is_stopped:
                raise StoppedError
            # By somebody who shut the executor down.
            raise RuntimeError("The executor dropped the job before it ran.")
        reply = future.result()
        if not isinstance(reply, Reply):
            assert isinstance(reply, Outcome)  # noqa: S101 - of work that was not packed
            return reply
        if unit.is_apart:
            return self._read(reply)
        self._is_here = self._is_here or reply.process == this_process()
        if reply.missing and not unit.is_resent:
            self._parts.lacked_by(reply.process)
            unit.is_resent = True
            with self._lock:
                unit.is_given_away, unit.future = False, None
            self._submit(unit)
            return None
        if unit.parcel is not None:
            self._parts.held_by(reply.process, unit.parcel.parts)
        return self._read(reply)

    def _read(self, reply: Reply) -> Outcome:
        try:
            return read_reply(reply)
        except CannotSendError as error:
            reason = str(error)
        raise JobFailedError(
            f"The job cannot run in the executor's processes: {reason}. Define it in a module that "
            "they can import."
        )

    def _end(self, unit: _Unit, outcome: Outcome | None, error: BaseException | None) -> None:
        with self._lock:
            if self._units.get(unit.job_id) is not unit:
                return  # it was told before
            del self._units[unit.job_id]
            # Each holds the other, and Dask keeps what a future stands for until nobody holds it:
            # a lost worker would have jobs that ended long ago computed once more.
            unit.future = None
        unit.ended(outcome, error)


def _told(error: BaseException) -> BaseException:
    is_lost = isinstance(error, BrokenExecutor) or type(error).__name__ in _LOST_ELSEWHERE
    if not is_lost:
        return error
    words = in_words(error)
    lost = WorkerLostError(f"The process of the executor that ran the job was lost: {words}")
    lost.__cause__ = error.with_traceback(None)  # frames of the executor's own, which keep the task
    return lost
