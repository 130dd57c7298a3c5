"""The record of a session, as a file."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from qsession import InvalidInputError, RecordError, Session
from qsession.records.schema import SCHEMA
from tests.cloud.account import TOKEN
from tests.records.written import all_of, content_of, export, json_of, names_in
from tests.support.circuits import bell, flipped
from tests.support.many_jobs import report_jobs


def test_it_says_what_is_in_it(study: Session, path: Path):
    summary = export(study, path)
    assert (summary.jobs, summary.results) == (4, 4)
    assert summary.size == path.stat().st_size
    assert repr(summary).startswith(f"Record of {study.session_id} in {path}: 4 jobs, 4 results")


def test_everything_has_its_file(study: Session, path: Path):
    export(study, path)
    names = names_in(path)
    assert {"README.txt", "record.json", "jobs.jsonl", "device.json", "session.html"} <= names
    assert "jobs/000000/options.json" in names
    assert any(name.startswith("circuits/") for name in names)


def test_one_circuit_is_written_once(make_session: Callable[..., Session], path: Path):
    session = make_session("aer_simulator")
    for _ in range(3):
        session.run(bell(), shots=5).result()
    assert export(session, path).circuits == 1


def test_its_head_tells_the_session(study: Session, path: Path):
    export(study, path)
    head = json_of(path, "record.json")
    assert (head["format"], head["schema"]) == ("qsession-record", SCHEMA)
    assert head["versions"].keys() >= {"python", "qsession", "qiskit", "qiskit-ibm-runtime"}
    told = head["session"]
    assert told["session_id"] == study.session_id
    assert told["session_ids"] == study.session_ids
    assert (told["backend"], told["name"], told["max_time_s"]) == ("fake_manila", "study", 3600)
    assert told["counts"]["DONE"] == 4


def test_it_can_be_read_without_qsession(study: Session, path: Path):
    export(study, path)
    first, *_ = content_of(path, "jobs.jsonl").splitlines()
    assert json.loads(first)["job"]["name"] == "bell"
    arrays = np.load(io.BytesIO(content_of(path, "jobs/000000/result.npz")), allow_pickle=False)
    own = study.job(study.jobs[0].job_id).result()[0].data.meas
    assert np.array_equal(arrays["a0"], own.array)
    assert '"meas"' in content_of(path, "jobs/000000/result.json").decode()
    assert json_of(path, "device.json")["num_qubits"] == 5


def test_it_holds_no_pickle(study: Session, path: Path):
    export(study, path)
    # What every pickle of protocol 2 and later begins with, and ends with.
    assert not any(line.startswith(b"\x80\x04") for line in all_of(path).split(b"PK"))


def test_a_record_of_the_same_session_is_replaced(study: Session, path: Path):
    export(study, path)
    study.run(bell(), shots=5).result()
    assert export(study, path).jobs == 5


def test_nothing_else_is_replaced_unless_it_is_asked_for(
    study: Session, make_session: Callable[..., Session], path: Path
):
    path.write_text("my thesis")
    with pytest.raises(InvalidInputError, match="overwrite=True"):
        export(study, path)
    assert path.read_text() == "my thesis"
    export(study, path, overwrite=True)
    other = make_session("fake_manila")
    other.run(bell(), shots=5).result()
    with pytest.raises(InvalidInputError, match="no record of this session"):
        export(other, path)


@pytest.mark.parametrize("bad", [None, 5, object()], ids=["none", "number", "object"])
def test_a_path_that_is_none_is_refused(study: Session, bad: Any):
    with pytest.raises(InvalidInputError, match="no path of a file"):
        export(study, bad)


def test_a_folder_is_refused_and_one_that_is_not_there(study: Session, tmp_path: Path):
    with pytest.raises(InvalidInputError, match="is a folder"):
        export(study, tmp_path)
    with pytest.raises(InvalidInputError, match="There is no folder"):
        export(study, tmp_path / "nowhere" / "study.zip")


def test_a_session_without_jobs_has_nothing_to_export(
    make_session: Callable[..., Session], path: Path
):
    with pytest.raises(InvalidInputError, match="nothing to export"):
        export(make_session("fake_manila"), path)
    assert not path.exists()


def test_progress_is_told(study: Session, path: Path):
    told: list[tuple[int, int]] = []
    export(study, path, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_progress_of_another_kind_is_refused(study: Session, path: Path):
    with pytest.raises(InvalidInputError, match="neither True nor False"):
        export(study, path, progress="bar")


# --- interrupted ----------------------------------------------------------------------------------


def stop_after(jobs: int) -> Callable[[int, int], None]:
    def told(done: int, _: int) -> None:
        if done == jobs:
            raise KeyboardInterrupt

    return told


def test_an_interrupted_export_leaves_no_file_and_says_how_to_go_on(study: Session, path: Path):
    with pytest.raises(KeyboardInterrupt) as interrupted:
        export(study, path, progress=stop_after(2))
    assert not path.exists()
    assert "exporting it again goes on" in interrupted.value.__notes__[0]


def test_the_next_export_goes_on_where_it_was_interrupted(
    study: Session, path: Path, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(KeyboardInterrupt):
        export(study, path, progress=stop_after(2))
    asked: list[str] = []
    job = study.job

    def noted(job_id: str) -> Any:
        asked.append(job_id)
        return job(job_id)

    monkeypatch.setattr(study, "job", noted)
    export(study, path)
    assert asked == [record.job_id for record in study.jobs[2:]]
    assert [each.name for each in path.parent.iterdir()] == ["study.zip"]


@pytest.mark.parametrize("torn", ["contents", "lines"])
def test_a_process_that_was_killed_while_it_wrote_costs_its_last_job(
    study: Session, path: Path, torn: str
):
    with pytest.raises(KeyboardInterrupt):
        export(study, path, progress=stop_after(3))
    left = path.with_name("study.zip.partial" if torn == "contents" else "study.zip.partial.jsonl")
    left.write_bytes(left.read_bytes()[:-5])
    assert export(study, path).results == 4


def test_what_was_begun_of_another_session_is_given_up(
    study: Session, make_session: Callable[..., Session], path: Path
):
    with pytest.raises(KeyboardInterrupt):
        export(study, path, progress=stop_after(3))
    other = make_session("fake_manila")
    other.run(bell(), shots=5).result()
    summary = export(other, path)
    assert (summary.session_id, summary.jobs) == (other.session_id, 1)


def test_two_threads_do_not_write_one_file(study: Session, path: Path):
    def again(_done: int, _total: int) -> None:
        with pytest.raises(RecordError, match="being written"):
            export(study, path)

    export(study, path, progress=again)


# --- many jobs ------------------------------------------------------------------------------------


def test_jobs_take_no_more_memory_than_their_list(
    make_session: Callable[..., Session], path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What is held of a job while the record is written does not depend on what it gave."""
    session = make_session("fake_manila")
    result = session.run(bell(), shots=200_000).result()
    report_jobs(session, 60)

    class Job:
        inputs: ClassVar[Any] = {}

        def result(self) -> Any:
            return result

    monkeypatch.setattr(Session, "job", lambda _session, _id: Job())
    tracemalloc.start()
    try:
        export(session, path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # 61 results of 200 kB, of which a few forms of one are there at a time.
    assert most < 20 * 200_000


# --- secrets --------------------------------------------------------------------------------------


def test_no_secret_of_the_account_is_written(make_session: Any, path: Path, backend: Any):
    session = make_session(backend)
    circuit = flipped(name=f"circuit of {TOKEN}")
    circuit.metadata = {"api_key": "s3cr3t-of-somebody-else", "token": TOKEN}
    session.run(
        circuit, shots=5, name=f"as {TOKEN}", options={"environment": {"job_tags": [f"t-{TOKEN}"]}}
    ).result()
    export(session, path)
    written = all_of(path)
    assert TOKEN.encode() not in written
    assert b"s3cr3t-of-somebody-else" not in written
    assert b"[removed]" in written


def test_no_secret_in_an_error_is_written(backend: Any, gated: Any, make_session: Any, path: Path):
    of_the_account = make_session(backend)  # whose secrets are known from then on
    session = make_session(gated)
    gated.failure = ValueError(f"refused for {TOKEN}")
    gated.open_gate()
    session.run(flipped()).wait_for_final_state()
    export(session, path)
    assert not of_the_account.jobs
    assert TOKEN.encode() not in all_of(path)
    assert "refused for [removed]" in json_of(path, "jobs/000000/error.json")["message"]


# --- a service that fails -------------------------------------------------------------------------


def test_a_job_that_cannot_be_fetched_is_told_and_the_others_are_written(
    study: Session, path: Path, monkeypatch: pytest.MonkeyPatch
):
    second, job = study.jobs[1].job_id, study.job

    def failing(job_id: str) -> Any:
        if job_id == second:
            raise RecordError("the line is dead")
        return job(job_id)

    monkeypatch.setattr(study, "job", failing)
    summary = export(study, path)
    assert (summary.jobs, summary.results) == (4, 3)
    assert summary.problems.keys() == {second}
    assert "the line is dead" in repr(summary)


def test_a_service_that_does_not_answer_ends_it_and_it_can_be_gone_on_with(
    study: Session, path: Path, monkeypatch: pytest.MonkeyPatch
):
    def failing(_: str) -> Any:
        raise RecordError("the line is dead")

    with monkeypatch.context() as patched:
        patched.setattr(study, "job", failing)
        with pytest.raises(RecordError, match=r"3 jobs in a row .*line is dead"):
            export(study, path)
    assert not path.exists()
    assert export(study, path).results == 4


def test_what_cannot_be_written_exactly_is_told(
    make_session: Callable[..., Session], path: Path, monkeypatch: pytest.MonkeyPatch
):
    session = make_session("fake_manila")
    session.run(bell(), shots=5).result()

    class Job:
        inputs: ClassVar[Any] = {"pubs": [object()]}

        def result(self) -> Any:
            return object()

    monkeypatch.setattr(session, "job", lambda _: Job())
    summary = export(session, path)
    assert summary.results == 0
    (problems,) = summary.problems.values()
    assert [each.partition(":")[0] for each in problems] == [
        "of what it ran, only the circuits can be written",
        "its result cannot be written",
    ]
