"""The place of local work: a thread for what is surely short, worker processes for the rest."""

from __future__ import annotations

import logging
import time
import warnings
import weakref
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Literal

from qsession.compat.jupyter import in_kernel
from qsession.engines.local.work import run_work
from qsession.engines.local.workers.isolation import REFUSAL, may_abort
from qsession.engines.local.workers.packing import pack
from qsession.engines.local.workers.placement import PROBABLY_SHORT_S, Placing, is_simulator
from qsession.engines.local.workers.pool import Workers, workers
from qsession.engines.local.workers.protocol import CannotSendError, read_reply
from qsession.engines.local.workers.runner import StoppedError
from qsession.engines.local.workers.worker import Worker, WorkerStartError
from qsession.errors import JobFailedError, WorkerLostError, in_words
from qsession.forks import ForkSafeLock
from qsession.simulator.fingerprint import each_read_once
from qsession.threads import run_in_thread

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.local.work import Outcome, Work
    from qsession.engines.local.workers.cost_estimate import WorkSize
    from qsession.engines.local.workers.runner import Ended

_log = logging.getLogger("qsession")


@dataclass(eq=False)
class _Unit:
    """A unit of work on its way through this place."""

    job_id: str
    work: Work
    ended: Ended
    where: Literal["waiting", "kernel", "worker"] = "waiting"
    is_stopped: bool = False
    worker: Worker | None = None


class BesideKernel:
    """Runs what is short in a thread of this process, and the rest in a worker process.

    One thread serves a session, so that a short unit never overtakes a long one; it waits while a
    worker works. The threads are daemons, hold this place weakly, and end with it.

    Args:
        backend: What the units run on. One that is not known to be a simulator stays here.
        width: How many units may run at once; in this process it is one at a time always.
        memory_limit: Bytes that a unit in a worker may take; None for any number.
        lender: Who lends workers.
    """

    can_be_made_anew = True

    def __init__(
        self,
        backend: BackendV2,
        *,
        width: int = 1,
        memory_limit: int | None = None,
        lender: Workers = workers,
    ) -> None:
        self.width = width
        self._backend = backend
        self._memory_limit = memory_limit
        self._lender = lender
        self.can_stop_running = is_simulator(backend)
        self._floor = _Floor(lender, width, memory_limit, may_send=self.can_stop_running)
        # In whatever thread collects this, one that holds the lock of the floor included.
        weakref.finalize(self, self._floor.waiting.put, "abandoned").atexit = False

    def made_anew(self) -> BesideKernel:
        """One like it for a forked child; see `Place`."""
        return BesideKernel(
            self._backend,
            width=self.width,
            memory_limit=self._memory_limit,
            lender=self._lender,
        )

    def start(self, job_id: str, work: Work, ended: Ended) -> None:
        """Hand a unit to a thread; see `Place`."""
        self._floor.take(_Unit(job_id, work, ended))

    def stop(self, job_id: str) -> bool:
        """Stop a unit, unless it runs in this process; see `Place`."""
        return self._floor.stop(job_id)

    def close(self) -> None:
        """Let the threads and workers go; see `Place`."""
        self._floor.send_home()


class _Floor:
    """The state that the threads of a place share. They hold it rather than the place."""

    def __init__(
        self, lender: Workers, width: int, memory_limit: int | None, *, may_send: bool
    ) -> None:
        self._lender = lender
        self._width = width
        self._memory_limit = memory_limit
        self._may_send = may_send
        self._placing = Placing()
        self._lock = ForkSafeLock()
        self._in_kernel = ForkSafeLock()
        self.waiting: SimpleQueue[_Unit | Literal["abandoned"] | None] = SimpleQueue()
        self._units: dict[str, _Unit] = {}
        self._threads = 0
        self._has_joined = False
        self._has_stood_still = False
        self._is_kernel_warned = False
        self._is_warm = False
        """True if a worker was started, or lent, and is not lost."""

    # --- called from outside --------------------------------------------------------------------

    def take(self, unit: _Unit) -> None:
        with self._lock:
            self._units[unit.job_id] = unit
            if self._threads < min(len(self._units), self._width):
                try:
                    run_in_thread(partial(_serve, self), "qsession-local")
                except BaseException:  # there are too many, or the interpreter exits
                    del self._units[unit.job_id]
                    raise
                self._threads += 1
        self.waiting.put(unit)

    def stop(self, job_id: str) -> bool:
        with self._lock:
            unit = self._units.get(job_id)
            if unit is None or unit.where == "kernel":
                return False
            unit.is_stopped = True
            if unit.worker is not None:
                unit.worker.kill()
            return True

    def send_home(self) -> None:
        with self._lock:
            threads, self._threads = self._threads, 0
        for _ in range(threads):
            self.waiting.put(None)

    # --- called from its threads ----------------------------------------------------------------

    def run(self, unit: _Unit) -> None:
        outcome, error = None, None
        try:
            with each_read_once():
                outcome = self._outcome_of(unit)
        except BaseException as raised:  # noqa: BLE001 - it is the job's, whatever it is
            error = raised
        with self._lock:
            del self._units[unit.job_id]
            if unit.is_stopped:  # that was promised: however far it had come
                outcome, error = None, StoppedError()
        unit.ended(outcome, error)
        is_wanted = self._has_joined or self._has_stood_still or in_kernel()
        if is_wanted and self._may_send and not self._is_warm:
            self._warm()

    def leave(self) -> None:
        with self._lock:
            is_last = self._has_joined and not self._threads
            self._has_joined = self._has_joined and not is_last
        if is_last:
            self._lender.leave(self._width)

    def _outcome_of(self, unit: _Unit) -> Outcome:
        if not self._may_send:
            return self._run_here(unit, None)
        size = self._placing.size(unit.work)
        must_be_apart = may_abort(unit.work)
        if not must_be_apart and self._may_run_here(size):
            return self._run_here(unit, size)
        try:
            return self._run_in_worker(unit, size)
        except CannotSendError as reason:
            if must_be_apart:
                raise JobFailedError(f"{REFUSAL}: {reason}.") from reason
            self._warn_once(reason)
            return self._run_here(unit, size)

    def _may_run_here(self, size: WorkSize | None) -> bool:
        """Return True if the work is short, or shorter than the start of a worker."""
        if self._lender.has_ready():
            return self._placing.is_surely_short(size)
        # Who wants several at once, or bounds their memory, wants workers.
        in_script = self._width == 1 and self._memory_limit is None and not in_kernel()
        return self._placing.is_probably_short(size, in_script=in_script)

    def _run_here(self, unit: _Unit, size: WorkSize | None) -> Outcome:
        with self._lock:
            if unit.is_stopped:
                raise StoppedError
            unit.where = "kernel"
        with self._in_kernel:
            began = time.perf_counter()
            outcome = run_work(unit.work)
            seconds = time.perf_counter() - began
            self._placing.remember(size, seconds)
        self._has_stood_still |= seconds > PROBABLY_SHORT_S
        return outcome

    def _run_in_worker(self, unit: _Unit, size: WorkSize | None) -> Outcome:
        with self._lock:
            unit.where = "worker"
        try:
            parcel = pack(unit.work)
        except Exception as error:
            raise CannotSendError(in_words(error)) from error
        worker = self._borrow(unit)
        is_usable = False
        try:
            reply = worker.run(unit.job_id, parcel, self._memory_limit)
            is_usable = True
        except WorkerStartError as error:
            self._require_going_on(unit)
            raise CannotSendError(str(error)) from error
        except WorkerLostError:
            self._require_going_on(unit)
            raise
        finally:
            with self._lock:  # from here on it may be lent to somebody else
                unit.worker = None
                is_usable = is_usable and not unit.is_stopped
            self._lender.give_back(worker, is_usable=is_usable)
            self._is_warm = is_usable
        self._require_going_on(unit)
        outcome = read_reply(reply)
        self._placing.remember(size, reply.seconds)
        return outcome

    def _borrow(self, unit: _Unit) -> Worker:
        self._join()
        try:
            worker = self._lender.borrow()
        except WorkerStartError as error:
            raise CannotSendError(str(error)) from error
        with self._lock:
            unit.worker = worker
            if unit.is_stopped:
                worker.kill()
        return worker

    def _require_going_on(self, unit: _Unit) -> None:
        if unit.is_stopped:
            raise StoppedError

    def _join(self) -> None:
        with self._lock:
            is_first, self._has_joined = not self._has_joined, True
        if is_first:
            self._lender.join(self._width)

    def _warm(self) -> None:
        """Start a worker that is not needed yet: after a notebook's first job, or for a lost one.

        People think between cells, and the next circuit is often larger. A script waits until it
        has stood still for a job, or needs one.
        """
        with self._lock:
            is_over, self._is_warm = not self._threads, True
        if is_over:
            return
        self._join()
        try:
            self._lender.warm()
        except WorkerStartError:
            return  # the unit that needs one will say so

    def _warn_once(self, reason: CannotSendError) -> None:
        self._may_send = self._may_send and not isinstance(reason.__cause__, WorkerStartError)
        if not self._is_kernel_warned:
            self._is_kernel_warned = True
            warnings.warn(
                f"A long job runs in this process, which stands still meanwhile and cannot stop "
                f"it: it cannot be sent to a worker process ({reason}).",
                RuntimeWarning,
                stacklevel=2,
            )


def _serve(floor: _Floor) -> None:
    while (unit := floor.waiting.get()) is not None:
        if unit == "abandoned":
            floor.send_home()
            continue
        try:
            floor.run(unit)
        except BaseException:  # noqa: BLE001 - the thread has other units to run
            _log.exception("Job %s could not be settled.", unit.job_id)
        del unit  # so that this thread does not keep it alive
    floor.leave()
