"""Runs a program on a session of the loopback service, which fails now and then: `run`."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

import pytest

from qsession import QSessionError, Session
from qsession.ledger import close_ledgers
from qsession.model.states import JobStatus
from qsession.session.registry import core_of
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
from tests.stress.carrying_out import ProgramRun
from tests.stress.noticing import Notices, comes_true
from tests.stress.programs import Program
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


class CloudRun(ProgramRun):
    """One run of a program on the loopback service."""

    EXPECTED = (QSessionError,)  # the service failed, or the session has ended
    MOST_S = 30

    def __init__(self, program: Program, server: Server, clock: ManualClock) -> None:
        self.server = server
        self._choice = random.Random(program.seed)
        self._faults: list[Fault] = []
        super().__init__(program, clock)

    def _new_session(self) -> Session:
        backend = connect(self.server).backend("ibm_manila")
        self.server.state.pace.job_seconds = self._choice.choice([0.0, 2.0, 20.0])
        return self._session_on(backend)

    @contextlib.contextmanager
    def _surroundings(self) -> Iterator[None]:
        each = FAULTY / len(EFFECTS)
        with self._pulse():
            for matches, effect in EFFECTS:
                probability = FAULTY if matches else each
                self._faults.append(
                    self.server.faults.add(matches, effect, times=None, probability=probability)
                )
            yield

    def _note(self) -> None:
        super()._note()
        hits = {f"fault {number}": fault.hits for number, fault in enumerate(self._faults)}
        self.notices.happened.update(hits)

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

    def _read(self, number: int) -> None:
        del number
        repr(self.session)
        self.session.to_html()

    def _observe(self, number: int) -> None:
        del number
        self.session.observe(lambda change: None, names=["state", "jobs"])

    def _lose_the_process(self, number: int) -> None:
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
        state = core_of(self.session).journal.state
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
