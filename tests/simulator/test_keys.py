"""What is kept is used for the same content only: each change must be seen."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import HGate, UnitaryGate
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import InstructionProperties
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    NoiseModel,
    ReadoutError,
    amplitude_damping_error,
    depolarizing_error,
    pauli_error,
)
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
from qiskit_ibm_runtime.quantum_program import QuantumProgram

from qsession.engines.local.work import (
    CircuitWork,
    EstimatorWork,
    ExecutorWork,
    SamplerWork,
    run_work,
)
from qsession.simulator import simulator
from qsession.simulator.simulator import simulator_of

SHOTS = 300


def sampled(backend: Any, circuit: QuantumCircuit, values: Any = None, **options: Any) -> Any:
    """The shots of each register, by the fast path."""
    options.setdefault("seed_simulator", 5)
    pub = SamplerPub.coerce((circuit, values, SHOTS))
    outcome: Any = run_work(SamplerWork(backend, (pub,), options))
    assert outcome.fallback is None
    return {name: each.array.tolist() for name, each in outcome.result[0].data.items()}


def by_qiskit(backend: Any, circuit: QuantumCircuit, values: Any = None, **options: Any) -> Any:
    options.setdefault("seed_simulator", 5)
    pub = SamplerPub.coerce((circuit, values, SHOTS))
    result: Any = SamplerWork(backend, (pub,), options).run()
    return {name: each.array.tolist() for name, each in result[0].data.items()}


def turned(angle: Any = 0.3) -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.sx(0)
    circuit.rz(angle, 0)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.x(1)
    circuit.measure([0, 1], [0, 1])
    return circuit


def add_gate(circuit: QuantumCircuit) -> None:
    circuit.data.insert(0, circuit.data[0])


def other_qubit(circuit: QuantumCircuit) -> None:
    circuit.data[1] = circuit.data[1].replace(qubits=[circuit.qubits[1]])


def other_bits(circuit: QuantumCircuit) -> None:
    clbits = circuit.clbits
    for place, bit in ((-2, 1), (-1, 0)):
        circuit.data[place] = circuit.data[place].replace(clbits=[clbits[bit]])


def other_angle(circuit: QuantumCircuit) -> None:
    operation = circuit.data[1].operation.to_mutable()
    operation.params = [2.0]
    circuit.data[1] = circuit.data[1].replace(operation=operation)


def other_order(circuit: QuantumCircuit) -> None:
    circuit.data[2], circuit.data[3] = circuit.data[3], circuit.data[2]


def matrix_inside(circuit: QuantumCircuit) -> None:
    gate = UnitaryGate(np.array([[0, 1], [1, 0]]))
    circuit.data.insert(0, circuit.data[0].replace(operation=gate))


@pytest.mark.parametrize("backend", [AerSimulator(), FakeManilaV2()], ids=lambda each: each.name)
@pytest.mark.parametrize(
    "edit", [add_gate, other_qubit, other_bits, other_angle, other_order, matrix_inside]
)
def test_a_circuit_edited_in_place_is_another(backend: Any, edit: Callable[[QuantumCircuit], None]):
    circuit = turned()
    before = sampled(backend, circuit)
    edit(circuit)
    after = sampled(backend, circuit)
    assert after == by_qiskit(type(backend)(), circuit)
    assert after != before


def test_matrices_of_one_shape_are_told_apart():
    backend, found = AerSimulator(), []
    for matrix in (np.eye(2), np.array([[0, 1], [1, 0]])):
        circuit = QuantumCircuit(1, 1)
        circuit.append(UnitaryGate(matrix), [0])
        circuit.measure(0, 0)
        found.append(sampled(backend, circuit))
    assert found == [{"c": [[0]] * SHOTS}, {"c": [[1]] * SHOTS}]


def test_delays_are_told_apart_by_length_and_unit():
    def waiting(length: int, unit: str) -> QuantumCircuit:
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.delay(length, 0, unit)
        circuit.measure(0, 0)
        return circuit

    backend = FakeManilaV2()
    for length, unit in ((16, "dt"), (300_000, "dt"), (300_000, "ns"), (16, "us")):
        circuit = waiting(length, unit)
        assert sampled(backend, circuit) == by_qiskit(FakeManilaV2(), circuit)
    assert sampled(backend, waiting(16, "dt")) != sampled(backend, waiting(300_000, "ns"))


def test_a_name_changes_no_shot_and_is_the_jobs_own():
    backend, circuit = AerSimulator(), turned()
    work = CircuitWork(backend, (circuit,), {"shots": 10, "seed_simulator": 1})
    first: Any = run_work(work).result
    circuit.name = "another"
    circuit.metadata = {"run": 2}
    second: Any = run_work(work).result
    assert second.get_counts() == first.get_counts()
    assert second.results[0].header["name"] == "another"
    assert second.results[0].header["metadata"] == {"run": 2}


def test_parameters_of_one_name_and_other_order_keep_their_values():
    backend = AerSimulator()
    a, b = Parameter("a"), Parameter("b")
    for first, second in ((a, b), (b, a)):
        circuit = QuantumCircuit(2, 2)
        circuit.rx(first, 0)
        circuit.rx(second, 1)
        circuit.measure([0, 1], [0, 1])
        shots = sampled(backend, circuit, {"a": np.pi, "b": 0.0})
        assert shots == {"c": [[1 if first is a else 2]] * SHOTS}


def test_expressions_of_parameters_are_evaluated_anew_for_each_job():
    backend, theta = FakeManilaV2(), Parameter("theta")
    circuit = turned(2 * theta + 0.5)
    for value in (0.1, 1.2, [0.1, 1.2, 2.2], [[0.4], [0.5]]):
        values = {"theta": value}
        assert sampled(backend, circuit, values) == by_qiskit(FakeManilaV2(), circuit, values)
    assert sampled(backend, circuit, {"theta": 0.1}) != sampled(backend, circuit, {"theta": 1.2})


def test_numbers_of_shots_and_seeds_are_the_jobs_own():
    backend, circuit = FakeManilaV2(), turned()
    pubs = tuple(SamplerPub.coerce((circuit, None, shots)) for shots in (3, 100, 3, 2))
    work = SamplerWork(backend, pubs, {"seed_simulator": 9})
    ours: Any = run_work(work)
    theirs: Any = SamplerWork(FakeManilaV2(), pubs, {"seed_simulator": 9}).run()
    assert ours.fallback is None
    for one, other in zip(ours.result, theirs, strict=True):
        assert one.data.c == other.data.c


def test_registers_of_other_sizes_get_their_own_bits():
    backend = AerSimulator()
    for sizes in ((2, 9), (9, 2), (11,), (1, 10)):
        circuit = QuantumCircuit(11)
        circuit.x([0, 3, 10])
        start = 0
        for number, size in enumerate(sizes):
            register = ClassicalRegister(size, f"r{number}")
            circuit.add_register(register)
            circuit.measure(range(start, start + size), register)
            start += size
        assert sampled(backend, circuit) == by_qiskit(AerSimulator(), circuit)


# --- the backend ---------------------------------------------------------------------------------


def flipping(probability: float) -> NoiseModel:
    model = NoiseModel()
    error = pauli_error([("X", probability), ("I", 1 - probability)])
    model.add_all_qubit_quantum_error(error, ["sx", "rz"])
    return model


def test_another_noise_model_on_the_simulator_is_seen():
    backend, circuit = AerSimulator(noise_model=flipping(0.0)), turned()
    seen = []
    for probability in (0.0, 0.2, 0.4):
        backend.set_options(noise_model=flipping(probability))
        seen.append(sampled(backend, circuit))
        other = AerSimulator(noise_model=flipping(probability))
        assert seen[-1] == by_qiskit(other, circuit)
    assert seen[0] != seen[1] != seen[2]
    backend.set_options(noise_model=None)
    assert sampled(backend, circuit) == by_qiskit(AerSimulator(), circuit)


def test_errors_added_to_a_noise_model_in_place_are_seen():
    model = flipping(0.1)
    backend, circuit = AerSimulator(noise_model=model), turned()
    seen = [sampled(backend, circuit)]
    for change in (
        lambda: model.add_all_qubit_quantum_error(depolarizing_error(0.3, 2), "cx"),
        lambda: model.add_quantum_error(depolarizing_error(0.4, 1), "sx", [0]),
        lambda: model.add_quantum_error(depolarizing_error(0.4, 1), "sx", [0]),
        lambda: model.add_readout_error(ReadoutError([[0.8, 0.2], [0.3, 0.7]]), [1]),
        lambda: model.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.1, 0.9]])),
    ):
        change()
        seen.append(sampled(backend, circuit))
        assert seen[-1] == by_qiskit(AerSimulator(noise_model=model), circuit)
        assert seen[-1] != seen[-2]


def test_errors_of_qubits_that_are_not_in_use_decide_how_aer_simulates():
    # General ones rule out its stabilizer method for the whole device.
    model = flipping(0.2)
    backend = AerSimulator(noise_model=model)
    circuit = turned(0.0)
    few = CircuitWork(backend, (circuit,), {"shots": 3, "seed_simulator": 3})
    before: Any = run_work(few).result
    model.add_quantum_error(amplitude_damping_error(0.1), "sx", [9])
    after: Any = run_work(few).result
    theirs = backend.run(circuit, shots=3, seed_simulator=3).result()
    methods = [each.results[0].metadata["method"] for each in (before, after, theirs)]
    assert methods == ["stabilizer", "statevector", "statevector"]
    assert after.get_counts() == theirs.get_counts()


@pytest.mark.parametrize("backend", [AerSimulator(), FakeManilaV2()], ids=lambda each: each.name)
def test_angles_behind_a_measurement_find_their_gates(backend: Any):
    first, second = Parameter("first"), Parameter("second")
    circuit = QuantumCircuit(2, 2)
    circuit.rz(first, 0)
    circuit.sx(0)
    circuit.measure(0, 0)
    circuit.sx(1)
    circuit.rz(second, 1)
    circuit.sx(1)
    circuit.measure(1, 1)
    values = {"first": [0.3, 0.3], "second": [0.1, 2.5]}
    ours = sampled(backend, circuit, values)
    assert ours == by_qiskit(type(backend)(), circuit, values)
    assert ours["c"][0] != ours["c"][1]


def test_noise_given_with_a_job_is_that_jobs_alone():
    backend, circuit = FakeManilaV2(), turned()
    usual = sampled(backend, circuit)
    noise = flipping(0.3)
    given = sampled(backend, circuit, run_options={"noise_model": noise})
    assert given == by_qiskit(FakeManilaV2(), circuit, run_options={"noise_model": noise})
    assert given != usual
    assert sampled(backend, circuit) == usual
    none = sampled(backend, circuit, run_options={"noise_model": None})
    assert none == by_qiskit(AerSimulator(), circuit)


@pytest.mark.parametrize(
    "method", ["statevector", "density_matrix", "matrix_product_state", "stabilizer", "automatic"]
)
def test_a_method_chosen_on_the_simulator_is_used(method: str):
    backend = AerSimulator(noise_model=NoiseModel.from_backend(FakeManilaV2()))
    circuit = turned(np.pi / 2)
    sampled(backend, circuit)
    backend.set_options(method=method)
    work = CircuitWork(backend, (circuit,), {"shots": 40, "seed_simulator": 3})
    outcome: Any = run_work(work)
    theirs = backend.run(circuit, shots=40, seed_simulator=3).result()
    assert outcome.result.success == theirs.success
    if theirs.success:
        assert outcome.fallback is None
        assert outcome.result.get_counts() == theirs.get_counts()
        own, other = (each.results[0].metadata["method"] for each in (outcome.result, theirs))
        assert own == other


def test_options_of_the_simulator_are_looked_at_anew():
    backend, circuit = AerSimulator(), turned()
    backend.set_options(shots=17, seed_simulator=8)
    first: Any = run_work(CircuitWork(backend, (circuit,))).result
    again: Any = run_work(CircuitWork(backend, (circuit,))).result
    assert sum(first.get_counts().values()) == 17
    assert first.get_counts() == again.get_counts() == backend.run(circuit).result().get_counts()
    backend.set_options(seed_simulator=9)
    other: Any = run_work(CircuitWork(backend, (circuit,))).result
    assert other.get_counts() == backend.run(circuit).result().get_counts()


def test_a_fake_backend_that_ran_by_itself_gives_the_same_bits():
    backend, circuit = FakeManilaV2(), turned()
    before = sampled(backend, circuit)
    backend.run(circuit).result()
    assert sampled(backend, circuit) == before
    backend.set_options(noise_model=flipping(0.3))
    assert sampled(backend, circuit) == by_qiskit(backend, circuit) != before


def program_shots(backend: Any, circuit: QuantumCircuit) -> Any:
    program = QuantumProgram(shots=200)
    program.append_circuit_item(circuit)
    work = ExecutorWork(backend, program, SimulatorOptions(seed_simulator=4))
    outcome: Any = run_work(work)
    assert outcome.fallback is None
    theirs: Any = work.run()
    np.testing.assert_array_equal(outcome.result[0]["c"], theirs[0]["c"])
    return outcome.result[0]["c"].tolist()


def test_a_target_edited_in_place_is_seen_by_programs():
    backend, circuit = FakeManilaV2(), turned()
    seen = [program_shots(backend, circuit)]
    target = backend.target
    target.update_instruction_properties(
        "sx", (0,), InstructionProperties(error=0.3, duration=1e-7)
    )
    seen.append(program_shots(backend, circuit))
    target.update_instruction_properties("measure", (1,), InstructionProperties(error=0.4))
    seen.append(program_shots(backend, circuit))
    assert all(one != other for one, other in pairwise(seen))


def estimated(backend: Any, observable: SparsePauliOp) -> Any:
    circuit = QuantumCircuit(2)
    circuit.sx(0)
    circuit.cx(0, 1)
    pub = EstimatorPub.coerce((circuit, observable))
    work = EstimatorWork(backend, (pub,), 0.05, {"seed_simulator": 4})
    outcome: Any = run_work(work)
    assert outcome.fallback is None
    theirs: Any = work.run()
    assert float(outcome.result[0].data.evs) == float(theirs[0].data.evs)
    assert float(outcome.result[0].data.stds) == float(theirs[0].data.stds)
    return float(outcome.result[0].data.evs)


def test_observables_are_told_apart():
    backend = FakeManilaV2()
    labels = (["ZZ"], ["XX"], ["ZI", "IZ"], ["YX", "ZZ"], ["II"], ["IZ", "II"])
    values = [estimated(backend, SparsePauliOp(each)) for each in labels]
    assert len(set(values)) == len(labels)
    assert estimated(backend, SparsePauliOp(["ZZ"], [0.5])) == 0.5 * values[0]


def test_a_target_edited_in_place_is_seen_by_estimators():
    backend = FakeManilaV2()
    estimated(backend, SparsePauliOp(["XX"]))
    kept = simulator_of(backend).kept
    assert len(kept) == 1
    # From now on one gate is enough, which has no error.
    backend.target.add_instruction(HGate(), {(0,): InstructionProperties(error=0.0)})
    estimated(backend, SparsePauliOp(["XX"]))
    assert len(kept) == 2
    error = InstructionProperties(error=0.2)
    backend.target.update_instruction_properties("h", (0,), error)
    estimated(backend, SparsePauliOp(["XX"]))
    assert len(kept) == 3


# --- what is kept --------------------------------------------------------------------------------


def test_angles_are_not_compiled_anew():
    backend = FakeManilaV2()
    for number in range(20):
        sampled(backend, turned(0.1 * number))
        sampled(backend, turned(Parameter("t")), [0.1 * number])
    assert len(simulator_of(backend)._circuits) == 1


def test_simulators_without_noise_compile_a_circuit_once_for_all(monkeypatch):
    common = simulator.WithoutNoise()
    monkeypatch.setattr(simulator, "_of_aer", common)
    for _ in range(3):
        backend = AerSimulator()
        sampled(backend, turned(0.1))
        estimated(backend, SparsePauliOp(["XX"]))
    assert len(common.kept) == 1
    assert len(common.circuits) == 2


def test_what_has_noise_goes_with_its_simulator(monkeypatch):
    common = simulator.WithoutNoise()
    monkeypatch.setattr(simulator, "_of_aer", common)
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["h", "rz", "ry", "rx"])
    backend = AerSimulator(noise_model=noise)
    sampled(backend, turned(0.1))
    assert len(common.circuits) == 0
    assert len(simulator_of(backend)._circuits) == 1
    assert simulator_of(AerSimulator())._circuits is not simulator_of(backend)._circuits
