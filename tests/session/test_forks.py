"""A session in a forked child: it serves or refuses, never hangs, and leaves the parent alone."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from qiskit import transpile
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import SamplerV2
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2

from qsession import (
    Batch,
    JobLostError,
    Session,
    SessionEndedError,
    SessionNotFoundError,
    attach,
    forks,
    get_backend,
    sessions,
)
from qsession.engines.local.job_store import Kept, Shelf
from qsession.engines.local.workers.pool import workers
from qsession.session.registry import core_of
from tests.engines.local.workers.work import unsure
from tests.support.circuits import bell, fitted, flipped, ghz
from tests.support.forking import in_child
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S
from tests.support.processes import Watched

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here"),
    # Python 3.12 says of a process with threads what these tests are about.
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The SamplerV2 class is deprecated:DeprecationWarning"),
]


def ones(job: Any) -> int:
    counts: dict[str, int] = job.result(timeout=PATIENCE_S)[0].data.meas.get_counts()
    return counts["1"]


# --- it serves --------------------------------------------------------------------------------


def test_jobs_run_in_the_child_and_the_parent_does_not_hear_of_them():
    with Session(AerSimulator()) as session:
        before = session.run(flipped(), shots=3)
        assert ones(before) == 3

        def work() -> tuple[list[int], int]:
            counts = [ones(session.run(flipped(), shots=shots)) for shots in (4, 5)]
            session.wait(timeout=PATIENCE_S)
            return counts, len(session.jobs)

        assert in_child(work) == ([4, 5], 3)
        assert len(session.jobs) == 1
        assert ones(session.run(flipped(), shots=6)) == 6


def test_primitives_that_were_made_before_run_in_pools_of_forked_processes():
    fork = multiprocessing.get_context("fork")
    with Session(AerSimulator()) as session:
        _remembered["sampler"] = SamplerV2(mode=session)
        assert _sample(1) == 1
        with fork.Pool(2) as pool:
            assert pool.map_async(_sample, [2, 3, 4]).get(PATIENCE_S) == [2, 3, 4]
        with ProcessPoolExecutor(1, mp_context=fork) as executor:
            assert executor.submit(_sample, 5).result(PATIENCE_S) == 5
        assert [record.shots for record in session.jobs] == [1]


_remembered: dict[str, Any] = {}


def _sample(shots: int) -> int:
    job = _remembered["sampler"].run([flipped()], shots=shots)
    return sum(job.result()[0].data.meas.get_counts().values())


def test_a_child_of_the_child_has_a_session_of_its_own_too():
    with Session(AerSimulator()) as session:
        session.run(flipped(), shots=1).result()

        def work() -> list[str | None]:
            session.run(flipped(), shots=1).result()
            return [session.session_id, *in_child(lambda: [session.run(flipped()).session_id])]

        ids = {session.session_id, *in_child(work)}
        assert len(ids - {None}) == 3


def test_the_session_of_the_child_is_another_one_that_its_first_job_opens():
    with Session(AerSimulator(), name="shared") as session:
        session.run(flipped(), shots=1).result()
        parents = session.session_id

        def work() -> tuple[Any, ...]:
            begun = (session.state, session.active, session.session_id)
            job = session.run(flipped(), shots=1)
            is_first = job.job_id() == session.session_id == job.session_id
            same = Session(AerSimulator(), name="shared") is session
            return begun, is_first, session.session_ids[0], len(session.session_ids), same

        assert in_child(work) == (("not-started", True, None), True, parents, 2, True)
        assert session.session_ids == [parents]


def test_a_session_without_a_job_is_simply_the_childs():
    session = Session(AerSimulator())
    with session:
        assert (
            in_child(lambda: (ones(session.run(flipped(), shots=2)), session.session_ids))[0] == 2
        )
        assert session.state == "not-started"


def test_a_session_that_has_ended_has_ended_in_the_child():
    with Session(AerSimulator()) as session:
        job = session.run(flipped(), shots=1)
    job.result()

    def work() -> str:
        with pytest.raises(SessionEndedError) as refused:
            session.run(flipped())
        return str(refused.value)

    assert "its with block ended" in in_child(work)


def test_results_of_before_are_there_in_memory_and_on_disk():
    with Session(AerSimulator()) as session:
        engine: Any = core_of(session).engine
        engine._scheduler._handles.shelf = Shelf(budget_bytes=0)

        def ran(shots: int) -> str:
            """Run a job to its end, and drop it."""
            job = session.run(flipped(), shots=shots)
            assert ones(job) == shots
            return str(job.job_id())

        held = session.run(flipped(), shots=2)
        assert ones(held) == 2
        ids = [ran(shots) for shots in (3, 4)]
        gc.collect()

        def work() -> list[int]:
            own = [ran(shots) for shots in (5, 6, 7)]
            gc.collect()
            return [ones(held), *(ones(session.job(job_id)) for job_id in (*ids, *own))]

        assert in_child(work) == [2, 3, 4, 5, 6, 7]
        later = [ran(shots) for shots in (8, 9)]
        gc.collect()
        assert [ones(session.job(job_id)) for job_id in (*ids, *later)] == [3, 4, 8, 9]


def test_a_result_that_is_on_its_way_to_the_shelf_is_known_in_the_child(
    monkeypatch: pytest.MonkeyPatch,
):
    """As when a callback of the job forks, which is called on that way."""
    putting, may_go_on, put = threading.Event(), threading.Event(), Shelf.put

    def held(shelf: Shelf, job_id: str, kept: Kept) -> None:
        putting.set()
        assert may_go_on.wait(PATIENCE_S)
        put(shelf, job_id, kept)

    monkeypatch.setattr(Shelf, "put", held)
    with Session(AerSimulator()) as session:
        job = session.run(flipped(), shots=3)
        assert putting.wait(PATIENCE_S)
        try:
            assert in_child(lambda: ones(job)) == 3
        finally:
            may_go_on.set()


def test_seeded_results_are_those_of_the_parent_and_others_differ():
    backend = FakeManilaV2()
    seeded = {"simulator": {"seed_simulator": 5}}
    with Session(backend) as session:

        def sample(options: Any = None) -> list[str]:
            job = session.run(bell(), shots=200, options=options)
            strings: list[str] = job.result()[0].data.meas.get_bitstrings()
            return strings

        sample()
        assert in_child(lambda: sample(seeded)) == sample(seeded)
        assert in_child(sample) != in_child(sample)


def test_observers_are_called_in_the_child_by_a_thread_of_its_own():
    heard: list[str] = []
    told = threading.Event()

    def hear(change: Any) -> None:
        heard.append(change["new"])
        told.set()

    with Session(AerSimulator()) as session:
        session.observe(hear, "session_id")
        session.run(flipped(), shots=1).result()
        assert told.wait(PATIENCE_S)
        told.clear()

        def work() -> bool:
            heard.clear()
            told.clear()
            job = session.run(flipped(), shots=1)
            told.wait(PATIENCE_S)
            return job.job_id() in heard

        assert in_child(work)
        assert heard == [session.session_id]


def test_the_view_stays_with_the_parent():
    with Session(AerSimulator()) as session:
        view = session.widget
        told: list[object] = []
        view.push = lambda *said: told.append(said)  # type: ignore[method-assign]

        def work() -> tuple[bool, bool]:
            session.run(flipped(), shots=1).result()
            session.wait(timeout=PATIENCE_S)
            return told == [], session.widget is not view

        assert in_child(work) == (True, True)
        assert session.widget is view


def test_guards_hold_in_the_child():
    with Session(AerSimulator(), idle_timeout=1) as session:
        session.run(flipped(), shots=1).result()

        def work() -> str | None:
            session.run(flipped(), shots=1).result()
            ended = threading.Event()

            def hear(change: Any) -> None:
                if change["new"] == "closed":
                    ended.set()

            session.observe(hear, "state")
            assert ended.wait(PATIENCE_S)
            return core_of(session).journal.state.ended_reason

        assert "idle_timeout" in (in_child(work) or "")


def test_awaiting_in_the_child():
    with Session(AerSimulator()) as session:

        async def work() -> int:
            job = session.run(flipped(), shots=2)
            await session
            counts: dict[str, int] = (await job)[0].data.meas.get_counts()
            return counts["1"]

        assert in_child(lambda: asyncio.run(work())) == 2


def test_jobs_of_a_session_backend_without_a_session():
    backend = get_backend("aer_simulator")
    assert backend.run(flipped(), shots=1).result().get_counts() == {"1": 1}
    assert in_child(lambda: backend.run(flipped(), shots=2).result().get_counts()) == {"1": 2}
    assert backend.run(flipped(), shots=3).result().get_counts() == {"1": 3}


def test_qiskits_own_threads_do_not_hold_up_what_is_transpiled_in_the_child():
    backend = FakeBrisbane()
    transpile(ghz(20), backend, optimization_level=2)  # starts them
    with Session(backend) as session:
        assert in_child(lambda: session.run(ghz(18), shots=4).result()[0].data.meas.num_shots) == 4
    assert os.environ.get("QISKIT_IN_PARALLEL") != "TRUE"


# --- what the parent is at ----------------------------------------------------------------------


def test_what_runs_in_the_parent_goes_on_there_and_is_lost_to_the_child(gated: GatedBackend):
    parent = os.getpid()
    with Session(gated) as session:
        running, queued = session.run(flipped(), shots=1), session.run(flipped(), shots=2)
        gated.wait_for_runs(1)

        def work() -> list[str]:
            gated.open_gate()
            session.wait(timeout=PATIENCE_S)
            said = []
            for job in (running, queued):
                with pytest.raises(JobLostError) as lost:
                    job.result(timeout=PATIENCE_S)
                said += [str(lost.value), str(job.status()), str(job.error_message())]
                assert not job.cancel()
            assert ones(session.run(flipped(), shots=3)) == 3
            return said

        where = f"process {parent}, which this one was forked from."
        assert in_child(work) == [
            f"Job {running.job_id()} has its result in {where}",
            "ERROR",
            f"It goes on in {where}",
            f"Job {queued.job_id()} has its result in {where}",
            "ERROR",
            f"It goes on in {where}",
        ]
        gated.open_gate()
        assert (ones(running), ones(queued)) == (1, 2)


def test_a_job_whose_session_nobody_holds_is_lost_to_the_child_too(gated: GatedBackend):
    job: Any = Session(gated).run(flipped(), shots=1)
    gc.collect()
    gated.wait_for_runs(1)

    def work() -> str:
        with pytest.raises(JobLostError) as lost:
            job.result(timeout=PATIENCE_S)
        return str(lost.value)

    assert "which this one was forked from" in in_child(work)
    gated.open_gate()
    assert ones(job) == 1


def test_a_closing_session_of_the_parent_is_closed_in_the_child(gated: GatedBackend):
    session = Session(gated)
    job = session.run(flipped(), shots=1)
    gated.wait_for_runs(1)
    session.close()
    assert in_child(lambda: (session.state, session.active)) == ("closed", False)
    assert session.state == "closing"
    gated.open_gate()
    assert ones(job) == 1


def test_closing_cancelling_and_leaving_in_the_child_do_nothing_to_the_parent(
    gated: GatedBackend,
):
    session = Session(gated)
    with session:
        jobs = [session.run(flipped(), shots=shots) for shots in (1, 2)]
        gated.wait_for_runs(1)

        def leave() -> str:
            with session:
                session.cancel(running=True)
            return str(session.state)

        assert in_child(leave) == "cancelled"
        assert session.active
        gated.open_gate()
        assert [ones(job) for job in jobs] == [1, 2]


def test_work_of_the_parents_worker_goes_on_and_the_child_has_a_worker_of_its_own():
    with Batch(unsure()) as session:
        session.run(flipped(), shots=1).result(timeout=PATIENCE_S)  # starts one
        (parents,) = workers._idle
        job = session.run(flipped(), shots=2)

        def work() -> tuple[int, list[int]]:
            count = ones(session.run(flipped(), shots=3))
            return count, [worker.pid for worker in workers._idle]

        count, (childs,) = in_child(work)
        assert count == 3
        assert childs != parents.pid
        assert ones(job) == 2
        assert [worker.pid for worker in workers._idle] == [parents.pid]
        _require_gone(childs)
        watched = Watched(parents.pid)
    workers.close()
    assert watched.has_ended()


def _require_gone(pid: int) -> None:
    """A worker ends with the child that made it, however that ends."""
    try:
        watched = Watched(pid)
    except ProcessLookupError:
        return
    assert watched.has_ended()


def test_a_renewed_session_leaves_the_jobs_of_all_to_the_parent(
    gated: GatedBackend, clock: Any, make_session: Callable[..., Session]
):
    session = make_session(gated, max_time="5m", auto_renew=True)
    first = session.run(flipped(), shots=1)
    gated.wait_for_runs(1)
    clock.advance(301)
    second = session.run(flipped(), shots=2)
    assert len(session.session_ids) == 2

    def work() -> tuple[list[str], int]:
        gated.open_gate()
        statuses = [str(job.status()) for job in (first, second)]
        return statuses, ones(session.run(flipped(), shots=3))

    assert in_child(work) == (["ERROR", "ERROR"], 3)
    gated.open_gate()
    assert (ones(first), ones(second)) == (1, 2)


# --- the ledger -----------------------------------------------------------------------------------


def test_the_child_writes_its_own_session_down_and_nothing_of_the_parents():
    with Session(FakeManilaV2(), name="parents") as session:
        session.run(bell(), shots=1).result()
        parents, jobs = session.session_id, len(session.jobs)

        def work() -> tuple[str | None, str, int]:
            job = session.run(bell(), shots=7)
            job.result()
            with pytest.raises(SessionNotFoundError, match=f"open in process {os.getppid()}"):
                attach(parents or "")
            from qsession.ledger import close_ledgers

            close_ledgers()  # as at the exit
            return session.session_id, job.job_id(), os.getpid()

        childs, job_id, _ = in_child(work)
        found = {info.session_id: info for info in sessions(ended=True)}
        assert childs is not None
        assert (found[parents].jobs, found[parents].state) == (jobs, "active")
        assert found[childs].jobs == 1
        again: Any = attach(childs).job(job_id)
        assert again.result()[0].data.meas.num_shots == 7


# --- it refuses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_opened", [False, True])
def test_a_session_on_an_executor_refuses_in_one_sentence(is_opened: bool):
    with ThreadPoolExecutor(1) as executor, Session(AerSimulator(), executor=executor) as session:
        job = session.run(flipped(), shots=1) if is_opened else None
        if job is not None:
            job.result()

        def work() -> tuple[str, int]:
            with pytest.raises(SessionEndedError) as refused:
                session.run(flipped())
            return str(refused.value), 0 if job is None else ones(job)

        said, count = in_child(work)
        assert f"process {os.getpid()}, which this one was forked from" in said
        assert "Open a new one" in said
        assert count == bool(job)
        assert ones(session.run(flipped(), shots=2)) == 2


# --- nasty moments -------------------------------------------------------------------------------


def is_held(lock: Any, held: ExitStack) -> bool:
    """Hold a lock as long as ``held`` says, if it is free."""
    is_free: bool = lock.acquire(blocking=False)
    if is_free:
        held.callback(lock.release)
    return is_free


def test_locks_that_other_threads_hold_are_free_in_the_child():
    backend = FakeManilaV2()
    with Session(backend) as session:
        session.run(bell(), shots=1).result()
        taken, may_go = threading.Event(), threading.Event()

        def hold() -> None:
            # Another thread may have one and wait for one that is held here: all, or none of them.
            while not taken.wait(0.01):
                with ExitStack() as held:
                    locks = [*forks._locks, core_of(session).renewal.lock]
                    if all(is_held(lock, held) for lock in locks):
                        taken.set()
                        may_go.wait(PATIENCE_S)

        thread = threading.Thread(target=hold)
        thread.start()
        assert taken.wait(PATIENCE_S)

        def work() -> list[int]:
            session.observe(lambda change: None)
            sampler = SamplerV2(mode=session)
            jobs = [
                session.run(bell(), shots=2),
                session.run(ghz(3), shots=3),
                sampler.run([fitted(bell(), backend)], shots=4),
            ]
            session.wait(timeout=PATIENCE_S)
            with Session(backend, name="another") as another:
                jobs.append(another.run(bell(), shots=5))
            shots = [job.result()[0].data.meas.num_shots for job in jobs]
            session.close()
            return shots

        try:
            assert in_child(work) == [2, 3, 4, 5]
        finally:
            may_go.set()
            thread.join()


def test_a_fork_waits_until_what_a_session_knows_is_whole():
    with Session(AerSimulator()) as session:
        session.run(flipped(), shots=1).result()
        taken, may_go = threading.Event(), threading.Event()

        def hold() -> None:
            with core_of(session).journal.lock:
                taken.set()
                may_go.wait(PATIENCE_S)
                core_of(session).journal.state.version += 1000

        thread = threading.Thread(target=hold)
        thread.start()
        assert taken.wait(PATIENCE_S)
        before = core_of(session).journal.state.version
        threading.Timer(0.05, may_go.set).start()
        version, count = in_child(
            lambda: (core_of(session).journal.state.version, ones(session.run(flipped(), shots=2)))
        )
        thread.join()
        assert version >= before + 1000
        assert count == 2


@pytest.fixture
def busy_session() -> Iterator[Session]:
    """A session whose jobs come and go on another thread."""
    with Session(AerSimulator()) as session:
        session.run(flipped(), shots=1).result()
        is_over = threading.Event()

        def submit() -> None:
            while not is_over.is_set():
                session.run(flipped(), shots=1).result()

        thread = threading.Thread(target=submit)
        thread.start()
        yield session
        is_over.set()
        thread.join()


def test_forks_at_any_moment_of_a_busy_session(busy_session: Session):
    for shots in range(1, 11):
        assert in_child(lambda: ones(busy_session.run(flipped(), shots=shots))) == shots  # noqa: B023
    busy_session.wait(timeout=PATIENCE_S)
    assert {record.status for record in busy_session.jobs} <= {"DONE", "QUEUED", "RUNNING"}


EXITING = """
    import os, sys, tempfile, threading
    from qsession import Session
    from tests.engines.local.workers.work import ENDLESS_SHOTS, endless
    from tests.support.circuits import bell, flipped

    noisy, slow = Session("fake_manila", name="noisy"), Session(name="slow")
    noisy.run(flipped(), shots=1).result()
    slow.run(flipped(), shots=1).result()
    long = slow.run(endless(), shots=ENDLESS_SHOTS)
    is_over = threading.Event()

    def submit():
        while not is_over.is_set():
            noisy.run(bell(), shots=1).result()
            is_over.wait(0.001)

    thread = threading.Thread(target=submit)
    thread.start()
    complaints = tempfile.TemporaryFile()
    for number in range(int(sys.argv[1])):
        child = os.fork()
        if child == 0:
            os.dup2(complaints.fileno(), 2)
            job = noisy.run(flipped(), shots=number + 1)
            assert job.result()[0].data.meas.num_shots == number + 1
            sys.exit(7)  # with all that Python does at the end, unlike multiprocessing
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    is_over.set()
    thread.join()
    noisy.wait()
    assert {record.status for record in noisy.jobs} == {"DONE"}
    assert long.running()
    assert long.cancel()
    complaints.seek(0)
    assert not (said := complaints.read()), said
"""


@pytest.mark.parametrize("children", [3, pytest.param(12, marks=pytest.mark.extended)])
def test_children_exit_properly_in_the_midst_of_everything_and_close_only_their_own_sessions(
    children: int,
):
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-W", "ignore", "-c", dedent(EXITING), str(children)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = [info for info in sessions(ended=True) if info.source == "ledger"]
    states = Counter((info.name, info.state) for info in written)
    assert states == {("noisy", "closed"): 1 + children, ("slow", "closed"): 1}
