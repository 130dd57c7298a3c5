"""Locks and objects that keep working in a forked child: free locks, and objects made anew.

A fork copies the memory of a process and one of its threads, the one that forks. In the child every
other thread is gone, whatever it was at: its locks stay locked, and what it was to do is not done.
So locks are of three kinds. One that guards what the child goes on with, and is held briefly, is
taken before the fork (`lock_held_while_forking`): what it guards is whole then. A
`ForkSafeLock` is free in the child, whoever held it. All others belong to objects that the child
makes anew (`begins_anew_in_child`).
"""

from __future__ import annotations

import ctypes
import logging
import os
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, TypeVar

_log = logging.getLogger("qsession")

_Function = TypeVar("_Function", bound=Callable[[], object])


class BeginsAnew(Protocol):
    """An object that has to let go of something of its parent's in a forked child."""

    def begin_anew_in_child(self) -> None:
        """Leave to the parent what is its own, and go on without it.

        Called in the only thread of the child, before anything else runs there.
        """
        ...


class ForkSafeLock:
    """A lock that is free in a forked child, whoever held it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        with _registering:
            _locks.add(self)

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take it; False if somebody else has it, and this is not to wait."""
        return self._lock.acquire(blocking)

    def release(self) -> None:
        """Let it go."""
        try:  # noqa: SIM105 - each job comes here several times, and `suppress` takes longer
            self._lock.release()
        except RuntimeError:
            pass  # taken before this process was forked

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        try:  # noqa: SIM105 - as `release`, which is not called since each job comes here often
            self._lock.release()
        except RuntimeError:
            pass

    def renew(self) -> None:
        """Be free; in the child."""
        self._lock = threading.Lock()


_registering = threading.RLock()
_locks: weakref.WeakSet[ForkSafeLock] = weakref.WeakSet()
_held: weakref.WeakSet[threading.RLock] = weakref.WeakSet()
_taken: list[threading.RLock] = []
_functions: list[Callable[[], object]] = []
_before_functions: list[Callable[[], object]] = []
_parent_functions: list[Callable[[], object]] = []
_forking = threading.RLock()
_owners: weakref.WeakSet[BeginsAnew] = weakref.WeakSet()
_others: weakref.WeakSet[BeginsAnew] = weakref.WeakSet()
_pid = os.getpid()
_parent: int | None = None


def lock_held_while_forking() -> threading.RLock:
    """A lock that the forking thread takes first, so that what it guards is whole in the child.

    Whoever holds it must not wait for anything.
    """
    lock = threading.RLock()
    with _registering:
        _held.add(lock)
    return lock


def begins_anew_in_child(item: BeginsAnew, *, is_owner: bool = False) -> None:
    """Have an object begin anew in every forked child, as long as somebody holds it.

    Owners come first: they see to what is theirs.
    """
    with _registering:
        (_owners if is_owner else _others).add(item)


def in_child(function: _Function) -> _Function:
    """Have a function of a module be called in every forked child, in the order of imports.

    Those of modules come before objects begin anew.
    """
    _functions.append(function)
    return function


def around_forks(before: Callable[[], object], after_in_parent: Callable[[], object]) -> None:
    """Have functions of a module be called before each fork, and in the parent after it.

    They come before the locks of sessions are taken, and after those are let go.
    """
    _before_functions.append(before)
    _parent_functions.append(after_in_parent)


def never_finalize(item: object) -> None:
    """In the child: keep an object of the parent's to the very end, and beyond.

    When the interpreter exits it ends objects of modules, too. Some take a lock of a library's for
    that, which a thread of the parent may have held.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(item))


def is_forked_child() -> bool:
    """Return True if this process was forked after this module was loaded."""
    return _parent is not None


def parent_in_words() -> str:
    """The process that this one was forked from."""
    return f"process {_parent}, which this one was forked from"


def _before() -> None:
    _forking.acquire()
    for function in _before_functions:
        _call(function)
    _take_held()


def _take_held() -> None:
    """Take every lock that is to be held, and that of their list last.

    Whoever holds one of them may be making another, as a session does that is renewed.
    """
    _registering.acquire()
    while missing := set(_held).difference(_taken):
        _registering.release()
        for lock in missing:
            lock.acquire()
        _taken.extend(missing)
        _registering.acquire()


def _after_in_parent() -> None:
    _let_go()
    for function in _parent_functions:
        _call(function)
    _forking.release()


def _let_go() -> None:
    for lock in _taken:
        lock.release()
    _taken.clear()
    _registering.release()


def _after_in_child() -> None:
    global _pid, _parent
    _pid, _parent = os.getpid(), _pid
    for lock in _locks:
        lock.renew()
    _let_go()  # they are this thread's, here as there
    _forking.release()
    for function in _functions:
        _call(function)
    for item in [*_owners, *_others]:
        _call(item.begin_anew_in_child)


def _call(function: Callable[[], object]) -> None:
    try:
        function()
    except Exception:  # noqa: BLE001 - the others are to begin anew, too
        _log.exception("Something of a forked process could not be seen to.")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child
    )
