"""What a process waits for with its first job and at its exit: not for the disk."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from qsession import LedgerWarning
from qsession.ledger.database import LONGEST_LEFT_LOG_BYTES, OpenFile, open_file
from qsession.ledger.ledger import Ledger
from tests.ledger.told import Telling, on_disk
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]

SCRIPT = """
import sys
from qsession.ledger import database, ledger_of_process
from tests.ledger.told import Telling

database.LONGEST_LEFT_LOG_BYTES = int(sys.argv[2])
Telling(ledger_of_process(), sys.argv[1]).submit("a")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "ledger.sqlite3"


def run_script(file: Path, session_id: str, longest_log_bytes: int = LONGEST_LEFT_LOG_BYTES) -> int:
    """Run a script of one job; return the size of the log that it leaves."""
    subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", SCRIPT, session_id, str(longest_log_bytes)],
        check=True,
        cwd=ROOT,
        env={**os.environ, "QSESSION_HOME": str(file.parent)},
    )
    log = Path(f"{file}-wal")
    return log.stat().st_size if log.exists() else 0


# --- the exit -------------------------------------------------------------------------------------


def test_a_short_log_stays_for_the_next_script_and_a_long_one_is_moved_into_the_file(file: Path):
    assert run_script(file, "the first") > 0
    assert run_script(file, "the second", longest_log_bytes=0) == 0
    assert on_disk(file) == {"the first": ["a"], "the second": ["a"]}


# --- the first job --------------------------------------------------------------------------------


@pytest.fixture
def begun(file: Path) -> Iterator[Ledger]:
    """A ledger that an earlier process has begun."""
    Telling(earlier := Ledger(file), "earlier").submit("a")
    earlier.close()
    ledger = Ledger(file)
    yield ledger
    ledger.close()


def test_a_session_has_the_file_opened_before_its_first_job(
    begun: Ledger, monkeypatch: pytest.MonkeyPatch
):
    was_opened = threading.Event()

    def noted(path: Path) -> OpenFile:
        found = open_file(path)
        was_opened.set()
        return found

    monkeypatch.setattr("qsession.ledger.connection.open_file", noted)
    begun.start()
    assert was_opened.wait(PATIENCE_S)
    Telling(begun, "now").submit("b")
    assert on_disk(begun.path) == {"earlier": ["a"], "now": ["b"]}


def test_one_that_is_not_there_is_not_made_for_that(begun: Ledger):
    begun.path.unlink()
    begun.open_ahead()
    assert not begun._file.is_open
    assert not begun.path.exists()


def test_what_is_wrong_with_it_is_said_with_the_first_job(
    begun: Ledger, recwarn: pytest.WarningsRecorder
):
    begun.path.write_bytes(b"this is no database, however long it may be" * 100)
    begun.open_ahead()
    assert begun.path.exists()
    assert not recwarn.list
    with pytest.warns(LedgerWarning, match="was corrupt"):
        Telling(begun, "now").submit("b")
    assert on_disk(begun.path) == {"now": ["b"]}
