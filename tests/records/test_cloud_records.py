"""The record of a session on IBM Quantum: what its jobs ran and gave is fetched, and kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qsession import InvalidInputError, Session, open_record
from qsession.session.registry import core_of
from qsession.widget.details import details_of
from tests.cloud.server import Server
from tests.engines.ibm.looking import look, not_started
from tests.records.written import export, is_same, json_of
from tests.support.circuits import bell, rotation

__all__ = ["not_started"]


@pytest.fixture
def study(make_session: Callable[..., Session], backend: Any) -> Session:
    session = make_session(backend, name="paid")
    session.run(bell(), shots=50).result()
    session.run((rotation(), ["Z", "X"], [0.3]), precision=0.1).result()
    session.run_circuits([bell(), bell()], shots=20).result()
    return session


def test_results_and_inputs_are_kept(study: Session, path: Path):
    summary = export(study, path)
    assert (summary.jobs, summary.results, summary.problems) == (3, 3, {})
    opened = open_record(path)
    for record in study.jobs:
        job: Any = opened.job(record.job_id)
        assert is_same(job.result(), study.job(record.job_id).result())
        assert job.inputs
    assert opened.to_html(results=True)


def test_what_ended_a_moment_ago_is_in_it(
    make_session: Callable[..., Session],
    backend: Any,
    server: Server,
    path: Path,
    not_started: pytest.MonkeyPatch,
):
    """Between two looks at the service, which come ever more rarely while a job waits."""
    server.state.pace.mode = "manual"
    session = make_session(backend)
    session.run(bell(), shots=50)
    look(session)
    not_started.undo()
    server.state.start_next_job()
    server.state.finish_job()
    assert export(session, path).results == 1
    assert [record.status.value for record in open_record(path).jobs] == ["DONE"]


def test_a_path_that_cannot_be_written_is_told_before_the_service_is_asked(
    make_session: Callable[..., Session],
    backend: Any,
    server: Server,
    tmp_path: Path,
    not_started: pytest.MonkeyPatch,
):
    server.state.pace.mode = "manual"
    session = make_session(backend)
    session.run(bell(), shots=50)
    not_started.undo()
    server.log.clear()
    with pytest.raises(InvalidInputError, match="is a folder"):
        session.export(tmp_path)
    assert server.log.count("GET") == 0


def test_its_details_are_shown_as_those_of_the_live_session(study: Session, path: Path):
    export(study, path)
    opened = open_record(path)
    for record in study.jobs:
        own, kept = (
            details_of(each, core_of(each).records, record.job_id) for each in (study, opened)
        )
        for name in ("result", "circuits", "parameters", "problem", "spans"):
            assert kept[name] == own[name], name


def test_it_tells_that_it_was_paid_for(study: Session, path: Path):
    export(study, path)
    assert json_of(path, "record.json")["session"]["is_paid"] is True
    assert open_record(path).is_paid


def test_its_jobs_are_compared_with_the_ideal(study: Session, path: Path):
    export(study, path)
    opened = open_record(path)
    found = opened.compare(opened.jobs[0].job_id, shots=100)
    assert found.labels == ("bell", "ideal")
