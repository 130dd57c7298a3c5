"""Where other computers may write is told by the system's list of mounts, or its answers."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from qsession.ledger import file_systems
from qsession.ledger.file_systems import is_on_network, is_remote_volume, is_shared

NETWORK = [
    "nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "beegfs", "ceph", "9p", "afs", "fuse",
    "fuse.sshfs", "fuse.s3fs", "fuse.glusterfs", "virtiofs", "NFS", "vboxsf",
]  # fmt: skip
LOCAL = ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs", "ntfs", "fuseblk", "hfs"]


def mounts(*places: tuple[str, str], number: str = "0:99") -> str:
    return "".join(
        f"{36 + index} 35 {number} / {place} rw,noatime master:1 shared:2 - {kind} source rw\n"
        for index, (place, kind) in enumerate(places)
    )


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The list of mounts, which the test writes."""
    path = tmp_path / "mountinfo"
    monkeypatch.setattr(file_systems, "_MOUNTS", path)
    return path


@pytest.mark.parametrize("kind", NETWORK)
def test_file_systems_of_several_computers_are_known(kind: str):
    assert is_shared(kind)


@pytest.mark.parametrize("kind", LOCAL)
def test_file_systems_of_one_computer_are_known(kind: str):
    assert not is_shared(kind)


@pytest.mark.linux
def test_a_file_system_is_found_by_its_number(listed: Path, tmp_path: Path):
    device = tmp_path.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    listed.write_text(mounts(("/", "ext4")) + mounts(("/elsewhere", "nfs4"), number=number))
    assert is_on_network(tmp_path) is True


@pytest.mark.linux
def test_one_that_has_no_number_in_the_list_is_found_by_its_place(listed: Path, tmp_path: Path):
    (tmp_path / "my home").mkdir()
    listed.write_text(
        mounts(
            ("/", "overlay"),
            (f"{tmp_path}/my", "nfs"),  # no directory above it
            (f"{tmp_path}/my\\040home", "btrfs"),
            (f"{tmp_path}/my\\040home", "cifs"),  # mounted over it
        )
    )
    assert is_on_network(tmp_path / "my home") is True
    assert is_on_network(tmp_path) is False


@pytest.mark.linux
def test_it_is_that_of_the_directory_and_not_of_the_link_to_it(listed: Path, tmp_path: Path):
    (tmp_path / "scratch").mkdir()
    (tmp_path / "home").symlink_to("scratch")
    listed.write_text(mounts(("/", "ext4"), (f"{tmp_path}/scratch", "lustre")))
    assert is_on_network(tmp_path / "home") is True


@pytest.mark.linux
@pytest.mark.parametrize("text", ["", "nothing like it\n", "1 2 3 - nfs\n", " - \n"])
def test_a_list_that_says_nothing_leaves_it_open(listed: Path, tmp_path: Path, text: str):
    listed.write_text(text)
    assert is_on_network(tmp_path) is None


@pytest.mark.linux
def test_without_a_list_or_a_directory_it_is_left_open(listed: Path, tmp_path: Path):
    assert is_on_network(tmp_path) is None
    listed.write_text(mounts(("/", "nfs")))
    assert is_on_network(tmp_path / "nowhere") is None


@pytest.mark.linux
def test_this_system_tells():
    if sys.platform == "linux":
        assert is_on_network(Path("/proc")) is False


def statfs(kind: bytes, flags: int) -> bytes:
    """What macOS fills in."""
    return struct.pack("=64xI4x16s", flags, kind).ljust(4096, b"\0")


def test_macos_tells_by_the_flags_and_the_type_of_the_volume():
    assert not is_remote_volume(statfs(b"apfs", 0x1000))
    assert is_remote_volume(statfs(b"smbfs", 0))
    assert is_remote_volume(statfs(b"macfuse", 0x1000))


def test_a_macos_without_the_call_leaves_it_open(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace())
    assert is_on_network(Path("/"), "darwin") is None


@pytest.mark.parametrize(("kind", "expected"), [(3, False), (4, True), (0, None), (1, None)])
def test_windows_tells_by_the_type_of_the_drive(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: int, expected: bool | None
):
    system = SimpleNamespace(kernel32=SimpleNamespace(GetDriveTypeW=lambda _: kind))
    monkeypatch.setattr(ctypes, "windll", system, raising=False)
    assert is_on_network(tmp_path, "win32") is expected
