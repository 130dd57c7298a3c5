"""Whatever happens to a local job, and whenever: it has one end, and the queue goes on.

Each interference is tried at every step of a job, from its submission to what it ends with, in
every place where a job runs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from qiskit.result import Result

from qsession.client_errors import JobCancelledError
from qsession.engines.base import Job
from qsession.errors import JobFailedError, WorkerLostError
from qsession.ledger import ledger_of_process
from qsession.ledger.reading import read_jobs
from qsession.model.states import JobStatus
from tests.engines.stepping import MAX_TIME_S, STEPS, Interference, Stepped
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads, until

DONE, ERROR, CANCELLED = JobStatus.DONE, JobStatus.ERROR, JobStatus.CANCELLED


def cancel(stepped: Stepped) -> object:
    job_id = next(each.job_id for each in stepped.session.jobs if each.name == "watched")
    return stepped.session.cancel_job(job_id)


def cancel_session(stepped: Stepped) -> None:
    stepped.session.cancel()


def cancel_all(stepped: Stepped) -> None:
    stepped.session.cancel(running=True)


def close(stepped: Stepped) -> None:
    stepped.session.close()


def close_and_cancel(stepped: Stepped) -> None:
    stepped.session.close()
    cancel(stepped)


def expire(stepped: Stepped) -> None:
    stepped.clock.advance(MAX_TIME_S)
    stepped.scheduler.tick()


def lose_the_process(stepped: Stepped) -> None:
    stepped.is_lost = True


def raise_an_error(_: Stepped) -> None:
    raise ZeroDivisionError("in the middle of it")


def raise_an_exit(_: Stepped) -> None:
    raise SystemExit("in the middle of it")


EVERYWHERE = [cancel, cancel_session, cancel_all, close, close_and_cancel, expire]
WAYS = [
    (place, step, interference)
    for place, steps in STEPS.items()
    for step, interference in itertools.product((*steps, "settled"), EVERYWHERE)
]
LOSSES = [
    (place, step, lose_the_process) for place in ("worker", "processes") for step in STEPS[place]
]
# Not where nothing but this package runs: at the lock of the journal, and when it is told.
RAISING = ("handed over", "started", "running", "sent", "replied", "decoded", "settled")
FAILURES = [
    (place, step, interference)
    for place, steps in STEPS.items()
    for step in (*steps, "settled")
    if step in RAISING
    for interference in (raise_an_error, raise_an_exit)
]


def called(way: tuple[str, str, Interference]) -> str:
    place, step, interference = way
    return f"{place}-{step}-{interference.__name__}"


@pytest.fixture
def stepped(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stepped]:
    place, step, interference = request.param
    stepped = Stepped(place, step, interference, monkeypatch)
    yield stepped
    stepped.session.cancel()
    if stepped.executor is not None:
        stepped.executor.shutdown()


def ended(job: Job) -> JobStatus:
    """How a job ended, by its future; its status must say the same."""
    try:
        result = job.result(timeout=PATIENCE_S)
    except JobCancelledError:
        status = CANCELLED
    except (ZeroDivisionError, SystemExit, JobFailedError, WorkerLostError):
        status = ERROR
    else:
        assert isinstance(result, Result)
        status = DONE
    assert job.status() is status
    return JobStatus(status)


def run_through(stepped: Stepped) -> list[Job]:
    """Submit jobs, let them run, and wait for those that were taken: oldest first."""
    jobs = [stepped.submit(name) for name in ("first", "watched", "behind")]
    stepped.let_go()
    taken = [job for job in jobs if job is not None]
    for job in taken:
        ended(job)
    stepped.wait_for_interference()
    late = stepped.submit("late")
    assert (late is not None) == stepped.session.state.startswith(("active", "inactive"))
    return [*taken, *([] if late is None else [late])]


def in_the_ledger(stepped: Stepped) -> dict[str | None, JobStatus]:
    ledger, session_id = ledger_of_process(), stepped.session.session_id
    assert ledger is not None
    assert session_id is not None
    kept = ledger.read_up_to_date(lambda connection: read_jobs(connection, session_id))
    return {record.name: record.status for record in kept or ()}


def check_that_all_is_told_alike(stepped: Stepped, jobs: list[Job]) -> dict[str, JobStatus]:
    statuses = {str(stepped.record(job).name): ended(job) for job in jobs}
    assert {record.name: record.status for record in stepped.session.jobs} == statuses
    # The ledger is told a moment after whoever waits.
    until(stepped.journal, lambda: in_the_ledger(stepped) == statuses)
    # What was handed over can be had again, and stays.
    for job in jobs:
        assert stepped.session.job(job.job_id()).status() == job.status()
        assert job.cancel() is False
    return statuses


def check_that_it_ends(stepped: Stepped, new_threads: NewThreads) -> None:
    stepped.session.close()
    until(stepped.journal, lambda: stepped.session.state in {"closed", "cancelled", "expired"})
    if stepped.executor is not None:
        stepped.executor.shutdown()
    assert new_threads.left_when_done() == []


@pytest.mark.parametrize("stepped", WAYS, ids=called, indirect=True)
def test_whenever_it_is_ended_there_is_one_end(stepped: Stepped, new_threads: NewThreads):
    jobs = run_through(stepped)
    statuses = check_that_all_is_told_alike(stepped, jobs)
    assert ERROR not in statuses.values()
    # It is stopped, too, where it still runs and can be.
    assert statuses["first"] in (
        {DONE, CANCELLED} if stepped.interference is cancel_all else {DONE}
    )
    if isinstance(stepped.answer, bool):
        assert stepped.answer is (statuses["watched"] is CANCELLED)
        assert statuses["behind"] is statuses["late"] is DONE
    check_that_it_ends(stepped, new_threads)


@pytest.mark.parametrize("stepped", LOSSES, ids=called, indirect=True)
def test_whenever_its_process_dies_the_job_fails_or_was_done(
    stepped: Stepped, new_threads: NewThreads
):
    jobs = run_through(stepped)
    statuses = check_that_all_is_told_alike(stepped, jobs)
    assert statuses.pop("watched") in {DONE, ERROR}
    assert set(statuses.values()) == {DONE}
    check_that_it_ends(stepped, new_threads)


@pytest.mark.parametrize("stepped", FAILURES, ids=called, indirect=True)
def test_whatever_raises_fails_one_job_at_most(stepped: Stepped, new_threads: NewThreads):
    jobs = run_through(stepped)
    statuses = check_that_all_is_told_alike(stepped, jobs)
    assert statuses.pop("watched") in {DONE, ERROR}
    assert set(statuses.values()) == {DONE}
    check_that_it_ends(stepped, new_threads)
