"""The place of local work: what is surely short runs here, the rest in a worker process."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from qsession.engines.local.work import CircuitWork, Outcome, Work, run_work
from qsession.engines.local.workers import hybrid_runner, placement
from qsession.engines.local.workers.hybrid_runner import BesideKernel
from qsession.engines.local.workers.placement import Placing
from qsession.engines.local.workers.pool import Workers
from qsession.engines.local.workers.protocol import Reply, read_reply
from qsession.engines.local.workers.runner import StoppedError
from qsession.engines.local.workers.worker import Worker, WorkerStartError
from qsession.errors import JobFailedError, WorkerLostError
from tests.engines.local.workers.work import ENDLESS_SHOTS, aborting, endless, flipped, unsure_work
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S
from tests.support.processes import Watched
from tests.support.too_many_threads import refuse_threads
from tests.support.waiting import NewThreads, until_dropped


class Endings:
    """Where a place tells how units ended."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[tuple[str, Outcome | None, BaseException | None, str]]
        self._queue = SimpleQueue()

    def of(self, name: str) -> Callable[[Outcome | None, BaseException | None], None]:
        def ended(outcome: Outcome | None, error: BaseException | None) -> None:
            self._queue.put((name, outcome, error, threading.current_thread().name))

        return ended

    def next(self) -> tuple[str, Outcome | None, BaseException | None, str]:
        return self._queue.get(timeout=PATIENCE_S)

    def next_counts(self) -> dict[str, int]:
        _, outcome, error, _ = self.next()
        if error is not None:
            raise error
        assert outcome is not None
        counts: dict[str, int] = outcome.result.get_counts()  # type: ignore[attr-defined]
        return counts


@pytest.fixture
def endings() -> Endings:
    return Endings()


@pytest.fixture
def lent(worker: Worker) -> list[Worker]:
    """The workers that are lent, one after the other; the first is the tests' own."""
    return [worker]


@pytest.fixture
def pool(lent: list[Worker]) -> Iterator[Workers]:
    """A lender whose workers outlive their users."""

    class Lender(Workers):
        def borrow(self) -> Worker:
            lent[:] = [each for each in lent if each.is_alive] or [Worker()]
            return lent[0]

        def give_back(self, worker: Worker, *, is_usable: bool = True) -> None:
            if not is_usable:
                worker.close()

        def warm(self) -> None:
            return

    yield Lender()
    for each in lent[1:]:
        each.close()


def short_work() -> CircuitWork:
    return CircuitWork(AerSimulator(), (flipped(),), {"shots": 3})


def endless_work() -> CircuitWork:
    return CircuitWork(AerSimulator(), (endless(),), {"shots": ENDLESS_SHOTS})


def no_worker() -> Worker:
    raise AssertionError("A worker was started.")


def test_short_work_needs_no_worker(endings: Endings):
    place = BesideKernel(AerSimulator(), lender=Workers(no_worker))
    place.start("job", short_work(), endings.of("job"))
    assert endings.next_counts() == {"1": 3}
    place.close()


def test_a_place_may_be_collected_in_a_thread_that_is_at_it(
    endings: Endings, new_threads: NewThreads
):
    """The garbage collector runs wherever something is allocated, under locks, too."""
    place = BesideKernel(AerSimulator(), width=2, lender=Workers(no_worker))
    for name in ("first", "second"):
        place.start(name, short_work(), endings.of(name))
    endings.next_counts()
    endings.next_counts()
    places, lock = [place], place._floor._lock
    del place

    def collect() -> None:
        with lock:
            places.clear()

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert new_threads.left_when_done() == []


def test_other_work_runs_in_a_worker_and_a_short_unit_never_overtakes_it(
    endings: Endings, pool: Workers, monkeypatch
):
    here: list[Work] = []

    def run_here(work: Work) -> Outcome:
        here.append(work)
        return run_work(work)

    monkeypatch.setattr(hybrid_runner, "run_work", run_here)
    place = BesideKernel(AerSimulator(), lender=pool)
    short = short_work()
    place.start("long", unsure_work(), endings.of("long"))
    place.start("short", short, endings.of("short"))
    assert [endings.next()[0], endings.next()[0]] == ["long", "short"]
    assert here == [short]
    place.close()


def test_what_was_quick_in_the_worker_runs_here_the_next_time(
    endings: Endings, pool: Workers, monkeypatch
):
    remember = Placing.remember
    monkeypatch.setattr(Placing, "remember", lambda self, size, _: remember(self, size, 0.01))
    place = BesideKernel(AerSimulator(), lender=pool)
    place.start("job", unsure_work(), endings.of("job"))
    endings.next_counts()
    monkeypatch.setattr(pool, "borrow", no_worker)
    place.start("job", unsure_work(), endings.of("job"))
    assert endings.next_counts() == {"1": 5}
    place.close()


def test_a_unit_in_the_worker_can_be_stopped_and_the_next_one_runs(
    endings: Endings, lent: list[Worker]
):
    lent[:] = []
    pool = Workers()
    place = BesideKernel(AerSimulator(), lender=pool)
    place.start("endless", endless_work(), endings.of("endless"))
    place.start("next", unsure_work(), endings.of("next"))
    assert place.stop("endless") is True
    name, outcome, error, _ = endings.next()
    assert (name, outcome, type(error)) == ("endless", None, StoppedError)
    assert endings.next_counts() == {"1": 5}
    place.close()


def test_a_unit_in_this_process_cannot_be_stopped_nor_one_that_has_ended(endings: Endings):
    gated = GatedBackend()
    place = BesideKernel(gated, lender=Workers(no_worker))
    work = CircuitWork(gated, (flipped(),), {"shots": 1})
    place.start("job", work, endings.of("job"))
    gated.wait_for_runs(1)
    assert place.stop("job") is False
    assert place.can_stop_running is False
    gated.open_gate()
    assert endings.next_counts() == {"1": 1}
    assert place.stop("job") is False
    assert place.stop("unknown") is False
    place.close()


def test_a_unit_that_waits_can_be_stopped(endings: Endings):
    gated = GatedBackend()
    place = BesideKernel(gated)
    work = CircuitWork(gated, (flipped(),), {"shots": 1})
    place.start("first", work, endings.of("first"))
    place.start("second", work, endings.of("second"))
    gated.wait_for_runs(1)
    assert place.stop("second") is True
    gated.open_gate()
    assert [type(endings.next()[2]), type(endings.next()[2])] == [type(None), StoppedError]
    assert len(gated.seeds) == 1
    place.close()


def test_a_unit_can_be_stopped_until_it_is_told_how_it_ended(
    endings: Endings, pool: Workers, monkeypatch
):
    place = BesideKernel(AerSimulator(), lender=pool)
    promised = []

    def read_while_somebody_stops_it(reply: Reply) -> Outcome:
        outcome = read_reply(reply)
        promised.append(place.stop("job"))
        return outcome

    monkeypatch.setattr(hybrid_runner, "read_reply", read_while_somebody_stops_it)
    place.start("job", unsure_work(), endings.of("job"))
    _, outcome, error, _ = endings.next()
    assert (promised, outcome, type(error)) == ([True], None, StoppedError)
    place.close()


def test_a_unit_that_gets_no_thread_is_not_taken_and_the_next_one_is(endings: Endings, monkeypatch):
    place = BesideKernel(AerSimulator(), lender=Workers(no_worker))
    with monkeypatch.context() as patched:
        refuse_threads(patched)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            place.start("job", short_work(), endings.of("job"))
    assert place.stop("job") is False
    place.start("job", short_work(), endings.of("job"))
    assert endings.next_counts() == {"1": 3}
    place.close()


def test_whatever_a_listener_raises_the_thread_goes_on(endings: Endings, caplog):
    def raise_exit(*_: object) -> None:
        raise SystemExit

    place = BesideKernel(AerSimulator(), lender=Workers(no_worker))
    place.start("odd", short_work(), raise_exit)
    place.start("next", short_work(), endings.of("next"))
    assert endings.next_counts() == {"1": 3}
    assert "Job odd could not be settled" in caplog.text
    place.close()


def test_a_worker_that_is_lost_fails_its_unit_in_words_and_the_next_one_runs(endings: Endings):
    pool = Workers()
    place = BesideKernel(AerSimulator(), lender=pool)
    place.start("warm", unsure_work(), endings.of("warm"))
    endings.next_counts()
    (idle,) = pool._idle
    place.start("lost", endless_work(), endings.of("lost"))
    place.start("next", unsure_work(seed_simulator=3), endings.of("next"))
    watched = Watched(idle.pid)
    assert not watched.has_ended(within_s=0.2)
    watched.kill()
    _, _, error, _ = endings.next()
    assert isinstance(error, WorkerLostError)
    assert str(error).startswith("The worker process that ran the job was killed")
    assert endings.next_counts() == {"1": 5}
    place.close()


def halves() -> CircuitWork:
    """What takes a tenth of a second by estimate."""
    circuit = QuantumCircuit(5, 5)
    for _ in range(10):
        circuit.h(range(5))
        circuit.measure(0, 0)
    return CircuitWork(AerSimulator(), (circuit,), {"shots": 2000})


def test_while_no_worker_is_ready_what_is_probably_short_runs_here(
    endings: Endings, pool: Workers, monkeypatch
):
    is_ready = False
    monkeypatch.setattr(pool, "has_ready", lambda: is_ready)
    here: list[str] = []

    def run_here(work: Work) -> Outcome:
        here.append(work.circuits[0].name)
        return run_work(work)

    monkeypatch.setattr(hybrid_runner, "run_work", run_here)
    placing = Placing()
    size = placing.size(halves())
    assert placing.is_probably_short(size)
    assert not placing.is_surely_short(size)
    place = BesideKernel(AerSimulator(), lender=pool)
    place.start("no worker", halves(), endings.of("no worker"))
    endings.next_counts()
    assert len(here) == 1
    is_ready = True
    other = BesideKernel(AerSimulator(), lender=pool)  # has measured nothing yet
    other.start("ready", halves(), endings.of("ready"))
    endings.next_counts()
    assert len(here) == 1
    place.close()
    other.close()


@pytest.fixture
def ran_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads of this process in which units ran that take longer than is short in a kernel."""
    threads: list[str] = []

    def run_here(work: Work) -> Outcome:
        threads.append(threading.current_thread().name)
        return run_work(work)

    monkeypatch.setattr(hybrid_runner, "run_work", run_here)
    for module, limit in (
        (placement, "SURELY_SHORT_S"),
        (placement, "PROBABLY_SHORT_S"),
        (hybrid_runner, "PROBABLY_SHORT_S"),
    ):
        monkeypatch.setattr(module, limit, 0.0)
    return threads


def test_a_script_waits_for_no_worker_and_starts_one_for_its_next_long_job(
    endings: Endings, pool: Workers, ran_here: list[str], monkeypatch: pytest.MonkeyPatch
):
    started: SimpleQueue[str] = SimpleQueue()
    monkeypatch.setattr(pool, "warm", lambda: started.put("a worker"))
    place = BesideKernel(AerSimulator(), lender=pool)
    place.start("first", halves(), endings.of("first"))
    endings.next_counts()
    assert ran_here == ["qsession-local"]
    assert started.get(timeout=PATIENCE_S) == "a worker"
    place.close()


@pytest.mark.parametrize(
    "options", [{"width": 2}, {"memory_limit": 2**33}], ids=["several at once", "limited memory"]
)
def test_who_asks_for_what_workers_give_waits_for_one(
    endings: Endings, pool: Workers, ran_here: list[str], options: dict[str, Any]
):
    place = BesideKernel(AerSimulator(), lender=pool, **options)
    place.start("first", halves(), endings.of("first"))
    endings.next_counts()
    assert ran_here == []
    place.close()


def test_a_kernel_does_not_stand_still_for_long(
    endings: Endings, pool: Workers, ran_here: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hybrid_runner, "in_kernel", lambda: True)
    place = BesideKernel(AerSimulator(), lender=pool)
    place.start("first", halves(), endings.of("first"))
    endings.next_counts()
    assert ran_here == []
    place.close()


def test_an_abort_inside_the_simulator_ends_one_unit_in_words_and_the_next_one_runs(
    endings: Endings,
):
    place = BesideKernel(AerSimulator(), lender=Workers())
    place.start("aborts", CircuitWork(AerSimulator(), (aborting(),), {"shots": 9}), endings.of("a"))
    place.start("next", unsure_work(), endings.of("next"))
    _, _, error, _ = endings.next()
    assert isinstance(error, WorkerLostError)
    assert "was aborted by the simulator. It said: " in str(error)
    assert "terminate called" in str(error)  # several of Aer's threads may throw at once
    assert endings.next_counts() == {"1": 5}
    place.close()


def test_what_may_abort_is_refused_where_no_process_can_be_started(endings: Endings):
    def refuse() -> Worker:
        raise WorkerStartError("no processes on this system")

    place = BesideKernel(AerSimulator(), lender=Workers(refuse))
    place.start("job", CircuitWork(AerSimulator(), (aborting(),), {"shots": 9}), endings.of("job"))
    _, _, error, _ = endings.next()
    assert isinstance(error, JobFailedError)
    assert str(error).startswith("The job has classical variables, expressions of bits")
    assert str(error).endswith("can be had for it: no processes on this system.")
    place.close()


def test_where_no_process_can_be_started_long_work_runs_here_and_a_warning_says_so(
    endings: Endings,
):
    def refuse() -> Worker:
        raise WorkerStartError("no processes on this system")

    place = BesideKernel(AerSimulator(), lender=Workers(refuse))
    place.start("job", unsure_work(), endings.of("job"))
    with pytest.raises(RuntimeWarning, match=r"stands still .* \(no processes on this system\)"):
        endings.next_counts()  # warnings are errors in these tests
    place.start("job", unsure_work(), endings.of("job"))
    assert endings.next_counts() == {"1": 5}
    place.close()


class Unsendable:
    """Something that pickle refuses."""

    def __reduce__(self):
        raise TypeError("it cannot be pickled")


def test_work_that_cannot_be_sent_runs_here(endings: Endings, pool: Workers):
    work = unsure_work()
    work.circuit_list[0].metadata = {"mine": Unsendable()}
    place = BesideKernel(AerSimulator(), lender=pool)
    place.start("job", work, endings.of("job"))
    with pytest.raises(RuntimeWarning, match="TypeError: it cannot be pickled"):
        endings.next_counts()
    place.start("job", work, endings.of("job"))
    assert endings.next_counts() == {"1": 5}
    place.close()


def test_as_many_as_fit_run_at_once_each_in_a_thread_of_its_own(endings: Endings):
    gated = GatedBackend()
    place = BesideKernel(gated, width=2)
    work = CircuitWork(gated, (flipped(),), {"shots": 1})
    for name in ("one", "two"):
        place.start(name, work, endings.of(name))
    gated.wait_for_runs(1)
    gated.open_gate()
    threads = {endings.next()[3], endings.next()[3]}
    assert threads == {"qsession-local"}
    assert gated.most_at_work == 1  # in this process they would only get in each other's way
    place.close()


def test_no_thread_is_left_when_it_is_closed_and_its_worker_waits_for_the_next_session(
    endings: Endings, new_threads: NewThreads
):
    pool = Workers(timer=lambda _, then: threading.Timer(0, then))  # nobody comes
    place = BesideKernel(AerSimulator(), lender=pool)
    place.start("job", unsure_work(), endings.of("job"))
    endings.next_counts()
    (worker,) = pool._idle
    watched = Watched(worker.pid)
    place.close()
    assert new_threads.left_when_done() == []
    assert watched.has_ended()


def test_its_threads_end_with_it(endings: Endings, new_threads: NewThreads):
    place = BesideKernel(AerSimulator())
    place.start("job", short_work(), endings.of("job"))
    endings.next_counts()
    gone = weakref.ref(place)
    del place
    until_dropped(lambda: gone() is None)
    assert new_threads.left_when_done() == []


def test_a_closed_place_can_be_used_again(endings: Endings, new_threads: NewThreads):
    place = BesideKernel(AerSimulator())
    for _ in range(2):
        place.start("job", short_work(), endings.of("job"))
        assert endings.next_counts() == {"1": 3}
        place.close()
        place.close()
        assert new_threads.left_when_done() == []


def test_in_a_notebook_a_worker_is_started_after_the_first_job(
    endings: Endings, monkeypatch, new_threads: NewThreads
):
    started = threading.Event()

    class Lender(Workers):
        def warm(self) -> None:
            started.set()

    monkeypatch.setattr(hybrid_runner, "in_kernel", lambda: True)
    place = BesideKernel(AerSimulator(), lender=Lender(no_worker))
    place.start("job", short_work(), endings.of("job"))
    assert started.wait(PATIENCE_S)
    place.close()
    assert new_threads.left_when_done() == []
