"""The ledger is kept small."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qsession import InvalidInputError
from qsession.ledger import ledger_of_process, prune, pruning
from qsession.ledger.ledger import Ledger
from qsession.ledger.pruning import prune_file
from qsession.ledger.reading import read_result
from qsession.testing import ManualClock
from tests.ledger.told import Telling, on_disk

DAY_S = 86_400


def with_results(ledger: Ledger, number: int, size: int = 10_000) -> Telling:
    telling = Telling(ledger)
    for index in range(number):
        telling.submit(f"job {index}")
        telling.finish(f"job {index}")
        telling.recorder.note_result(f"job {index}", "x" * size)
    ledger.write_noted()
    return telling


def kept(ledger: Ledger, telling: Telling) -> list[str]:
    def read(file: sqlite3.Connection) -> list[str]:
        jobs = telling.journal.state.jobs
        return [job_id for job_id in jobs if read_result(file, telling.session_id, job_id)]

    return ledger.read(read) or []


def test_the_oldest_results_go_first_and_jobs_stay(ledger: Ledger, path: Path, clock: ManualClock):
    telling = with_results(ledger, 10)
    dropped = ledger.read(
        lambda file: prune_file(file, clock.now(), most_bytes=35_000, kept_days=1e4)
    )
    assert dropped == 7
    assert kept(ledger, telling) == ["job 7", "job 8", "job 9"]
    assert len(on_disk(path)[telling.session_id]) == 10


def test_sessions_not_heard_of_for_long_are_forgotten(
    path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Ledger, "start", lambda ledger: None)
    ledger = Ledger(path, clock)
    old = Telling(ledger, clock=clock)
    old.submit("a")
    clock.advance(80 * DAY_S)
    new = Telling(ledger, clock=clock)
    new.submit("b")
    clock.advance(11 * DAY_S)
    ledger.write_when_due()
    assert on_disk(path) == {new.session_id: ["b"]}
    ledger.close()


def test_a_session_is_heard_of_by_the_clock_that_prunes_not_by_its_own(ledger: Ledger, path: Path):
    long_ago = Telling(ledger, clock=ManualClock(datetime(2020, 1, 1, tzinfo=UTC)))
    long_ago.submit("a")
    ledger.write_when_due()
    assert on_disk(path) == {long_ago.session_id: ["a"]}


def test_it_prunes_when_it_has_been_opened_and_as_it_grows(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pruning, "MOST_BYTES", 25_000)
    monkeypatch.setattr(pruning, "_GROWTH", 60_000)
    telling = with_results(ledger, 4)
    ledger.write_when_due()
    assert kept(ledger, telling) == ["job 2", "job 3"]
    more = with_results(ledger, 5)
    ledger.write_when_due()
    assert len(kept(ledger, more)) == 5
    with_results(ledger, 2)
    ledger.write_when_due()
    assert kept(ledger, more) == []


def test_what_was_dropped_makes_the_file_smaller(ledger: Ledger, path: Path, clock: ManualClock):
    with_results(ledger, 50)
    assert ledger._file.is_open
    ledger._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.stat().st_size
    ledger.read(lambda file: prune_file(file, clock.now(), most_bytes=0, kept_days=1e4))
    ledger._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert path.stat().st_size < before / 3


def test_a_file_with_nothing_to_drop_is_not_looked_through(ledger: Ledger, clock: ManualClock):
    telling = with_results(ledger, 3)
    asked: list[str] = []
    ledger._file.connection.set_trace_callback(asked.append)
    most_bytes = 10_000_000
    assert prune_file(ledger._file.connection, clock.now(), most_bytes=most_bytes, kept_days=1) == 0
    assert asked
    assert not any("results" in statement for statement in asked)
    ledger._file.connection.set_trace_callback(None)
    assert kept(ledger, telling) == ["job 0", "job 1", "job 2"]


def test_people_prune_it(ledger_home: Path):
    ledger = ledger_of_process()
    assert ledger is not None
    telling = with_results(ledger, 3)
    assert prune(most_megabytes=1) == 0
    assert prune() == 3
    assert kept(ledger, telling) == []
    assert prune(kept_days=0) == 1
    assert on_disk(ledger_home / "ledger.sqlite3") == {}


def test_there_may_be_nothing_to_prune(ledger_home: Path, monkeypatch: pytest.MonkeyPatch):
    assert prune() == 0
    assert not ledger_home.exists()
    monkeypatch.setenv("QSESSION_LEDGER", "off")
    assert prune() == 0


@pytest.mark.parametrize("value", [-1, True, "5", float("nan")])
def test_what_is_no_size_is_refused(value: float):
    with pytest.raises(InvalidInputError, match="most_megabytes="):
        prune(most_megabytes=value)
    with pytest.raises(InvalidInputError, match="kept_days="):
        prune(kept_days=value)
