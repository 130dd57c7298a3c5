"""Files of the user's own, and of nobody else: `open_private`, `write_private`, `read_private`."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Identity = tuple[int, int]
"""The identity of a file, whatever it is called: its device and its number there."""

_WITH_CARE = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # without waiting for the other end, should it be a pipe
    | getattr(os, "O_BINARY", 0)  # Windows takes some bytes for the end of a text
    | getattr(os, "O_CLOEXEC", 0)
)
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
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _WITH_CARE, 0o600)
    except OSError as error:
        if path.is_symlink():
            raise _linked(path) from error
        raise
    try:
        _require_own(path, descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def write_private(path: Path, content: bytes) -> None:
    """Make a file with this content, for its user alone.

    Raises:
        OSError: If there is one, or it cannot be written as a whole; then there is none.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _WITH_CARE, 0o600)
    try:
        is_whole = os.write(descriptor, content) == len(content)
    except OSError:
        is_whole = False
        raise
    finally:
        os.close(descriptor)
        if not is_whole:
            path.unlink()
    if not is_whole:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def read_private(path: Path, most_bytes: int) -> bytes:
    """The content of a file of the user's own.

    Args:
        path: The file.
        most_bytes: How much of it to read.

    Raises:
        ForeignFileError: If it is no regular file, or somebody else's.
        OSError: If it is a link, or cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | _WITH_CARE)
    try:
        _require_own(path, descriptor)
        return os.read(descriptor, most_bytes)
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
