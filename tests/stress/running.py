"""Runs a program on a local session, and tells what it broke: `run`."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from qsession import Session
from qsession.client_errors import JobCancelledError, JobTimeoutError, SessionEndedError
from qsession.engines.local.workers.pool import workers
from qsession.errors import UnknownJobError, WorkerLostError
from qsession.model.job import JobRecord
from qsession.model.states import JobStatus
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.engines.local.workers.work import endless
from tests.stress.carrying_out import ProgramRun
from tests.stress.noticing import Notices, comes_true
from tests.stress.observing import Observers
from tests.stress.programs import Program
from tests.support.circuits import flipped
from tests.support.gated_backend import GatedBackend
from tests.support.inside import snapshot_of
from tests.support.patience import PATIENCE_S

_LONGEST_JOB_STEPS = 4
_WORKER_SHOTS = 500

_GUARDS = ("max_usage", "idle_timeout")

_AT_ONCE = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has but one way


class TickingClock(ManualClock):
    """Stands still but for a microsecond each time it is read, so that times tell the order."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))  # the ledger forgets what is old
        self._microseconds = itertools.count()

    def now(self) -> datetime:
        return super().now() + timedelta(microseconds=next(self._microseconds))


class Stepwise:
    """Time as the jobs of a program have it: how many steps its threads have taken."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._steps = 0
        self._is_over = False

    def step(self) -> None:
        """A step was taken."""
        with self._moved:
            self._steps += 1
            self._moved.notify_all()

    def end(self) -> None:
        """No step will follow: whatever waits goes on."""
        with self._moved:
            self._is_over = True
            self._moved.notify_all()

    def pause(self, steps: int) -> None:
        """Wait until so many steps were taken. Threads that all wait would wait for ever."""
        with self._moved:
            until = self._steps + steps
            self._moved.wait_for(lambda: self._is_over or self._steps >= until, timeout=0.05)


class SlowBackend(GatedBackend):
    """A backend of this process whose jobs take some steps of the program's threads."""

    def __init__(self, stepwise: Stepwise) -> None:
        super().__init__()
        self.open_gate()
        self._stepwise = stepwise

    def run(self, run_input: list[QuantumCircuit], **options: Any) -> Any:
        self._stepwise.pause(int(run_input[0].metadata["steps"]))
        return super().run(run_input, **options)


class LossyExecutor(Executor):
    """Runs packed tasks on threads; now and then the process that would run one is lost."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads)
        self.losses = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._threads.submit(self._run, fn, *args)

    def _run(self, fn: Callable[..., Any], *args: Any) -> Any:
        if self.losses:
            self.losses -= 1
            raise BrokenExecutor("a process died")
        return fn(*args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)


class Run(ProgramRun):
    """One run of a program."""

    EXPECTED = (
        SessionEndedError,
        JobTimeoutError,
        JobCancelledError,
        UnknownJobError,
        WorkerLostError,
    )
    MOST_S = 90

    def __init__(self, program: Program) -> None:
        self.stepwise = Stepwise()
        self.cancelled: list[str] = []
        """The jobs of which ``cancel_job`` said that they are cancelled."""
        self.executor: Executor | None = None
        if program.place == "threads":
            self.executor = ThreadPoolExecutor(program.parallel)
        elif program.place == "processes":
            self.executor = LossyExecutor(program.parallel)
        super().__init__(program, TickingClock())
        self.observers = Observers(self.session)

    def _new_session(self) -> Session:
        is_here = self.program.place in {"kernel", "threads"}
        backend = SlowBackend(self.stepwise) if is_here else AerSimulator()
        return self._session_on(backend, executor=self.executor, parallel=self.program.parallel)

    def _take_all_steps(self) -> None:
        super()._take_all_steps()
        self.stepwise.end()

    def _stepped(self) -> None:
        self.stepwise.step()

    def _release(self) -> None:
        if self.executor is not None:
            self.executor.shutdown()

    def _note(self) -> None:
        super()._note()
        reason = snapshot_of(self.session).ended_reason or ""
        self.notices.happened["guard"] += any(guard in reason for guard in _GUARDS)

    # --- steps: each takes a number to choose by ------------------------------------------------

    def _run(self, number: int) -> None:
        if self.program.place == "worker":
            # Long enough not to run in this process while no worker is ready.
            job = self.session.run_circuits(endless(), shots=_WORKER_SHOTS * (1 + number % 4))
        else:
            circuit = flipped(f"job-{number}")
            circuit.metadata = {"steps": number % _LONGEST_JOB_STEPS}
            job = self.session.run_circuits(circuit, shots=1 + number % 5)
        self.handles.append(job)

    def _run_again(self, number: int) -> None:
        if self.handles:
            self.handles.append(self.session.run_again(self._chosen(number).job_id()))

    def _cancel_job(self, number: int) -> None:
        if self.handles:
            job_id = self._chosen(number).job_id()
            if self.session.cancel_job(job_id):
                self.cancelled.append(job_id)

    def _result(self, number: int) -> None:
        if self.handles:
            self._chosen(number).result(timeout=PATIENCE_S)

    def _wait(self, number: int) -> None:
        del number
        self.session.wait(progress=False)

    def _read(self, number: int) -> None:
        del number
        snapshot = snapshot_of(self.session)
        if sum(snapshot.counts.values()) > len(self.session.jobs):
            self._say("a snapshot counts more jobs than there are")
        repr(self.session)
        self.session.details()
        self.session.to_html()

    def _observe(self, number: int) -> None:
        self.observers.add(number)

    def _lose_the_process(self, number: int) -> None:
        if isinstance(self.executor, LossyExecutor):
            self.executor.losses += 1
            self.notices.happened["process lost"] += 1
        elif self.program.place == "worker":
            lent = list(workers._lent)
            if lent:
                with contextlib.suppress(OSError):
                    os.kill(lent[number % len(lent)].pid, _AT_ONCE)
                    self.notices.happened["process lost"] += 1

    # --- and then -------------------------------------------------------------------------------

    def _end(self) -> None:
        """Close the session, and wait for the end of it and of its jobs."""
        self.session.close()
        state = core_of(self.session).journal.state
        if not comes_true(lambda: state.state.is_terminal and not state.pending):
            self._say(f"it does not end: {self.session!r} {_shown(self.session.jobs)}")

    def _check(self) -> None:
        records = {record.job_id: record for record in self.session.jobs}
        if {handle.job_id() for handle in self.handles} - records.keys():
            self._say("a handle has no record")
        for handle in self.handles:
            self._check_handle(handle, records[handle.job_id()])
        for job_id in self.cancelled:
            if records[job_id].status is not JobStatus.CANCELLED:
                self._say(f"{job_id} was cancelled, and is {records[job_id].status}")
        if not comes_true(lambda: self._in_ledger() == self._statuses()):
            self._say(f"the ledger says {self._in_ledger()}, the session {self._statuses()}")
        self.notices.words += self.observers.complaints()
        for own in self._jobs_of_each_session():
            self._check_order(own)

    def _check_handle(self, handle: Any, record: JobRecord) -> None:
        try:
            handle.result(timeout=PATIENCE_S)
            ended = JobStatus.DONE
        except JobTimeoutError:
            self._say(f"the future of {record} does not end")
            return
        except JobCancelledError:
            ended = JobStatus.CANCELLED
        except Exception:  # noqa: BLE001 - however it failed
            ended = JobStatus.ERROR
        if not ended == handle.status() == record.status:
            self._say(f"its result says {ended}, the handle {handle.status()}, {record}")
        if handle.cancel():
            self._say(f"an ended job was cancelled: {record}")

    def _jobs_of_each_session(self) -> list[list[JobRecord]]:
        """The jobs of the sessions that it went through, in the order of their submission."""
        found, state = [], core_of(self.session).journal.state
        while True:
            earlier = {} if state.earlier is None else state.earlier.jobs
            found.append([each for each in state.jobs.values() if each.job_id not in earlier])
            if state.earlier is None:
                return found
            state = state.earlier

    def _check_order(self, jobs: list[JobRecord]) -> None:
        begun = [job for job in jobs if job.started is not None]
        for before, after in itertools.pairwise(begun):
            assert before.started is not None
            assert after.started is not None
            if after.started < before.started:
                self._say(f"{after} overtook {before}")
            is_alone = self.program.parallel == 1
            if is_alone and before.finished is not None and after.started < before.finished:
                self._say(f"{after} ran beside {before}")


def _shown(records: list[JobRecord]) -> list[str]:
    return [f"{record.name} {record.status}" for record in records]


def run(program: Program) -> Notices:
    """Run a program."""
    return Run(program).carry_out()
