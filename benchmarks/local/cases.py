"""What is measured: the same work in a session of ours and in one of IBM's client."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import qiskit_ibm_runtime
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.executor_estimator import Estimator as ClientSideEstimator
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeFez, FakeManilaV2
from scipy.stats import chi2_contingency  # type: ignore[import-untyped]

from benchmarks.local import circuits

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.providers import BackendV2

SHOTS = 1024
PRECISION = 1 / 32  # of 1024 shots
LOOP_STEPS = 50
BURST_JOBS = 200
FIRST_JOBS = 50

FEWEST_OF_AN_OUTCOME = 20
SURELY_NOT_CHANCE = 1e-6

Answer = list[Any]
"""Bits or values of each job; cheap to make, since it is timed, too."""

Work = Callable[[Any, int], Answer]
"""Runs in a session, with a seed."""


@dataclass(frozen=True)
class Case:
    """Some work on some backend.

    Attributes:
        name: What it is, as the table says it.
        make_backend: Makes the backend.
        prepare: Makes the work, outside of what is timed.
        goal: The least ratio to IBM's time; None where none is set.
        repeats: How often ours runs in a round, beside one run of IBM's.
        rounds: How many rounds at most; what takes IBM's minutes gets fewer.
        is_first_job: Whether each run gets a backend and a session of its own.
        is_same: Whether an answer of ours is as good as IBM's: equal, where there is a seed.
    """

    name: str
    make_backend: Callable[[], BackendV2]
    prepare: Callable[[BackendV2], Work]
    goal: float | None = None
    repeats: int = 20
    rounds: int = 3
    is_first_job: bool = False
    is_same: Callable[[Answer, Answer], bool] = operator.eq


def _sampling(pub: circuits.Pub, jobs: int = 1, *, is_seeded: bool = True) -> Work:
    def run(session: Any, seed: int) -> Answer:
        sampler = qiskit_ibm_runtime.SamplerV2(mode=session)
        if is_seeded:
            sampler.options.simulator.seed_simulator = seed
        submitted = [sampler.run([pub], shots=SHOTS) for _ in range(jobs)]
        return [job.result()[0].data.meas.array.tobytes() for job in submitted]

    return run


def _estimating(pub: circuits.Pub, make: Any = qiskit_ibm_runtime.EstimatorV2) -> Work:
    def run(session: Any, seed: int) -> Answer:
        estimator = make(mode=session)
        estimator.options.simulator.seed_simulator = seed
        data = estimator.run([pub], precision=PRECISION).result()[0].data
        return [data.evs.tolist(), data.stds.tolist()]

    return run


def _sample_ghz(backend: BackendV2, qubits: int = 5) -> Work:
    return _sampling(circuits.sampled_ghz(backend, qubits))


def _count_ghz(backend: BackendV2) -> Work:
    return _counting([circuits.sampled_ghz(backend, 5)])


def _count_variants(_backend: BackendV2) -> Work:
    return _counting(_variants())


@cache
def _variants() -> list[circuits.Pub]:
    return circuits.sampled_variants(5, FIRST_JOBS)


def _counting(pubs: list[circuits.Pub]) -> Work:
    """Of several circuits each seed runs another one."""

    def run(session: Any, seed: int) -> Answer:
        sampler = qiskit_ibm_runtime.SamplerV2(mode=session)
        sampler.options.simulator.seed_simulator = seed
        pub = pubs[seed % len(pubs)]
        counts = sampler.run([pub], shots=SHOTS).result()[0].data.meas.get_counts()
        return sorted(counts.items())

    return run


def _sample_bell(backend: BackendV2) -> Work:
    return _sample_ghz(backend, 2)


def _sample_layers(backend: BackendV2) -> Work:
    return _sampling(circuits.layered(backend, 10))


def _estimate_ghz(backend: BackendV2) -> Work:
    return _estimating(circuits.estimated_ghz(backend, 5))


def _estimate_ghz_on_the_client_side(backend: BackendV2) -> Work:
    return _estimating(circuits.estimated_ghz(backend, 5), ClientSideEstimator)


def _vary(backend: BackendV2) -> Work:
    variation = circuits.Variation(backend)

    def run(session: Any, seed: int) -> Answer:
        estimator = qiskit_ibm_runtime.EstimatorV2(mode=session)
        estimator.options.simulator.seed_simulator = seed
        jobs = (
            estimator.run([variation.pub(step)], precision=PRECISION) for step in range(LOOP_STEPS)
        )
        return [float(job.result()[0].data.evs) for job in jobs]

    return run


def _burst(backend: BackendV2) -> Work:
    return _sampling(circuits.sampled_ghz(backend, 5), BURST_JOBS)


def _sample_ghz_freely(backend: BackendV2) -> Work:
    return _sampling(circuits.sampled_ghz(backend, 5), is_seeded=False)


def _burst_freely(backend: BackendV2) -> Work:
    return _sampling(circuits.sampled_ghz(backend, 5), BURST_JOBS, is_seeded=False)


def _is_of_the_same_distribution(ours: Answer, theirs: Answer) -> bool:
    """Whether shots without seeds differ by chance alone, and no two of our jobs are alike."""
    outcomes = [np.frombuffer(b"".join(answer), np.uint8) for answer in (ours, theirs)]
    table = np.array([np.bincount(each, minlength=256) for each in outcomes])
    return differ_by_chance(table) and len(set(ours)) == len(ours)


def differ_by_chance(table: NDArray[np.int64]) -> bool:
    """Whether two rows of counts, with a column for each outcome, may be of one distribution."""
    often = table.sum(axis=0) >= FEWEST_OF_AN_OUTCOME
    if often.sum() <= 1:
        return True
    return bool(chi2_contingency(table[:, often]).pvalue > SURELY_NOT_CHANCE)


CASES = (
    Case("Bell, FakeManilaV2, sampler", FakeManilaV2, _sample_bell, goal=40, rounds=7),
    Case("GHZ-5, FakeBrisbane, sampler", FakeBrisbane, _sample_ghz, goal=500, rounds=5),
    Case("GHZ-5, FakeFez, sampler", FakeFez, _sample_ghz, rounds=2),
    Case("GHZ-5, FakeManilaV2, estimator", FakeManilaV2, _estimate_ghz, rounds=7),
    Case("GHZ-5, FakeBrisbane, estimator", FakeBrisbane, _estimate_ghz, goal=300, rounds=5),
    Case(f"VQE, {LOOP_STEPS} jobs, FakeManilaV2", FakeManilaV2, _vary, goal=20, repeats=2),
    Case(
        f"VQE, {LOOP_STEPS} jobs, FakeBrisbane",
        FakeBrisbane,
        _vary,
        goal=400,
        repeats=4,
        rounds=1,
    ),
    Case(
        "first job: GHZ-5, FakeBrisbane, sampler",
        FakeBrisbane,
        _sample_ghz,
        goal=25,
        repeats=3,
        rounds=5,
        is_first_job=True,
    ),
    Case(
        "first job: GHZ-5, ideal Aer, counts",
        AerSimulator,
        _count_ghz,
        goal=2,
        repeats=2,
        rounds=15,
        is_first_job=True,
    ),
    Case(
        "first job: a new circuit of 5 qubits, ideal Aer, counts",
        AerSimulator,
        _count_variants,
        goal=2,
        repeats=1,
        rounds=FIRST_JOBS,
        is_first_job=True,
    ),
    Case("10 qubits in layers, FakeBrisbane, sampler", FakeBrisbane, _sample_layers, repeats=5),
    Case("GHZ-5, ideal Aer, sampler", AerSimulator, _sample_ghz, goal=1, rounds=15),
    Case("GHZ-5, ideal Aer, estimator", AerSimulator, _estimate_ghz, goal=1, rounds=15),
    Case(
        "10 qubits in layers, ideal Aer, sampler",
        AerSimulator,
        _sample_layers,
        goal=1,
        rounds=15,
    ),
    Case(
        "GHZ-5, ideal Aer, sampler, no seed",
        AerSimulator,
        _sample_ghz_freely,
        goal=1,
        rounds=15,
        is_same=_is_of_the_same_distribution,
    ),
    Case(
        f"{BURST_JOBS} jobs at once, ideal Aer, sampler",
        AerSimulator,
        _burst,
        goal=2.5,
        repeats=2,
        rounds=5,
    ),
    Case(
        f"{BURST_JOBS} jobs at once, ideal Aer, sampler, no seed",
        AerSimulator,
        _burst_freely,
        goal=2.5,
        repeats=4,
        rounds=5,
        is_same=_is_of_the_same_distribution,
    ),
    Case(f"{BURST_JOBS} jobs at once, FakeManilaV2", FakeManilaV2, _burst, repeats=2, rounds=1),
    Case(
        "GHZ-5, FakeManilaV2, client-side estimator",
        FakeManilaV2,
        _estimate_ghz_on_the_client_side,
    ),
    Case(
        "GHZ-5, FakeBrisbane, client-side estimator",
        FakeBrisbane,
        _estimate_ghz_on_the_client_side,
        rounds=1,
    ),
    Case(
        "GHZ-5, FakeFez, client-side estimator",
        FakeFez,
        _estimate_ghz_on_the_client_side,
        rounds=1,
    ),
)
