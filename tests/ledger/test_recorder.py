"""What is on disk, and when."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qsession import Session
from qsession.ledger import close_ledgers, ledger_of_process
from qsession.ledger.entries import SessionEntry
from qsession.ledger.ledger import Ledger
from qsession.ledger.processes import this_process
from qsession.ledger.reading import (
    find_sessions,
    read_jobs,
    read_result,
    read_sessions,
    read_work,
)
from qsession.ledger.result_codec import decode_result
from qsession.model.events import JobQueued, SessionObserved
from qsession.model.job import ExpectationValue, JobRecord
from qsession.model.session_state import Limits
from qsession.model.states import JobStatus, State
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.ledger.told import FACTS, Telling, a_time, as_others_read, on_disk
from tests.support.circuits import bell
from tests.support.gated_backend import GatedBackend


def jobs_of(ledger: Ledger, telling: Telling) -> list[JobRecord]:
    return ledger.read(lambda file: read_jobs(file, telling.session_id)) or []


def entries(ledger: Ledger, *, ended: bool = True) -> list[SessionEntry]:
    return ledger.read(lambda file: read_sessions(file, ended=ended)) or []


def test_a_session_and_a_job_are_on_disk_when_their_ids_are_handed_out(ledger: Ledger, path: Path):
    telling = Telling(ledger)
    telling.journal.keep()
    assert on_disk(path) == {telling.session_id: []}
    telling.submit("a")
    assert on_disk(path) == {telling.session_id: ["a"]}


def test_everything_that_is_known_of_a_session_comes_back(
    ledger: Ledger, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("JPY_SESSION_NAME", "/notebooks/vqe.ipynb")
    telling = Telling(ledger, clock=clock)
    opened = telling.now
    telling.submit("a")
    clock.advance(5)
    telling.end(State.CANCELLED, "cancel() was called")
    ledger.write_noted()
    assert entries(ledger, ended=False) == []
    (entry,) = entries(ledger)
    assert (entry.session_id, entry.facts, entry.jobs) == (telling.session_id, FACTS, 1)
    assert (entry.state, entry.opened, entry.ended) == (State.CANCELLED, opened, telling.now)
    assert entry.ended_reason == "cancel() was called"
    assert (entry.process, entry.notebook) == (this_process(), "/notebooks/vqe.ipynb")


def test_everything_that_is_known_of_a_job_comes_back(ledger: Ledger):
    record = JobRecord(
        "a",
        "Zürich \ud800",
        "estimator",
        JobStatus.DONE,
        a_time(1),
        a_time(2),
        a_time(3),
        0.25,
        4096,
        ("one", "two"),
        "no error",
        (ExpectationValue(0.5, None), ExpectationValue(-1.0, 0.1)),
    )
    telling = Telling(ledger)
    telling.journal.record(JobQueued(telling.now, record))
    telling.recorder.note_result("a", "the result")
    ledger.write_noted()
    (found,) = jobs_of(ledger, telling)
    assert found.name == "Zürich ?"
    for name in record.__slots__:
        if name != "name":
            assert getattr(found, name) == getattr(record, name)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE sessions SET state = 'asleep' WHERE session_id = 'one'",
        "UPDATE sessions SET opened = 'yesterday' WHERE session_id = 'one'",
        "UPDATE sessions SET seen = 5 WHERE session_id = 'one'",
    ],
)
def test_a_session_that_cannot_be_read_hides_no_other(ledger: Ledger, damage: str):
    for name in ("one", "other"):
        Telling(ledger, name).submit("a")
    ledger.read(lambda file: file.execute(damage))
    assert [entry.session_id for entry in entries(ledger)] == ["other"]


@pytest.mark.parametrize("column", ["status", "created", "tags", "expectation_values"])
def test_a_job_that_cannot_be_read_hides_no_other(ledger: Ledger, column: str):
    telling = Telling(ledger)
    for job_id in ("a", "b"):
        telling.submit(job_id)
    damage = f"UPDATE jobs SET {column} = '{{' WHERE job_id = 'a'"  # noqa: S608 - see above
    ledger.read(lambda file: file.execute(damage))
    assert [job.job_id for job in jobs_of(ledger, telling)] == ["b"]


def test_changes_are_written_when_it_is_time(ledger: Ledger):
    telling = Telling(ledger)
    telling.submit("a")
    telling.start("a")
    assert jobs_of(ledger, telling)[0].status is JobStatus.QUEUED
    ledger.write_noted()
    assert jobs_of(ledger, telling)[0].status is JobStatus.RUNNING
    telling.finish("a", JobStatus.ERROR, error="Broken.")
    ledger.write_noted()
    (record,) = jobs_of(ledger, telling)
    assert (record.status, record.error) == (JobStatus.ERROR, "Broken.")
    assert record.finished is not None


def test_only_what_changed_is_written(ledger: Ledger):
    telling = Telling(ledger)
    for number in range(20):
        telling.submit(f"job {number}")
    ledger.write_noted()
    assert ledger._file.is_open
    before = ledger._file.connection.total_changes
    telling.start("job 3")
    ledger.write_noted()
    assert ledger._file.connection.total_changes == before + 1
    ledger.write_noted()
    assert ledger._file.connection.total_changes == before + 1


def test_what_has_ended_stays_so_whatever_another_kernel_believes(ledger: Ledger):
    one, other = Telling(ledger, "shared"), Telling(ledger, "shared")
    one.submit("a")
    other.submit("a")
    one.finish("a")
    one.recorder.note_result("a", "the result")
    one.end(State.CLOSED, "close() was called")
    ledger.write_noted()
    other.end(State.ACTIVE, "it is believed to run")
    other.start("a")
    ledger.write_noted()
    assert jobs_of(ledger, one)[0].status is JobStatus.DONE
    (entry,) = entries(ledger)
    assert entry.state is State.CLOSED


def test_a_session_that_continues_another_has_its_own_jobs_alone(ledger: Ledger):
    telling = Telling(ledger, "first")
    telling.submit("a")
    telling.journal = telling.journal.succeed(Limits())
    telling.journal.record(SessionObserved(telling.now))
    from qsession.model.events import SessionOpened

    telling.journal.record(SessionOpened(telling.now, "second"))
    telling.submit("b")
    ledger.write_noted()
    assert on_disk(ledger.path) == {"second": ["b"], "first": ["a"]}


def test_the_result_of_a_job_is_kept(ledger: Ledger):
    telling = Telling(ledger)
    telling.submit("a")
    telling.finish("a")
    telling.recorder.note_result("a", {"answer": 42})
    assert ledger.read(lambda file: read_result(file, telling.session_id, "a")) is None
    ledger.write_noted()
    content = ledger.read(lambda file: read_result(file, telling.session_id, "a"))
    assert content is not None
    assert decode_result(content) == {"answer": 42}


def test_a_job_is_written_as_done_together_with_its_result(ledger: Ledger):
    telling = Telling(ledger)
    telling.submit("a")
    telling.finish("a")
    telling.submit("b")
    ledger.write_noted()
    assert [job.status for job in jobs_of(ledger, telling)] == ["RUNNING", "QUEUED"]
    telling.recorder.note_result("a", object())  # nothing that can be kept, but told
    ledger.write_noted()
    assert [job.status for job in jobs_of(ledger, telling)] == ["DONE", "QUEUED"]


def test_work_is_kept_while_its_job_waits(gated: GatedBackend):
    with Session(gated) as session:
        session.run(bell(), shots=10)
        job = session.run(bell("second"), shots=20)
        ledger = ledger_of_process()
        assert ledger is not None
        ledger.write_noted()
        record, work = ledger.read(lambda file: read_work(file, job.job_id())) or (None, None)
        assert record is not None
        assert work is not None
        assert (record.name, work.backend) == ("second", "gated_simulator")
        gated.open_gate()
        job.result()
        ledger.write_noted()
        assert ledger.read(lambda file: read_work(file, job.job_id())) is None


@pytest.mark.posix
def test_the_ledger_is_for_its_user_alone(ledger: Ledger, path: Path, is_shared: bool):
    Telling(ledger).submit("a")
    modes = {name.name: stat.S_IMODE(name.stat().st_mode) for name in path.parent.iterdir()}
    beside = ["-journal"] if is_shared else ["-wal", "-shm"]
    assert set(modes) == {path.name, *(f"{path.name}{ending}" for ending in beside)}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.posix
def test_a_ledger_that_others_could_read_is_closed_to_them(ledger: Ledger, path: Path):
    path.parent.mkdir(parents=True)
    path.touch(0o644)
    path.chmod(0o644)
    Telling(ledger).submit("a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# --- of the process -------------------------------------------------------------------------------


def test_a_session_writes_itself_down_by_itself(ledger_home: Path):
    path = ledger_home / "ledger.sqlite3"
    session = Session("fake_manila", name="vqe")
    assert not path.exists()
    job = session.run(bell(), shots=10)
    assert on_disk(path) == {session.session_id: [job.job_id()]}
    job.result()
    session.close(reason="enough")
    close_ledgers()
    with closing(sqlite3.connect(path)) as file:
        (entry,) = find_sessions(file, "vqe")
        (record,) = read_jobs(file, entry.session_id)
        content = read_result(file, entry.session_id, record.job_id)
    assert (entry.state, entry.ended_reason, record.status) == ("closed", "enough", "DONE")
    assert content is not None
    assert decode_result(content)[0].data.meas.num_shots == 10


def test_a_ledger_that_is_turned_off_writes_nothing(
    ledger_home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("QSESSION_LEDGER", "off")
    with Session("fake_manila") as session:
        session.run(bell(), shots=1).result()
    assert not ledger_home.exists()


def test_work_without_a_session_is_not_written_down(ledger_home: Path):
    from qsession import get_backend

    backend: Any = get_backend("fake_manila")
    backend.run(bell(), shots=1).result()
    assert not (ledger_home / "ledger.sqlite3").exists()


@pytest.mark.posix
def test_a_forked_process_has_a_ledger_of_its_own(ledger_home: Path):
    session = Session("fake_manila", create_new=True)
    ledger = ledger_of_process()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            journal = core_of(session).journal
            now = journal.clock.now()
            record = JobRecord("nobody's", None, "sampler", JobStatus.QUEUED, now)
            journal.record(JobQueued(now, record))
            journal.keep()  # the parent's session: it is not for the child to write
            own = ledger_of_process()
            assert own is not ledger
            assert own is not None
            Telling(own, "of the child").submit("a")
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    job = session.run(bell(), shots=1)
    session.close()
    found = as_others_read(ledger_home / "ledger.sqlite3")
    assert found == {"of the child": ["a"], session.session_id: [job.job_id()]}
