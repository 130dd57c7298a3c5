"""Fixtures that several folders share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsession.testing import ManualClock
    from tests.support.gated_backend import GatedBackend
    from tests.support.waiting import NewThreads

# Imported where they are used: the browser tests need none of it, and Qiskit takes its time.


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when it is told to."""
    from qsession.testing import ManualClock

    return ManualClock()


@pytest.fixture
def gated() -> Iterator[GatedBackend]:
    """A simulator whose runs wait until the test lets them through."""
    from tests.support.gated_backend import GatedBackend

    backend = GatedBackend()
    yield backend
    backend.open_gate()


@pytest.fixture
def new_threads() -> NewThreads:
    """The threads of qsession that the test starts."""
    from tests.support.waiting import NewThreads

    return NewThreads()
