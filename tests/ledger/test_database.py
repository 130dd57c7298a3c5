"""How the file is opened: with a log on a disk, else with a journal, and never a foreign one."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from qsession.ledger import database, private_file
from qsession.ledger.database import OpenFile, is_log_due, open_file
from qsession.ledger.private_file import (
    ForeignFileError,
    identity,
    identity_of_open,
    open_private,
)

MAIN = ("journal_mode", "synchronous", "wal_autocheckpoint")


class Opened:
    """Opens the ledger as several kernels do, and closes it at the end."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> None:
        self._path, self._monkeypatch, self._stack = path, monkeypatch, stack

    def __call__(self, *, is_on_network: bool | None) -> OpenFile:
        self._monkeypatch.setattr(database, "is_on_network", lambda _: is_on_network)
        found = open_file(self._path)
        self._stack.callback(found.connection.close)
        return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where it will be."""
    return tmp_path / "state" / "ledger.sqlite3"


@pytest.fixture
def opened(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    with ExitStack() as stack:
        yield Opened(file, monkeypatch, stack)


def pragmas(found: OpenFile, *names: str) -> tuple[object, ...]:
    return tuple(found.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names)


def write(found: OpenFile, name: str) -> None:
    found.connection.execute("INSERT INTO works VALUES (?, 'j', 0, '', '', '')", (name,))


def names(found: OpenFile) -> list[str]:
    return [
        name for (name,) in found.connection.execute("SELECT session_id FROM works ORDER BY rowid")
    ]


def log_bytes(file: Path) -> int:
    return Path(f"{file}-wal").stat().st_size


# --- logs and journals ----------------------------------------------------------------------------


@pytest.mark.parametrize("is_on_network", [False, None])
def test_on_a_disk_several_writers_share_a_log_without_waiting_for_it(
    opened: Opened, is_on_network: bool | None
):
    found = opened(is_on_network=is_on_network)
    assert found.has_log
    assert pragmas(found, *MAIN) == ("wal", 1, 0)


def test_to_open_it_again_writes_nothing_and_so_waits_for_no_disk(opened: Opened, file: Path):
    write(first := opened(is_on_network=False), "one")
    first.connection.close()
    again = opened(is_on_network=False)
    assert names(again) == ["one"]
    assert log_bytes(file) == 0
    assert pragmas(again, "auto_vacuum") == (2,)


def test_on_the_network_there_is_a_journal_and_each_commit_is_on_the_disk(opened: Opened):
    found = opened(is_on_network=True)
    assert not found.has_log
    assert pragmas(found, "journal_mode", "synchronous", "locking_mode") == (
        "truncate", 2, "normal",
    )  # fmt: skip
    other = opened(is_on_network=True)
    write(found, "one")
    write(other, "other")
    assert names(found) == ["one", "other"]


def test_where_there_can_be_no_log_there_is_a_journal(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    """Whatever the file system is called: SQLite's own answer counts."""
    really = sqlite3.connect

    def without_shared_memory(path: Path, **options: object) -> sqlite3.Connection:
        return really(f"{path.as_uri()}?vfs=unix-dotfile", uri=True, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", without_shared_memory)
    found = opened(is_on_network=None)
    assert not found.has_log
    assert pragmas(found, "journal_mode", "synchronous") == ("truncate", 2)
    write(found, "one")
    assert names(opened(is_on_network=None)) == ["one"]


def test_a_ledger_that_comes_to_the_network_goes_on_with_a_journal(opened: Opened, file: Path):
    with_log = opened(is_on_network=False)
    write(with_log, "before")
    with_log.connection.close()
    found = opened(is_on_network=True)
    write(found, "after")
    assert names(found) == ["before", "after"]
    assert not (file.parent / f"{file.name}-wal").exists()


def test_it_is_not_used_with_two_kinds_at_once(opened: Opened):
    with_log = opened(is_on_network=False)
    write(with_log, "before")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        opened(is_on_network=True)
    write(with_log, "meanwhile")
    with_log.connection.close()
    assert names(opened(is_on_network=True)) == ["before", "meanwhile"]


def test_one_that_is_also_somebody_s_on_the_network_keeps_its_journal(opened: Opened):
    """The server, for which the same file is on a disk."""
    write(opened(is_on_network=True), "there")
    found = opened(is_on_network=False)
    assert not found.has_log
    write(found, "here")
    assert names(opened(is_on_network=True)) == ["there", "here"]


# --- logs that are left ---------------------------------------------------------------------------


def test_a_short_log_may_be_left_beside_it(opened: Opened, file: Path):
    write(found := opened(is_on_network=False), "one")
    assert not is_log_due(found.connection, file)


def test_one_that_takes_long_to_read_is_moved(
    opened: Opened, file: Path, monkeypatch: pytest.MonkeyPatch
):
    write(found := opened(is_on_network=False), "one")
    monkeypatch.setattr(database, "LONGEST_LEFT_LOG_BYTES", log_bytes(file) - 1)
    assert is_log_due(found.connection, file)


def test_one_that_makes_the_file_smaller_is_moved(opened: Opened, file: Path):
    connection = opened(is_on_network=False).connection
    connection.execute("INSERT INTO works VALUES ('s', 'j', 0, '', '', zeroblob(100000))")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not is_log_due(connection, file)
    connection.execute("DELETE FROM works")
    connection.executescript("PRAGMA incremental_vacuum")
    assert log_bytes(file) < database.LONGEST_LEFT_LOG_BYTES
    assert is_log_due(connection, file)


# --- what is not ours -----------------------------------------------------------------------------


@pytest.mark.posix
def test_a_link_in_its_place_is_not_followed_and_its_target_is_left_as_it_was(
    file: Path, tmp_path: Path
):
    target = tmp_path / "public"
    target.write_text("not a ledger")
    target.chmod(0o644)
    file.parent.mkdir()
    file.symlink_to(target)
    with pytest.raises(ForeignFileError, match="symbolic link, which is not followed: remove it"):
        open_file(file)
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert target.read_text() == "not a ledger"


@pytest.mark.posix
def test_a_link_to_nothing_makes_no_file(file: Path, tmp_path: Path):
    file.parent.mkdir()
    file.symlink_to(tmp_path / "made")
    with pytest.raises(ForeignFileError):
        open_file(file)
    assert not (tmp_path / "made").exists()


@pytest.mark.posix
def test_where_the_system_cannot_refuse_links_they_are_looked_for(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delattr(os, "O_NOFOLLOW")
    test_a_link_to_nothing_makes_no_file(file, tmp_path)


@pytest.mark.posix
def test_its_directory_may_be_a_link(file: Path, tmp_path: Path):
    """A home is often on another disk."""
    (tmp_path / "disk").mkdir(mode=0o755)
    file.parent.symlink_to(tmp_path / "disk")
    open_file(file).connection.close()
    assert (tmp_path / "disk" / file.name).is_file()
    assert stat.S_IMODE((tmp_path / "disk").stat().st_mode) == 0o755


@pytest.mark.posix
def test_a_pipe_in_its_place_is_refused_at_once(file: Path):
    file.parent.mkdir()
    os.mkfifo(file, 0o644)
    with pytest.raises(ForeignFileError, match="no regular file"):
        open_file(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.posix
def test_a_file_of_another_user_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch):
    file.parent.mkdir()
    file.touch(0o644)
    file.chmod(0o644)
    stranger = os.geteuid() + 1
    real = os.fstat

    def of_stranger(descriptor: int) -> os.stat_result:
        found = list(real(descriptor))
        found[stat.ST_UID] = stranger
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", of_stranger)
    with pytest.raises(ForeignFileError, match=f"belongs to another user .number {stranger}."):
        open_file(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.posix
def test_a_share_that_shows_one_owner_for_all_is_used(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    monkeypatch.setattr(private_file, "_ROOT", -1)
    found = open_file(file)
    found.connection.close()


@pytest.mark.posix
def test_a_file_that_has_a_second_name_keeps_its_mode(file: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.touch()
    other.chmod(0o644)
    file.parent.mkdir()
    file.hardlink_to(other)
    open_file(file).connection.close()
    assert stat.S_IMODE(other.stat().st_mode) == 0o644


def test_on_windows_a_file_is_known_by_its_name(file: Path, monkeypatch: pytest.MonkeyPatch):
    """There a descriptor may tell another number of the disk than the name does."""
    real = os.fstat

    def of_windows(descriptor: int) -> os.stat_result:
        found = list(real(descriptor))
        found[stat.ST_DEV] += 1
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", of_windows)
    with open_private(file) as descriptor:
        assert identity_of_open(file, descriptor, "win32") == identity(file)
        assert identity_of_open(file, descriptor, "linux") != identity(file)


def test_a_file_that_is_exchanged_while_it_is_opened_is_not_used(
    file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database, "identity", lambda _: (0, 0))
    with pytest.raises(ForeignFileError, match="replaced while it was opened"):
        open_file(file)
