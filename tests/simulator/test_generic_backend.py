"""Qiskit's generic backend is simulated by Aer with the noise of its target: here on the fast path.

The bits are those of IBM's local mode, which makes the noise anew for each job.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.random import random_circuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import EstimatorV2, SamplerV2
from qiskit_ibm_runtime.executor_sampler import Sampler

from qsession import Session
from tests.support.circuits import bell

SEEDED: dict[str, Any] = {"simulator": {"seed_simulator": 5}}

pytestmark = pytest.mark.filterwarnings(
    "ignore:The (Sampler|Estimator)V2 class is deprecated:DeprecationWarning",
    "ignore:.*has no QubitProperties:UserWarning",
)


def generic(number: int) -> GenericBackendV2:
    bases = (["cx", "id", "rz", "sx", "x"], ["ecr", "rz", "sx", "x"], ["cz", "rx", "rz", "x"])
    return GenericBackendV2(
        3, basis_gates=bases[number % 3], noise_info=number != 1, seed=number + 1
    )


def circuit_for(backend: GenericBackendV2, number: int) -> QuantumCircuit:
    made = random_circuit(3, 3, max_operands=2, reset=number == 2, seed=number)
    made.delay(900, 0, "dt")
    return transpile(made, backend, seed_transpiler=1)


@pytest.fixture(params=range(4))
def number(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.mark.parametrize("primitive", [SamplerV2, Sampler])
def test_samplers_give_the_bits_of_ibms_local_mode(number: int, primitive):
    backend = generic(number)
    circuit = circuit_for(backend, number).measure_all(inplace=False)

    def bits(mode: Any) -> list[str]:
        job = primitive(mode=mode, options=SEEDED).run([circuit], shots=200)
        measured: list[str] = job.result()[0].data.meas.get_bitstrings()
        return measured

    with Session(backend) as session:
        assert bits(session) == bits(copy.deepcopy(backend))
    assert session.simulation_counts.fallback == 0


def test_estimators_give_its_values(number: int):
    backend = generic(number)
    circuit = circuit_for(backend, number)
    observable = SparsePauliOp(["ZZZ", "XIX", "IYI"], [1, 0.5, 2]).apply_layout(circuit.layout)

    def values(mode: Any) -> tuple[float, float]:
        job = EstimatorV2(mode=mode, options=SEEDED).run([(circuit, observable)], precision=0.05)
        data = job.result()[0].data
        return float(data.evs), float(data.stds)

    with Session(backend) as session:
        assert values(session) == values(copy.deepcopy(backend))
    assert session.simulation_counts.fallback == 0


def test_runs_of_circuits_give_those_of_the_backend(number: int):
    backend = generic(number)
    circuit = circuit_for(backend, number).measure_all(inplace=False)
    options: dict[str, Any] = {"shots": 200, "memory": True, "seed_simulator": 5}
    expected = copy.deepcopy(backend).run(circuit, **options).result()
    with Session(backend) as session:
        result = session.run_circuits(circuit, **options).result()
    assert result.get_memory() == expected.get_memory()
    assert result.backend_name == expected.backend_name
    assert session.simulation_counts.fallback == 0


def test_one_that_has_run_by_itself_keeps_the_noise_that_was_set_since():
    backend = GenericBackendV2(2, seed=1)
    circuit = transpile(bell(), backend)
    backend.run(circuit).result()
    backend.set_options(noise_model=None)
    with Session(backend) as session:
        counts = session.run_circuits(circuit, shots=2000).result().get_counts()
    assert counts.keys() == {"00", "11"}
    assert session.simulation_counts.fallback == 0


def test_a_generic_backend_of_somebodys_own_runs_its_own_way():
    class Own(GenericBackendV2):
        def run(self, run_input: Any, **options: Any) -> Any:
            return super().run(run_input, **{**options, "shots": 3})

    with Session(Own(2, seed=1)) as session:
        assert sum(session.run_circuits(bell()).result().get_counts().values()) == 3
    assert session.simulation_counts.fallback == 1


@pytest.mark.filterwarnings("default")
def test_one_without_noise_is_no_reason_for_a_warning():
    with warnings.catch_warnings(record=True) as caught, Session(generic(1)) as session:
        session.run(bell()).result()
    assert caught == []
