"""The session of a record, opened again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qsession import (
    Batch,
    InvalidInputError,
    JobCancelledError,
    JobFailedError,
    Session,
    SessionEndedError,
    open_record,
    sessions,
)
from qsession.model.bill import Price, Quota
from qsession.model.events import QuotaObserved
from qsession.session import registry
from qsession.session.registry import core_of
from qsession.widget.details import details_of, drawing_of
from tests.records.written import all_of, export, is_same, json_of
from tests.support.circuits import bell


@pytest.fixture
def opened(study: Session, path: Path) -> Session:
    export(study, path)
    return open_record(path)


def test_results_are_equal_to_those_of_the_session(study: Session, opened: Session):
    assert [record.job_id for record in opened.jobs] == [record.job_id for record in study.jobs]
    for record in study.jobs:
        own, kept = study.job(record.job_id).result(), opened.job(record.job_id).result()
        assert type(kept) is type(own)
        assert is_same(kept, own)


def test_what_jobs_ran_is_there(study: Session, opened: Session):
    for record in study.jobs[:3]:
        own: Any = study.job(record.job_id).inputs
        kept: Any = opened.job(record.job_id).inputs
        assert [pub.circuit for pub in kept["pubs"]] == [pub.circuit for pub in own["pubs"]]
        assert [pub.parameter_values.data for pub in kept["pubs"]] == [
            pub.parameter_values.data for pub in own["pubs"]
        ]


def test_options_are_there(opened: Session):
    job: Any = opened.job(opened.jobs[0].job_id)
    assert "7" in str(job.options)


def test_the_records_of_jobs_are_the_same(study: Session, opened: Session):
    assert opened.jobs == study.jobs


def test_it_shows_itself_as_it_was(study: Session, opened: Session):
    assert opened.session_id == study.session_id
    assert (opened.name, opened.backend(), opened.max_time) == ("study", "fake_manila", 3600)
    assert opened.usage_seconds == study.usage_seconds
    assert opened.qpu_seconds == pytest.approx(study.qpu_seconds)
    assert "the record was made when it was in progress" in opened.to_html()
    assert "bell" in str(opened)


def test_the_bill_is_that_of_the_session(study: Session, path: Path):
    core_of(study).journal.state.price = Price(96, "EUR")
    asked = datetime(2026, 3, 14, 14, tzinfo=UTC)
    quota = Quota(asked, 100, 600, 500, instance="crn:v1:bluemix:public:mine", plan="flex")
    core_of(study).journal.record(QuotaObserved(asked, quota))
    own = core_of(study).records.snapshot().bill
    export(study, path)
    kept = core_of(open_record(path)).records.snapshot().bill
    assert kept.price == own.price
    assert kept.cost == pytest.approx(own.cost)
    assert kept.quota == replace(quota, instance=None)
    assert b"crn:v1" not in all_of(path)
    told = json_of(path, "record.json")["bill"]
    assert told["cost"] == pytest.approx(own.cost)


def test_the_price_of_whoever_opens_it_is_not_that_of_the_record(
    opened: Session, path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("QSESSION_PRICE_PER_MINUTE", "5")
    assert core_of(open_record(path)).records.snapshot().price is None


def test_a_session_that_had_ended_keeps_its_end(study: Session, path: Path):
    study.close(reason="all is done")
    export(study, path)
    opened = open_record(path)
    assert opened.state == study.state == "closed"
    assert "all is done" in str(opened)


def test_a_batch_is_one(make_session: Callable[..., Session], path: Path):
    batch = make_session("fake_manila", cls=Batch)
    batch.run(bell(), shots=5).result()
    export(batch, path)
    assert isinstance(open_record(path), Batch)


def test_results_stand_in_its_picture_and_its_details(opened: Session):
    assert "register meas, 50 shots" in opened.to_html(results=True)
    first = opened.jobs[0].job_id
    details = details_of(opened, core_of(opened).records, first)
    assert details["result"]["parts"][0]["shots"] == 50
    assert details["circuits"][0]["name"] == "bell"
    assert details["code"][1].startswith('qsession.open_record("/')
    assert "meas" in drawing_of(opened, core_of(opened).records, first, 0)["drawing"]


def test_the_device_is_there(study: Session, opened: Session):
    own, kept = study._backend.target, opened._backend.target
    assert kept.num_qubits == own.num_qubits
    assert set(kept.build_coupling_map().get_edges()) == set(own.build_coupling_map().get_edges())
    assert kept["cx"][(0, 1)].error == own["cx"][(0, 1)].error
    assert kept.qubit_properties[0].t1 == own.qubit_properties[0].t1
    assert kept.dt == own.dt


def test_jobs_that_ended_otherwise_say_so(ended_otherwise: Session, path: Path):
    export(ended_otherwise, path)
    opened = open_record(path)
    failed, running, waiting, cancelled = opened.jobs
    assert failed.status == "ERROR"
    with pytest.raises(JobFailedError, match="ValueError: the fridge is warm"):
        opened.job(failed.job_id).result()
    assert (
        details_of(opened, core_of(opened).records, failed.job_id)["error"]["type"] == "ValueError"
    )
    assert running.error == "It was running when the record was made."
    assert waiting.error == "It was queued when the record was made."
    with pytest.raises(JobCancelledError):
        opened.job(cancelled.job_id).result()


def test_it_takes_no_jobs(opened: Session):
    with pytest.raises(SessionEndedError, match="is closed"):
        opened.run(bell())
    with pytest.raises(SessionEndedError):
        opened.run_again(opened.jobs[0].job_id)
    opened.cancel()
    opened.close()
    assert opened.cancel_job(opened.jobs[0].job_id) is False


def test_the_live_session_stays_the_one_of_its_id(study: Session, opened: Session):
    assert study.session_id is not None
    assert registry.find(study.session_id) is study
    assert opened not in registry.sessions()
    assert [info.session_id for info in sessions()].count(study.session_id) == 1


def test_the_ledger_is_not_told(opened: Session, ledger_home: Path):
    assert core_of(opened).journal.keeper is None


def test_it_is_read_in_another_process_that_knows_nothing_of_the_session(
    opened: Session, path: Path, tmp_path: Path
):
    code = (
        f"import qsession; session = qsession.open_record({str(path)!r});"
        "print(len(session.jobs), session.job(session.jobs[0].job_id).result()[0].data.meas)"
    )
    env = {"QSESSION_HOME": str(tmp_path / "elsewhere"), "HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    )
    assert done.stdout.startswith("4 BitArray(<shape=(), num_shots=50, num_bits=2>)")
    assert not (tmp_path / "elsewhere").exists()


def test_results_are_read_when_they_are_asked_for(
    opened: Session, path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Opening reads two files, whatever the number of jobs."""
    from qsession.records.archive import RecordFile

    read: list[str] = []
    content = RecordFile._content

    def noted(file: RecordFile, name: str, largest: int) -> bytes:
        read.append(name)
        return content(file, name, largest)

    monkeypatch.setattr(RecordFile, "_content", noted)
    again = open_record(path)
    assert read == ["record.json", "jobs.jsonl"]
    again.job(again.jobs[0].job_id).result()
    assert read[2:] == ["jobs/000000/result.json", "jobs/000000/result.npz"]


def test_a_record_can_be_exported_again(study: Session, opened: Session, tmp_path: Path):
    export(opened, tmp_path / "again.zip")
    again = open_record(tmp_path / "again.zip")
    for record in study.jobs:
        own, kept = study.job(record.job_id).result(), again.job(record.job_id).result()
        assert is_same(kept, own)


@pytest.mark.parametrize("bad", [None, 5], ids=["none", "number"])
def test_a_path_that_is_none_is_refused(bad: Any):
    with pytest.raises(InvalidInputError, match="no path of a file"):
        open_record(bad)


def test_a_file_that_is_not_there_is_pythons_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        open_record(tmp_path / "nothing.zip")
