"""What JupyterLab's page learns of sessions, how often the account is asked, and how they end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from qsession.errors import InvalidInputError, QSessionError
from qsession.ledger.entries import SessionFacts
from qsession.ledger.ledger import Ledger
from qsession.ledger.processes import this_process
from qsession.ledger.reading import find_sessions
from qsession.server.kernels import ServedKernel
from qsession.server.overview import Verb, _Ended
from qsession.session_info import SessionInfo
from qsession.testing import ManualClock
from tests.cloud.account import TOKEN
from tests.cloud.faults import do_nothing, refuse, unauthorized
from tests.cloud.server import Server
from tests.server.conftest import DEAD, Looking, Tell
from tests.support.too_many_threads import refuse_threads

LOCAL = SessionFacts("local", "fake_manila", "session", "vqe", max_time_s=600)
API = "/(sessions|workloads|jobs)"
"""What is asked of the service itself; the rest is connecting."""


# ---- What is known


def test_without_sessions_and_account_nothing_is_loaded_or_asked():
    code = """
import sys
from qsession.clock import SystemClock
from qsession.server.overview import ServerOverview
overview = ServerOverview("/", SystemClock())
assert overview.look([], with_listing=True)["entries"] == []
assert overview.ask([])["entries"] == []
print({"qiskit", "qiskit_ibm_runtime", "ipywidgets", "jupyter_server"} & set(sys.modules))
"""
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_the_paid_session_of_a_killed_kernel_is_seen_with_its_notebook(
    look: Looking, forgotten: str
):
    entry = look()["forgotten"]
    assert entry["session_id"] == forgotten
    assert entry["is_paid"]
    assert entry["is_open"]
    assert entry["kernel_state"] == "gone"
    assert entry["notebook"] == "work/study.ipynb"
    assert entry["where"] == "kernel gone, study.ipynb"
    assert entry["jobs"] == 1


def test_it_is_seen_before_the_account_has_answered(look: Looking, forgotten: str, account: Server):
    account.faults.add("", refuse(503), times=None)
    seen = look.overview.look([], with_listing=True)["entries"]
    assert [entry["name"] for entry in seen] == ["forgotten"]


def test_times_and_usage_are_the_services(
    look: Looking, opened: Callable[[], str], account: Server, clock: ManualClock
):
    session_id = opened()
    run_a_job(account, session_id, clock, seconds=10)
    clock.advance(20)
    entry = look()[session_id]
    assert entry["state"] == "active"
    assert entry["usage_s"] == pytest.approx(30, abs=2)
    assert entry["remaining_s"] == pytest.approx(8 * 3600 - 30, abs=3)
    assert entry["idle_since_ms"] == pytest.approx((clock.now().timestamp() - 20) * 1000, abs=2000)
    assert entry["idle_until_ms"] - entry["idle_since_ms"] == 60_000


def test_a_session_whose_job_runs_is_not_idle(
    look: Looking, opened: Callable[[], str], account: Server, clock: ManualClock
):
    session_id = opened()
    run_a_job(account, session_id, clock, seconds=10)
    clock.advance(1)
    submit(account, session_id)
    account.state.start_next_job()
    assert look()[session_id]["idle_since_ms"] is None


def test_a_local_session_has_its_kernel_and_the_times_of_the_ledger(
    look: Looking, tell: Tell, clock: ManualClock
):
    tell(this_process(), "local-1", LOCAL, after=lambda telling: telling.start("job-of-local-1"))
    look.kernels = [ServedKernel("k1", this_process().pid, "busy", "work/renamed.ipynb")]
    clock.advance(60)
    entry = look()["vqe"]
    assert not entry["is_paid"]
    assert entry["kernel_id"] == "k1"
    assert entry["notebook"] == "work/renamed.ipynb"
    assert entry["where"] == "kernel busy, study.ipynb"
    assert entry["remaining_s"] == 540
    assert entry["is_open"]
    look.kernels = []
    assert not look()["vqe"]["is_open"]


def test_a_kernel_with_the_number_of_a_dead_process_is_another_one(look: Looking, forgotten: str):
    look.kernels = [ServedKernel("k1", DEAD.pid, "idle", "other.ipynb")]
    entry = look()["forgotten"]
    assert entry["kernel_id"] is None
    assert entry["kernel_state"] == "gone"
    assert entry["notebook"] == "work/study.ipynb"


def test_a_notebook_outside_the_servers_folder_cannot_be_opened(look: Looking, tell: Tell):
    tell(this_process(), "local-1", LOCAL, notebook="/elsewhere/study.ipynb")
    assert look()["vqe"]["notebook"] is None
    assert look()["vqe"]["where"] == "study.ipynb"


def test_without_an_account_a_paid_session_is_shown_as_the_ledger_has_it(
    look: Looking, tell: Tell, clock: ManualClock
):
    tell(DEAD, "paid-1", SessionFacts("ibm", "ibm_manila", "session", "old", "crn", 1800))
    assert list(look()) == ["old"]
    assert "finds no account" in look.problem
    with pytest.raises(QSessionError, match=r"finds no account.*save_account"):
        look.overview.end("paid-1", "close")
    clock.advance(25 * 3600)
    assert look() == {}
    assert look.problem is None


# ---- How often the account is asked


def test_while_nothing_moves_there_is_one_request_a_minute(
    look: Looking, forgotten: str, account: Server, clock: ManualClock
):
    look()
    account.log.clear()
    for _ in range(200):
        clock.advance(3)
        look()
    requests = account.log.lines()
    assert 9 <= len(requests) <= 10
    # Both the session and what else the account has are looked at.
    assert {line.split("?")[0] for line in requests} == {
        f"GET /sessions/{forgotten}",
        "GET /workloads",
    }


def test_for_the_status_bar_alone_nothing_is_asked_without_an_open_session(
    look: Looking, account: Server, opened: Callable[[], str], clock: ManualClock
):
    opened()
    for _ in range(5):
        clock.advance(60)
        assert look(with_listing=False) == {}
    assert account.log.lines() == []


def test_for_the_status_bar_open_sessions_of_the_ledger_are_looked_at(
    look: Looking, forgotten: str, account: Server
):
    look(with_listing=False)
    assert account.log.lines(API) == [f"GET /sessions/{forgotten}"]


def test_nobody_is_asked_while_nobody_looks(
    look: Looking, forgotten: str, account: Server, clock: ManualClock
):
    look()
    account.log.clear()
    clock.advance(3600)
    assert account.log.lines() == []


def test_news_of_the_ledger_have_the_account_asked_sooner(
    look: Looking, forgotten: str, account: Server, clock: ManualClock, tell: Tell
):
    look()
    account.log.clear()
    facts = SessionFacts("ibm", "ibm_manila", "session", "forgotten", None, 1800)
    tell(DEAD, forgotten, facts, after=lambda telling: telling.submit("another"))
    look()
    assert account.log.lines() == []
    clock.advance(15)
    look()
    assert sorted(account.log.lines(API)) == [f"GET /sessions/{forgotten}", "GET /workloads"]


def test_a_session_opened_elsewhere_is_found_within_two_minutes(
    look: Looking, forgotten: str, account: Server, clock: ManualClock, opened: Callable[[], str]
):
    look()
    other = opened()
    clock.advance(60)
    look()
    clock.advance(60)
    assert other in look()


def test_refreshing_asks_at_once(look: Looking, forgotten: str, account: Server):
    look()
    account.log.clear()
    look.overview.ask([])
    assert sorted(account.log.lines(API)) == [f"GET /sessions/{forgotten}", "GET /workloads"]


def test_a_service_that_fails_is_left_alone_for_longer_each_time(
    look: Looking, forgotten: str, account: Server, clock: ManualClock
):
    account.faults.add(API, refuse(503), times=None)
    requests = []
    for _ in range(10):
        look()
        requests.append(account.log.count(API))
        clock.advance(60)
    assert requests == [1, 1, 2, 2, 2, 2, 3, 3, 3, 3]
    assert look()["forgotten"]["is_open"]
    assert look.problem.startswith("The account could not be asked. Could not list")
    account.faults.clear()
    look.overview.ask([])
    assert look.problem is None


def test_a_token_that_is_not_accepted_any_more_is_renewed(
    look: Looking, forgotten: str, account: Server, clock: ManualClock
):
    look()
    account.faults.add(API, unauthorized(), times=1)
    clock.advance(60)
    look()
    assert "credentials" in look.problem
    clock.advance(120)
    look()
    assert look.problem is None


def test_a_session_that_ended_disappears_and_the_ledger_is_told(
    look: Looking, forgotten: str, account: Server, clock: ManualClock, ledger: Ledger
):
    look()
    account.state.timeline.cancel(account.state.timeline.sessions[forgotten], clock.now())
    clock.advance(120)
    look()
    clock.advance(60)
    assert look() == {}
    entries = ledger.read(lambda file: find_sessions(file, forgotten)) or []
    assert [entry.ended is not None for entry in entries] == [True]


# ---- Ending


@pytest.mark.parametrize("verb", ["close", "cancel"])
def test_a_paid_session_is_ended_and_stays_on_show_for_a_while(
    look: Looking, forgotten: str, account: Server, clock: ManualClock, verb: Verb
):
    look()
    said = look.overview.end(forgotten, verb)
    assert said.startswith("Session forgotten ")
    assert account.state.timeline.sessions[forgotten].closed_at is not None
    entry = look()["forgotten"]
    assert not entry["is_open"]
    assert entry["state"] == "closed"
    clock.advance(601)
    assert look() == {}


def test_a_session_that_only_the_account_knows_is_ended(
    look: Looking, opened: Callable[[], str], account: Server
):
    session_id = opened()
    look()
    look.overview.end(session_id, "close")
    assert account.state.timeline.sessions[session_id].closed_at is not None


def test_an_ending_that_the_service_ignores_is_an_error(
    look: Looking, forgotten: str, account: Server
):
    look()
    account.faults.add("PATCH", do_nothing(), times=None)
    with pytest.raises(QSessionError, match="answers that it closes the session, and does not"):
        look.overview.end(forgotten, "close")
    assert look()["forgotten"]["is_open"]


@pytest.mark.parametrize(
    ("session_id", "words"), [("nobody", "is listed here"), ("local-1", "local"), ("", "an id")]
)
def test_what_cannot_be_ended_from_here_is_told(
    look: Looking, tell: Tell, session_id: str, words: str
):
    tell(this_process(), "local-1", LOCAL)
    with pytest.raises(InvalidInputError, match=words):
        look.overview.end(session_id, "close")


def test_errors_have_no_secrets(look: Looking, forgotten: str, account: Server):
    look()
    account.faults.add("PATCH", refuse(400, message=f"The key {TOKEN} is wrong."), times=None)
    with pytest.raises(QSessionError) as caught:
        look.overview.end(forgotten, "close")
    assert "[removed]" in str(caught.value)
    assert TOKEN not in str(caught.value)


def submit(server: Server, session_id: str) -> None:
    server.state.submit(
        server.state.premium,
        {"program_id": "sampler", "backend": "ibm_manila", "session_id": session_id, "params": {}},
    )


def run_a_job(server: Server, session_id: str, clock: ManualClock, *, seconds: float) -> None:
    submit(server, session_id)
    server.state.start_next_job()
    clock.advance(seconds)
    server.state.finish_job()


# ---- Several requests at once, and none to spare


def test_a_session_that_is_ended_while_another_request_looks_stays_in_the_list(
    look: Looking, clock: ManualClock
):
    info = SessionInfo("b", None, None, "session", "closed", None, None, None, None, "service")
    shown = _Ended(clock.now(), info)

    class EndingAnother:
        """An ended session, and while it is looked at another one ends."""

        info = shown.info

        @property
        def at(self) -> datetime:
            look.overview._ended["b"] = shown
            return clock.now()

    ended: Any = look.overview._ended
    ended["a"] = EndingAnother()
    look()
    assert set(look.overview._ended) == {"a", "b"}


@pytest.mark.usefixtures("account")
def test_where_no_thread_can_be_started_the_next_look_asks(
    look: Looking, forgotten: str, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as there_are_too_many:
        refuse_threads(there_are_too_many)
        assert look.overview.look([], with_listing=True)["asked_ms"] is None
    assert look()["forgotten"]["session_id"] == forgotten
    assert look.overview.look([], with_listing=False)["asked_ms"] is not None
