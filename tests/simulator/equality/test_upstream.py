"""What the other tests here compare with is what IBM's local mode gives, and so is ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import qiskit_ibm_runtime
from qiskit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp

from qsession.engines.local.work import EstimatorWork, SamplerWork, run_work
from tests.simulator.equality.conftest import Pair, pair_of
from tests.support.circuit_families import Case
from tests.support.circuits import fitted, ghz

# The V2 classes are what IBM's local mode gives for sessions; it says that they will be replaced.
pytestmark = [pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SEED, SHOTS = 42, 40


def jobs(pair: Pair) -> list[Case]:
    """One that Aer simulates as a density matrix, and one with too many qubits for that."""
    circuits = [ghz(2), ghz(6) if pair.backend.num_qubits > 5 else ghz(5), reset_between()]
    return [Case(fitted(each, pair.backend), np.array([]), SHOTS) for each in circuits]


def reset_between() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.cx(0, 1)
    circuit.measure(1, 1)
    return circuit


def seeded(make: Any, session: Any) -> Any:
    primitive = make(mode=session)
    primitive.options.simulator.seed_simulator = SEED
    return primitive


def bits(result: Any) -> list[Any]:
    return [{name: each.array.tolist() for name, each in pub.data.items()} for pub in result]


def test_samplers_agree(pair: Pair):
    cases = jobs(pair)
    pubs = tuple(SamplerPub.coerce(case.pub) for case in cases)
    ours = run_work(SamplerWork(pair.backend, pubs, {"seed_simulator": SEED}))
    assert ours.fallback is None
    with qiskit_ibm_runtime.Session(pair.backend) as session:
        theirs = seeded(qiskit_ibm_runtime.SamplerV2, session).run(pubs).result()
    assert bits(ours.result) == bits(theirs)
    assert bits(pair.reference.sample(cases, SEED)) == bits(theirs)


def test_estimators_agree(pair: Pair):
    circuit = ghz(3)
    circuit.remove_final_measurements()
    circuit = fitted(circuit, pair.backend)
    observable = SparsePauliOp(["ZZI", "XXX"], [1.0, 0.5])
    if circuit.layout is not None:
        observable = observable.apply_layout(circuit.layout)
    pub = (circuit, observable)
    work = EstimatorWork(pair.backend, (EstimatorPub.coerce(pub),), 0.125, {"seed_simulator": SEED})
    ours: Any = run_work(work).result
    with qiskit_ibm_runtime.Session(pair.backend) as session:
        estimator = seeded(qiskit_ibm_runtime.EstimatorV2, session)
        theirs = estimator.run([pub], precision=0.125).result()
    reference = pair.reference.estimate([pub], 0.125, SEED)
    for one in (ours, reference):
        assert float(one[0].data.evs) == float(theirs[0].data.evs)
        assert float(one[0].data.stds) == float(theirs[0].data.stds)


def turned(qubits: int) -> QuantumCircuit:
    """Each outcome of its first qubit in half of the shots."""
    circuit = QuantumCircuit(qubits)
    circuit.sx(range(qubits))
    circuit.measure_all()
    return circuit


def test_mixed_jobs_are_right_where_aers_are_not():
    # The first is not simulated as a density matrix, the second is.
    pair = pair_of("brisbane")
    cases = [Case(turned(qubits), np.array([]), SHOTS) for qubits in (6, 1)]
    assert not pair.reference.runs_jobs_as_one
    pubs = tuple(SamplerPub.coerce(case.pub) for case in cases)
    ours: Any = run_work(SamplerWork(pair.backend, pubs, {"seed_simulator": SEED})).result
    assert bits(ours) == bits(pair.reference.sample(cases, SEED))
    assert 10 <= ours[1].data.meas.get_counts()["1"] <= 30
    together = pair.reference._sample(cases, SEED)
    assert together[1].data.meas.get_counts().get("1", 0) < 10, "Aer has been mended"
