"""A widget whose page is the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import comm
import pytest

from qsession import Session
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.support.gated_backend import GatedBackend
from tests.widget.recording_comm import RecordingComm


@pytest.fixture
def make_session(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Session]]:
    """Make sessions whose widgets speak to recording comms."""
    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    made: list[Session] = []

    def make(*args: Any, cls: type[Session] = Session, **kwargs: Any) -> Session:
        made.append(cls(*args, **{"clock": clock, **kwargs}))
        return made[-1]

    yield make
    for session in made:
        session.cancel(reason="the test is over")
        if core_of(session).display.views is not None:
            session.widget.close()


@pytest.fixture
def session(make_session: Callable[..., Session], gated: GatedBackend) -> Session:
    """A session whose jobs wait at a gate."""
    return make_session(gated, "30m", name="mine")


@pytest.fixture
def page(session: Session) -> RecordingComm:
    """The other end of the session's widget."""
    page: RecordingComm = session.widget.comm
    return page
