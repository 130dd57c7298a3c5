"""What a forked child finds: free locks, whole objects, and those that begin anew."""

from __future__ import annotations

import ast
import gc
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from qsession import forks
from qsession.forks import (
    ForkSafeLock,
    begins_anew_in_child,
    is_forked_child,
    lock_held_while_forking,
    never_finalize,
    parent_in_words,
)
from tests.support.forking import in_child
from tests.support.patience import PATIENCE_S

SOURCES = Path(__file__).parents[2] / "src"

needs_forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


class Held:
    """A lock that another thread holds."""

    def __init__(self, lock: object) -> None:
        self._taken, self._may_go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(lock,))

    def _hold(self, lock: object) -> None:
        with lock:  # type: ignore[attr-defined] # any lock
            self._taken.set()
            self._may_go.wait(PATIENCE_S)

    def __enter__(self) -> None:
        self._thread.start()
        self._taken.wait(PATIENCE_S)

    def __exit__(self, *_: object) -> None:
        self._may_go.set()
        self._thread.join()


@needs_forks
def test_a_lock_that_another_thread_holds_is_free_in_the_child_and_held_in_the_parent():
    lock = ForkSafeLock()

    def take() -> bool:
        with lock:
            return not lock.acquire(blocking=False)

    with Held(lock):
        assert in_child(take)
        assert not lock.acquire(blocking=False)
    assert lock.acquire(blocking=False)
    lock.release()


@needs_forks
def test_one_that_the_forking_thread_holds_is_let_go_on_both_sides():
    lock = ForkSafeLock()

    def leave() -> bool:
        lock.__exit__(None, None, None)
        return lock.acquire(blocking=False)

    with lock:
        assert in_child(leave)


@needs_forks
def test_the_forking_thread_takes_some_locks_first_and_lets_them_go_on_both_sides():
    lock = lock_held_while_forking()
    assert in_child(lambda: takes_from_elsewhere(lock))
    assert takes_from_elsewhere(lock)


@needs_forks
def test_whoever_holds_one_of_them_may_be_making_another_when_a_fork_comes():
    made: list[threading.RLock] = []

    class LockOfOneWhoMakesAnother:
        """What the forking thread waits for until its holder has made another."""

        def acquire(self) -> None:
            holder = threading.Thread(target=lambda: made.append(lock_held_while_forking()))
            holder.start()
            holder.join(PATIENCE_S)
            assert made, "The fork and the holder of the lock wait for each other."

        def release(self) -> None:
            pass

    lock: Any = LockOfOneWhoMakesAnother()
    forks._held.add(lock)
    # The new one was taken, too: it can be let go by nobody but the forking thread, and has been.
    assert in_child(lambda: made[0] in forks._held and takes_from_elsewhere(made[0]))


def takes_from_elsewhere(lock: threading.RLock) -> bool:
    """Whether a lock is free for a thread of its own."""
    taken: list[bool] = []
    thread = threading.Thread(target=lambda: taken.append(lock.acquire(blocking=False)))
    thread.start()
    thread.join(PATIENCE_S)
    return taken == [True]


@needs_forks
def test_objects_begin_anew_owners_first_and_one_failure_keeps_none_from_it(caplog):
    begun: list[str] = []

    class Thing:
        def __init__(self, name: str) -> None:
            self.name = name

        def begin_anew_in_child(self) -> None:
            begun.append(self.name)
            if self.name == "broken":
                raise RuntimeError("It is broken.")

    things = [Thing("owned"), Thing("broken"), Thing("owner"), Thing("gone")]
    for thing in things:
        begins_anew_in_child(thing, is_owner=thing.name == "owner")
    del thing
    things.pop()
    gc.collect()
    names = in_child(lambda: begun)
    assert names[0] == "owner"
    assert set(names) == {"owner", "owned", "broken"}
    assert begun == []


@needs_forks
def test_a_child_knows_its_parent():
    assert not is_forked_child()
    words = f"process {os.getpid()}, which this one was forked from"
    assert in_child(lambda: (is_forked_child(), parent_in_words())) == (True, words)


def test_what_is_never_finalized():
    ended: list[str] = []

    class Thing:
        def __del__(self) -> None:
            ended.append("ended")

    never_finalize(Thing())
    gc.collect()
    assert ended == []


LEFT_TO_THE_PARENT = {
    "qsession.forks": "its own",
    "qsession.testing": "a clock for tests",
    # Made anew with what they belong to.
    "qsession.engines.ibm.closing": "the child has another ending, without a line",
    "qsession.engines.ibm.engine": "made anew",
    "qsession.engines.ibm.monitor": "the child has none",
    "qsession.engines.local.workers.placement": "its place is made anew",
    "qsession.engines.local.workers.worker": "the parent's; the child's pool forgets it",
    "qsession.engines.local.scheduler": "made anew",
    "qsession.engines.local.timekeeper": "made anew",
    "qsession.session.renewal": "made anew",
    "qsession.session.one_per_name": "made anew",
    # Not used in a child.
    "qsession.engines.local.workers.executor_runner": "sessions on an executor refuse",
    "qsession.engines.local.workers.packing": "sessions on an executor refuse",
    "qsession.ledger.ledger": "the child opens another",
    "qsession.ledger.written_ahead": "the ledger's",
    "qsession.cli": "the command is a process of its own",
    "qsession.dashboards": "pages are served by the parent's kernel",
    "qsession.magics": "cells are run by the parent's kernel",
    "qsession.widget": "pages are served by the parent's kernel",
    # Seen by one thread at a time.
    "qsession.session.cancellation": "an event, which is only looked at",
}
"""Why a plain lock may be where it is, by modules and packages. Others stay locked in a child."""

_PLAIN = {"Lock", "RLock", "Condition", "Event", "Semaphore", "BoundedSemaphore", "Barrier"}


def has_plain_locks(path: Path) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _PLAIN
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "threading"
        for node in ast.walk(ast.parse(path.read_text()))
    )


def named(path: Path) -> str:
    """The module, or its package if that has one reason for all."""
    module = ".".join(path.relative_to(SOURCES).with_suffix("").parts)
    package = module.rpartition(".")[0]
    return package if package in LEFT_TO_THE_PARENT else module


def test_every_lock_is_free_in_a_child_or_says_why_it_need_not_be():
    found = {named(path) for path in SOURCES.rglob("*.py") if has_plain_locks(path)}
    assert found == set(LEFT_TO_THE_PARENT)


def test_only_one_module_registers_for_forks():
    registering = [
        path.name for path in SOURCES.rglob("*.py") if "register_at_fork" in path.read_text()
    ]
    assert registering == [Path(forks.__file__).name]
