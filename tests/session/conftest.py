"""Sessions that end with their test: the ``open_session`` fixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from qsession import Session
from qsession.testing import ManualClock
from tests.cloud.conftest import back_offs, backend, server, service

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
