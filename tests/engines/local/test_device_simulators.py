"""A device is seen with all of its noise, whoever makes its simulator meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession import Session
from qsession.engines.local.device_simulators import device_to_run, made_simulator
from qsession.engines.local.work import CircuitWork, as_submitted, run_work
from tests.support.patience import PATIENCE_S

WHOLE = {"enable_truncation": False}
"""An option with which Qiskit's own computation runs the circuit."""


def generic() -> GenericBackendV2:
    return GenericBackendV2(5, seed=1)


MAKERS: list[Callable[[], Any]] = [FakeManilaV2, generic]


def measured() -> QuantumCircuit:
    circuit = QuantumCircuit(5)
    circuit.x(range(5))
    circuit.measure_all()
    return circuit


def work(backend: Any, **options: Any) -> CircuitWork:
    options = {"shots": 2000, "seed_simulator": 7, **options}
    circuit = as_submitted(CircuitWork(backend, (measured(),), options))
    assert isinstance(circuit, CircuitWork)
    return circuit


def counts(outcome: Any) -> dict[str, int]:
    found: dict[str, int] = outcome.result.get_counts()
    return found


class Gate:
    """Holds up whoever makes the noise of a device."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def wait(self) -> None:
        self.reached.set()
        assert self.opened.wait(PATIENCE_S)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate, from_backend = Gate(), NoiseModel.from_backend

    def waiting(*args: Any, **options: Any) -> NoiseModel:
        gate.wait()
        return from_backend(*args, **options)

    monkeypatch.setattr(NoiseModel, "from_backend", waiting)
    kind: Any = FakeManilaV2.__mro__[1]
    make = kind._get_noise_model_from_backend_v2

    def waiting_too(device: Any) -> Any:
        gate.wait()
        return make(device)

    monkeypatch.setattr(kind, "_get_noise_model_from_backend_v2", waiting_too)
    yield gate
    gate.opened.set()


@pytest.fixture(params=MAKERS, ids=["fake", "generic"])
def make(request: pytest.FixtureRequest) -> Callable[[], Any]:
    maker: Callable[[], Any] = request.param
    return maker


@pytest.fixture
def noisy(make: Callable[[], Any]) -> dict[str, int]:
    """The counts of a device that is used by nobody else."""
    found = counts(run_work(work(make())))
    assert len(found) > 1
    return found


@pytest.mark.parametrize("options", [{}, WHOLE], ids=["fast", "by Qiskit"])
def test_a_job_has_all_noise_while_another_has_the_simulator_made(
    noisy: dict[str, int], make: Callable[[], Any], gate: Gate, options: dict[str, Any]
):
    backend = make()
    first, second = work(backend, **WHOLE), work(backend, **options)
    assert first.backend is second.backend
    with ThreadPoolExecutor(2) as threads:
        running = threads.submit(run_work, first)
        assert gate.reached.wait(PATIENCE_S)
        beside = threads.submit(run_work, second)
        if not options:
            assert counts(beside.result(PATIENCE_S)) == noisy
        gate.opened.set()
        assert counts(running.result(PATIENCE_S)) == noisy
        assert counts(beside.result(PATIENCE_S)) == noisy


def test_a_job_has_all_noise_while_its_owner_runs_the_device_for_the_first_time(
    noisy: dict[str, int], make: Callable[[], Any], gate: Gate
):
    backend = make()
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(lambda: backend.run(measured(), shots=1).result())
        assert gate.reached.wait(PATIENCE_S)
        submitted = work(backend)
        assert counts(run_work(submitted)) == noisy
        gate.opened.set()
        running.result(PATIENCE_S)
    assert counts(run_work(submitted)) == noisy


def test_a_device_whose_owner_has_taken_its_noise_away_has_none(make: Callable[[], Any]):
    backend = make()
    backend.run(measured(), shots=1).result()
    backend.set_options(noise_model=None)
    for options in ({}, WHOLE):
        assert counts(run_work(work(backend, **options))) == {"11111": 2000}


def test_the_simulator_that_is_made_is_used_again_and_goes_with_the_device(make):
    device = make()
    running: Any = device_to_run(device)
    assert device_to_run(device) is running
    assert made_simulator(device) is None
    gone = weakref.ref(running)
    del device, running
    gc.collect()
    assert gone() is None


def test_jobs_leave_the_simulator_of_a_device_as_it_is(make: Callable[[], Any]):
    backend = make()
    backend.run(measured(), shots=1).result()
    simulator, options = made_simulator(backend), backend._options
    run_work(work(backend, **WHOLE))
    assert made_simulator(backend) is simulator
    assert simulator._options is backend._options is options


def test_other_backends_are_run_as_they_are():
    backend = AerSimulator()
    assert device_to_run(backend) is backend


def test_sessions_on_one_device_all_have_its_noise(noisy: dict[str, int], make, gate: Gate):
    backend = make()
    options: dict[str, Any] = {"shots": 2000, "seed_simulator": 7}
    with Session(backend, name="first") as first, Session(backend, name="second") as second:
        slow = first.run_circuits(measured(), **options, enable_truncation=False)
        assert gate.reached.wait(PATIENCE_S)
        fast = second.run_circuits(measured(), **options)
        assert counts_of(fast) == noisy
        gate.opened.set()
        assert counts_of(slow) == noisy


def counts_of(job: Any) -> dict[str, int]:
    found: dict[str, int] = job.result(timeout=PATIENCE_S).get_counts()
    return found
