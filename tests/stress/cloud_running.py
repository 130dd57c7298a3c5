"""Runs a program on a session of the loopback service, which fails now and then: `run`."""

from __future__ import annotations

import contextlib
import random
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from qsession import Batch, QSessionError, Session
from qsession.ledger import close_ledgers, ledger_of_process
from qsession.ledger.reading import read_jobs
from qsession.model.states import JobStatus
from qsession.testing import ManualClock
from tests.cloud.account import connect, environment
from tests.cloud.faults import (
    Fault,
    cut_short,
    do_nothing,
    malformed,
    refuse,
    reset,
    too_many_requests,
)
from tests.cloud.server import Server
from tests.cloud.timeline import UNUSED_S
from tests.stress.noticing import Notices, comes_true
from tests.stress.programs import MAX_TIME_S, Program, Step
from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S

FAULTY = 0.2
"""So many of the requests are hit by a fault."""

_PULSE_S = 0.005
_DONE = {
    "Completed": JobStatus.DONE,
    "Failed": JobStatus.ERROR,
    "Cancelled": JobStatus.CANCELLED,
}


EFFECTS = [
    ("", refuse(500)),
    ("", refuse(503, after=True)),
    ("", too_many_requests(retry_after=1)),
    ("", reset()),
    ("", reset(after=True)),
    ("", cut_short()),
    ("", malformed()),
    (r"(DELETE|PATCH) /sessions/", do_nothing()),
]
"""What the service does wrong, and in which requests; "" is any."""


_TAKEN = {
    "run": "_run",
    "run again": "_run_again",
    "cancel job": "_cancel_job",
    "result": "_result",
    "wait": "_wait",
    "read": "_read",
    "observe": "_observe",
    "let time pass": "_let_time_pass",
    "expire": "_expire",
    "renew": "_renew",
    "lose the process": "_end_elsewhere",
    "close": "_close",
    "with": "_with",
    "cancel": "_cancel",
    "cancel all": "_cancel_all",
}
"""What is done for a step of a program."""


class CloudRun:
    """One run of a program on the loopback service."""

    def __init__(self, program: Program, server: Server, clock: ManualClock) -> None:
        self.program, self.server, self.clock = program, server, clock
        self.notices = Notices()
        self._choice = random.Random(program.seed)
        self.handles: list[Any] = []
        self._faults: list[Fault] = []
        backend = connect(server).backend("ibm_manila")
        server.state.pace.job_seconds = self._choice.choice([0.0, 2.0, 20.0])
        kind = Batch if program.is_batch else Session
        self.session: Session = kind(
            backend,
            MAX_TIME_S,
            auto_renew=program.auto_renew,
            idle_timeout=program.idle_timeout_s,
            max_usage=program.max_usage_s,
            clock=clock,
        )

    def carry_out(self) -> Notices:
        """Run it, and tell what happened."""
        with self.notices, warnings.catch_warnings(), self._pulse():
            warnings.simplefilter("ignore")
            each = FAULTY / len(EFFECTS)
            for matches, effect in EFFECTS:
                probability = FAULTY if matches else each
                self._faults.append(
                    self.server.faults.add(matches, effect, times=None, probability=probability)
                )
            threads = [
                threading.Thread(target=self._take_steps, args=(steps,), name=f"program-{number}")
                for number, steps in enumerate(self.program.threads)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE_S)
            stuck = [thread.name for thread in threads if thread.is_alive()]
            if stuck:
                self._say(f"threads of the program are stuck: {stuck}")
            self._end()
            if not self.notices.words:
                self._check()
            self.notices.look_for_leftovers()
        self._note()
        return self.notices

    def _note(self) -> None:
        happened, session = self.notices.happened, self.session
        self.notices.note_jobs(session.jobs)
        happened["renewal"] += max(len(session.session_ids) - 1, 0)
        happened[f"session {session.state}"] += 1
        happened.update(
            {f"fault {number}": fault.hits for number, fault in enumerate(self._faults)}
        )

    @contextlib.contextmanager
    def _pulse(self) -> Iterator[None]:
        """Let time pass by itself: the monitor waits by the clock."""
        is_over = threading.Event()

        def beat() -> None:
            while not is_over.wait(_PULSE_S):
                self.clock.advance(1)

        thread = threading.Thread(target=beat, name="pulse")
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def _take_steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            try:
                self._take(step)
            except QSessionError:
                continue  # the service failed, or the session has ended
            except Exception as error:  # noqa: BLE001 - it is what is looked for
                self._say(f"{step.action} raised {error!r}")

    def _take(self, step: Step) -> None:
        getattr(self, _TAKEN[step.action])(step.number)

    def _run(self, number: int) -> None:
        self.handles.append(self.session.run(flipped(), shots=1 + number % 5))

    def _run_again(self, number: int) -> None:
        if self.handles:
            self.session.run_again(self._chosen(number).job_id())

    def _cancel_job(self, number: int) -> None:
        if self.handles:
            self.session.cancel_job(self._chosen(number).job_id())

    def _result(self, number: int) -> None:
        if self.handles:
            with contextlib.suppress(Exception):  # it is IBM's job, with IBM's errors
                self._chosen(number).result(timeout=PATIENCE_S)

    def _wait(self, number: int) -> None:
        self.session.wait(timeout=number, progress=False)

    def _with(self, number: int) -> None:
        with self.session:
            self._run(number)

    def _read(self, number: int) -> None:
        del number
        repr(self.session)
        self.session.to_html()

    def _observe(self, number: int) -> None:
        del number
        self.session.observe(lambda change: None, names=["state", "jobs"])

    def _let_time_pass(self, number: int) -> None:
        self.clock.advance(number % 30)

    def _expire(self, number: int) -> None:
        del number
        self.clock.advance(MAX_TIME_S)

    def _renew(self, number: int) -> None:
        del number
        self.session.renew_if_expired()

    def _close(self, number: int) -> None:
        del number
        self.session.close()

    def _cancel(self, number: int) -> None:
        del number
        self.session.cancel()

    def _cancel_all(self, number: int) -> None:
        del number
        self.session.cancel(running=True)

    def _end_elsewhere(self, number: int) -> None:
        """Another program cancels the session, or closes it."""
        state, session_id = self.server.state, self.session.session_id
        if session_id is None:
            return
        with state.lock:
            state.settle()
            known = state.timeline.sessions.get(session_id)
            if known is not None:
                end = state.timeline.cancel if number % 2 else state.timeline.stop_accepting
                end(known, self.clock.now())
                self.notices.happened["ended elsewhere"] += 1

    def _chosen(self, number: int) -> Any:
        handles = list(self.handles)
        return handles[number % len(handles)]

    def _say(self, words: str) -> None:
        self.notices.words.append(words)

    # --- and then -------------------------------------------------------------------------------

    def _end(self) -> None:
        """The service works again; the session is closed, and ends."""
        self.server.faults.clear()

        def is_closed() -> bool:
            try:
                self.session.close()
            except QSessionError:
                return False
            return True

        if not comes_true(is_closed):
            self._say(f"it cannot be closed: {self.session!r}")
        state = self.session._journal.state
        if not comes_true(lambda: state.state.is_terminal and not state.pending):
            known = [each.state for each in self.server.state.timeline.sessions.values()]
            self._say(f"it does not end: {self.session!r}; the service says {known}")

    def _check(self) -> None:
        timeline, session_ids = self.server.state.timeline, self.session.session_ids
        for session_id in session_ids:
            if timeline.sessions[session_id].state != "closed":
                self._say(f"{session_id} is {timeline.sessions[session_id].state} there")
        there = {
            job.job_id: _DONE.get(job.status)
            for job in timeline.jobs.values()
            if job.session_id in session_ids
        }
        if not comes_true(lambda: self._statuses() == there):
            self._say(f"the session says {self._statuses()}, the service {there}")
        if not comes_true(lambda: self._in_ledger() == there):
            self._say(f"the ledger says {self._in_ledger()}, the service {there}")
        for handle in self.handles:
            if handle.job_id() in there and handle.status() != there[handle.job_id()]:
                self._say(f"the handle of {handle.job_id()} says {handle.status()}")
        self._check_orphans()

    def _check_orphans(self) -> None:
        """Sessions whose answer was lost have no job, cost nothing, and close by themselves."""
        state, known = self.server.state, set(self.session.session_ids)
        self.clock.advance(UNUSED_S)
        with state.lock:
            state.settle()
            for session_id, orphan in state.timeline.sessions.items():
                if session_id in known:
                    continue
                self.notices.happened["orphan"] += 1
                jobs = [job for job in state.timeline.jobs.values() if job.session_id == session_id]
                cost_s = state.timeline.elapsed(orphan, self.clock.now())
                if jobs or cost_s or orphan.state != "closed":
                    self._say(f"an orphan has {len(jobs)} jobs and costs {cost_s} s: {orphan}")

    def _statuses(self) -> dict[str, JobStatus]:
        return {record.job_id: record.status for record in self.session.jobs}

    def _in_ledger(self) -> dict[str, JobStatus]:
        ledger = ledger_of_process()
        found: dict[str, JobStatus] = {}
        for session_id in self.session.session_ids if ledger is not None else []:
            assert ledger is not None
            jobs = ledger.read_up_to_date(partial(read_jobs, session_id=session_id))
            found |= {job.job_id: job.status for job in jobs or ()}
        return found


def run(program: Program) -> Notices:
    """Run a program."""
    from qiskit_ibm_runtime.api.session import PostForcelistRetry

    clock = ManualClock(datetime.now(UTC))  # the ledger forgets what is old
    server = Server(clock, fault_seed=program.seed)
    with contextlib.ExitStack() as resources, pytest.MonkeyPatch.context() as patched:
        # The ids of each server are the same: a ledger of its own.
        home = resources.enter_context(TemporaryDirectory())
        for name, value in {**environment(server), "QSESSION_HOME": home}.items():
            patched.setenv(name, value)
        patched.setattr(PostForcelistRetry, "sleep", lambda *_: None)
        server.start()
        try:
            return CloudRun(program, server, clock).carry_out()
        finally:
            server.stop()
            close_ledgers()
