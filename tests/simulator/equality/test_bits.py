"""With equal seeds the bits equal those of Qiskit's own primitives, as IBM's local mode uses them.

The circuits are generated: in the backend's gates and transpiled ones, with delays, resets,
measurements in between, several registers, conditions, parameters and sweeps; many in one job.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
from qiskit_ibm_runtime.quantum_program import QuantumProgram

from qsession.engines.local.work import (
    CircuitWork,
    EstimatorWork,
    ExecutorWork,
    SamplerWork,
    run_work,
)
from tests.simulator.equality.conftest import Pair, pair_of
from tests.support.circuit_families import Case, cases, observables

PRECISIONS = (0.05, 0.9)
"""Of 400 shots, which Aer simulates as a density matrix, and of 2, which it does not."""


def family(examples: int) -> Any:
    """Always the same examples; to make a failing one smaller would take minutes."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def jobs_of(pair: Pair, data: st.DataObject, count: int, *, measured: bool) -> list[Case]:
    one = cases(pair.backend, measured=measured)
    return [data.draw(one) for _ in range(count)]


@family(8)
@given(data=st.data(), seed=st.integers(1, 2**31))
def test_samplers_give_the_same_bits(pair: Pair, data: st.DataObject, seed: int):
    jobs = jobs_of(pair, data, 8, measured=True)
    pubs = tuple(SamplerPub.coerce(job.pub) for job in jobs)
    outcome = run_work(SamplerWork(pair.backend, pubs, {"seed_simulator": seed}))
    assert outcome.fallback is None
    theirs = pair.reference.sample(jobs, seed)
    result: Any = outcome.result
    for ours, other in zip(result, theirs, strict=True):
        assert set(ours.data) == set(other.data)
        for register in other.data:
            assert ours.data[register] == other.data[register]
        assert ours.metadata == other.metadata


@family(6)
@given(data=st.data(), seed=st.integers(1, 2**31))
@pytest.mark.parametrize("precision", PRECISIONS)
def test_estimators_give_the_same_values(
    pair: Pair, data: st.DataObject, seed: int, precision: float
):
    jobs = jobs_of(pair, data, 4, measured=False)
    pubs = [(job.circuit, data.draw(observables(job.circuit)), job.values) for job in jobs]
    coerced = tuple(EstimatorPub.coerce(pub) for pub in pubs)
    work = EstimatorWork(pair.backend, coerced, precision, {"seed_simulator": seed})
    outcome = run_work(work)
    assert outcome.fallback is None
    theirs = pair.reference.estimate(pubs, precision, seed)
    result: Any = outcome.result
    for ours, other in zip(result, theirs, strict=True):
        np.testing.assert_array_equal(ours.data.evs, other.data.evs)
        np.testing.assert_array_equal(ours.data.stds, other.data.stds)
        assert ours.metadata == other.metadata


@family(4)
@given(data=st.data(), seed=st.integers(1, 2**31))
def test_circuits_on_a_backend_give_the_same_results(pair: Pair, data: st.DataObject, seed: int):
    jobs = jobs_of(pair, data, 5, measured=True)
    circuits = [job.bound for job in jobs]
    options = {"shots": 60, "memory": True}
    work = CircuitWork(pair.backend, tuple(circuits), {**options, "seed_simulator": seed})
    outcome = run_work(work)
    assert outcome.fallback is None
    ours: Any = outcome.result
    for number, theirs in enumerate(pair.reference.run(circuits, seed, **options)):
        assert ours.get_counts(number) == theirs.get_counts()
        assert ours.get_memory(number) == theirs.get_memory()
        header, other = (each.header for each in (ours.results[number], theirs.results[0]))
        assert header == other
        assert header["name"] == circuits[number].name


@pytest.mark.parametrize("name", ["aer", "manila"])
@family(8)
@given(data=st.data(), seed=st.integers(1, 2**31))
def test_programs_give_the_same_bits(name: str, data: st.DataObject, seed: int):
    # IBM's executor makes the noise of a device anew for each program: only of small ones here.
    pair = pair_of(name)
    jobs = jobs_of(pair, data, 4, measured=True)
    program = QuantumProgram(shots=data.draw(st.sampled_from((3, 100))))
    for job in jobs:
        values = job.values if job.circuit.num_parameters else None
        program.append_circuit_item(job.circuit, circuit_arguments=values)
    work = ExecutorWork(pair.backend, program, SimulatorOptions(seed_simulator=seed))
    outcome: Any = run_work(work)
    assert outcome.fallback is None
    theirs: Any = work.run()
    for ours, other in zip(outcome.result, theirs, strict=True):
        assert set(ours) == set(other)
        for register in other:
            np.testing.assert_array_equal(ours[register], other[register])
