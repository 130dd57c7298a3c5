"""Takes secrets out of errors and what they are chained to: `without_secrets`, and for a block.

A traceback prints an error with its causes, and a debugger the variables of their frames, where a
client keeps its headers. So an error of somebody else's is shown with its class and its words, and
without what it carries along.
"""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Any, Final

from qsession.redaction.secrets import redacted

_CARRIED: Final = ("request", "response", "http_response")
"""Attributes in which errors of HTTP clients carry headers and bodies."""


def without_secrets(error: BaseException, *also: str, keeps_frames: bool = False) -> BaseException:
    """The same error, changed so that it tells no secret, and so are all that it is chained to.

    Args:
        error: An error of somebody else's.
        also: Secrets that no account in use holds.
        keeps_frames: Whether it is to be raised again from where it was raised.

    Returns:
        The error itself; one with its words, if it makes them from what cannot be changed.
    """
    return _mended(error, also, {}, keeps_frames=keeps_frames)


class ErrorsWithoutSecrets:
    """A block that raises what it raises without secrets.

    Args:
        keeps_frames: Whether it is raised from where it came, since users look for it there.
    """

    # Not by contextlib, which puts the frames back.

    def __init__(self, *, keeps_frames: bool = False) -> None:
        self._keeps_frames = keeps_frames

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Change the error."""
        if isinstance(error, Exception):
            mended = without_secrets(error, keeps_frames=self._keeps_frames)
            try:
                if mended is not error:
                    raise mended from None
            finally:
                del mended  # its frames hold what raised it, which would hold itself by this one


def _mended(
    error: BaseException,
    also: tuple[str, ...],
    met: dict[int, BaseException],
    *,
    keeps_frames: bool = False,
) -> BaseException:
    if id(error) in met:
        return met[id(error)]
    met[id(error)] = error
    if not keeps_frames:
        error.__traceback__ = None
    _mend_links(error, also, met)
    with suppress(Exception):  # its class is not ours: what it says is looked at below
        _mend_words(error, also, met)
    said = _said(error)
    if redacted(said, *also) != said:
        met[id(error)] = RuntimeError(redacted(_line(error), *also))
    return met[id(error)]


def _mend_links(error: BaseException, also: tuple[str, ...], met: dict[int, BaseException]) -> None:
    is_suppressed = error.__suppress_context__
    if error.__cause__ is not None:
        error.__cause__ = _mended(error.__cause__, also, met)
    if error.__context__ is not None:
        error.__context__ = _mended(error.__context__, also, met)
    error.__suppress_context__ = is_suppressed  # setting the cause has changed it
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            _mended(each, also, met)


def _mend_words(error: BaseException, also: tuple[str, ...], met: dict[int, BaseException]) -> None:
    for name, value in list(vars(error).items()):
        if name in _CARRIED and value is not None:
            setattr(error, name, None)
        elif (told := _told(value, also, met)) is not value:
            setattr(error, name, told)
    told = tuple(_told(each, also, met) for each in error.args)
    if any(new is not old for new, old in zip(told, error.args, strict=True)):
        error.args = told
    if isinstance(error, OSError):
        for name in ("strerror", "filename", "filename2"):
            value = getattr(error, name)
            if (new := _told(value, also, met)) is not value:
                setattr(error, name, new)


def _told(value: Any, also: tuple[str, ...], met: dict[int, BaseException]) -> Any:
    """A value of an error's without secrets; the value itself if it has none."""
    if isinstance(value, BaseException):
        return _mended(value, also, met)
    if isinstance(value, str):
        text = redacted(value, *also)
        return value if text == value else text
    if isinstance(value, bytes | bytearray):
        read = value.decode("latin-1")
        text = redacted(read, *also)
        return value if text == read else text.encode("latin-1", "replace")
    if isinstance(value, list | tuple):
        items = [_told(each, also, met) for each in value]
        is_same = all(new is old for new, old in zip(items, value, strict=True))
        return value if is_same else items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        pairs = {name: _told(each, also, met) for name, each in value.items()}
        return value if all(pairs[name] is value[name] for name in value) else pairs
    written = repr(value)
    text = redacted(written, *also)
    return value if text == written else text


def _said(error: BaseException) -> str:
    parts = []
    for write in (str, repr):
        try:
            parts.append(write(error))
        except Exception:  # noqa: BLE001, S112 - so it says nothing
            continue
    return "\n".join(parts)


def _line(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - its class is not ours
        return type(error).__name__
