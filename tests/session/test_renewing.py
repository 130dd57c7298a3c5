"""A renewed session ends as any other does, also while jobs of the one before still run."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import comm
import pytest
from qiskit import QuantumCircuit

from qsession import Session, SessionEndedError
from qsession.dashboards.overview import Overview
from qsession.engines.base import Job
from qsession.ledger import ledger_of_process
from qsession.ledger.reading import find_sessions, read_jobs
from qsession.session import cleanup
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.session.waiters import in_a_thread
from tests.support.circuits import flipped
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads, until
from tests.widget.recording_comm import RecordingComm

MAX_TIME_S = 300
MAX_USAGE_S = 500


@pytest.fixture
def clock() -> ManualClock:
    """One that stands at this day: the ledger forgets what is old."""
    return ManualClock(datetime.now(UTC))


class HoldingBackend(GatedBackend):
    """Runs everything at once but circuits that are called "held"."""

    def __init__(self) -> None:
        super().__init__()
        self.open_gate()
        self.let_go = threading.Event()

    def run(self, run_input: list[QuantumCircuit], **options: Any) -> Any:
        if run_input[0].name == "held":
            assert self.let_go.wait(PATIENCE_S)
        return super().run(run_input, **options)


class Renewed:
    """A session that was renewed while a job of its predecessor runs."""

    def __init__(self, clock: ManualClock, executor: ThreadPoolExecutor) -> None:
        self.clock = clock
        self.backend = HoldingBackend()
        self.session = Session(
            self.backend,
            MAX_TIME_S,
            name="mine",
            auto_renew=True,
            max_usage=MAX_USAGE_S,
            executor=executor,
            clock=clock,
        )
        self.first: Job = self.session.run_circuits(flipped("held"), shots=3)
        clock.advance(MAX_TIME_S)
        core_of(self.session).renewal.renew_if_expired()
        until(core_of(self.session).journal, lambda: self.session.state == "not-started")

    def wait_for(self, *states: str) -> None:
        until(core_of(self.session).journal, lambda: self.session.state in states)


@pytest.fixture
def renewed(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Renewed]:
    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    with ThreadPoolExecutor(2) as executor:
        renewed = Renewed(clock, executor)
        yield renewed
        renewed.backend.let_go.set()
        renewed.session.cancel(reason="the test is over")
    if core_of(renewed.session).display.views is not None:
        renewed.session.widget.close()


def close(renewed: Renewed) -> None:
    renewed.session.close()


def cancel(renewed: Renewed) -> None:
    renewed.session.cancel()


def cancel_all(renewed: Renewed) -> None:
    renewed.session.cancel(running=True)


def leave_its_block(renewed: Renewed) -> None:
    with renewed.session:
        pass


def use_up_its_budget(renewed: Renewed) -> None:
    session = renewed.session
    # Once opened, two sessions add to it: the one before holds its backend for its job.
    at_once = 1 + (session.session_id is not None)
    renewed.clock.advance((MAX_USAGE_S - session.usage_seconds) / at_once - 1)
    assert session.active
    renewed.clock.advance(1)


def close_in_its_widget(renewed: Renewed) -> None:
    assert renewed.session.widget.comm.ask("close_session")["ok"]


def cancel_in_its_widget(renewed: Renewed) -> None:
    assert renewed.session.widget.comm.ask("cancel_session")["ok"]


def close_in_the_dashboard(renewed: Renewed) -> None:
    overview = Overview(None, ended=False, limit=50, clock=renewed.clock)
    overview.close(overview.key_of(renewed.session))


def cancel_in_the_dashboard(renewed: Renewed) -> None:
    overview = Overview(None, ended=False, limit=50, clock=renewed.clock)
    overview.cancel(overview.key_of(renewed.session))


def replace_it(renewed: Renewed) -> None:
    Session(renewed.backend, name="mine", new=True, clock=renewed.clock).close()


CLOSING = [
    close,
    leave_its_block,
    use_up_its_budget,
    close_in_its_widget,
    close_in_the_dashboard,
    replace_it,
]
CANCELLING = [cancel, cancel_all, cancel_in_its_widget, cancel_in_the_dashboard]


@pytest.mark.parametrize("submits", [False, True], ids=["unopened", "opened"])
@pytest.mark.parametrize("end", [*CLOSING, *CANCELLING])
def test_it_can_be_ended_in_every_way(
    renewed: Renewed,
    end: Callable[[Renewed], None],
    new_threads: NewThreads,
    *,
    submits: bool,
):
    session = renewed.session
    if submits:
        session.run(flipped()).result(PATIENCE_S)
    end(renewed)
    renewed.wait_for("closing" if end in CLOSING else "cancelled")
    with pytest.raises(SessionEndedError):
        session.run(flipped())
    assert renewed.first.status() == "RUNNING"
    renewed.backend.let_go.set()
    assert renewed.first.result(PATIENCE_S).get_counts() == {"1": 3}
    renewed.wait_for("closed" if end in CLOSING else "cancelled")
    session.wait(PATIENCE_S)
    assert {record.status.value for record in session.jobs} == {"DONE"}
    assert new_threads.left_when_done() == []
    assert len(session.session_ids) == 1 + submits
    until(
        core_of(session).journal,
        lambda: in_the_ledger(session) == [ENDED[end in CLOSING]] * submits,
    )


ENDED = {True: ("closed", ["DONE"]), False: ("cancelled", ["DONE"])}


def in_the_ledger(session: Session) -> list[tuple[str, list[str]]]:
    """What is kept of the sessions after the first: its state, and those of its jobs."""
    ledger = ledger_of_process()
    assert ledger is not None
    found = []
    for session_id in session.session_ids[1:]:
        entries = ledger.read_up_to_date(partial(find_sessions, session_id_or_name=session_id))
        jobs = ledger.read(partial(read_jobs, session_id=session_id))
        assert entries
        found.append((entries[0].state.value, [job.status.value for job in jobs or ()]))
    return found


def test_at_exit_it_is_closed_if_it_was_opened(renewed: Renewed, monkeypatch: pytest.MonkeyPatch):
    session = renewed.session
    monkeypatch.setattr(cleanup, "_held", weakref.WeakSet([core_of(session).custody]))
    cleanup._close_all(os.getpid())
    assert session.state == "not-started"  # it costs nothing, and nobody can find it
    session.run(flipped()).result(PATIENCE_S)
    cleanup._close_all(os.getpid())
    assert session.state == "closing"
    renewed.backend.let_go.set()
    renewed.wait_for("closed")


def test_it_can_be_renewed_again_and_again_while_the_first_job_runs(
    clock: ManualClock, new_threads: NewThreads
):
    backend = HoldingBackend()
    with ThreadPoolExecutor(2) as executor:
        session = Session(backend, MAX_TIME_S, auto_renew=True, executor=executor, clock=clock)
        first = session.run_circuits(flipped("held"))
        for _ in range(3):
            clock.advance(MAX_TIME_S)
            until(core_of(session).journal, lambda: session.state == "not-started")
            session.run(flipped()).result(PATIENCE_S)
        session.close()
        assert session.state == "closing"
        backend.let_go.set()
        assert first.result(PATIENCE_S).get_counts() == {"1": 100}
        until(core_of(session).journal, lambda: session.state == "closed")
    assert len(session.session_ids) == 4
    assert new_threads.left_when_done() == []


def test_what_runs_in_the_session_before_can_be_cancelled_with_it(
    clock: ManualClock, new_threads: NewThreads
):
    """On an executor, a job that has not begun there runs as far as the session knows."""
    held = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        executor.submit(held.wait, PATIENCE_S)
        session = Session(max_time=MAX_TIME_S, auto_renew=True, executor=executor, clock=clock)
        first = session.run(flipped())
        clock.advance(MAX_TIME_S)
        core_of(session).renewal.renew_if_expired()
        until(core_of(session).journal, lambda: session.state == "not-started")
        session.cancel(running=True, reason="enough")
        assert first.status() == "CANCELLED"
        assert "enough" in first.error_message()
        held.set()
    assert new_threads.left_when_done() == []


def test_closing_it_as_it_is_renewed_leaves_none_open(
    make_session: Callable[..., Session], clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    session = make_session(max_time=MAX_TIME_S, auto_renew=True)
    session.run(flipped()).result(PATIENCE_S)
    # The guard may be quicker: this test is the one that renews.
    core_of(session).renewal.lock.acquire()
    clock.advance(MAX_TIME_S)
    until(core_of(session).journal, lambda: session.state == "expired")
    engine, closing = core_of(session).engine, []
    succeed = engine.succeed

    def succeed_while_it_is_closed(journal: Any) -> Any:
        closing.append(in_a_thread(session.close))
        return succeed(journal)

    monkeypatch.setattr(engine, "succeed", succeed_while_it_is_closed)
    assert core_of(session).renewal.renew_if_expired() is True
    core_of(session).renewal.lock.release()
    closing[0]()
    assert session.state == "closed"
    with pytest.raises(SessionEndedError):
        session.run(flipped())


def test_its_own_usage_ends_with_it_though_a_job_of_the_one_before_runs(
    renewed: Renewed, clock: ManualClock
):
    session = renewed.session
    session.run(flipped()).result(PATIENCE_S)
    session.cancel()
    assert core_of(session).journal.state.usage_runs is False
    clock.advance(100)
    # 300 s and 100 s more of the first.
    assert session.usage_seconds == MAX_TIME_S + 100
