"""A dashboard's sessions: of this process, of a dead one, and of an account on the loopback server.

No thread watches the account: what a test counts is what the dashboard asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import comm
import pytest

from qsession import Session
from qsession.dashboards.overview import Overview
from qsession.dashboards.widget import DashboardWidget
from qsession.engines.ibm.monitor import Monitor
from qsession.ledger import ledger_of_process
from qsession.ledger.entries import SessionFacts
from qsession.ledger.ledger import Ledger
from qsession.ledger.processes import Process, _start_of, this_process
from qsession.testing import ManualClock
from tests.cloud.conftest import back_offs, pytest_itemcollected, server, service
from tests.cloud.server import Server
from tests.dashboards.seeing import OpenElsewhere
from tests.engines.ibm.conftest import _none_known, _one_clock
from tests.ledger.told import Telling
from tests.support.gated_backend import GatedBackend
from tests.widget.recording_comm import RecordingComm

__all__ = [
    "_none_known",
    "_one_clock",
    "back_offs",
    "pytest_itemcollected",
    "server",
    "service",
]


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the service that a test hands over is asked."""
    monkeypatch.setattr("qsession.listing.default_account_exists", lambda: False)


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread watches."""
    monkeypatch.setattr(Monitor, "start", lambda monitor: None)


@pytest.fixture
def make_session(clock: ManualClock, gated: GatedBackend) -> Iterator[Callable[[str], Session]]:
    """Make local sessions, which end with the test."""
    made: list[Session] = []

    def make(name: str) -> Session:
        made.append(Session(gated, "30m", name=name, clock=clock))
        return made[-1]

    yield make
    for session in made:
        session.cancel(reason="the test is over")


@pytest.fixture
def make_overview(clock: ManualClock) -> Callable[..., Overview]:
    """Make an overview on the test's clock, which has asked nobody yet."""

    def make(service: Any = None, *, ended: bool = False, limit: int = 50) -> Overview:
        return Overview(service, ended=ended, limit=limit, clock=clock)

    return make


@pytest.fixture
def ledger() -> Ledger:
    """The ledger of the test, as this process uses it."""
    found = ledger_of_process()
    assert found is not None
    return found


@pytest.fixture
def tell_as(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have another process, dead or alive, tell the ledger of a session with one job."""

    def tell(process: Process, session_id: str, name: str | None = None) -> None:
        facts = SessionFacts("local", "fake_manila", "session", name=name, max_time_s=600)
        with monkeypatch.context() as patched:
            patched.setattr("qsession.ledger.recorder.this_process", lambda: process)
            Telling(ledger, session_id, facts).submit(f"job-of-{session_id}")
        ledger.write_noted()

    return tell


@pytest.fixture
def lost(tell_as: Callable[..., None]) -> str:
    """The id of a session whose process was killed."""
    tell_as(replace(this_process(), started="long ago"), "lost-one", "last-night")
    return "lost-one"


@pytest.fixture
def there(tell_as: Callable[..., None]) -> str:
    """The id of a session that is open in a process that lives."""
    tell_as(replace(this_process(), pid=1, started=_start_of(1)), "there")
    return "there"


@pytest.fixture
def open_elsewhere(server: Server, clock: ManualClock) -> OpenElsewhere:
    """Open a session of the account in another program; the log is empty afterwards."""
    server.state.pace.mode = "manual"

    def open_(mode: str = "dedicated") -> str:
        clock.advance(1)
        body = {"mode": mode, "backend": "ibm_manila"}
        session_id: str = server.state.open_session(server.state.premium, body).session_id
        server.log.clear()
        return session_id

    return open_


@pytest.fixture
def make_widget(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., DashboardWidget]]:
    """Make widgets that speak to recording comms."""
    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    made: list[DashboardWidget] = []

    def make(overview: Overview) -> DashboardWidget:
        overview.look(ask=True)
        made.append(DashboardWidget(overview))
        return made[-1]

    yield make
    for widget in made:
        for child in widget.with_opened_sessions.children:
            child.close()
        widget.with_opened_sessions.close()
