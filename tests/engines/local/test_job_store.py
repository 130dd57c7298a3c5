"""Ended jobs are kept in bounded memory, and every one can be had again."""

from __future__ import annotations

import gc
import os
import pickle
import tracemalloc
import weakref

import numpy as np
import pytest
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, SamplerPubResult
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator

from qsession.client_errors import JobCancelledError
from qsession.engines.local.job_store import Kept, Shelf, weigh
from qsession.engines.local.work import CircuitWork, SamplerWork
from qsession.model.states import JobStatus
from tests.engines.bench import Bench
from tests.support.circuits import bell, flipped, ghz, switched
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S
from tests.support.waiting import until_dropped

BACKEND = AerSimulator()


def kept(number: int = 0, result: object = None) -> Kept:
    return Kept(CircuitWork(BACKEND, (flipped(),), {"shots": number}), result or [number])


def test_what_was_put_there_is_found():
    shelf = Shelf()
    shelf.put("job", kept(5))
    found = shelf.get("job")
    assert found is not None
    assert (found.result, found.work.shots) == ([5], 5)
    assert shelf.get("unknown") is None


def test_a_switch_with_a_default_case_comes_back_from_the_file():
    shelf = Shelf(budget_bytes=0)
    shelf.put("job", Kept(CircuitWork(BACKEND, (switched(),), {"shots": 3}), [1]))
    found = shelf.get("job")
    assert found is not None
    assert found.work.run().get_counts() == {"11": 3}  # type: ignore[attr-defined]


def test_the_oldest_go_to_a_file_and_all_are_found():
    shelf = Shelf(budget_bytes=20_000)
    for number in range(100):
        shelf.put(str(number), kept(number))
        assert shelf.memory_bytes <= 20_000
    assert 0 < len(shelf._in_memory) < 20
    for number in (0, 50, 99):
        found = shelf.get(str(number))
        assert found is not None
        assert (found.result, found.work.shots) == ([number], number)
        assert found.work.backend is BACKEND


def test_the_file_has_no_name_and_ends_with_the_shelf():
    shelf = Shelf(budget_bytes=0)
    shelf.put("job", kept())
    assert shelf._file is not None
    descriptor = shelf._file._file.fileno()
    assert os.fstat(descriptor).st_nlink == 0
    del shelf
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_what_cannot_be_pickled_stays_in_memory():
    shelf = Shelf(budget_bytes=0)
    shelf.put("job", kept(result=lambda: "a result"))
    found = shelf.get("job")
    assert found is not None
    assert found.result() == "a result"  # type: ignore[operator]


@pytest.mark.parametrize(
    ("item", "least", "most"),
    [
        (np.zeros(10_000), 80_000, 81_000),
        ({"result": BitArray(np.zeros((1000, 16), np.uint8), 127)}, 16_000, 20_000),
        (["0" * 1000] * 5000, 4_000_000, 7_000_000),
        (ghz(50), 30_000, 60_000),
        (bell(), 1000, 10_000),
        (None, 0, 100),
    ],
    ids=["array", "bits", "memory of shots", "ghz-50", "bell", "nothing"],
)
def test_weights_are_about_right(item, least, most):
    assert least <= weigh(item) <= most


def test_what_a_job_holds_is_weighed_whole():
    pub = SamplerPub.coerce((ghz(50), None, 10_000))
    work = SamplerWork(BACKEND, (pub, pub))
    bits = BitArray(np.zeros((10_000, 7), np.uint8), 50)
    pub_result = SamplerPubResult(DataBin(meas=bits), {"shots": 10_000})
    shelf = Shelf()
    shelf.put("job", Kept(work, PrimitiveResult([pub_result, pub_result])))
    arrays, circuits = 2 * 70_000, 2 * weigh(ghz(50))
    assert arrays + circuits <= shelf.memory_bytes <= arrays + circuits + 5_000


@pytest.mark.parametrize("memory", [False, True])
def test_results_of_circuits_weigh_about_what_they_take(memory: bool):
    circuits = [ghz(3), ghz(4), ghz(5)]
    result = AerSimulator().run(circuits, shots=1000, memory=memory).result()
    pickled = pickle.dumps(result)
    tracemalloc.start()
    try:
        copies = [pickle.loads(pickled) for _ in range(20)]  # noqa: S301 - from above
        really = tracemalloc.get_traced_memory()[0] / len(copies)
    finally:
        tracemalloc.stop()
    assert really / 2 < weigh(result) < 4 * really


def test_a_weight_ends_where_things_hold_each_other():
    held: list[object] = []
    held.append(held)
    assert weigh(held) < 10_000


def test_a_handle_that_nobody_holds_is_let_go_and_made_again(bench: Bench, gated: GatedBackend):
    gated.open_gate()
    job = bench.submit(shots=7)
    job_id, result = job.job_id(), job.result(PATIENCE_S)
    gone = weakref.ref(job)
    del job
    until_dropped(lambda: gone() is None)
    again = bench.engine.job(job_id)
    assert again is not None
    assert again is bench.engine.job(job_id)
    assert (again.job_id(), again.status()) == (job_id, JobStatus.DONE)
    assert again.result(0) is result
    assert again.session_id == job_id


def test_failed_and_cancelled_jobs_are_made_again_as_they_were(bench: Bench, gated: GatedBackend):
    gated.failure = ValueError("broken")
    failing, cancelled = bench.submit().job_id(), bench.submit()
    cancelled_id = cancelled.job_id()
    cancelled.cancel()
    del cancelled
    gated.open_gate()
    failed = bench.engine.job(failing)
    assert failed is not None
    with pytest.raises(ValueError, match="broken"):
        failed.result(PATIENCE_S)
    del failed
    gc.collect()
    for job_id, error in ((failing, ValueError), (cancelled_id, JobCancelledError)):
        again = bench.engine.job(job_id)
        assert again is not None
        with pytest.raises(error):
            again.result(0)


def test_work_from_the_file_can_run_again(bench: Bench, gated: GatedBackend):
    gated.open_gate()
    bench.engine._scheduler._handles.shelf._budget_bytes = 0
    job_id = bench.submit(shots=7).job_id()
    bench.submit(shots=8).result(PATIENCE_S)
    again = bench.engine.run_again(job_id)
    assert again.result(PATIENCE_S).get_counts() == {"1": 7}
    earlier = bench.engine.job(job_id)
    assert earlier is not None
    assert earlier.result(0).get_counts() == {"1": 7}


def test_memory_stays_flat_over_many_jobs(bench: Bench, gated: GatedBackend):
    gated.open_gate()
    shelf = bench.engine._scheduler._handles.shelf
    shelf._budget_bytes = 100_000
    first = bench.submit(shots=1).job_id()
    for _ in range(300):
        bench.submit(shots=1).result(PATIENCE_S)
    # The last one is put away after it was settled.
    until_dropped(lambda: len(bench.engine._scheduler._handles) == 0)
    assert len(bench.records) == 301
    assert shelf.memory_bytes <= 100_000
    assert len(shelf._in_memory) < 100
    again = bench.engine.job(first)
    assert again is not None
    assert again.result(0).get_counts() == {"1": 1}


def test_what_cannot_be_weighed_is_kept_and_makes_room_for_others(gated: GatedBackend):
    class Unweighable:
        @property
        def nbytes(self) -> int:
            raise ZeroDivisionError

    work = CircuitWork(gated, (flipped(),), {})
    shelf = Shelf()
    shelf.put("odd", Kept(work, Unweighable()))
    kept = shelf.get("odd")
    assert kept is not None
    assert isinstance(kept.result, Unweighable)
    assert shelf.memory_bytes > 0
