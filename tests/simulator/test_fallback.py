"""What the fast path cannot do exactly is left to Qiskit's own classes, and the reason is said."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.providers.basic_provider import BasicSimulator
from qiskit_aer import AerSimulator
from qiskit_aer.noise import depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.engines.local.work import CircuitWork, SamplerWork, Work, run_work
from qsession.simulator import aer_private as aer
from qsession.simulator.aer_noise_models import content_of
from tests.support.circuits import bell

SHOTS = 20


def on(backend: Any, circuit: QuantumCircuit, **options: Any) -> SamplerWork:
    return SamplerWork(backend, (SamplerPub.coerce((circuit, None, SHOTS)),), options)


def with_own_error() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.append(depolarizing_error(0.1, 1), [0])
    circuit.measure(0, 0)
    return circuit


def saved() -> CircuitWork:
    circuit = bell()
    circuit.save_statevector()
    return CircuitWork(AerSimulator(), (circuit,), {"shots": SHOTS})


def initialized() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.initialize([0.6, 0.8], 0)
    circuit.measure(0, 0)
    return circuit


REASONS: list[tuple[str, Callable[[], Work]]] = [
    ("the backend is neither", lambda: on(BasicSimulator(), bell())),
    ("an instruction is not one that is known", lambda: on(AerSimulator(), with_own_error())),
    ("an instruction is not one that is known", saved),
    (
        "circuits must not be cut down",
        lambda: on(AerSimulator(enable_truncation=False), bell()),
    ),
    (
        "an option is not one whose effect is known",
        lambda: on(AerSimulator(), bell(), run_options={"sunshine": 1}),
    ),
    (
        "it is not known which noise follows an instruction",
        lambda: on(FakeManilaV2(), initialized()),
    ),
]


@pytest.mark.parametrize(("reason", "make"), REASONS)
def test_the_reason_is_said_and_the_result_is_there(reason: str, make: Callable[[], Work]):
    outcome: Any = run_work(make())
    assert reason in outcome.fallback
    assert outcome.result is not None


def test_an_error_is_the_one_of_qiskits_own_computation():
    circuit = QuantumCircuit(1, 1)
    circuit.append(Gate("mine", 1, []), [0])
    circuit.measure(0, 0)
    with pytest.raises(Exception, match="unknown instruction: mine"):
        run_work(on(AerSimulator(), circuit))


def test_another_inside_of_aer_leads_to_the_public_way(monkeypatch: pytest.MonkeyPatch):
    work = on(FakeManilaV2(), bell(), seed_simulator=3)
    fast: Any = run_work(work)
    monkeypatch.setattr(aer, "_is_complete", False)
    slow: Any = run_work(work)
    assert (fast.fallback, slow.fallback) == (None, "this release of Aer has another inside")
    assert fast.result[0].data.meas == slow.result[0].data.meas


def test_a_process_of_its_own_computes_fast_and_the_same():
    work = on(FakeManilaV2(), bell(), seed_simulator=3)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        elsewhere: Any = executor.submit(run_work, work).result(60)
    here: Any = run_work(work)
    assert (here.fallback, elsewhere.fallback) == (None, None)
    assert here.result[0].data.meas == elsewhere.result[0].data.meas


@pytest.mark.contract
def test_aer_has_the_names_that_are_used():
    aer.require()
    assert all(map(aer.has_option, ("shots", "seed_simulator", "memory", "method")))
    errors = content_of(FakeManilaV2()._get_noise_model_from_backend_v2())
    assert set(errors.quantum) >= {"sx", "cx"}
    assert len(errors.readout) == 5
    assert len(errors.passes) == 1
