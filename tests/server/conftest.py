"""What a Jupyter server knows of sessions: a ledger, and an account on the loopback server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from qsession.compat import ibm_service
from qsession.ledger import ledger_of_process
from qsession.ledger.entries import SessionFacts
from qsession.ledger.processes import Process, this_process
from qsession.server.overview import ServerOverview
from qsession.testing import ManualClock
from tests.cloud.account import PREMIUM_CRN, default_account
from tests.cloud.conftest import back_offs, pytest_itemcollected, server
from tests.cloud.server import Server
from tests.ledger.told import Telling
from tests.support.waiting import NewThreads

if TYPE_CHECKING:
    from qsession.ledger.ledger import Ledger
    from qsession.server.kernels import ServedKernel

__all__ = ["back_offs", "pytest_itemcollected", "server"]

DEAD = replace(this_process(), started="long ago")
"""A process that was killed."""


@pytest.fixture
def clock() -> ManualClock:
    """A clock that the test moves. It begins now: the ledger forgets what is from long ago."""
    return ManualClock(datetime.now(UTC))


class Looking:
    """An overview whose answers are those that are known once nobody is asking any more."""

    def __init__(self, overview: ServerOverview, threads: NewThreads) -> None:
        self.overview = overview
        self.kernels: list[ServedKernel] = []
        self._threads = threads

    def __call__(self, *, with_listing: bool = True) -> dict[str, dict[str, Any]]:
        """Look as a page does; what is seen afterwards, by the name or the id of each session."""
        self.overview.look(self.kernels, with_listing=with_listing)
        assert self._threads.left_when_done() == []
        # A page looks again in a moment.
        return by_name(self.overview.look(self.kernels, with_listing=with_listing))

    @property
    def problem(self) -> Any:
        return self.overview.look(self.kernels, with_listing=False)["problem"]


def by_name(sight: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["name"] or entry["session_id"]: entry for entry in sight["entries"]}


@pytest.fixture
def account(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The service, with the default account of this process; jobs wait for the test's steps."""
    server.state.pace.mode = "manual"
    for name, value in default_account(server).items():
        monkeypatch.setenv(name, value)
    ibm_service.default_service.cache_clear()
    yield server
    ibm_service.default_service.cache_clear()


@pytest.fixture
def look(clock: ManualClock, new_threads: NewThreads) -> Looking:
    """Look as a page does that sees the list."""
    return Looking(ServerOverview("/notebooks", clock), new_threads)


@pytest.fixture
def ledger() -> Ledger:
    """The ledger of the test, as this process uses it."""
    found = ledger_of_process()
    assert found is not None
    return found


class Tell:
    """Has processes, dead or alive, tell the ledger of their sessions."""

    def __init__(self, ledger: Ledger, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ledger = ledger
        self._clock = clock
        self._monkeypatch = monkeypatch

    def __call__(
        self,
        process: Process,
        session_id: str,
        facts: SessionFacts,
        *,
        notebook: str | None = "/notebooks/work/study.ipynb",
        after: Callable[[Telling], None] = lambda _: None,
    ) -> Telling:
        """Tell of a session with one job, and of what comes after."""
        with self._monkeypatch.context() as patched:
            patched.setattr("qsession.ledger.recorder.this_process", lambda: process)
            patched.setattr("qsession.ledger.recorder._notebook", lambda: notebook)
            telling = Telling(self._ledger, session_id, facts, self._clock)
            telling.submit(f"job-of-{session_id}")
            after(telling)
            self._ledger.write_noted()
        return telling


@pytest.fixture
def tell(ledger: Ledger, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Have processes tell the ledger of their sessions."""
    return Tell(ledger, clock, monkeypatch)


@pytest.fixture
def opened(account: Server, clock: ManualClock) -> Callable[[], str]:
    """Open a session at the service, of which the ledger knows nothing; the log is empty then."""

    def open_() -> str:
        clock.advance(1)
        body = {"mode": "dedicated", "backend": "ibm_manila"}
        session_id: str = account.state.open_session(account.state.premium, body).session_id
        account.log.clear()
        return session_id

    return open_


@pytest.fixture
def forgotten(opened: Callable[[], str], tell: Tell) -> str:
    """The id of a session that is open at the service, and whose kernel was killed."""
    session_id = opened()
    facts = SessionFacts("ibm", "ibm_manila", "session", "forgotten", PREMIUM_CRN, 1800)
    tell(DEAD, session_id, facts)
    return session_id
