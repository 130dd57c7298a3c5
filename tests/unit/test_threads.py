"""A thread that has nothing to do any more does what is to be done next."""

from __future__ import annotations

import contextvars
import threading
import weakref
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest

from qsession import threads
from qsession.threads import IDLE, ReusedThread, run_in_thread
from tests.support.forking import in_child
from tests.support.patience import PATIENCE_S
from tests.support.too_many_threads import refuse_threads
from tests.support.waiting import NewThreads, until_dropped


def reused_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if isinstance(thread, ReusedThread)}


@pytest.fixture(autouse=True)
def idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ReusedThread]]:
    """The idle threads of this test alone, which end with it."""
    idle: list[ReusedThread] = []
    before = reused_threads()
    monkeypatch.setattr(threads, "_idle", idle)
    yield idle
    until_dropped(lambda: reused_threads() - before <= set(idle))
    monkeypatch.setattr(threads, "MOST_IDLE", 0)
    for thread in list(idle):
        idle.remove(thread)
        thread.take(lambda: None, "qsession-test")
        thread.join(PATIENCE_S)


Work = Callable[[], threading.Thread]


@pytest.fixture
def work() -> Work:
    """Does something in a thread, and returns that one when it is idle, or has ended."""

    def work() -> threading.Thread:
        told: SimpleQueue[threading.Thread] = SimpleQueue()
        run_in_thread(lambda: told.put(threading.current_thread()), "qsession-test")
        thread = told.get(timeout=PATIENCE_S)
        until_idle(thread)
        return thread

    return work


def until_idle(thread: threading.Thread) -> None:
    until_dropped(lambda: thread in threads._idle or not thread.is_alive())


def test_the_next_work_is_done_by_the_thread_that_is_idle(work: Work):
    assert work() is work() is work()


def test_two_works_at_once_are_done_by_two_threads(idle: list[ReusedThread]):
    together = threading.Barrier(2)
    for _ in range(2):
        run_in_thread(lambda: together.wait(PATIENCE_S), "qsession-test")
    until_dropped(lambda: len(idle) == 2)
    assert not together.broken
    assert len(set(idle)) == 2


def test_it_has_the_name_of_its_work(work: Work, new_threads: NewThreads):
    may_end = threading.Event()
    for name in ("qsession-first", "qsession-second"):
        run_in_thread(lambda: may_end.wait(PATIENCE_S), name)
        assert new_threads.names == {name}
        may_end.set()
        assert new_threads.left_when_done() == []
        may_end.clear()
    assert work().name == IDLE


def test_what_one_work_sets_in_its_context_the_next_does_not_see():
    setting = contextvars.ContextVar("setting", default="usual")
    seen: SimpleQueue[str] = SimpleQueue()

    def work() -> None:
        seen.put(setting.get())
        setting.set("mine")

    for _ in range(2):
        run_in_thread(work, "qsession-test")
        assert seen.get(timeout=PATIENCE_S) == "usual"


def test_it_keeps_nothing_of_what_it_has_done(work: Work):
    class Thing:
        def __call__(self) -> None:
            pass

    thing = Thing()
    gone = weakref.ref(thing)
    run_in_thread(thing, "qsession-test")
    del thing
    until_dropped(lambda: gone() is None)


def test_what_work_raises_ends_its_thread_and_is_told(work: Work, monkeypatch: pytest.MonkeyPatch):
    raised: SimpleQueue[type[BaseException]] = SimpleQueue()
    monkeypatch.setattr(threading, "excepthook", lambda told: raised.put(told.exc_type))
    first = work()

    def fail() -> None:
        raise ZeroDivisionError

    run_in_thread(fail, "qsession-test")
    assert raised.get(timeout=PATIENCE_S) is ZeroDivisionError
    first.join(PATIENCE_S)
    assert not first.is_alive()
    assert work() is not first


def test_it_ends_when_there_is_nothing_to_do_for_long(
    idle: list[ReusedThread], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(threads, "LONGEST_IDLE_S", 0)
    told: SimpleQueue[threading.Thread] = SimpleQueue()
    run_in_thread(lambda: told.put(threading.current_thread()), "qsession-test")
    thread = told.get(timeout=PATIENCE_S)
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert idle == []


def test_one_that_was_taken_as_its_time_ran_out_does_what_it_is_given(
    idle: list[ReusedThread], monkeypatch: pytest.MonkeyPatch
):
    class Taken(list[ReusedThread]):
        """Whoever looks for an idle thread finds it just before it goes."""

        def remove(self, thread: ReusedThread) -> None:
            self.clear()
            thread.take(lambda: did.put(threading.current_thread()), "qsession-test")
            super().remove(thread)

    monkeypatch.setattr(threads, "LONGEST_IDLE_S", 0)
    taken, did = Taken(), SimpleQueue[threading.Thread]()
    monkeypatch.setattr(threads, "_idle", taken)
    run_in_thread(lambda: did.put(threading.current_thread()), "qsession-test")
    first, second = (did.get(timeout=PATIENCE_S) for _ in range(2))
    monkeypatch.setattr(threads, "_idle", idle)
    assert first is second


def test_only_so_many_stay_idle(idle: list[ReusedThread], new_threads: NewThreads):
    together = threading.Barrier(threads.MOST_IDLE + 3)
    for _ in range(together.parties):
        run_in_thread(lambda: together.wait(PATIENCE_S), "qsession-test")
    assert new_threads.left_when_done() == []
    until_dropped(lambda: len(idle) == threads.MOST_IDLE)


def test_where_there_are_too_many_threads_that_is_said(monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patched:
        refuse_threads(patched)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            run_in_thread(lambda: None, "qsession-test")


def test_a_forked_child_has_threads_of_its_own(work: Work):
    work()
    assert in_child(lambda: work().is_alive())
