"""Makes a file of the user's own, and leaves alone what is not: `open_private`."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Identity = tuple[int, int]
"""The identity of a file, whatever it is called: its device and its number there."""

_FOR_OTHERS = 0o077
_ROOT = 0


class ForeignFileError(OSError):
    """The file's name is taken by something that is not the user's, or not a file."""


def identity(path: Path) -> Identity | None:
    """Return device and inode of the file with this name, links not followed; None without one."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def identity_of_open(path: Path, descriptor: int, platform: str = sys.platform) -> Identity:
    """The `identity` of a file that is open.

    Windows numbers disks otherwise for a descriptor than for a name, by release of Python, and
    lets nobody else have the name of a file that is open.
    """
    found = path.lstat() if platform == "win32" else os.fstat(descriptor)
    return found.st_dev, found.st_ino


@contextmanager
def open_private(path: Path) -> Iterator[int]:
    """Open a file, making it and its directory if there is none, for its user alone.

    Directories on the way may be links: a home is often on another disk. The file itself may not,
    since whoever may make a link in its place would choose the file whose mode is changed.

    Yields:
        Its descriptor.

    Raises:
        ForeignFileError: If it is a link, no regular file, or somebody else's.
        OSError: If it cannot be made or opened.
    """
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_symlink():  # Windows has no flag for it
        raise _linked(path)
    try:
        # Without waiting for the other end, should it be a pipe.
        not_waiting = getattr(os, "O_NONBLOCK", 0)
        as_it_is = getattr(os, "O_BINARY", 0)  # Windows takes some bytes for the end of a text
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | not_waiting | as_it_is
        descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        if path.is_symlink():
            raise _linked(path) from error
        raise
    try:
        _require_own(path, descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _require_own(path: Path, descriptor: int) -> None:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise ForeignFileError(f"{path} is no regular file")
    if sys.platform != "win32":  # there a user's own directories let in nobody else
        user = os.geteuid()
        # Whose directory it is may put any file there; some network shares show one owner for all.
        if found.st_uid not in (user, _ROOT, path.parent.stat().st_uid):
            raise ForeignFileError(f"{path} belongs to another user (number {found.st_uid})")
        # Under a second name it may be something else, whose mode is not for us to change.
        if found.st_mode & _FOR_OTHERS and found.st_uid == user and found.st_nlink == 1:
            with contextlib.suppress(OSError):  # not every file system has modes
                os.fchmod(descriptor, 0o600)


def _linked(path: Path) -> ForeignFileError:
    return ForeignFileError(f"{path} is a symbolic link, which is not followed: remove it")
