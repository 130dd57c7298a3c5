"""The tables, and their way from one version to the next."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from qsession.ledger.database import MIGRATIONS, migrate
from qsession.ledger.failures import LedgerTooNewError

STEPS = (
    "CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('old')",
    "ALTER TABLE things ADD COLUMN size INTEGER; UPDATE things SET size = 1",
    "INSERT INTO things VALUES ('new', 2)",
)


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=20)


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def things(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT * FROM things").fetchall()


def test_a_new_file_gets_every_step(tmp_path: Path):
    with closing(connect(tmp_path / "new")) as file:
        migrate(file, STEPS)
        assert (version(file), things(file)) == (3, [("old", 1), ("new", 2)])


@pytest.mark.parametrize("known", [1, 2])
def test_an_older_file_gets_the_steps_that_it_lacks_and_keeps_its_rows(tmp_path: Path, known: int):
    with closing(connect(tmp_path / "old")) as file:
        migrate(file, STEPS[:known])
        file.execute("DELETE FROM things")
        migrate(file, STEPS)
        assert (version(file), things(file)) == (3, [("new", 2)])


def test_a_file_of_this_version_is_left_alone(tmp_path: Path):
    with closing(connect(tmp_path / "same")) as file:
        migrate(file, STEPS)
        migrate(file, STEPS)
        assert len(things(file)) == 2


def test_a_newer_file_is_refused_untouched(tmp_path: Path):
    with closing(connect(tmp_path / "newer")) as file:
        migrate(file, STEPS)
        with pytest.raises(LedgerTooNewError, match=r"version is 3, and this .* knows 2: update"):
            migrate(file, STEPS[:2])
        assert not file.in_transaction
        assert version(file) == 3


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path):
    with closing(connect(tmp_path / "failing")) as file:
        migrate(file, STEPS[:1])
        with pytest.raises(sqlite3.OperationalError):
            migrate(file, (*STEPS[:2], "INSERT INTO nothing VALUES (1)"))
        assert (version(file), things(file)) == (1, [("old",)])


def test_two_kernels_that_begin_at_once_make_one_file(tmp_path: Path):
    start = threading.Barrier(4)

    def begin() -> None:
        with closing(connect(tmp_path / "shared")) as file:
            start.wait(20)
            migrate(file, STEPS)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with closing(connect(tmp_path / "shared")) as file:
        assert (version(file), len(things(file))) == (3, 2)


def test_the_ledger_s_own_steps_make_its_tables(tmp_path: Path):
    with closing(connect(tmp_path / "own")) as file:
        migrate(file)
        assert version(file) == len(MIGRATIONS)
        rows = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert {name for (name,) in rows} == {"sessions", "jobs", "results", "works"}
