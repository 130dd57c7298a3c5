"""``await`` at the top level of a cell: `awaited`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextvars import copy_context
from typing import Any

from qsession.clock import longest_wait_s


def awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end and return its result.

    A kernel's own loop is busy with the very cell that awaits, so it runs in a loop of its own, on
    a thread of its own. Interrupting cancels it.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    return _LoopBeside(coroutine).result()


class _LoopBeside:
    """Runs a coroutine while the thread that made it waits."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[Any] | None = None
        self._error: BaseException | None = None
        self._value: Any = None

    def result(self) -> Any:
        context = copy_context()  # the session of the cell is its default here, too
        thread = threading.Thread(
            target=context.run, args=(self._run,), name="qsession-await", daemon=True
        )
        thread.start()
        try:
            while thread.is_alive():
                thread.join(longest_wait_s())
        except KeyboardInterrupt:
            self._loop.call_soon_threadsafe(self._cancel)
            thread.join()
            raise
        if self._error is not None:
            raise self._error
        return self._value

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                self._value = runner.run(self._main())
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                self._error = error

    async def _main(self) -> Any:
        self._task = asyncio.ensure_future(self._coroutine)
        return await self._task

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
