"""Waiting in an event loop, and being called when jobs move."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from qiskit_ibm_runtime.executor_sampler import Sampler

from qsession import InvalidInputError, JobCancelledError, Session
from qsession.session.cancellation import CellCancelled, Stop
from qsession.session.registry import core_of
from tests.session.waiters import end
from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S
from tests.support.waiting import THREADS_OF_THE_PROCESS, until

if TYPE_CHECKING:
    from qsession.model.job import JobRecord
    from tests.support.gated_backend import GatedBackend

Make = Callable[..., Session]


# --- await ---------------------------------------------------------------------------------------


def test_a_session_can_be_awaited(busy: Session, gated: GatedBackend):
    async def wait() -> Session:
        await asyncio.sleep(0)
        gated.open_gate()
        return await busy

    assert asyncio.run(wait()) is busy
    assert {record.status.value for record in busy.jobs} == {"DONE"}


def test_awaiting_lets_the_loop_go_on(busy: Session, gated: GatedBackend):
    async def both() -> list[str]:
        steps = []

        async def wait() -> None:
            await busy
            steps.append("waited")

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        steps.append("went on")
        gated.open_gate()
        await waiting
        return steps

    assert asyncio.run(both()) == ["went on", "waited"]


def test_giving_up_awaiting_leaves_the_jobs(busy: Session, gated: GatedBackend):
    job: Any = busy.job(busy.jobs[0].job_id)

    async def give_up(awaited: Any) -> None:
        async with asyncio.timeout(0.01):
            await awaited

    for awaited in (busy, job):
        with pytest.raises(TimeoutError):
            asyncio.run(give_up(awaited))
    gated.open_gate()
    busy.wait()
    assert job.status() == "DONE"


def test_a_job_can_be_awaited(make_each: Make):
    session = make_each()

    async def both() -> list[Any]:
        jobs: Any = [session.run(flipped(), shots=10) for _ in range(2)]
        return await asyncio.gather(*jobs)

    counts = [result[0].data.meas.get_counts() for result in asyncio.run(both())]
    assert counts == [{"1": 10}, {"1": 10}]
    end(session)


def test_a_job_in_the_older_shape_can_be_awaited(make_each: Make):
    session = make_each()
    job: Any = session.run_circuits(flipped(), shots=10)

    async def wait() -> Any:
        return await job

    assert asyncio.run(wait()).get_counts() == {"1": 10}
    end(session)


def test_awaiting_a_job_raises_what_its_result_raises(busy: Session, gated: GatedBackend):
    cancelled: Any = busy.job(busy.jobs[-1].job_id)
    failing: Any = busy.job(busy.jobs[0].job_id)
    cancelled.cancel()
    gated.failure = ValueError("as it must")
    gated.open_gate()

    async def wait(job: Any) -> Any:
        return await job

    with pytest.raises(JobCancelledError):
        asyncio.run(wait(cancelled))
    with pytest.raises(ValueError, match="as it must"):
        asyncio.run(wait(failing))


def test_awaiting_starts_no_threads(busy: Session, gated: GatedBackend):
    jobs: Any = [busy.job(record.job_id) for record in busy.jobs]

    async def wait() -> set[str]:
        waiting = asyncio.gather(*jobs)
        await asyncio.sleep(0)
        # Not their number: one that was there before may end meanwhile.
        started = {thread.name for thread in set(threading.enumerate()) - before}
        gated.open_gate()
        await waiting
        return started - THREADS_OF_THE_PROCESS

    before = set(threading.enumerate())
    assert asyncio.run(wait()) == set()


# --- on_job --------------------------------------------------------------------------------------


class Told:
    """A callback that keeps what it was told."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []
        self._news = threading.Condition()

    def __call__(self, record: JobRecord) -> None:
        with self._news:
            self.steps.append((record.job_id, record.status.value))
            self._news.notify_all()

    def wait_for(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.steps) >= count, PATIENCE_S)


def test_a_callback_hears_of_each_change_of_status(busy: Session, gated: GatedBackend):
    told = Told()
    busy.on_job(told)
    ids = [record.job_id for record in busy.jobs]
    gated.let_through(1)
    told.wait_for(2)
    assert set(told.steps) == {(ids[0], "DONE"), (ids[1], "RUNNING")}


def test_a_callback_hears_of_the_statuses_it_asked_for(busy: Session, gated: GatedBackend):
    told = Told()
    busy.on_job(told, statuses=("done", "CANCELLED"))
    ids = [record.job_id for record in busy.jobs]
    busy.cancel_job(ids[2])
    told.wait_for(1)
    gated.open_gate()
    told.wait_for(3)
    assert sorted(told.steps) == sorted([(ids[2], "CANCELLED"), (ids[0], "DONE"), (ids[1], "DONE")])


def test_a_callback_can_be_ended(busy: Session, gated: GatedBackend):
    ended, other = Told(), Told()
    end = busy.on_job(ended)
    busy.on_job(other, statuses="DONE")
    end()
    gated.open_gate()
    other.wait_for(3)
    assert ended.steps == []


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit, KeyboardInterrupt])
def test_a_failing_callback_is_the_sessions_error_and_hears_of_the_other_jobs(
    busy: Session, gated: GatedBackend, error: type[BaseException]
):
    told = Told()

    def fail_once(record: JobRecord) -> None:
        told(record)
        if len(told.steps) == 1:
            raise error("on purpose")

    busy.on_job(fail_once, statuses="DONE")
    gated.let_through(1)
    until(core_of(busy).journal, lambda: busy.error is not None)
    assert busy.error == f"An on_job callback failed: {error.__name__}: on purpose"
    gated.open_gate()
    until(core_of(busy).journal, lambda: busy.error is None)
    told.wait_for(3)


def test_a_callback_that_succeeds_does_not_hide_another_that_fails(
    busy: Session, gated: GatedBackend
):
    first, second = Told(), Told()

    def fail(record: JobRecord) -> None:
        first(record)
        raise ZeroDivisionError(record.status)

    busy.on_job(fail, statuses="DONE")
    busy.on_job(second, statuses="DONE")
    gated.let_through(1)
    second.wait_for(1)
    gated.open_gate()
    second.wait_for(3)
    assert busy.error == "An on_job callback failed: ZeroDivisionError: DONE"


@pytest.mark.parametrize("statuses", ["ENDED", ["DONE", "ready"], 7])
def test_statuses_that_do_not_exist_are_refused(make_session: Make, statuses: Any):
    with pytest.raises(InvalidInputError, match="There are QUEUED, RUNNING, DONE"):
        make_session().on_job(print, statuses=statuses)


# --- being stopped -------------------------------------------------------------------------------


def test_work_that_is_to_stop_does_so_when_it_submits_or_waits(make_session: Make):
    session, stop = make_session(), Stop()
    sampler = Sampler(mode=session)
    with stop.heeded():
        session.run(flipped()).result()
        stop.want()
        with pytest.raises(CellCancelled):
            sampler.run([flipped()])
        with pytest.raises(CellCancelled):
            session.run(flipped())
        with pytest.raises(CellCancelled):
            session.wait()
        with pytest.raises(CellCancelled):
            session.run_circuits(flipped())
    session.wait()
    assert len(session.jobs) == 1
