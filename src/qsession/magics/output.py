"""The output of a cell as one piece, in text and HTML: `Output`."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from qsession.magics.capturing import StreamName

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
