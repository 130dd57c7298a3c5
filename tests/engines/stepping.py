"""A local session that is interfered with at one step of one job: `Stepped`.

The job is called ``watched``. One before it holds the place until the test lets it go, and one
waits behind it. Each step is the moment after something has happened to the watched job; there,
whatever thread it is, the interference is carried out on another one.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from qsession import Session
from qsession.engines.base import Job
from qsession.engines.local.work import Outcome, Work
from qsession.engines.local.workers.hybrid_runner import BesideKernel
from qsession.engines.local.workers.packing import Parcel
from qsession.engines.local.workers.placement import Placing
from qsession.engines.local.workers.pool import Workers
from qsession.engines.local.workers.protocol import Reply, Task, carry_out
from qsession.engines.local.workers.runner import Ended, Place
from qsession.errors import WorkerLostError
from qsession.model.job import JobRecord
from qsession.model.states import JobStatus
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.support.circuits import flipped
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S

MAX_TIME_S = 300

STEPS = {
    "kernel": ("queued", "taken", "handed over", "started", "running", "told", "recorded"),
    "worker": ("queued", "taken", "handed over", "started", "sent", "replied", "decoded", "told"),
    "threads": ("queued", "taken", "handed over", "started", "running", "told", "recorded"),
    "processes": ("queued", "taken", "handed over", "sent", "replied", "decoded", "told"),
}
"""The steps of a job that runs in each place. All of them end with "settled"."""

Interference = Callable[["Stepped"], object]


class Stepped:
    """A session whose jobs run in one of the places of `STEPS`."""

    def __init__(
        self, place: str, step: str, interference: Interference, patched: pytest.MonkeyPatch
    ) -> None:
        self.clock = ManualClock(datetime.now(UTC))  # the ledger forgets what is old
        self.is_lost = False
        """Whether the process that runs the watched job has died."""
        self.answer: object = None
        """What the interference gave."""
        self._step, self.interference = step, interference
        self._has_come = False
        self._has_interfered = threading.Event()
        self._go = threading.Event()
        self._status: JobStatus | None = None
        self.executor: Executor | None = None
        if place == "threads":
            self.executor = ThreadPoolExecutor(1)
        elif place == "processes":
            self.executor = _PackingExecutor(self)
        is_here = place in {"kernel", "threads"}
        backend = _SteppedBackend(self) if is_here else AerSimulator()
        self.session = Session(
            backend, MAX_TIME_S, clock=self.clock, executor=self.executor, auto_renew=False
        )
        self.journal = core_of(self.session).journal
        self.journal.lock = _SteppedLock(self)  # type: ignore[assignment]
        engine: Any = core_of(self.session).engine
        self.scheduler = engine._scheduler
        if place == "worker":
            # Nothing is surely short: what was quick in the worker would run here the next time.
            patched.setattr(Placing, "is_surely_short", lambda *_: False)
            patched.setattr(Placing, "is_probably_short", lambda *_, **__: False)
            self.scheduler._place = BesideKernel(
                backend,
                lender=Workers(
                    lambda: _Worker(self),  # type: ignore[arg-type, return-value]
                    lambda _, then: threading.Timer(0, then),
                ),
            )
        self.place: Place = self.scheduler.place
        self.scheduler._place = _SteppedPlace(self, self.place)

    # --- the test's hand --------------------------------------------------------------------------

    def submit(self, name: str) -> Job | None:
        """Submit a job; None if the session takes none."""
        circuit = flipped()
        circuit.name = name
        try:
            job = self.session.run_circuits(circuit, shots=3)
        except RuntimeError:
            return None
        if name == "watched":
            job.when_done(lambda _: self.reach("settled"))
        return job

    def let_go(self) -> None:
        """Let the first job end."""
        self._go.set()

    def wait_for_interference(self) -> None:
        """Wait until the step was reached, and the interference carried out."""
        assert self._has_interfered.wait(PATIENCE_S), f"It never came to {self._step!r}."

    def record(self, job: Job) -> JobRecord:
        """What the session says of a job."""
        return self.journal.state.jobs[job.job_id()]

    # --- called where something happens -----------------------------------------------------------

    def hold(self, name: str | None) -> None:
        """Keep the first job at work."""
        if name == "first":
            assert self._go.wait(PATIENCE_S)

    def reach(self, step: str, job_id: str | None = None) -> None:
        """Interfere if this is the step of the watched job."""
        if job_id is not None and self.name_of(job_id) != "watched":
            return
        if step != self._step or self._has_come:
            return
        self._has_come = True
        failures: list[BaseException] = []

        def interfere() -> None:
            try:
                self.answer = self.interference(self)
            except BaseException as error:  # noqa: BLE001 - raised below
                failures.append(error)

        thread = threading.Thread(target=interfere)
        thread.start()
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), f"It hangs at {step!r}."
        self._has_interfered.set()
        if failures:
            raise failures[0]

    def has_lost(self, job_id: str) -> bool:
        """Whether the process that runs this job has died."""
        return self.is_lost and self.name_of(job_id) == "watched"

    def name_of(self, job_id: str) -> str | None:
        """The name of a job."""
        record = self.journal.state.jobs.get(job_id)
        return None if record is None else record.name

    def changed_status(self) -> str | None:
        """The step that the watched job's record has come to since this was asked last."""
        records = self.journal.state.jobs.values()
        watched = next((record for record in records if record.name == "watched"), None)
        if watched is None or watched.status is self._status:
            return None
        self._status = watched.status
        return {JobStatus.QUEUED: "queued", JobStatus.RUNNING: "taken"}.get(
            watched.status, "recorded"
        )


class _SteppedLock:
    """The journal's lock; what was recorded under it has happened when it is released."""

    def __init__(self, owner: Stepped) -> None:
        self._owner = owner
        self._lock = threading.RLock()
        self._depth = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        step = None if self._depth else self._owner.changed_status()
        self._lock.release()
        if step is not None:
            self._owner.reach(step)


class _SteppedPlace:
    """A place around the one that is meant."""

    def __init__(self, owner: Stepped, inner: Place) -> None:
        self._owner, self._inner = owner, inner
        self.width, self.can_stop_running = inner.width, inner.can_stop_running
        self.stop, self.close = inner.stop, inner.close

    def start(self, job_id: str, work: Work, ended: Ended) -> None:
        def told(outcome: Outcome | None, error: BaseException | None) -> None:
            self._owner.reach("told", job_id)
            ended(outcome, error)

        self._owner.reach("handed over", job_id)
        self._inner.start(job_id, work, told)
        self._owner.reach("started", job_id)


class _SteppedBackend(GatedBackend):
    """A backend that stays in this process."""

    def __init__(self, owner: Stepped) -> None:
        super().__init__()
        self.open_gate()
        self._owner = owner

    def run(self, run_input: list[QuantumCircuit], **options: Any) -> Any:
        self._owner.hold(run_input[0].name)
        if run_input[0].name == "watched":
            self._owner.reach("running")
        return super().run(run_input, **options)


class _Worker:
    """A worker process that is none: it carries out what it is sent in this one."""

    is_alive = True
    is_ready = True

    def __init__(self, owner: Stepped) -> None:
        self._owner = owner
        self._is_killed = False

    def run(self, job_id: str, parcel: Parcel, memory_limit: int | None = None) -> Reply:
        return _carried_out(
            self._owner, Task(job_id, parcel.work, parcel.parts, "home"), self._require_life
        )

    def _require_life(self, job_id: str) -> None:
        if self._is_killed or self._owner.has_lost(job_id):
            raise WorkerLostError("The worker process that ran the job was killed.")

    def kill(self) -> None:
        self._is_killed = True

    def close(self) -> None:
        self.is_alive = False


class _PackingExecutor(Executor):
    """Runs each task on a thread of its own, as if that were a process."""

    def __init__(self, owner: Stepped) -> None:
        self._owner = owner

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        threading.Thread(target=self._run, args=(future, args[0])).start()
        return future

    def _run(self, future: Future[Any], task: Task) -> None:
        if not future.set_running_or_notify_cancel():
            return
        task = replace(task, home="home")
        try:
            future.set_result(_carried_out(self._owner, task, self._require_life))
        except BaseException as error:  # noqa: BLE001 - as every executor does
            future.set_exception(error)

    def _require_life(self, job_id: str) -> None:
        if self._owner.has_lost(job_id):
            raise BrokenExecutor("A process died.")


def _carried_out(owner: Stepped, task: Task, require_life: Callable[[str], None]) -> Reply:
    owner.hold(owner.name_of(task.job_id))
    owner.reach("sent", task.job_id)
    require_life(task.job_id)
    reply = carry_out(task)
    owner.reach("replied", task.job_id)
    require_life(task.job_id)
    assert reply.ending is not None
    _readers[task.job_id] = owner
    return replace(
        reply, process="elsewhere", ending=pickle.dumps(_Slowly(task.job_id, reply.ending))
    )


_readers: dict[str, Stepped] = {}


class _Slowly:
    """Bytes that take their time to be read."""

    def __init__(self, job_id: str, content: bytes) -> None:
        self._content = job_id, content

    def __reduce__(self) -> tuple[Any, ...]:
        return _read, self._content


def _read(job_id: str, content: bytes) -> object:
    ending = pickle.loads(content)  # noqa: S301 - what this test wrote
    _readers.pop(job_id).reach("decoded", job_id)
    return ending
