"""``backend.run``: what Aer says of circuits, to the last word, with shots that are drawn here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.engines.local.work import CircuitWork, run_work
from qsession.simulator import aer_private, aer_sampling, simulator
from tests.support.circuits import bell, fitted, ghz

SHOTS = 300

TIMES = {"date", "job_id", "sample_measure_time", "time_taken"}
TIMES |= {"time_taken_execute", "time_taken_parameter_binding"}
THREADS = {"parallel_state_update"}
"""Aer starts more for each small circuit, which takes longer than to simulate it."""

QUBITS = {"active_input_qubits", "input_qubit_map", "remapped_qubits"}
"""Aer numbers those that matter, here they are numbered before it gets the circuit."""


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator, "_of_aer", simulator.WithoutNoise())
    monkeypatch.setattr(aer_sampling, "_lone_runs", count(2))  # not the first of its process
    assert aer_sampling.draws_as_aer()  # which asks Aer, too


@pytest.fixture
def shots_of_aer(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The shots that Aer was asked for, by its calls."""
    asked: list[int] = []
    execute = aer_private.execute

    def noting(circuits: Sequence[Any], noise: Mapping[str, Any], config: Any) -> Any:
        asked.append(config.shots)
        return execute(circuits, noise, config)

    monkeypatch.setattr(aer_private, "execute", noting)
    return asked


def ran(*circuits: QuantumCircuit, backend: Any = None, **options: Any) -> Any:
    options = {"shots": SHOTS, **options}
    outcome: Any = run_work(CircuitWork(backend or AerSimulator(), circuits, options))
    assert outcome.fallback is None
    return outcome.result


def by_aer(*circuits: QuantumCircuit, **options: Any) -> Any:
    return AerSimulator().run(list(circuits), **{"shots": SHOTS, **options}).result()


def said(item: Any) -> Any:
    """All that a result says, without what differs from run to run."""
    if isinstance(item, dict):
        left_out = TIMES | THREADS | QUBITS
        return {name: said(value) for name, value in item.items() if name not in left_out}
    if isinstance(item, list):
        return [said(each) for each in item]
    return item.tolist() if isinstance(item, np.ndarray) else item


def turned(angle: float = 0.7) -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2, name="turned", metadata={"angle": angle})
    circuit.ry(angle, 0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [1, 0])
    return circuit


def partly_measured() -> QuantumCircuit:
    circuit = QuantumCircuit(5, 3, name="partly measured")
    for qubit in range(4):
        circuit.ry(0.4 + qubit, qubit)
    circuit.cx(0, 3)
    circuit.measure([3, 1], [2, 0])
    return circuit


def in_wide_registers(last: int = 63) -> QuantumCircuit:
    registers = ClassicalRegister(40, "low"), ClassicalRegister(40, "high")
    circuit = QuantumCircuit(QuantumRegister(3, "q"), *registers, name="wide")
    circuit.h(0)
    circuit.rx(1.3, 1)
    circuit.cx(1, 2)
    circuit.measure(range(3), [3, 41, last])
    return circuit


def measured_twice() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 1, name="measured twice")
    circuit.h(0)
    circuit.ry(0.3, 1)
    circuit.measure(0, 0)
    circuit.measure(1, 0)
    return circuit


def with_matrices() -> QuantumCircuit:
    circuit = QuantumCircuit(2, name="matrices", global_phase=0.3)
    circuit.unitary(np.array([[0, 1], [1, 0]]), 0)
    circuit.delay(100, 1)
    circuit.u(0.1, 0.2, 0.3, 1)
    circuit.measure_all()
    return circuit


PLAIN: tuple[Callable[[], QuantumCircuit], ...] = (
    bell,
    turned,
    partly_measured,
    in_wide_registers,
    measured_twice,
    with_matrices,
)


@pytest.mark.parametrize("memory", [False, True])
@pytest.mark.parametrize("make", PLAIN)
@pytest.mark.parametrize("method", ["automatic", "statevector"])
def test_a_seeded_result_says_what_aers_does(
    make: Callable[[], QuantumCircuit], method: str, memory: bool, shots_of_aer: list[int]
):
    options = {"method": method, "memory": memory, "seed_simulator": 11}
    theirs = by_aer(make(), **options)
    for _ in range(2):  # what is kept of the first time must be right
        ours = ran(make(), **options)
        assert said(ours.to_dict()) == said(theirs.to_dict())
    assert shots_of_aer == [1, 1]


def test_times_are_told(shots_of_aer: list[int]):
    result = ran(bell()).to_dict()
    (experiment,) = result["results"]
    metadata = experiment["metadata"]
    assert 0 < metadata["sample_measure_time"] < metadata["time_taken"]
    assert experiment["time_taken"] == metadata["time_taken"]
    assert result["time_taken"] == experiment["time_taken"]
    assert shots_of_aer == [1]


def test_each_circuit_of_a_job_has_its_own_seed():
    fed_forward = QuantumCircuit(2, 2, name="fed forward")
    fed_forward.h(0)
    fed_forward.measure(0, 0)
    with fed_forward.if_test((0, 1)):
        fed_forward.x(1)
    fed_forward.measure(1, 1)
    circuits = [turned(0.2), turned(0.2), fed_forward, bell(), ghz(4)]
    options = {"seed_simulator": 5, "memory": True}
    ours, theirs = ran(*circuits, **options), by_aer(*circuits, **options)
    assert [each.data.to_dict() for each in ours.results] == [
        each.data.to_dict() for each in theirs.results
    ]
    assert ours.get_memory(0) != ours.get_memory(1)


def test_without_a_seed_shots_are_as_frequent_as_they_are_likely(shots_of_aer: list[int]):
    first, second = (ran(turned(), shots=20_000, memory=True).get_memory() for _ in range(2))
    assert first != second
    assert shots_of_aer == [1, 1]
    likely = np.sin(0.35) ** 2
    assert abs(first.count("11") / 20_000 - likely) < 6 * np.sqrt(likely * (1 - likely) / 20_000)
    assert set(first) == {"00", "11"}


def test_the_seed_that_a_result_tells_gives_its_shots_again(shots_of_aer: list[int]):
    circuits = [turned(), bell(), with_matrices()]
    result = ran(*circuits, memory=True)
    assert shots_of_aer == [1]
    for number, circuit in enumerate(circuits):
        seed = result.results[number].seed_simulator
        again = by_aer(circuit, memory=True, seed_simulator=seed)
        assert result.get_memory(number) == again.get_memory()


def test_what_measures_nothing_has_no_counts():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    ours, theirs = ran(circuit, seed_simulator=1), by_aer(circuit, seed_simulator=1)
    assert said(ours.to_dict()["results"]) == said(theirs.to_dict()["results"])


@pytest.mark.parametrize(
    ("make", "options", "asked"),
    [
        (lambda: ghz(8), {"shots": 511}, 511),  # a stabilizer has 256 outcomes to tell
        (lambda: ghz(8), {"shots": 512}, 1),
        (partly_measured, {"shots": 2}, 1),  # all of a state's outcomes are there
        (lambda: in_wide_registers(64), {}, SHOTS),  # it writes them in a way of its own
        (bell, {"precision": "single"}, SHOTS),
        (bell, {"method": "matrix_product_state"}, SHOTS),
    ],
    ids=["stabilizer", "many shots", "state", "wide", "precision", "method"],
)
def test_aer_draws_what_would_take_longer_or_is_not_known(
    make: Callable[[], QuantumCircuit],
    options: Mapping[str, Any],
    asked: int,
    shots_of_aer: list[int],
):
    ours = ran(make(), seed_simulator=3, **options)
    assert ours.data() == by_aer(make(), seed_simulator=3, **options).data()
    assert shots_of_aer[-1] == asked  # others try single gates


def test_with_noise_aer_draws(shots_of_aer: list[int]):
    backend = FakeManilaV2()
    ran(fitted(bell(), backend), backend=backend)
    assert shots_of_aer == [SHOTS]


def test_a_fake_backends_results_carry_the_name_of_aers_simulator():
    backend = FakeManilaV2()
    circuit = fitted(bell(), backend)
    ours, theirs = ran(circuit, backend=backend), backend.run(circuit, shots=SHOTS).result()
    assert (ours.backend_name, ours.backend_version) == (
        theirs.backend_name,
        theirs.backend_version,
    )


def test_a_result_carries_the_name_and_version_that_a_simulator_was_given():
    backend = AerSimulator(backend_version="7.7")
    result = ran(bell(), backend=backend)
    theirs = backend.run(bell()).result()
    assert (result.backend_name, result.backend_version) == (backend.name, theirs.backend_version)
    assert result.backend_version == "7.7"


def test_a_simulator_that_splits_jobs_computes_them_itself():
    configuration = AerSimulator().configuration()
    configuration.max_experiments = 2
    work = CircuitWork(AerSimulator(configuration=configuration), (bell(),), {"shots": SHOTS})
    outcome: Any = run_work(work)
    assert outcome.fallback == "the backend splits jobs"
