"""The output of a cell as one piece, in text and HTML, caught while the cell runs."""

from __future__ import annotations

import io
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal, Protocol, TextIO, TypeAlias, cast

from IPython import display as _display
from IPython.core.getipython import get_ipython

from qsession.printing import say

LONGEST_TEXT = 200_000
"""Characters of one printed stretch that are kept: the newest. A page with more is slow."""

_DROPPED = "… (earlier output was dropped)\n"
_LIVE_VIEW = "application/vnd.jupyter.widget-view+json"
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_IMAGES = ("image/png", "image/jpeg", "image/gif")
_PRE = '<pre style="margin:0;white-space:pre-wrap{more}">{text}</pre>'

Bundle = Mapping[str, Any]
"""Something displayed, by MIME types."""


@dataclass
class Printed:
    """A stretch of printed text."""

    name: StreamName
    text: str

    def add(self, text: str) -> None:
        """Print more. A carriage return begins the last line anew, as in a terminal."""
        self.text = _after_returns(self.text + text)
        if len(self.text) > LONGEST_TEXT:
            self.text = _DROPPED + self.text[-LONGEST_TEXT:]

    @property
    def plain(self) -> str:
        """Without colours."""
        return _COLOURS.sub("", self.text)

    def to_html(self) -> str:
        """In HTML, errors on a ground of their own."""
        ground = ";background:var(--jp-rendermime-error-background,#fdd)"
        more = ground if self.name == "stderr" else ""
        return _PRE.format(more=more, text=escape(self.plain))


@dataclass
class Shown:
    """Something displayed."""

    bundle: Bundle
    display_id: str | None = None

    @property
    def plain(self) -> str:
        """In text."""
        return f"{_text(self.bundle.get('text/plain', ''))}\n"

    def to_html(self) -> str:
        """In HTML: the richest form that a page draws without a program."""
        bundle = self.bundle
        for kind in ("text/html", "image/svg+xml"):
            if kind in bundle:
                return f"<div>{_text(bundle[kind])}</div>"
        for kind in _IMAGES:
            if kind in bundle:
                data = escape(_text(bundle[kind]).replace("\n", ""))
                alt = escape(_text(bundle.get("text/plain", "")))
                return f'<img src="data:{kind};base64,{data}" alt="{alt}">'
        if "text/latex" in bundle:
            return f"<div>{escape(_text(bundle['text/latex']))}</div>"
        text = bundle.get("text/markdown", bundle.get("text/plain", ""))
        return _PRE.format(more="", text=escape(_text(text)))


@dataclass
class Output:
    """Everything that a cell printed and displayed, in order. Threads may write while others read.

    ``on_change`` is called after each change, without a lock.
    """

    on_change: Callable[[], None]
    parent: Mapping[str, Any]
    """The header of the message that ran the cell: what is sent as it is appears under it."""
    _parts: list[Printed | Shown] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _clears_next: bool = False

    def write(self, name: StreamName, text: str) -> None:
        """Take printed text."""
        with self._lock:
            self._clear_if_due()
            last = self._parts[-1] if self._parts else None
            if not isinstance(last, Printed) or last.name != name:
                last = Printed(name, "")
                self._parts.append(last)
            last.add(text)
        self.on_change()

    def display(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Take a message of the display protocol, or give it back to be sent as it is."""
        content = message["content"]
        kind = message["header"]["msg_type"]
        if kind == "clear_output":
            self._clear(later=bool(content.get("wait")))
        elif _LIVE_VIEW in content.get("data", {}):
            # A widget draws itself: it goes to the page, under the cell.
            message["parent_header"] = dict(self.parent)
            return message
        elif kind in ("display_data", "update_display_data"):
            display_id = content.get("transient", {}).get("display_id")
            self._take(content["data"], display_id, updates=kind == "update_display_data")
        else:
            return message
        self.on_change()
        return None

    def to_text(self) -> str:
        """All of it in plain text."""
        with self._lock:
            return "".join(part.plain for part in self._parts)

    def to_html(self) -> str:
        """All of it in HTML."""
        with self._lock:
            return "".join(part.to_html() for part in self._parts)

    def _take(self, data: Bundle, display_id: str | None, *, updates: bool) -> None:
        with self._lock:
            if updates:
                for part in self._parts:
                    if isinstance(part, Shown) and part.display_id == display_id:
                        part.bundle = data
                return
            self._clear_if_due()
            self._parts.append(Shown(data, display_id))

    def _clear(self, *, later: bool) -> None:
        with self._lock:
            self._clears_next = later
            if not later:
                self._parts.clear()

    def _clear_if_due(self) -> None:
        if self._clears_next:
            self._parts.clear()
            self._clears_next = False


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _after_returns(text: str) -> str:
    if "\r" not in text:
        return text
    *lines, last = text.replace("\r\n", "\n").split("\n")
    # A return at the very end waits for what overwrites the line.
    ending = "\r" if last.endswith("\r") else ""
    kept = [line.rstrip("\r").rpartition("\r")[2] for line in (*lines, last)]
    return "\n".join(kept) + ending


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
"""The place where output of this thread goes; None is where it always goes."""

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

    @property
    def encoding(self) -> Any:  # type: ignore[override]  # a class attribute there
        """That of the stream; what is caught may be any text."""
        return "utf-8" if _sink.get() is not None else getattr(self.stream, "encoding", None)

    @property
    def errors(self) -> Any:  # type: ignore[override]  # likewise
        """The stream's way with what it cannot encode."""
        return getattr(self.stream, "errors", None)

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


Shell: TypeAlias = Any
"""An `InteractiveShell`."""

DisplayHandle: Any = _display.DisplayHandle


def display(value: Any) -> None:
    """Display something, in a terminal too that cannot write all of its characters."""
    shown: Any = _display.display  # IPython annotates neither of the two
    shell: Any = get_ipython()
    try:
        shown(value)
    except UnicodeEncodeError:
        forms, _ = shell.display_formatter.format(value)
        say(forms["text/plain"])
