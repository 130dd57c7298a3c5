"""Without equal seeds the shots come from upstream's distribution, and no two jobs are alike."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.primitives.containers.sampler_pub import SamplerPub
from scipy.stats import chi2_contingency  # type: ignore[import-untyped]

from qsession.engines.local.work import SamplerWork, run_work
from tests.simulator.equality.conftest import Pair
from tests.support.circuit_families import Case, sample

SHOTS = 20_000
FEWEST = 20
"""Outcomes that are rarer are counted as one."""

SURELY_NOT_CHANCE = 1e-6


def counts(result, number: int) -> Counter[str]:
    data = result[number].data
    return Counter(
        " ".join(shot)
        for shot in zip(*(data[register].get_bitstrings() for register in data), strict=True)
    )


def probability_of_difference(one: Counter[str], other: Counter[str]) -> float:
    """How likely two samples of one distribution differ at least so much."""
    often = [key for key in one | other if one[key] + other[key] >= FEWEST]
    table = [[sample[key] for key in often] for sample in (one, other)]
    rest = [sample.total() - sum(row) for sample, row in zip((one, other), table, strict=True)]
    if sum(rest) >= FEWEST:
        table = [[*row, few] for row, few in zip(table, rest, strict=True)]
    return 1.0 if len(table[0]) < 2 else float(chi2_contingency(np.array(table)).pvalue)


def run(backend: Any, pub: Any) -> Any:
    return run_work(SamplerWork(backend, (pub,))).result


def long_cases(pair: Pair) -> list[Case]:
    found = []
    for number in range(8):
        case = sample(pair.backend, 1000 + number)
        values = case.values.reshape(-1)[: case.circuit.num_parameters]
        found.append(Case(case.circuit, values, SHOTS))
    return found


@pytest.mark.parametrize("options", [{"seed_simulator": 7}, {}], ids=["another seed", "no seed"])
def test_shots_are_of_the_same_distribution(pair: Pair, options: dict[str, int]):
    cases = long_cases(pair)
    pubs = tuple(SamplerPub.coerce(case.pub) for case in cases)
    outcome = run_work(SamplerWork(pair.backend, pubs, options))
    assert outcome.fallback is None
    theirs = pair.reference.sample(cases, 1_000_007)
    for number in range(len(cases)):
        ours = counts(outcome.result, number)
        assert ours.total() == SHOTS
        assert probability_of_difference(ours, counts(theirs, number)) > SURELY_NOT_CHANCE


def test_the_comparison_tells_other_distributions_apart():
    rng = np.random.default_rng(1)
    fair, biased = (Counter(map(str, rng.binomial(2, p, SHOTS))) for p in (0.5, 0.53))
    again = Counter(map(str, rng.binomial(2, 0.5, SHOTS)))
    assert probability_of_difference(fair, biased) < SURELY_NOT_CHANCE
    assert probability_of_difference(fair, again) > SURELY_NOT_CHANCE


def test_jobs_without_a_seed_differ_though_the_circuit_is_kept(pair: Pair):
    circuit = QuantumCircuit(1)
    circuit.sx(0)
    circuit.measure_all()
    pub = SamplerPub.coerce((circuit, None, 200))
    orders = {run(pair.backend, pub)[0].data.meas.array.tobytes() for _ in range(4)}
    assert len(orders) == 4
