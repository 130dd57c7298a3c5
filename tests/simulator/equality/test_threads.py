"""Threads that use one backend with noise of their own each get the shots of their own noise.

Every model here has its own certain outcome, so each job tells by itself which one it was run with.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, QuantumError, kraus_error, pauli_error
from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
from qiskit_ibm_runtime.quantum_program import QuantumProgram

from qsession import Batch, Session
from qsession.engines.local.work import CircuitWork, ExecutorWork, SamplerWork, run_work
from qsession.engines.local.workers import placement

QUBITS = 4
SHOTS = 30
JOBS = 25
"""Of each thread."""

FLIP = pauli_error([("X", 1.0)])
NOTHING = pauli_error([("Z", 1.0)])
DAMPED = kraus_error([[[0, 1], [0, 0]], [[0, 0], [1, 0]]])
"""A flip, too, that Aer simulates in another way."""


def flipping(*errors: QuantumError) -> NoiseModel:
    """In all models errors stand in the same places: they themselves must be told apart."""
    model = NoiseModel()
    for qubit, error in enumerate(errors):
        model.add_quantum_error(error, "id", [qubit])
    return model


def by_paulis() -> NoiseModel:
    return flipping(FLIP, NOTHING, NOTHING, NOTHING)


def by_kraus() -> NoiseModel:
    return flipping(NOTHING, DAMPED, NOTHING, NOTHING)


def by_misreading() -> NoiseModel:
    model = flipping(NOTHING, NOTHING, NOTHING, NOTHING)
    model.add_readout_error([[0, 1], [1, 0]], [2])
    return model


def by_all() -> NoiseModel:
    return flipping(FLIP, DAMPED, FLIP, FLIP)


MODELS = {"0001": by_paulis, "0010": by_kraus, "0100": by_misreading, "1111": by_all}


@pytest.fixture(autouse=True)
def _threads_take_turns_often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def circuit_of(number: int) -> QuantumCircuit:
    """Circuits of 30 different contents, which each thread compiles and finds again."""
    circuit = QuantumCircuit(QUBITS)
    circuit.id(range(QUBITS))
    for _ in range(number % 6):
        circuit.barrier()
        circuit.z(range(QUBITS))
    for _ in range(number % 5):
        circuit.rz(0.1 * number, range(QUBITS))
    circuit.measure_all()
    return circuit


def in_threads(tasks: list[Callable[[], None]]) -> None:
    """Run each in a thread of its own, all from the same moment; raise what one of them raised."""
    together = threading.Barrier(len(tasks))

    def run(task: Callable[[], None]) -> None:
        together.wait(30)
        task()

    with ThreadPoolExecutor(len(tasks)) as executor:
        for future in [executor.submit(run, task) for task in tasks]:
            future.result(60)


def of_each_model(task: Callable[[str, NoiseModel], None]) -> list[Callable[[], None]]:
    """A task for each model and its outcome."""
    return [partial(task, expected, make()) for expected, make in MODELS.items()]


def jobs_of(run: Callable[[NoiseModel, int], set[str]]) -> Callable[[str, NoiseModel], None]:
    """A task that runs jobs and looks at their outcomes."""

    def task(expected: str, model: NoiseModel) -> None:
        for number in range(JOBS):
            assert run(model, number) == {expected}

    return task


def sampled(result: Any) -> set[str]:
    return set(result[0].data.meas.get_counts())


def test_samplers_with_models_of_their_own():
    backend = AerSimulator()

    def run(model: NoiseModel, number: int) -> set[str]:
        pub = SamplerPub.coerce((circuit_of(number), None, SHOTS))
        work = SamplerWork(backend, (pub,), {"run_options": {"noise_model": model}})
        outcome: Any = run_work(work)
        assert outcome.fallback is None
        return sampled(outcome.result)

    in_threads(of_each_model(jobs_of(run)) * 2)


def test_circuits_with_and_without_noise():
    backend = AerSimulator()

    def run(model: NoiseModel | None, number: int) -> set[str]:
        options = {"shots": SHOTS, "memory": True, "noise_model": model}
        outcome: Any = run_work(CircuitWork(backend, (circuit_of(number),), options))
        assert outcome.fallback is None
        return set(outcome.result.get_counts())

    def without() -> None:
        for number in range(JOBS):
            assert run(None, number) == {"0000"}

    in_threads([*of_each_model(jobs_of(run)), without])


def test_angles_are_set_for_the_job_that_asks():
    # One circuit, kept with open angles, is run by all threads at once.
    backend = AerSimulator()
    model = NoiseModel()
    model.add_all_qubit_quantum_error(pauli_error([("Z", 0.5), ("I", 0.5)]), ["id"])

    def task(flipped: int) -> None:
        options = {"shots": SHOTS, "noise_model": model}
        for _ in range(10 * JOBS):
            circuit = QuantumCircuit(QUBITS)
            circuit.id(range(QUBITS))
            for qubit in range(QUBITS):
                circuit.rx(3.141592653589793 if flipped >> qubit & 1 else 0.0, qubit)
            circuit.measure_all()
            result: Any = run_work(CircuitWork(backend, (circuit,), options)).result
            assert set(result.get_counts()) == {f"{flipped:04b}"}

    in_threads([partial(task, flipped) for flipped in range(8)])


def test_a_model_edited_in_place_between_jobs():
    backend = AerSimulator()

    def task(first: int) -> None:
        model = NoiseModel()
        for step in range(JOBS):
            model.reset()
            flipped = (first + step) % QUBITS
            model.add_quantum_error(FLIP, "id", [flipped])
            options = {"shots": SHOTS, "noise_model": model}
            result: Any = run_work(CircuitWork(backend, (circuit_of(step),), options)).result
            assert set(result.get_counts()) == {f"{1 << flipped:04b}"}

    in_threads([partial(task, first) for first in range(QUBITS)])


def test_programs_on_simulators_with_models_of_their_own():
    def task(expected: str, model: NoiseModel) -> None:
        backend = AerSimulator(noise_model=model)
        for number in range(6):
            program = QuantumProgram(shots=SHOTS)
            program.append_circuit_item(circuit_of(number))
            outcome: Any = run_work(ExecutorWork(backend, program, SimulatorOptions()))
            assert outcome.fallback is None
            rows = outcome.result[0]["meas"].astype(int).tolist()
            assert {"".join(map(str, row[::-1])) for row in rows} == {expected}

    in_threads(of_each_model(task))


# --- through sessions ----------------------------------------------------------------------------


def with_noise(model: NoiseModel) -> dict[str, Any]:
    return {"simulator": {"noise_model": model}}


def test_sessions_on_one_backend():
    backend = AerSimulator()

    def task(expected: str, model: NoiseModel) -> None:
        with Session(backend) as session:
            jobs = [
                session.run(circuit_of(number), shots=SHOTS, options=with_noise(model))
                for number in range(JOBS)
            ]
            assert {outcome for job in jobs for outcome in sampled(job.result())} == {expected}

    in_threads(of_each_model(task))


def test_a_batch_with_an_executor():
    backend = AerSimulator()
    with (
        ThreadPoolExecutor(4) as executor,
        Batch(backend, executor=executor, parallel=4) as batch,
    ):
        jobs = [
            (expected, batch.run(circuit_of(number), shots=SHOTS, options=with_noise(model)))
            for number in range(JOBS)
            for expected, model in ((outcome, make()) for outcome, make in MODELS.items())
        ]
        for expected, job in jobs:
            assert sampled(job.result()) == {expected}


def test_the_worker_gets_other_models_for_one_backend(monkeypatch):
    # A copy of a model comes to the worker with each job: it is known by its content there.
    models = {expected: make() for expected, make in MODELS.items()}
    for limit in ("SURELY_SHORT_S", "PROBABLY_SHORT_S", "PROBABLY_SHORT_IN_SCRIPT_S"):
        monkeypatch.setattr(placement, limit, 0.0)
    backend = AerSimulator()
    with Session(backend) as session:
        jobs = [
            (expected, session.run(circuit_of(number), shots=SHOTS, options=with_noise(model)))
            for number in range(3)
            for expected, model in models.items()
        ]
        for expected, job in jobs:
            assert sampled(job.result()) == {expected}
