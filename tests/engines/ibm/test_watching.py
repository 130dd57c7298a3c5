"""The watching thread: it follows the service, survives it, and ends."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from qsession import ServiceError, Session
from qsession.engines.ibm.monitor import Monitor
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.cloud import faults
from tests.cloud.messages import Reply
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import look, monitor_of, not_started, statuses
from tests.support.circuits import flipped
from tests.support.inside import snapshot_of
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads, until, until_dropped

__all__ = ["not_started"]

Make = Callable[..., Session]


class Looks:
    """Counts the looks of the thread, and waits for them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> None:
        self._clock = clock
        self._done = threading.Semaphore(0)
        self.count = 0
        look = Monitor.look

        def counted(monitor: Monitor) -> Any:
            due = look(monitor)
            self.count += 1
            self._done.release()
            return due

        monkeypatch.setattr(Monitor, "look", counted)

    def wait(self) -> None:
        """Wait for one more look."""
        assert self._done.acquire(timeout=PATIENCE_S)

    def step(self, condition: Callable[[], bool], seconds: float = 15) -> None:
        """Let time pass, look by look, until the condition holds."""
        for _ in range(500):
            if condition():
                return
            self._clock.advance(seconds)
            self._done.acquire(timeout=0.2)
        raise AssertionError("It did not happen.")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> Looks:
    return Looks(monkeypatch, clock)


def test_it_follows_a_job_and_ends_with_the_session(
    make_session: Make, manual: ServiceState, looks: Looks, new_threads: NewThreads, server: Server
):
    session = make_session()
    session.run(flipped())
    until(core_of(session).journal, lambda: snapshot_of(session).limit_s == 28800)
    assert new_threads.names == {"qsession-monitor"}
    manual.start_next_job()
    looks.step(lambda: statuses(session) == ["RUNNING"])
    manual.finish_job()
    looks.step(lambda: statuses(session) == ["DONE"])
    session.close()
    until(core_of(session).journal, lambda: session.state == "closed")
    assert new_threads.left_when_done() == []
    server.log.clear()
    manual.advance(7200)
    assert server.log.lines() == []


def test_an_observer_is_told_of_what_happens_at_the_service(
    make_session: Make, server: Server, looks: Looks
):
    session = make_session(create_new=True)
    seen: list[str] = []
    is_over = threading.Event()

    def note(change: Any) -> None:
        seen.append(change.new)
        if change.new == "closed":
            is_over.set()

    session.observe(note, names="state")
    server.state.timeline.cancel(
        server.state.timeline.sessions[str(session.session_id)], server.state.clock.now()
    )
    looks.step(lambda: session.state == "closed")
    assert is_over.wait(PATIENCE_S)
    assert seen[-1] == "closed"


def test_an_action_here_is_looked_at_at_once(make_session: Make, looks: Looks):
    session = make_session(create_new=True)
    looks.wait()
    session.run(flipped())
    until(core_of(session).journal, lambda: statuses(session) == ["DONE"])  # no time has passed


def test_a_result_that_is_known_here_is_looked_at_at_once(
    make_session: Make, manual: ServiceState, not_started: pytest.MonkeyPatch
):
    session = make_session()
    job = session.run(flipped())
    look(session)
    not_started.undo()
    manual.start_next_job()
    manual.finish_job()
    job.result()
    until(core_of(session).journal, lambda: statuses(session) == ["DONE"])


@pytest.mark.parametrize("has_work", [False, True])
def test_it_ends_with_the_last_reference(
    server: Server, backend: Any, clock: ManualClock, new_threads: NewThreads, has_work: bool
):
    session = Session(backend, clock=clock, create_new=True)
    if has_work:
        server.state.pace.mode = "manual"
        session.run(flipped())
    assert new_threads.names == {"qsession-monitor"}
    gone = weakref.ref(session)
    del session
    new_threads.until_dropped()
    until_dropped(lambda: gone() is None)


def test_a_dropped_session_lets_go_even_of_a_silent_server(
    server: Server, backend: Any, clock: ManualClock, new_threads: NewThreads,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.setattr("qsession.compat.service_line.READ_TIMEOUT_S", 0.2)
    gate = server.faults.hold("GET /sessions")
    session = Session(backend, clock=clock, create_new=True)
    gate.wait_until_reached()
    del session
    new_threads.until_dropped()
    gate.release()


def test_many_submissions_do_not_make_as_many_looks(
    make_session: Make, server: Server, looks: Looks
):
    session = make_session(create_new=True)
    looks.wait()
    gate = server.faults.hold("GET /sessions")
    session.run(flipped())
    gate.wait_until_reached()
    for _ in range(20):
        session.run(flipped())
    before = looks.count
    gate.release()
    until(core_of(session).journal, lambda: statuses(session) == ["DONE"] * 21)
    waiting = monitor_of(session)._wake_ups
    while not waiting.empty():
        looks.wait()
    assert looks.count - before <= 5


EFFECTS = [
    faults.refuse(500),
    faults.refuse(503, retry_after=2),
    faults.refuse(502, after=True),
    faults.too_many_requests(),
    faults.too_many_requests(3),
    faults.unauthorized(),
    faults.reset(),
    faults.reset(after=True),
    faults.cut_short(),
    faults.malformed(),
]
WORDS = {"Completed": "DONE", "Failed": "ERROR", "Cancelled": "CANCELLED"}


def fails(action: Callable[[], Any]) -> bool:
    """Whether it does, with our error and no other."""
    try:
        action()
    except ServiceError:
        return True
    return False


def move_on(state: ServiceState, chance: Random) -> None:
    """Let some jobs start, finish and fail."""
    for _ in range(chance.randrange(4)):
        if state.timeline.running("ibm_manila") is None:
            if state.timeline.queue("ibm_manila"):
                state.start_next_job()
        elif chance.random() < 0.5:
            state.finish_job()
        else:
            state.fail_job("no")


@pytest.mark.usefixtures("looks")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_long_day_with_a_bad_network(
    make_session: Make, server: Server, manual: ServiceState, new_threads: NewThreads, seed: int
):
    """One request in five fails, in every way there is; 500 jobs come, most from elsewhere."""
    session = make_session(create_new=True)
    chance = Random(seed)
    manual.pace.simulates = False

    def spoil(answering: faults.Answering) -> Reply:
        return chance.choice(EFFECTS)(answering)

    spoilt = server.faults.add(".", spoil, times=None, probability=0.2)
    elsewhere = {"program_id": "sampler", "session_id": session.session_id}
    failures, jobs = 0, manual.timeline.jobs
    while len(jobs) < 500:
        manual.clock.advance(0.5)  # type: ignore[attr-defined]  # it is a ManualClock
        failures += fails(lambda: session.run(flipped()))
        for _ in range(9):
            manual.submit(manual.premium, elsewhere)
        move_on(manual, chance)
    failures += fails(session.close) + fails(session.cancel)
    if manual.timeline.running("ibm_manila") is not None:
        manual.finish_job()
    assert new_threads.left_as_time_passes(manual.clock, 15) == []  # type: ignore[arg-type]
    assert failures > 5
    assert spoilt.hits > 20
    truth = {job.job_id: WORDS[job.status] for job in jobs.values()}
    assert {record.job_id: record.status.value for record in session.jobs} == truth
    assert len(session.jobs) == len(truth) >= 500
    assert (session.state, session.error, session.stale_since) == ("cancelled", None, None)
    assert new_threads() == []
