"""What a process waits for with its first job and at its exit: not for the disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qsession.ledger.database import LONGEST_LEFT_LOG_BYTES, OpenFile
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


def has_thread(ledger: Ledger) -> bool:
    return ledger._thread is not None


def join(ledger: Ledger) -> None:
    """Wait for the thread of a ledger that was closed."""
    assert ledger._thread is not None
    ledger._thread.join(PATIENCE_S)


def test_the_thread_that_writes_the_rest_starts_once_the_first_id_is_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
):
    written_before: list[dict[str, list[str]]] = []
    start = Ledger.start

    def noted(ledger: Ledger) -> None:
        written_before.append(on_disk(file))
        start(ledger)

    monkeypatch.setattr(Ledger, "start", noted)
    telling = Telling(ledger := Ledger(file), "now")
    assert not has_thread(ledger)
    assert not file.exists()
    telling.submit("a")
    assert has_thread(ledger)
    assert written_before == [{"now": ["a"]}]
    telling.submit("b")
    telling.finish("a")
    ledger.close()
    assert written_before == [{"now": ["a"]}]  # one is enough
    join(ledger)


def test_it_starts_although_ctrl_c_ended_the_wait_for_the_disk(
    file: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(_path: Path) -> OpenFile:
        raise KeyboardInterrupt

    ledger = Ledger(file)
    with monkeypatch.context() as at_that_moment:
        at_that_moment.setattr("qsession.ledger.connection.open_file", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Telling(ledger, "now").submit("a")
    assert has_thread(ledger)
    ledger.close()
    join(ledger)
    assert on_disk(file) == {"now": ["a"]}
