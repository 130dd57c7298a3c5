"""A test for file systems that other computers may use, too: `is_on_network`."""

from __future__ import annotations

import ctypes
import os
import re
import struct
import sys
from pathlib import Path
from typing import Any, Final

_MOUNTS: Final = Path("/proc/self/mountinfo")

_NETWORK: Final = frozenset(
    {
        "9p", "acfs", "afp", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "davfs2",
        "drvfs", "fhgfs", "gfs", "gfs2", "glusterfs", "gpfs", "kafs", "lustre", "mmfs", "ncp",
        "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2", "openafs", "orangefs", "osxfuse", "macfuse",
        "panfs", "prl_fs", "pvfs2", "smb", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
        "webdav", "wekafs", "yfs",
    }
)  # fmt: skip
"""Types of file systems that several computers, a virtual machine's host among them, may share."""


def is_on_network(directory: Path, platform: str = sys.platform) -> bool | None:
    """Tell if other computers may use the files of a directory; None if unknown."""
    try:
        if platform == "win32":
            return _is_on_network_drive(directory)
        if platform == "darwin":
            return _is_on_network_volume(directory)
        with open(_MOUNTS, "rb", buffering=0) as mounts:  # noqa: PTH123 - a third of `read_text`
            kind = _kind_of_mount(directory, os.fsdecode(mounts.read()))
    except (OSError, AttributeError, ValueError, struct.error):  # the system has no such way
        return None
    return None if kind is None else is_shared(kind)


def is_shared(kind: str) -> bool:
    """Return True if several computers may share a file system of this type."""
    name, _, subtype = kind.lower().partition(".")
    # What is behind a program (sshfs, s3fs, …) only the program knows; "fuseblk" is a disk.
    return name == "fuse" or name in _NETWORK or subtype in _NETWORK


# --- Linux ----------------------------------------------------------------------------------------


def _kind_of_mount(directory: Path, mounts: str) -> str | None:
    """The type of the file system that a directory is on, by Linux' list of mounts."""
    device = directory.stat().st_dev
    major, minor = getattr(os, "major"), getattr(os, "minor")  # noqa: B009 - not on Windows
    number = f"{major(device)}:{minor(device)}"
    path = os.path.realpath(directory)
    longest, kind = -1, None
    for line in mounts.splitlines():
        own, _, foreign = line.partition(" - ")
        fields = own.split(" ")
        if not foreign or len(fields) < 5:  # noqa: PLR2004 - the mount's place is the fifth
            continue
        if fields[2] == number:
            return foreign.split(" ")[0]
        # Some (Btrfs, overlays) give their files another number than they have in the list.
        place = _unescaped(fields[4])
        is_above = place in ("/", path) or path.startswith(f"{place}/")
        if is_above and len(place) >= longest:  # what was mounted last is on top
            longest, kind = len(place), foreign.split(" ")[0]
    return kind


def _unescaped(place: str) -> str:
    """A path as it is, from one in the list of mounts. Few have something to replace."""
    if "\\" not in place:
        return place
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), place)


# --- macOS ----------------------------------------------------------------------------------------

_STATFS_BYTES: Final = 4096
"""More than the structure has."""

_FLAGS: Final = struct.Struct("=64xI4x16s")
"""``f_flags`` and ``f_fstypename`` of ``struct statfs`` with 64-bit inodes."""

_MNT_LOCAL: Final = 0x1000


def _is_on_network_volume(directory: Path) -> bool | None:
    system: Any = ctypes.CDLL(None, use_errno=True)
    # On Intel the plain name is that of an older structure.
    statfs = getattr(system, "statfs$INODE64", None) or system.statfs
    found = ctypes.create_string_buffer(_STATFS_BYTES)
    if statfs(os.fsencode(directory), found) != 0:
        return None
    return is_remote_volume(found.raw)


def is_remote_volume(statfs: bytes) -> bool:
    """Return True if macOS' answer to ``statfs`` is that of a network file system."""
    flags, name = _FLAGS.unpack_from(statfs)
    kind = name.partition(b"\0")[0].decode("ascii", "replace")
    return not flags & _MNT_LOCAL or is_shared(kind)


# --- Windows --------------------------------------------------------------------------------------

_DRIVE_REMOTE: Final = 4
_DRIVE_UNKNOWN: Final = (0, 1)


def _is_on_network_drive(directory: Path) -> bool | None:
    system: Any = getattr(ctypes, "windll")  # noqa: B009 - there on Windows alone
    drive = os.path.splitdrive(os.path.realpath(directory))[0]
    kind = int(system.kernel32.GetDriveTypeW(f"{drive}\\"))
    return None if kind in _DRIVE_UNKNOWN else kind == _DRIVE_REMOTE
