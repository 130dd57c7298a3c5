"""A ledger that cannot be used costs one warning, and no job."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from qsession import LedgerWarning
from qsession.ledger import ledger as module
from qsession.ledger import locking, place
from qsession.ledger.database import transaction
from qsession.ledger.failures import FIRST_REST_S, Rest
from qsession.ledger.ledger import Ledger
from qsession.ledger.private_file import identity
from qsession.ledger.reading import read_sessions
from qsession.model.states import State
from qsession.testing import ManualClock
from tests.ledger.told import Telling, a_time, on_disk
from tests.support.patience import PATIENCE_S
from tests.support.too_many_threads import refuse_threads

ROOT = Path(__file__).parents[2]


@pytest.fixture
def patient(path: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> Iterator[Ledger]:
    """A ledger by the test's clock that does not wait for locks."""
    monkeypatch.setattr(Ledger, "start", lambda ledger: None)
    for name in ("CALLER_WAIT_S", "LONGEST_WAIT_S", "LAST_WAIT_S"):
        monkeypatch.setattr(locking, name, 0.0)
    made = Ledger(path, clock)
    yield made
    made.close()


def sessions_of(ledger: Ledger) -> list[str]:
    found = ledger.read_up_to_date(lambda file: read_sessions(file, ended=True))
    return [entry.session_id for entry in found or ()]


@contextmanager
def one_warning(words: str) -> Iterator[None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    assert [type(each.message) for each in caught] == [LedgerWarning]
    assert words in str(caught[0].message)


def test_without_a_thread_ids_are_written_and_the_next_job_tries_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = Ledger(path)
    with monkeypatch.context() as there_are_too_many:
        refuse_threads(there_are_too_many)
        telling = Telling(made)
        with one_warning("no thread can be started"):
            telling.submit("a")
    assert on_disk(path) == {telling.session_id: ["a"]}
    telling.submit("b")
    assert made._thread is not None
    made.close()
    made._thread.join(PATIENCE_S)


@contextmanager
def locked(path: Path, how: str = "IMMEDIATE") -> Iterator[None]:
    """Another kernel writes, and does not come to an end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"BEGIN {how}")
        yield
        other.execute("ROLLBACK")


class CountedTime:
    """Time that passes by being waited for, and a little by being asked for."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        self.now_s += 1e-6
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> CountedTime:
    """The time by which the ledger waits, so that no machine is too slow for a test."""
    time = CountedTime()
    monkeypatch.setattr(locking, "time", time)
    return time


def test_a_locked_file_costs_one_warning_and_is_told_later(
    patient: Ledger, path: Path, clock: ManualClock
):
    telling = Telling(patient, clock=clock)
    telling.submit("before")
    with one_warning("cannot be used (OperationalError: database is locked)"), locked(path):
        for number in range(5):
            telling.submit(f"job {number}")
            clock.advance(5)
            patient.write_when_due()
    assert on_disk(path) == {telling.session_id: ["before"]}
    clock.advance(60)
    assert patient.write_when_due() is None
    assert on_disk(path)[telling.session_id] == ["before", *(f"job {n}" for n in range(5))]
    telling.submit("after")
    assert on_disk(path)[telling.session_id][-1] == "after"


def test_while_it_is_in_trouble_nobody_waits_for_it(
    patient: Ledger, path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    telling = Telling(patient, clock=clock)
    telling.submit("before")
    attempts: list[sqlite3.Connection] = []

    def recorded(file: sqlite3.Connection) -> AbstractContextManager[None]:
        attempts.append(file)
        return transaction(file)

    monkeypatch.setattr(module, "transaction", recorded)
    with one_warning("locked"), locked(path):
        for number in range(100):
            telling.submit(f"job {number}")
        assert len(attempts) == 1
        assert patient.write_when_due() == clock.now() + timedelta(seconds=FIRST_REST_S)
        assert len(attempts) == 1


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
@pytest.mark.parametrize("begins", ["submits", "lists"])
def test_whoever_submits_or_lists_waits_half_a_second_at_most(
    path: Path, counted: CountedTime, monkeypatch: pytest.MonkeyPatch, how: str, begins: str
):
    monkeypatch.setattr(Ledger, "start", lambda ledger: None)
    first = Telling(Ledger(path))
    first.submit("before")
    with warnings.catch_warnings(), locked(path, how):
        warnings.simplefilter("ignore")
        ledger = Ledger(path)
        telling = Telling(ledger)
        telling.recorder.put(None)  # so that listing has something to write
        spans_s = []
        turns: list[Callable[[str], object]]
        turns = [telling.submit, lambda _: sessions_of(ledger)] * 3
        for number, do in enumerate(turns if begins == "submits" else turns[1:]):
            began_s = counted.now_s
            do(f"job {number}")
            spans_s.append(counted.now_s - began_s)
    assert max(spans_s) < 0.51
    assert spans_s[-2] < 0.01  # a submission, once it is known to be locked
    ledger.write_noted()
    assert len(on_disk(path)[telling.session_id]) == len(spans_s) // 2


def test_one_that_is_being_read_is_listed_although_another_kernel_writes(
    patient: Ledger, path: Path
):
    telling = Telling(patient)
    telling.submit("before")
    with locked(path):
        assert sessions_of(patient) == [telling.session_id]


def test_whoever_waits_for_another_thread_goes_on_and_is_written_with_the_rest(
    patient: Ledger, path: Path
):
    telling = Telling(patient)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with patient._lock:  # the ledger's thread, on a slow disk
            telling.submit("a")
        assert not patient.is_in_trouble
    patient.write_noted()
    assert on_disk(path) == {telling.session_id: ["a"]}


def test_what_cannot_be_read_says_nothing_of_what_can_be_written(patient: Ledger, path: Path):
    telling = Telling(patient)
    telling.submit("a")

    def fail(_: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with one_warning("cannot be read (OperationalError: disk I/O error). What it knows of other"):
        assert patient.read(fail) is None
        assert patient.read(fail) is None
        telling.submit("b")
        assert on_disk(path) == {telling.session_id: ["a", "b"]}
    with locked(path), one_warning("cannot be used (OperationalError: database is locked)"):
        telling.submit("c")


def test_a_mistake_of_whoever_reads_is_no_trouble_of_the_file(patient: Ledger):
    Telling(patient).submit("a")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(OverflowError):
            patient.read(lambda file: file.execute("SELECT ?", (2**200,)))
        with pytest.raises(UnicodeEncodeError):
            patient.read(lambda file: file.execute("SELECT ?", ("\ud800",)))
    assert not patient.is_in_trouble


@pytest.mark.posix
def test_a_link_in_its_place_costs_one_warning(patient: Ledger, path: Path, clock: ManualClock):
    path.parent.mkdir()
    path.symlink_to("elsewhere")
    telling = Telling(patient, clock=clock)
    with one_warning("is a symbolic link, which is not followed: remove it"):
        telling.submit("a")
        telling.submit("b")
    path.unlink()
    clock.advance(60)
    patient.write_when_due()
    assert on_disk(path) == {telling.session_id: ["a", "b"]}


def test_a_full_disk_costs_one_warning_and_is_told_later(
    patient: Ledger, path: Path, clock: ManualClock
):
    telling = Telling(patient, clock=clock)
    telling.submit("before")
    assert patient._file.is_open
    (pages,) = patient._file.connection.execute("PRAGMA page_count").fetchone()
    patient._file.connection.execute(f"PRAGMA max_page_count = {pages}")
    with one_warning("database or disk is full"):
        for number in range(300):
            telling.submit(f"job {number}")
    patient._file.connection.execute("PRAGMA max_page_count = 100000")
    clock.advance(60)
    patient.write_when_due()
    assert len(on_disk(path)[telling.session_id]) == 301


@pytest.mark.posix
def test_a_disk_that_takes_no_more_bytes_costs_one_warning(path: Path, is_shared: bool):
    """The system itself lets no file grow."""
    program = f"""
import resource, signal, sys, warnings
from pathlib import Path
from qsession.ledger import database
from qsession.ledger.ledger import Ledger
from tests.ledger.told import Telling
database.is_on_network = lambda _: {is_shared}
ledger = Ledger(Path({str(path)!r}))
telling = Telling(ledger, "the session")
telling.submit("before")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
longest = max(file.stat().st_size for file in ledger.path.parent.iterdir()) + 30_000
resource.setrlimit(resource.RLIMIT_FSIZE, (longest, resource.RLIM_INFINITY))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for number in range(300):
        telling.submit(f"job {{number}}")
    print(len(caught), caught[0].category.__name__, len(telling.journal.state.jobs))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
ledger.close()
"""
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "LedgerWarning", "301"], done.stderr
    # Room again: what was left is written at the end.
    assert len(on_disk(path)["the session"]) == 301


@pytest.mark.skipif(not Path("/sys/kernel").exists(), reason="no file system that refuses root")
def test_a_directory_that_cannot_be_made_costs_one_warning(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Ledger, "start", lambda ledger: None)
    ledger = Ledger(Path("/sys/qsession/ledger.sqlite3"))
    telling = Telling(ledger)
    with one_warning("PermissionError"):
        telling.submit("a")
        telling.submit("b")
    assert len(telling.journal.state.jobs) == 2
    assert ledger.read(lambda file: file) is None


def test_a_file_that_is_a_directory_costs_one_warning(patient: Ledger, path: Path):
    path.mkdir(parents=True)
    telling = Telling(patient)
    with one_warning("IsADirectoryError"):
        telling.submit("a")


def test_a_corrupt_file_is_set_aside_and_a_new_one_begins(patient: Ledger, path: Path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 1000)
    telling = Telling(patient)
    with one_warning("was corrupt. It is now ledger.sqlite3.corrupt-"):
        telling.submit("a")
        patient.write_noted()
    assert on_disk(path) == {telling.session_id: ["a"]}
    (aside,) = path.parent.glob("ledger.sqlite3.corrupt-*")
    assert aside.read_bytes().startswith(b"no database")


def test_a_file_that_becomes_corrupt_is_told_everything_anew(patient: Ledger, path: Path):
    telling = Telling(patient)
    for number in range(200):
        telling.submit(f"job {number}")
    assert patient._file.is_open
    patient._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    patient._file.connection.execute("PRAGMA shrink_memory")  # else it reads its own copy
    patient._file.close()
    with one_warning("was corrupt"):
        telling.submit("after")
        patient.write_noted()
    assert len(on_disk(path)[telling.session_id]) == 201
    assert list(path.parent.glob("*.corrupt-*"))


def test_two_kernels_with_a_corrupt_file_set_it_aside_once(path: Path, patient: Ledger):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 1000)
    broken = identity(path)
    telling = Telling(patient)
    telling.submit("a")
    with pytest.warns(LedgerWarning):
        patient.write_noted()
    assert place.set_aside(path, broken) is None  # the other one has seen the same
    assert on_disk(path) == {telling.session_id: ["a"]}


def test_a_removed_file_is_made_again_and_told_everything(
    patient: Ledger, path: Path, clock: ManualClock
):
    telling = Telling(patient, clock=clock)
    telling.submit("a")
    for name in path.parent.iterdir():
        name.unlink()
    patient.write_when_due()
    telling.submit("b")
    assert on_disk(path) == {telling.session_id: ["a", "b"]}


def test_a_file_of_a_later_release_is_left_alone(patient: Ledger, path: Path):
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 99")
    telling = Telling(patient)
    with one_warning("is not used: its version is 99"):
        telling.submit("a")
        telling.submit("b")
        patient.write_noted()
        assert patient.read(lambda file: file) is None
    with closing(sqlite3.connect(path)) as later:
        assert later.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_program_that_makes_errors_of_warnings_keeps_its_jobs(patient: Ledger, path: Path):
    path.mkdir(parents=True)
    telling = Telling(patient)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        telling.submit("a")


def test_rests_grow_up_to_a_minute_and_end_with_a_success():
    rest = Rest()
    assert rest.until is None
    untils: list[datetime | None] = []
    for _ in range(8):
        rest.begin(a_time(0))
        untils.append(rest.until)
    spans_s = [1, 2, 4, 8, 16, 32, 60, 60]
    assert untils == [a_time(0) + timedelta(seconds=span_s) for span_s in spans_s]
    rest.end()
    rest.begin(a_time(0))
    assert rest.until == a_time(1)


def test_a_file_that_is_never_usable_again_is_tried_once_a_minute():
    rest = Rest()
    for _ in range(5000):
        rest.begin(a_time(0))
    assert rest.until == a_time(0) + timedelta(seconds=60)


def test_an_ended_session_is_told_later_too(patient: Ledger, path: Path, clock: ManualClock):
    telling = Telling(patient, clock=clock)
    telling.submit("a")
    with one_warning("locked"), locked(path):
        telling.submit("b")
        telling.end(State.CANCELLED, "cancel() was called")
    del telling.journal
    clock.advance(60)
    patient.write_when_due()
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute("SELECT state, ended_reason FROM sessions").fetchall()
    assert rows == [("cancelled", "cancel() was called")]
