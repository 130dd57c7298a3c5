"""The shots of a seed are Aer's by each method, whatever the same circuit was run by before."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import BackendSamplerV2
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator

from qsession.engines.local.work import SamplerWork, run_work
from qsession.simulator import aer_sampling
from qsession.simulator.branch_costs import LEAST_SHOTS

SEED = 5
SHOTS = 2 * LEAST_SHOTS

METHODS = ("statevector", "matrix_product_state", "density_matrix")


def measured_at_the_end() -> QuantumCircuit:
    circuit = QuantumCircuit(3)
    circuit.h([0, 2])
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def measured_in_the_midst() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 3)
    circuit.h([0, 1])
    circuit.measure(0, 0)
    with circuit.if_test((0, True)):
        circuit.x(1)
    circuit.h(0)
    circuit.measure([0, 1], [1, 2])
    return circuit


def shots_of(result: Any) -> list[Any]:
    return [each.array.tolist() for each in result[0].data.values()]


@pytest.fixture(params=[1, 2], ids=["first of its process", "later one"], autouse=True)
def run_number(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aer_sampling, "_lone_runs", itertools.count(request.param))


@pytest.mark.parametrize("make_circuit", [measured_at_the_end, measured_in_the_midst])
@pytest.mark.parametrize(
    "options", [*({"method": each} for each in METHODS), {"max_memory_mb": 0}], ids=str
)
def test_what_was_set_before_does_not_matter(
    make_circuit: Callable[[], QuantumCircuit], options: dict[str, Any]
):
    backend = AerSimulator()
    pub = SamplerPub.coerce(make_circuit(), SHOTS)
    for name, value in options.items():
        usual = getattr(backend.options, name)
        for now in (value, usual, value, usual):
            backend.set_options(**{name: now})
            outcome = run_work(SamplerWork(backend, (pub,), {"seed_simulator": SEED}))
            assert outcome.fallback is None
            alone = AerSimulator(**{name: now})
            expected = BackendSamplerV2(backend=alone, options={"seed_simulator": SEED}).run([pub])
            assert shots_of(outcome.result) == shots_of(expected.result())
