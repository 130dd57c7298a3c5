"""What is kept has a limit."""

from __future__ import annotations

import gc
import weakref

from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator

from qsession.engines.local.work import SamplerWork, run_work
from qsession.simulator import simulator
from qsession.simulator.lru import Bounded
from tests.support.circuits import bell


def test_the_least_recently_used_go_first():
    kept: Bounded[str, int] = Bounded(3)
    for number, key in enumerate("abc"):
        kept.put(key, number)
    assert kept.get("a") == 0
    kept.put("d", 3)
    assert [kept.get(key) for key in "abcd"] == [0, None, 2, 3]


def test_heavy_ones_make_more_go():
    kept: Bounded[str, int] = Bounded(10)
    for number, key in enumerate("abcd"):
        kept.put(key, number, weight=2)
    kept.put("heavy", 9, weight=7)
    assert (len(kept), kept.weight) == (2, 9)
    kept.put("too heavy", 9, weight=11)
    assert kept.get("too heavy") is None
    assert kept.get("heavy") == 9


def test_a_key_that_is_put_again_weighs_once():
    kept: Bounded[str, int] = Bounded(10)
    for number in range(50):
        kept.put("a", number, weight=4)
    assert (kept.get("a"), kept.weight) == (49, 4)


def test_backends_that_are_gone_are_forgotten():
    pub = SamplerPub.coerce(bell(), 10)
    backends = [AerSimulator() for _ in range(simulator.MOST_BACKENDS + 5)]
    for backend in backends:
        assert run_work(SamplerWork(backend, (pub,))).fallback is None
    assert len(simulator._simulators) <= simulator.MOST_BACKENDS
    gone = [weakref.ref(backend) for backend in backends]
    del backends, backend
    gc.collect()
    assert not any(ref() for ref in gone)
    last = AerSimulator()
    run_work(SamplerWork(last, (pub,)))
    alive = [ref() for ref, _ in simulator._simulators.values()]
    assert None not in alive
