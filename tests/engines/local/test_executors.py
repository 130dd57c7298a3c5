"""Any executor and any backend will do: the order is kept by the engine."""

from __future__ import annotations

import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qsession.circuits.pubs import read_request
from qsession.model.states import JobStatus
from tests.support.circuits import bell, flipped
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S


class InlineExecutor(Executor):
    """Runs everything inside ``submit``, as where there are no threads."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future[object] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as every executor does
            future.set_exception(error)
        return future


def test_an_executor_that_runs_inside_submit_gives_finished_jobs(make_bench):
    bench = make_bench(AerSimulator(), executor=InlineExecutor())
    for _ in range(200):
        assert bench.submit(shots=1).status() is JobStatus.DONE
    assert bench.story == ["open", "active"]


def test_a_long_queue_behind_an_inline_executor_does_not_exhaust_the_stack(make_bench, gated):
    bench = make_bench(gated, executor=InlineExecutor())
    first = threading.Thread(target=bench.submit)
    first.start()
    gated.wait_for_runs(1)
    jobs = [bench.submit(shots=1) for _ in range(1200)]  # beyond Python's depth of 1000
    gated.open_gate()
    first.join(PATIENCE_S)
    assert [job.status() for job in jobs] == [JobStatus.DONE] * 1200


def test_many_workers_still_run_one_job_at_a_time_in_order(make_bench, gated: GatedBackend):
    with ThreadPoolExecutor(4) as executor:
        bench = make_bench(gated, executor=executor)
        gated.open_gate()
        jobs = [bench.submit(seed_simulator=number, shots=1) for number in range(20)]
        for job in jobs:
            job.result(PATIENCE_S)
        assert gated.seeds == list(range(20))
        assert gated.most_at_work == 1


def test_an_executor_from_outside_outlives_the_session(make_bench):
    with ThreadPoolExecutor(1) as executor:
        bench = make_bench(AerSimulator(), executor=executor)
        bench.submit().result(PATIENCE_S)
        bench.engine.close("enough")
        assert executor.submit(int, "7").result(PATIENCE_S) == 7


def test_jobs_run_in_another_process(make_bench):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        bench = make_bench(AerSimulator(), executor=executor)
        sampled = bench.engine.run_pubs(read_request(flipped(), shots=5))
        ran = bench.submit(shots=5)
        assert sampled.result(PATIENCE_S)[0].data.meas.get_counts() == {"1": 5}
        assert ran.result(PATIENCE_S).get_counts() == {"1": 5}


def test_a_job_whose_future_somebody_cancelled_fails_and_the_next_one_runs(make_bench):
    class DroppingOnce(InlineExecutor):
        """Drops the first task, as ``shutdown(cancel_futures=True)`` does."""

        has_dropped = False

        def submit(self, fn, /, *args, **kwargs):
            if self.has_dropped:
                return super().submit(fn, *args, **kwargs)
            self.has_dropped = True
            future: Future[object] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    bench = make_bench(AerSimulator(), executor=DroppingOnce())
    dropped, after = bench.submit(), bench.submit(shots=3)
    with pytest.raises(RuntimeError, match="The executor dropped the job before it ran"):
        dropped.result(PATIENCE_S)
    assert after.result(PATIENCE_S).get_counts() == {"1": 3}


def test_an_executor_that_cannot_send_a_job_fails_it_and_takes_the_next(make_bench):
    class Picky(InlineExecutor):
        """Fails in ``submit``, as one does that pickles there."""

        given = 0

        def submit(self, fn, /, *args, **kwargs):
            self.given += 1
            if self.given == 1:
                raise TypeError("cannot pickle it")
            return super().submit(fn, *args, **kwargs)

    bench = make_bench(AerSimulator(), executor=Picky())
    with pytest.raises(TypeError, match="cannot pickle it"):
        bench.submit(shots=1).result(0)
    assert bench.submit(shots=3).result(0).get_counts() == {"1": 3}


@pytest.mark.parametrize("backend", [BasicSimulator(), GenericBackendV2(3, seed=1)])
def test_backends_of_other_providers_run_jobs(make_bench, backend):
    bench = make_bench(backend)
    sampled = bench.engine.run_pubs(read_request(bell(), shots=50))
    ran = bench.submit(bell(), shots=50)
    assert sampled.result(PATIENCE_S)[0].data.meas.num_shots == 50
    assert sum(ran.result(PATIENCE_S).get_counts().values()) == 50
