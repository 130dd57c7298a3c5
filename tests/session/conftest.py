"""Sessions that end with their test: the ``open_session`` fixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from qsession import Session
from qsession.testing import ManualClock
from tests.cloud.conftest import back_offs, backend, server, service
from tests.support.circuits import flipped
from tests.support.gated_backend import GatedBackend

__all__ = ["back_offs", "backend", "server", "service"]


@pytest.fixture
def make_session(clock: ManualClock) -> Iterator[Callable[..., Session]]:
    """Make sessions (or batches: ``cls``) whose clock stands still."""
    made: list[Session] = []

    def make(*args: Any, cls: type[Session] = Session, **kwargs: Any) -> Session:
        made.append(cls(*args, clock=clock, **kwargs))
        return made[-1]

    yield make
    for session in made:
        session.cancel(reason="the test is over")


@pytest.fixture(params=["local", "ibm"])
def make_each(
    request: pytest.FixtureRequest, make_session: Callable[..., Session]
) -> Callable[..., Session]:
    """Make sessions of each engine: on the simulator, and on a QPU of the loopback server."""
    if request.param == "local":
        return make_session
    return partial(make_session, request.getfixturevalue("backend"))


@pytest.fixture
def busy(gated: GatedBackend, make_session: Callable[..., Session]) -> Session:
    """A session with one job that runs and two that are queued."""
    session = make_session(gated)
    for _ in range(3):
        session.run(flipped())
    gated.wait_for_runs(1)
    return session
