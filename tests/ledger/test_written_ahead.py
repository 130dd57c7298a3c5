"""New ids are on disk before the ledger's file is open, or while it is locked."""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qsession.ledger import locking
from qsession.ledger.ledger import Ledger
from qsession.ledger.reading import read_jobs, read_sessions
from qsession.model.states import JobStatus
from tests.ledger.told import Telling, as_others_read, on_disk

ROOT = Path(__file__).parents[2]

KILLED = """
import os, signal
from qsession.ledger import ledger_of_process
from tests.ledger.told import Telling

ledger = ledger_of_process()
ledger.start = lambda: None  # it dies before the thread has begun that would take the file in
telling = Telling(ledger, "of a killed process")
telling.submit("a")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def begun(ledger: Ledger, path: Path) -> Path:
    """The path of a ledger that an earlier process has left."""
    other = Ledger(path)
    Telling(other, "earlier").submit("x")
    other.close()
    return path


def beside(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}-new-*"))


def read(path: Path) -> dict[str, dict[str, JobStatus]]:
    """Job states by session, as the next process that lists sessions has them."""

    def all_of(file: sqlite3.Connection) -> dict[str, dict[str, JobStatus]]:
        entries = read_sessions(file, ended=True)
        return {
            entry.session_id: {job.job_id: job.status for job in read_jobs(file, entry.session_id)}
            for entry in entries
        }

    found = Ledger(path).read(all_of)
    assert found is not None
    return found


EARLIER = {"earlier": {"x": JobStatus.QUEUED}}


# --- the first id of a process --------------------------------------------------------------------


def test_it_is_on_disk_though_the_file_is_not_opened(ledger: Ledger, begun: Path):
    Telling(ledger, "now").submit("a")
    assert not ledger._file.is_open
    assert on_disk(begun) == {"earlier": ["x"]}
    (file,) = beside(begun)
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read(begun) == {**EARLIER, "now": {"a": JobStatus.QUEUED}}
    assert beside(begun) == []


def test_the_file_is_not_even_looked_into(
    ledger: Ledger, begun: Path, monkeypatch: pytest.MonkeyPatch
):
    opened: list[object] = []
    really = os.open

    def noted(path: Any, *args: Any) -> int:
        opened.append(path)
        return really(path, *args)

    monkeypatch.setattr(os, "open", noted)
    Telling(ledger, "now").submit("a")
    # To close what was opened takes away the locks that SQLite may have on it for another thread.
    assert opened == beside(begun)


def test_it_is_not_beside_the_file_any_more_once_it_is_in_it(ledger: Ledger, begun: Path):
    Telling(ledger, "now").submit("a")
    ledger.write_noted()
    assert on_disk(begun)["now"] == ["a"]
    assert beside(begun) == []


def test_the_next_id_opens_the_file_and_the_first_goes_along(ledger: Ledger, begun: Path):
    telling = Telling(ledger, "now")
    telling.submit("a")
    telling.submit("b")
    assert on_disk(begun)["now"] == ["a", "b"]
    assert beside(begun) == []


def test_each_session_may_have_a_first_one(ledger: Ledger, begun: Path):
    for name in ("one", "two"):
        Telling(ledger, name).submit("a")
    assert len(beside(begun)) == 2
    assert set(read(begun)) == {"earlier", "one", "two"}


def test_a_ledger_that_is_to_be_made_is_made_at_once(ledger: Ledger, path: Path):
    Telling(ledger, "now").submit("a")
    assert on_disk(path) == {"now": ["a"]}
    assert beside(path) == []


@pytest.mark.posix
def test_what_a_killed_process_left_is_taken_in_by_the_next_that_reads(begun: Path):
    ended = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", KILLED],
        check=False,
        cwd=ROOT,
        env={**os.environ, "QSESSION_HOME": str(begun.parent)},
    )
    assert ended.returncode == -signal.SIGKILL
    assert len(beside(begun)) == 1
    assert read(begun) == {**EARLIER, "of a killed process": {"a": JobStatus.QUEUED}}
    assert beside(begun) == []


def test_or_by_the_thread_of_the_next_that_writes(ledger: Ledger, begun: Path):
    Telling(Ledger(begun), "of a killed process").submit("a")
    Telling(ledger, "now").submit("b")
    ledger.write_when_due()
    assert on_disk(begun) == {"earlier": ["x"], "of a killed process": ["a"], "now": ["b"]}
    assert beside(begun) == []


def test_first_ids_of_several_threads_at_once_are_all_there(ledger: Ledger, begun: Path):
    telling = Telling(ledger, "now")
    together = threading.Barrier(8)

    def submit(number: int) -> None:
        together.wait()
        telling.submit(f"job {number}")

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(read(begun)["now"]) == {f"job {number}" for number in range(8)}


# --- what comes late ------------------------------------------------------------------------------


def test_what_has_ended_does_not_begin_again(ledger: Ledger, begun: Path):
    telling = Telling(ledger, "now")
    telling.submit("a")
    (file,) = beside(begun)
    early = file.read_bytes()
    telling.finish("a", JobStatus.ERROR, error="too bad")
    ledger.write_noted()
    file.write_bytes(early)
    assert read(begun)["now"] == {"a": JobStatus.ERROR}


# --- trouble --------------------------------------------------------------------------------------


def test_while_others_have_the_file_locked_an_id_is_beside_it(
    ledger: Ledger, begun: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(locking, "CALLER_WAIT_S", 0.0)
    telling = Telling(ledger, "now")
    telling.submit("a")
    telling.submit("b")
    with closing(sqlite3.connect(begun, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.warns(match="cannot be used"):
            telling.submit("c")
        other.execute("ROLLBACK")
    assert on_disk(begun)["now"] == ["a", "b"]
    assert list(as_others_read(begun)["now"]) == ["a", "b", "c"]


def test_it_is_written_to_the_file_itself_later(
    ledger: Ledger, begun: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(locking, "CALLER_WAIT_S", 0.0)
    telling = Telling(ledger, "now")
    telling.submit("a")
    ledger.write_noted()
    with closing(sqlite3.connect(begun, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.warns(match="cannot be used"):
            telling.submit("b")
        other.execute("ROLLBACK")
    ledger.write_noted()
    assert on_disk(begun)["now"] == ["a", "b"]
    assert beside(begun) == []


def test_a_lock_that_is_not_released_keeps_what_is_beside_the_file(
    ledger: Ledger, begun: Path, monkeypatch: pytest.MonkeyPatch, is_shared: bool
):
    monkeypatch.setattr(locking, "CALLER_WAIT_S", 0.0)
    Telling(ledger, "now").submit("a")
    with closing(sqlite3.connect(begun, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert read(begun) == EARLIER
        other.execute("ROLLBACK")
    assert "now" in read(begun)


def test_values_that_sqlite_alone_knows_are_written_to_the_file(ledger: Ledger, begun: Path):
    Telling(ledger, "now").submit("a", qpu_seconds=np.int64(3))
    assert on_disk(begun)["now"] == ["a"]
    assert beside(begun) == []


@pytest.mark.parametrize("written", [OSError(errno.ENOSPC, "no space"), 7])
def test_where_it_cannot_be_written_the_file_is_opened(
    ledger: Ledger, begun: Path, monkeypatch: pytest.MonkeyPatch, written: OSError | int
):
    def write(_descriptor: int, _content: bytes) -> int:
        if isinstance(written, OSError):
            raise written
        return written

    monkeypatch.setattr("qsession.ledger.private_file.os.write", write)
    Telling(ledger, "now").submit("a")
    assert on_disk(begun)["now"] == ["a"]
    assert beside(begun) == []


def test_a_ledger_of_a_later_release_gets_nothing_put_beside_it(ledger: Ledger, begun: Path):
    with closing(sqlite3.connect(begun)) as file:
        file.execute("PRAGMA user_version = 99")
    telling = Telling(ledger, "now")
    telling.submit("a")
    with pytest.warns(match="update qsession"):
        ledger.write_noted()
    assert beside(begun) == []
    telling.submit("b")
    assert beside(begun) == []


def make_old(path: Path) -> None:
    os.utime(path, (0, 0))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}', '{"version": 1, "jobs": 3}'])
def test_what_was_not_written_to_its_end_is_removed_once_nobody_is_at_it(begun: Path, content: str):
    file = Path(f"{begun}-new-torn")
    file.write_text(content)
    assert read(begun) == EARLIER
    assert beside(begun) == [file]
    make_old(file)
    assert read(begun) == EARLIER
    assert beside(begun) == []


def show_as_a_strangers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number, real = path.stat().st_ino, os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        found = list(real(descriptor))
        if found[stat.ST_INO] == number:
            found[stat.ST_UID] = os.geteuid() + 1
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", fstat)


@pytest.mark.posix
def test_what_is_no_file_of_ours_is_left_alone(
    begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rows: dict[str, Any] = {"session": None, "jobs": []}
    later_release = Path(f"{begun}-new-of a later release")
    later_release.write_text(json.dumps({**rows, "version": 2}))
    make_old(later_release)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(json.dumps({**rows, "version": 1}))
    Path(f"{begun}-new-linked").symlink_to(elsewhere)
    Path(f"{begun}-new-directory").mkdir()
    stranger = Path(f"{begun}-new-of a stranger")
    stranger.write_text(json.dumps({**rows, "version": 1}))
    show_as_a_strangers(stranger, monkeypatch)
    os.mkfifo(f"{begun}-new-pipe")
    before = beside(begun)
    assert read(begun) == EARLIER
    assert beside(begun) == before
    assert elsewhere.exists()


def test_rows_that_no_ledger_takes_are_removed(begun: Path):
    for number, jobs in enumerate([[[1, 2]], [[None] * 13], [[{}] * 13], [[2**70] * 13]]):
        content = json.dumps({"version": 1, "session": None, "jobs": jobs})
        Path(f"{begun}-new-{number}").write_text(content)
    assert read(begun) == EARLIER
    assert beside(begun) == []
