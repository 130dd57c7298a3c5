"""Runs a function in a forked child, which must not hang: `in_child`."""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import tempfile
import traceback
from collections.abc import Callable
from typing import TypeVar

from tests.support.patience import PATIENCE_S
from tests.support.processes import Watched

T = TypeVar("T")


class ChildError(AssertionError):
    """What a function in a child raised, in words, or where it was when it hung."""


def in_child(task: Callable[[], T]) -> T:
    """What a function returns in a forked child, which ends without any clearing up.

    Raises:
        ChildError: If it fails or hangs there.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as where:
        child = os.fork()
        if child == 0:
            _answer(task, said.fileno(), where.fileno())
        if not Watched(child).has_ended(PATIENCE_S):
            os.kill(child, signal.SIGABRT)  # it says where it is
        _, status = os.waitpid(child, 0)
        answer, stacks = said.read(), where.read()
    if not answer:
        words = stacks.decode(errors="replace") or f"status {status}"
        raise ChildError(f"The child hung or died: {words}")
    is_result, content = pickle.loads(answer)  # noqa: S301 - of the function above
    if not is_result:
        raise ChildError(content)
    result: T = content
    return result


def _answer(task: Callable[[], object], said: int, where: int) -> None:
    faulthandler.enable(where)
    try:
        answer = pickle.dumps((True, task()))
    except BaseException:  # noqa: BLE001 - the parent tells
        answer = pickle.dumps((False, traceback.format_exc()))
    # Both processes share the position in the file.
    os.pwrite(said, answer, 0)
    os._exit(0)
