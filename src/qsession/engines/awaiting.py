"""Waiting without blocking an event loop, told of changes by other threads: `LoopEvent`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Future

    from qsession.engines.base import Journal


class LoopEvent:
    """Wakes a coroutine from any thread; a journal or a future can be told to do it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def put(self, item: object) -> None:  # noqa: ARG002 - as a queue takes it
        """Wake it; a loop that has ended has nobody to wake."""
        try:
            self._loop.call_soon_threadsafe(self._event.set)
        except RuntimeError:
            return

    async def wait(self) -> None:
        """Wait for the next `put`, or return at once if there was one since the last."""
        await self._event.wait()
        self._event.clear()


async def settled(future: Future[Any]) -> None:
    """Wait until a future is done. Giving up waiting does not cancel it."""
    changed = LoopEvent()
    future.add_done_callback(changed.put)
    while not future.done():
        await changed.wait()


async def ended(journal: Journal, job_id: str) -> None:
    """Wait until a session knows that a job of its own has ended."""
    changed = LoopEvent()
    journal.subscribe(changed)
    try:
        while not journal.state.jobs[job_id].status.is_final:
            await changed.wait()
    finally:
        journal.unsubscribe(changed)
