"""Threads that wait for a session, and how to wait until they do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from qsession import Session
from qsession.session.registry import core_of
from tests.support.inside import snapshot_of
from tests.support.patience import PATIENCE_S
from tests.support.waiting import until


def end(session: Session) -> None:
    """End it while its server is there."""
    session.cancel()
    until(core_of(session).journal, lambda: snapshot_of(session).state.is_terminal)


def waiter_of(session: Session) -> Callable[[], None]:
    """Wait, when called, until one more listens to the session than now."""
    subscribers = core_of(session).journal._subscribers
    before = [*subscribers]  # some of them may leave meanwhile

    def wait() -> None:
        pause = threading.Event()
        deadline = monotonic() + PATIENCE_S
        while not [each for each in [*subscribers] if each not in before]:
            assert monotonic() < deadline, "Nobody waits."
            pause.wait(0.01)

    return wait


def in_a_thread(task: Callable[[], object]) -> Callable[[], Any]:
    """Start a task on a thread; what is returned joins it and gives what it gave, or raised."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append((task(), None))
        except BaseException as error:  # noqa: BLE001 - raised where the test looks
            outcome.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()

    def join() -> Any:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        value, error = outcome[0]
        if error is not None:
            raise error
        return value

    return join
