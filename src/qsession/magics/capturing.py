"""What one thread prints and displays, caught while others go on as ever: `capturing`."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, Protocol, TextIO, cast

from qsession.magics.ipython import Shell

StreamName = Literal["stdout", "stderr"]


class Sink(Protocol):
    """Takes what is put out."""

    def write(self, name: StreamName, text: str) -> None:
        """Take printed text."""
        ...

    def display(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Take a message of the display protocol, or give it back to be sent as it is."""
        ...


_sink: ContextVar[Sink | None] = ContextVar("qsession_sink", default=None)
"""Where output of this thread goes; None is where it always goes."""

_lock = threading.Lock()
_users = 0


class RoutedStream(io.TextIOBase):
    """Stands in for a standard stream: caught threads write to their sink, others to the stream."""

    def __init__(self, name: StreamName, stream: TextIO) -> None:
        super().__init__()
        self._name = name
        self.stream = stream

    def write(self, text: str) -> int:
        """Write, or let the sink take it."""
        sink = _sink.get()
        if sink is None:
            return self.stream.write(text)
        sink.write(self._name, text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        self.stream.flush()

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """As the stream; what is caught goes to no terminal."""
        return _sink.get() is None and self.stream.isatty()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the stream's own."""
        return getattr(self.stream, name)


@contextmanager
def capturing(shell: Shell, sink: Sink) -> Iterator[None]:
    """Let ``sink`` take what this thread prints and displays."""
    publisher: Any = shell.display_pub
    _route_streams()
    token = _sink.set(sink)
    # The kernel keeps these hooks for each thread by itself.
    hook: Callable[[dict[str, Any]], dict[str, Any] | None] = sink.display
    publisher.register_hook(hook)
    try:
        yield
    finally:
        publisher.unregister_hook(hook)
        _sink.reset(token)
        _unroute_streams()


def _route_streams() -> None:
    global _users  # noqa: PLW0603 - the standard streams are global, too
    with _lock:
        _users += 1
        if _users == 1:
            sys.stdout = cast("TextIO", RoutedStream("stdout", sys.stdout))
            sys.stderr = cast("TextIO", RoutedStream("stderr", sys.stderr))


def _unroute_streams() -> None:
    global _users  # noqa: PLW0603 - as above
    with _lock:
        _users -= 1
        if _users:
            return
        # Somebody may have put in a stream of his own meanwhile: then that stays.
        if isinstance(sys.stdout, RoutedStream):
            sys.stdout = sys.stdout.stream
        if isinstance(sys.stderr, RoutedStream):
            sys.stderr = sys.stderr.stream
