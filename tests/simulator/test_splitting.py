"""Devices with more qubits than fit into memory: what never meets is simulated by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit_ibm_runtime.fake_provider import FakeBrisbane
from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
from qiskit_ibm_runtime.quantum_program import QuantumProgram

from qsession.engines.local.work import ExecutorWork, run_work
from qsession.simulator.splitting import split


def turned_pairs() -> QuantumCircuit:
    circuit = QuantumCircuit(8, 8)
    for qubit in range(8):
        circuit.rx(Parameter(f"p{qubit}"), qubit)
    circuit.barrier()
    circuit.cx(0, 1)
    circuit.cx(1, 6)
    circuit.cx(3, 4)
    circuit.measure(range(8), range(8))
    return circuit


def qubits_of(circuit: QuantumCircuit) -> set[int]:
    return {circuit.find_bit(qubit).index for each in circuit.data for qubit in each.qubits}


def test_qubits_that_meet_stay_together():
    parts = split(turned_pairs())
    together = [qubits_of(part.circuit) for part in parts]
    assert sorted(qubit for qubits in together for qubit in qubits) == list(range(8))
    for own in ({0, 1, 6}, {3, 4}):
        assert sum(not own.isdisjoint(qubits) for qubits in together) == 1


def test_each_part_has_its_own_angles():
    circuit = turned_pairs()
    parts = split(circuit)
    for part in parts:
        names = [each.params[0].name for each in part.circuit.data if each.name == "rx"]
        assert names == [f"p{column}" for column in part.columns]


def test_writers_of_one_bit_stay_together():
    circuit = QuantumCircuit(12, 1)
    circuit.measure(0, 0)
    circuit.measure(11, 0)
    (part,) = (each for each in split(circuit) if each.circuit.data)
    assert [each.name for each in part.circuit.data] == ["measure", "measure"]


def test_a_circuit_on_all_qubits_of_a_device_gives_the_shots_of_each():
    backend = FakeBrisbane()
    angle = Parameter("angle")
    circuit = QuantumCircuit(127, 127)
    for qubit in range(127):
        circuit.sx(qubit)
        circuit.rz(angle, qubit)
        circuit.sx(qubit)
    circuit.ecr(*next(iter(backend.coupling_map.get_edges())))
    circuit.measure(range(127), range(127))
    program = QuantumProgram(shots=500)
    program.append_circuit_item(circuit, circuit_arguments=np.array([[0.0], [np.pi]]))
    outcome: Any = run_work(ExecutorWork(backend, program, SimulatorOptions(seed_simulator=1)))
    again: Any = run_work(ExecutorWork(backend, program, SimulatorOptions(seed_simulator=1)))
    assert outcome.fallback is None
    shots = outcome.result[0]["c"]
    assert shots.shape == (2, 500, 127)
    np.testing.assert_array_equal(shots, again.result[0]["c"])
    # All but the pair that meets: surely 1, then surely 0, but for the errors of the device.
    flipped, back = shots.mean(axis=1)
    alone = sorted(set(range(127)) - set(next(iter(backend.coupling_map.get_edges()))))
    assert np.median(flipped[alone]) > 0.9
    assert np.median(back[alone]) < 0.1
    # Parts share no luck.
    noise = shots[0][:, alone].astype(float)
    correlations = np.corrcoef(noise[:, noise.std(axis=0) > 0].T)
    np.fill_diagonal(correlations, 0)
    assert np.abs(correlations).max() < 0.4
