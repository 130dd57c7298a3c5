"""With equal seeds a session gives what IBM's local session gives, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import qiskit_ibm_runtime
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qsession
from tests.support.circuits import fitted, ghz

BACKENDS = pytest.mark.parametrize(
    "backend", [FakeManilaV2(), AerSimulator()], ids=lambda b: b.name
)
SEED = 42
ANGLES = np.array([[0.1], [0.7]])


def layered() -> QuantumCircuit:
    """Rotations by a parameter, entanglement, and a wait."""
    theta = Parameter("theta")
    circuit = QuantumCircuit(4, name="layered")
    for qubit in range(4):
        circuit.ry(theta * (qubit + 1), qubit)
    for qubit in range(3):
        circuit.cx(qubit, qubit + 1)
    circuit.delay(1600, 0)
    circuit.rx(theta, 0)
    return circuit


def seeded(make: Callable[..., Any], mode: object) -> Any:
    primitive = make(mode=mode)
    primitive.options.simulator.seed_simulator = SEED
    return primitive


def in_both(backend: object, run: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Run in our session and in IBM's."""
    with qsession.Session(backend) as session:
        ours = run(session)
    with qiskit_ibm_runtime.Session(backend) as session:
        return ours, run(session)


@BACKENDS
@pytest.mark.parametrize("make", [qiskit_ibm_runtime.SamplerV2, Sampler])
def test_samplers_give_the_same_bits(backend, make):
    first, second = fitted(ghz(3), backend), layered()
    second.measure_all()
    second = fitted(second, backend)

    def run(mode: object) -> Any:
        result = seeded(make, mode).run([first, (second, ANGLES)], shots=200).result()
        return [pub.data.meas.array.tolist() for pub in result]

    ours, theirs = in_both(backend, run)
    assert ours == theirs


@BACKENDS
@pytest.mark.parametrize("make", [qiskit_ibm_runtime.EstimatorV2, Estimator])
def test_estimators_give_the_same_values(backend, make):
    circuit = fitted(layered(), backend)
    observables = [[SparsePauliOp(["ZZII", "IXXI"], [1, 0.5])], [SparsePauliOp("IIZZ")]]
    laid_out = [[each.apply_layout(circuit.layout) for each in row] for row in observables]
    pub = (circuit, laid_out, ANGLES.reshape(1, 2, 1))

    def run(mode: object) -> Any:
        data = seeded(make, mode).run([pub], precision=0.1).result()[0].data
        return data.evs.tolist(), data.stds.tolist()

    ours, theirs = in_both(backend, run)
    assert ours == theirs
    assert np.shape(ours[0]) == (2, 2)


@BACKENDS
def test_shots_by_option_give_the_same_bits(backend):
    circuit = fitted(ghz(3), backend)

    def run(mode: object) -> Any:
        sampler = seeded(qiskit_ibm_runtime.SamplerV2, mode)
        sampler.options.default_shots = 50
        return sampler.run([circuit]).result()[0].data.meas.get_bitstrings()

    ours, theirs = in_both(backend, run)
    assert ours == theirs
    assert len(ours) == 50


@BACKENDS
def test_run_samples_as_ibms_sampler_does(backend):
    circuit = fitted(ghz(3), backend)
    with qsession.Session(backend) as session:
        options = {"simulator": {"seed_simulator": SEED}}
        ours = session.run(circuit, shots=80, options=options).result()
    with qiskit_ibm_runtime.Session(backend) as session:
        theirs = seeded(qiskit_ibm_runtime.SamplerV2, session).run([circuit], shots=80).result()
    assert ours[0].data.meas.get_bitstrings() == theirs[0].data.meas.get_bitstrings()
