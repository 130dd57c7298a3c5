"""Any executor will do; backends travel once to each of its processes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from queue import SimpleQueue

import pytest
from qiskit_aer import AerSimulator

from qsession.engines.local.work import CircuitWork, Outcome
from qsession.engines.local.workers import executor_runner, protocol
from qsession.engines.local.workers.executor_runner import ElsewhereInOrder
from qsession.engines.local.workers.packing import Parcel, pack
from qsession.engines.local.workers.protocol import Reply, Task
from qsession.engines.local.workers.runner import StoppedError
from qsession.errors import JobFailedError, WorkerLostError
from tests.engines.local.workers.work import ENDLESS_SHOTS, aborting, endless
from tests.support.circuits import bell, flipped
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S


class InlineExecutor(Executor):
    """Runs everything inside ``submit``, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[tuple[Callable[..., object], tuple[object, ...]]] = []

    def submit(self, fn, /, *args, **kwargs):
        self.given.append((fn, args))
        future: Future[object] = Future()
        try:
            future.set_result(self.run(fn, *args))
        except Exception as error:  # noqa: BLE001 - as every executor does
            future.set_exception(error)
        return future

    def run(self, fn, *args):
        return fn(*args)

    @property
    def parts_sent(self) -> list[int]:
        """How many parts each task had with it."""
        return [len(task.parts) for _, (task, *_) in self.given if isinstance(task, Task)]


class Distant(InlineExecutor):
    """One whose tasks run in another process, as far as can be seen; ``forget`` changes it."""

    def __init__(self) -> None:
        super().__init__()
        self.held: set[str] = set()

    def run(self, fn, task):
        lacking = tuple(_tokens(task) - self.held - set(task.parts))
        if lacking:
            return Reply("distant", missing=lacking)
        self.held |= set(task.parts)
        return Reply("distant", protocol.carry_out(task).ending)


def _tokens(task: Task) -> set[str]:
    """What the tests' work refers to: one backend, which is in every parcel."""
    return {TOKEN}


BACKEND = AerSimulator(fusion_threshold=11)
(TOKEN,) = pack(CircuitWork(BACKEND, (flipped(),))).parts


def work(shots: int = 3, backend=BACKEND) -> CircuitWork:
    return CircuitWork(backend, (flipped(),), {"shots": shots})


class Ended:
    """Where a place tells how units ended."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[tuple[Outcome | None, BaseException | None]] = SimpleQueue()

    def __call__(self, outcome: Outcome | None, error: BaseException | None) -> None:
        self._queue.put((outcome, error))

    def counts(self) -> dict[str, int]:
        outcome, error = self._queue.get(timeout=PATIENCE_S)
        if error is not None:
            raise error
        assert outcome is not None
        counts: dict[str, int] = outcome.result.get_counts()  # type: ignore[attr-defined]
        return counts


@pytest.fixture
def ended() -> Ended:
    return Ended()


@pytest.fixture
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


def test_a_backend_is_sent_with_the_first_unit_only(ended: Ended):
    executor = Distant()
    place = ElsewhereInOrder(executor)
    for shots in (1, 2, 3):
        place.start("job", work(shots), ended)
        assert ended.counts() == {"1": shots}
    assert executor.parts_sent == [1, 0, 0]


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_an_abort_inside_the_simulator_ends_one_unit_and_no_process_of_the_executor(
    ended: Ended, processes: ProcessPoolExecutor, kind: str
):
    with ThreadPoolExecutor(1) as threads:
        executor = threads if kind == "threads" else processes
        place = ElsewhereInOrder(executor)
        place.start("job", CircuitWork(BACKEND, (aborting(),), {"shots": 9}), ended)
        with pytest.raises(WorkerLostError, match="was aborted by the simulator"):
            ended.counts()
        place.start("job", work(), ended)
        assert ended.counts() == {"1": 3}


def test_a_process_that_lacks_it_gets_it_when_it_says_so(ended: Ended):
    executor = Distant()
    place = ElsewhereInOrder(executor)
    place.start("job", work(), ended)
    executor.held.clear()  # as a worker that was added, or restarted
    place.start("job", work(), ended)
    assert [ended.counts(), ended.counts()] == [{"1": 3}, {"1": 3}]
    assert executor.parts_sent == [1, 0, 1]


def test_processes_that_take_turns_are_asked_once_each(ended: Ended):
    class InTurn(InlineExecutor):
        """Two processes; each unit goes to the one that did not have the last."""

        def __init__(self) -> None:
            super().__init__()
            self.processes = deque([Distant(), Distant()])

        def run(self, fn, task):
            self.processes.rotate()
            reply = self.processes[0].run(fn, task)
            return replace(reply, process=str(id(self.processes[0])))

    executor = InTurn()
    place = ElsewhereInOrder(executor)
    for shots in range(1, 7):
        place.start("job", work(shots), ended)
        assert ended.counts() == {"1": shots}
    # The second lacks it, the first takes the second try, the third unit brings it to the second.
    assert executor.parts_sent == [1, 0, 1, 1, 0, 0, 0]


def test_a_unit_that_has_ended_does_not_keep_its_future(ended: Ended):
    class Elsewhere(InlineExecutor):
        reply: Reply | None
        last: weakref.ref[Future[object]]

        def submit(self, fn, /, *args, **kwargs):
            future = super().submit(fn, *args, **kwargs)
            self.last = weakref.ref(future)
            return future

        def run(self, fn, task):
            return self.reply

    executor, packed = Elsewhere(), pack(work())
    place = ElsewhereInOrder(executor)
    gc.disable()  # what goes in circles would be kept for long
    try:
        executor.reply = protocol.carry_out(Task("job", packed.work, packed.parts, "elsewhere"))
        place.start("job", work(), ended)
        assert ended.counts() == {"1": 3}
        assert executor.last() is None
        executor.reply = Reply("elsewhere", unreadable="it is odd")
        place.start("job", work(), ended)
        with pytest.raises(JobFailedError, match="it is odd"):
            ended.counts()
        assert executor.last() is None
    finally:
        gc.enable()


def test_a_process_that_never_has_it_fails_the_unit(ended: Ended):
    class Forgetful(InlineExecutor):
        def run(self, fn, task):
            return Reply("forgetful", missing=("a token",))

    executor = Forgetful()
    ElsewhereInOrder(executor).start("job", work(), ended)
    with pytest.raises(JobFailedError, match="it lacks a token"):
        ended.counts()
    assert len(executor.given) == 2


def test_a_unit_that_is_stopped_while_it_is_packed_is_never_submitted(ended: Ended, monkeypatch):
    executor = Distant()
    place = ElsewhereInOrder(executor)
    promised = []

    def pack_while_somebody_stops_it(given: CircuitWork) -> Parcel:
        promised.append(place.stop("job"))
        return pack(given)

    monkeypatch.setattr(executor_runner, "pack", pack_while_somebody_stops_it)
    place.start("job", work(), ended)
    with pytest.raises(StoppedError):
        ended.counts()
    assert (promised, executor.given) == ([True], [])
    assert place.stop("job") is False


def test_a_unit_cannot_be_stopped_while_the_executor_is_taking_it(ended: Ended):
    class Taking(InlineExecutor):
        def run(self, fn, task):
            assert place.stop("job") is False
            return super().run(fn, task)

    place = ElsewhereInOrder(Taking())
    place.start("job", work(), ended)
    assert ended.counts() == {"1": 3}


def test_an_executor_that_gives_no_future_fails_the_unit_and_forgets_it(ended: Ended):
    class Odd(InlineExecutor):
        def submit(self, fn, /, *args, **kwargs):
            return None

    place = ElsewhereInOrder(Odd())
    place.start("job", work(), ended)
    with pytest.raises(AttributeError, match="add_done_callback"):
        ended.counts()
    assert place.stop("job") is False


def test_equal_units_are_kept_apart_by_their_ids(ended: Ended):
    executor = Distant()
    place = ElsewhereInOrder(executor)
    for name in ("one", "two"):
        place.start(name, work(), ended)
    assert [args[0].job_id for _, args in executor.given] == ["one", "two"]  # type: ignore[attr-defined]


def test_in_this_process_nothing_is_packed_once_that_is_known(ended: Ended):
    executor = InlineExecutor()
    place = ElsewhereInOrder(executor)
    for _ in range(2):
        place.start("job", work(), ended)
        assert ended.counts() == {"1": 3}
    assert [fn.__name__ for fn, _ in executor.given] == ["carry_out", "run_work"]


def test_threads_get_the_work_itself(ended: Ended):
    gated = GatedBackend()
    gated.open_gate()
    with ThreadPoolExecutor(1) as executor:
        ElsewhereInOrder(executor).start("job", work(backend=gated), ended)
        assert ended.counts() == {"1": 3}


def test_what_cannot_be_packed_is_left_to_the_executor(ended: Ended):
    executor, gated = InlineExecutor(), GatedBackend()
    gated.open_gate()
    ElsewhereInOrder(executor).start("job", work(backend=gated), ended)
    assert ended.counts() == {"1": 3}
    assert [fn.__name__ for fn, _ in executor.given] == ["run_work"]


def test_what_cannot_be_unpacked_there_fails_and_says_what_to_do(ended: Ended):
    class Elsewhere(InlineExecutor):
        def run(self, fn, task):
            return Reply("elsewhere", unreadable="AttributeError: no attribute 'MyGate'")

    ElsewhereInOrder(Elsewhere()).start("job", work(), ended)
    with pytest.raises(JobFailedError, match=r"no attribute 'MyGate'.*Define it in a module"):
        ended.counts()


def test_an_executor_that_is_shut_down_says_so(ended: Ended):
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    ElsewhereInOrder(executor).start("job", work(), ended)
    with pytest.raises(RuntimeError, match="after shutdown"):
        ended.counts()


def test_a_unit_that_has_not_begun_can_be_stopped(ended: Ended):
    hold = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        executor.submit(hold.wait)
        place = ElsewhereInOrder(executor)
        place.start("job", work(), ended)
        assert place.stop("job") is True
        with pytest.raises(StoppedError):
            ended.counts()
        assert place.stop("job") is False
        hold.set()


def test_a_unit_that_the_executor_runs_cannot_be_stopped(ended: Ended):
    gated = GatedBackend()
    with ThreadPoolExecutor(1) as executor:
        place = ElsewhereInOrder(executor)
        place.start("job", work(backend=gated), ended)
        gated.wait_for_runs(1)
        assert place.stop("job") is False
        gated.open_gate()
        assert ended.counts() == {"1": 3}


@pytest.mark.posix
def test_a_process_that_dies_fails_its_unit_in_words(ended: Ended, processes: ProcessPoolExecutor):
    place = ElsewhereInOrder(processes)
    place.start("first", CircuitWork(BACKEND, (bell(),), {"shots": 2}), ended)
    assert sum(ended.counts().values()) == 2
    place.start("job", CircuitWork(BACKEND, (endless(),), {"shots": ENDLESS_SHOTS}), ended)
    (pid,) = processes._processes
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkerLostError, match=r"^The process of the executor .* was lost: "):
        ended.counts()
    place.start("next", work(), ended)
    with pytest.raises(WorkerLostError):  # the pool is broken, and says so for each
        ended.counts()


def test_closing_leaves_the_executor_alone(ended: Ended):
    with ThreadPoolExecutor(1) as executor:
        place = ElsewhereInOrder(executor)
        place.close()
        place.start("job", work(), ended)
        assert ended.counts() == {"1": 3}
