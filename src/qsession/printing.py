"""Texts on streams whose encoding lacks characters: `say`, `encodable`, `with_plain_marks`.

With the C locale, or in a pipe on Windows, a stream takes some of the characters that texts are
made of and refuses the others with an error. What this package writes itself has other characters
in their place then; in what it hands to people as a ``str`` the marks that are its own have, and
names that people gave stay as they are.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any, Final

ERRORS: Final = "qsession.plain"
"""The name of the way to treat what cannot be encoded, as a stream's ``errors`` takes it."""

PLAIN: Final = {
    "…": "...",
    "–": "-",
    "·": "-",
    "−": "-",  # noqa: RUF001 - the minus sign is meant
    "→": "->",
    "±": "+/-",
    "×": "x",
    "µ": "u",
    "€": "EUR ",
    "£": "GBP ",
    "█": "#",
    **dict.fromkeys("▏▎▍▌▋▊▉", ":"),
    "▒": "=",
    "─": "-",
    "│": "|",
    "├": "|",
    "┤": "|",
    "●": "*",
    "○": "o",
    "◉": "@",
}
"""The marks of this package's own texts, and what stands for them in ASCII."""


def say(text: object, file: Any = None) -> None:
    """Print a line, whatever characters the stream lacks.

    Args:
        text: What to print.
        file: The stream; None is standard output.
    """
    stream = sys.stdout if file is None else file
    if stream is not None:  # a program without a console has none
        print(encodable(str(text), stream), file=stream)


def encodable(text: str, stream: Any = None) -> str:
    r"""A text as a stream can write it: ``"é…"`` is ``"\xe9..."`` in ASCII.

    Args:
        text: Any text.
        stream: The stream; None is standard output.
    """
    encoding = _encoding_of(sys.stdout if stream is None else stream)
    if _can_encode(text, encoding):
        return text
    return text.encode(encoding, ERRORS).decode(encoding)


@contextmanager
def standard_streams_taking_all() -> Iterator[None]:
    """Let no text fail on the standard streams, whoever writes it, until the end of the block."""
    streams = [each for each in (sys.stdout, sys.stderr) if isinstance(each, TextIOWrapper)]
    before = [(each, each.errors) for each in streams]
    for stream in streams:
        stream.reconfigure(errors=ERRORS)
    try:
        yield
    finally:
        for stream, errors in before:
            if not stream.closed:
                stream.reconfigure(errors=errors)


def with_plain_marks(text: str) -> str:
    """A text with those of our marks in ASCII that standard output cannot write; else as it is."""
    encoding = _encoding_of(sys.stdout)
    if _can_encode(text, encoding):
        return text
    return "".join(
        character if _can_encode(character, encoding) else PLAIN.get(character, character)
        for character in text
    )


def _encoding_of(stream: object) -> str:
    encoding = getattr(stream, "encoding", None)
    return encoding if isinstance(encoding, str) else "utf-8"


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    """Write a mark of ours in ASCII, and any other character as Python does in a literal."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    refused = error.object[error.start : error.end]
    shown = (
        PLAIN.get(each) or each.encode("ascii", "backslashreplace").decode() for each in refused
    )
    return "".join(shown), error.end


codecs.register_error(ERRORS, _in_ascii)
