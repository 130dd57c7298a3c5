"""A name stands for one live session, however often its constructor runs: `OnePerName`."""

from __future__ import annotations

import inspect
import logging
import threading
import warnings
from typing import Any, Protocol, TypeVar, cast
from weakref import WeakValueDictionary

from traitlets import MetaHasTraits

from qsession.errors import InvalidInputError, shown
from qsession.forks import ForkSafeLock, in_child
from qsession.session import held

T = TypeVar("T")

_log = logging.getLogger("qsession")

_name_locks: WeakValueDictionary[str, Any] = WeakValueDictionary()
"""A lock for each name that is being asked for: opening and closing sessions may take seconds."""
in_child(_name_locks.clear)  # threads of the parent may hold some
_lock = ForkSafeLock()
"""Guards the dictionary."""


class Replaced(Protocol):
    """A session in whose place there is a new one; or its core."""

    @property
    def name(self) -> str | None:
        """The word for people that it was given."""
        ...

    @property
    def session_id(self) -> str | None:
        """Its id; None before it is opened."""
        ...

    def close(self, *, reason: str) -> None:
        """Take no new jobs."""
        ...


def close_replaced(earlier: Replaced, reason: str) -> None:
    """Close a session in whose place there is a new one.

    That it cannot be closed is no error of who made the new one, and must not cost them the new
    one: it takes no jobs any more, a service is told again until it has closed it, and a log record
    says so.

    Args:
        earlier: The session to close.
        reason: Why, in words.
    """
    try:
        earlier.close(reason=reason)
    except Exception as error:  # noqa: BLE001 - whatever it is, the new session is there
        _log.warning(
            "The earlier session %s, %s, could not be closed yet: %s",
            earlier.session_id or earlier.name,
            reason,
            error,
        )


def _lock_of(name: str) -> Any:
    """The lock of a name: two threads that ask for the same one get the same session."""
    with _lock:
        lock = _name_locks.get(name)
        if lock is None:
            lock = _name_locks[name] = threading.RLock()
        return lock


class OnePerName(MetaHasTraits):
    """The class of `Session`: ``Session(…, name="vqe")`` gives the live session of that name.

    Running a cell again then leaves one session, not two. ``new=True`` closes it and makes another.
    """

    # Of classes, this is the class.
    @property
    def __signature__(cls) -> inspect.Signature:  # noqa: N805
        """That of the constructor, which `__call__` would hide."""
        signature = inspect.signature(cls.__init__)  # type: ignore[misc]  # of the class itself
        return signature.replace(parameters=list(signature.parameters.values())[1:])

    def __call__(cls: type[T], *args: Any, **kwargs: Any) -> T:  # noqa: N805
        """The live session of the name, or a new one."""
        name, is_new = kwargs.get("name"), kwargs.get("new", False)
        if not isinstance(is_new, bool):
            raise InvalidInputError(f"new={shown(is_new)} is neither True nor False.")
        if not isinstance(name, str):
            return OnePerName.unshared(cls, *args, **kwargs)
        with _lock_of(name):
            live = held.named(name)
            session = None if live is None else live.session()
            if live is None or session is None or is_new:
                # The earlier one goes on if the arguments are not good for another.
                made = OnePerName.unshared(cls, *args, **kwargs)
                if live is not None:
                    close_replaced(live, "replaced by a new session of the same name")
                return made
            kind = type(session)
            if kind is not cls:
                raise InvalidInputError(
                    f"The live session {name!r} is a {kind.__name__}, not a "
                    f"{cls.__name__}. Choose another name, or close it with new=True."
                )
            bound = inspect.signature(cls).bind(*args, **kwargs)
            differing = live.differences(bound.arguments)
            if bound.arguments.get("create_new"):
                live.open()
        if differing:
            warnings.warn(
                f"The live session {name!r} goes on with its {' and '.join(differing)}; "
                "new=True closes it and makes another.",
                UserWarning,
                stacklevel=2,
            )
        return cast("T", session)

    def unshared(cls: type[T], *args: Any, **kwargs: Any) -> T:  # noqa: N805
        """A new session, whatever its name."""
        session: T = MetaHasTraits.__call__(cls, *args, **kwargs)
        return session
