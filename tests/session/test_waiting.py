"""Waiting for jobs: in a program, in an event loop, and by being told."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qsession import InvalidInputError, JobTimeoutError, Session
from qsession.session.registry import core_of
from qsession.session.waiting import say_how_to_come_back
from tests.cloud.server import Server
from tests.session.waiters import end, in_a_thread, waiter_of
from tests.support.circuits import flipped

if TYPE_CHECKING:
    from qsession.testing import ManualClock
    from tests.support.gated_backend import GatedBackend

Make = Callable[..., Session]


# --- wait ----------------------------------------------------------------------------------------


def test_wait_returns_when_no_job_is_pending(busy: Session, gated: GatedBackend):
    waited = in_a_thread(busy.wait)
    gated.open_gate()
    waited()
    assert {record.status.value for record in busy.jobs} == {"DONE"}


def test_wait_returns_at_once_for_a_session_without_jobs(make_session: Make):
    make_session().wait()


def test_wait_takes_in_failed_and_cancelled_jobs_without_an_error(
    busy: Session, gated: GatedBackend
):
    busy.cancel_job(busy.jobs[-1].job_id)
    gated.failure = ValueError("as it must")
    gated.open_gate()
    busy.wait()
    assert [record.status.value for record in busy.jobs] == ["ERROR", "ERROR", "CANCELLED"]


def test_wait_ends_with_jobs_of_the_service(make_each: Make):
    session = make_each()
    session.run(flipped())
    session.wait(progress=False)
    assert [record.status.value for record in session.jobs] == ["DONE"]
    end(session)


def test_a_timeout_names_what_is_pending_and_the_jobs_go_on(
    busy: Session, gated: GatedBackend, clock: ManualClock
):
    running, queued, _ = [record.job_id for record in busy.jobs]
    somebody_waits = waiter_of(busy)
    waited = in_a_thread(lambda: busy.wait(timeout=60))
    somebody_waits()
    clock.advance(60)
    with pytest.raises(JobTimeoutError) as caught:
        waited()
    message = str(caught.value)
    assert message.startswith(f"After 60 s 3 jobs are pending (1 running: {running}; 2 queued:")
    assert queued in message
    gated.open_gate()
    busy.wait()


def test_a_timeout_of_zero_only_looks(busy: Session):
    with pytest.raises(TimeoutError, match="3 jobs are pending"):
        busy.wait(0)


@pytest.mark.parametrize("timeout", [1e12, 10**400])
def test_a_timeout_beyond_the_end_of_the_calendar_never_comes(
    busy: Session, gated: GatedBackend, timeout: float
):
    somebody_waits = waiter_of(busy)
    waited = in_a_thread(lambda: busy.wait(timeout))
    somebody_waits()
    gated.open_gate()
    waited()
    assert not core_of(busy).records.pending()


@pytest.mark.parametrize("timeout", [-1, "soon", True, float("nan"), float("inf"), timedelta(1)])
def test_a_timeout_that_is_no_number_of_seconds_is_refused(make_session: Make, timeout: Any):
    with pytest.raises(InvalidInputError, match="is not a number of seconds"):
        make_session().wait(timeout)


@pytest.fixture
def _interrupts_are_taken() -> Iterator[None]:
    """As at a keyboard: what a shell starts in the background ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.posix
@pytest.mark.usefixtures("_interrupts_are_taken")
def test_an_interrupt_leaves_the_jobs_and_says_how_to_come_back(
    busy: Session, gated: GatedBackend, capsys: pytest.CaptureFixture[str]
):
    somebody_waits = waiter_of(busy)

    def interrupt() -> None:
        somebody_waits()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    pressed = in_a_thread(interrupt)
    with pytest.raises(KeyboardInterrupt):
        busy.wait()
    pressed()
    said = capsys.readouterr().out
    assert said.startswith(f"Stopped waiting for the session {busy.session_id}; its 3 jobs go on.")
    assert "attach" not in said  # a local session cannot be taken up elsewhere
    gated.open_gate()
    busy.wait()


def test_an_interrupt_on_the_service_names_the_way_from_elsewhere(
    backend: Any, server: Server, make_session: Make, capsys: pytest.CaptureFixture[str]
):
    session = make_session(backend, create_new=True)
    interrupt = KeyboardInterrupt()
    server.state.pace.mode = "manual"
    session.run(flipped())
    say_how_to_come_back(core_of(session), interrupt)
    say_how_to_come_back(core_of(session), interrupt)  # said once
    said = capsys.readouterr().out
    server.state.pace.mode = "auto"
    assert said.count("Stopped waiting") == 1
    assert f"qsession.attach('{session.session_id}').wait()" in said
    end(session)


def test_waiting_leaves_nothing_behind(busy: Session, gated: GatedBackend):
    before = list(core_of(busy).journal._subscribers)
    gated.open_gate()
    busy.wait()
    assert core_of(busy).journal._subscribers == before


def test_there_is_no_bar_where_no_terminal_shows_it(
    busy: Session, gated: GatedBackend, capfd: pytest.CaptureFixture[str]
):
    gated.open_gate()
    busy.wait()
    assert capfd.readouterr() == ("", "")


class Terminal:
    """Standard error of a program in a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None: ...


def test_a_terminal_shows_a_bar_that_counts_the_jobs(
    busy: Session, gated: GatedBackend, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    gated.open_gate()
    busy.wait()
    drawn = terminal.text.split("\r")
    assert drawn[1].startswith("Jobs: 0/3|")
    assert drawn[-1].startswith("Jobs: 3/3|")
    assert "queued" not in drawn[-1]


def test_the_bar_can_be_left_out(
    busy: Session, gated: GatedBackend, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    gated.open_gate()
    busy.wait(progress=False)
    assert terminal.text == ""
