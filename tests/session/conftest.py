"""Sessions that end with their test: the ``open_session`` fixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qsession import Session
from qsession.testing import ManualClock


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
