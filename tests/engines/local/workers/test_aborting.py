"""Work that may end its process is known: by its variables, and by gates of somebody's own."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.classical import expr, types
from qiskit.circuit.library import DiagonalGate, UCGate
from qiskit.quantum_info import Kraus
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error, pauli_error

import qsession
from qsession.engines.local.work import CircuitWork
from qsession.engines.local.workers.isolation import may_abort
from qsession.errors import WorkerLostError
from tests.engines.local.workers.work import aborting
from tests.support.circuits import bell, switched


def is_risky(*circuits: QuantumCircuit) -> bool:
    return may_abort(CircuitWork(AerSimulator(), circuits))


def conditional(*, with_variable: bool) -> QuantumCircuit:
    circuit = QuantumCircuit(1, 2)
    with circuit.if_test((0, 1)), circuit.if_test(expr.bit_xor(*circuit.clbits)):
        if with_variable:
            circuit.add_var("inner", expr.lift(3, types.Uint(8)))
        circuit.x(0)
    circuit.measure(0, 1)
    return circuit


def with_input() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.add_input("given", types.Bool())
    return circuit


def with_stretch() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.add_stretch("long")
    return circuit


@pytest.mark.parametrize(
    "circuit", [aborting(), conditional(with_variable=True), with_input(), with_stretch()]
)
def test_variables_of_a_circuit_or_of_its_blocks_are_risky(circuit: QuantumCircuit):
    assert is_risky(circuit)
    assert is_risky(bell(), circuit)


@pytest.mark.parametrize("circuit", [bell(), switched(), conditional(with_variable=False)])
def test_measured_bits_and_expressions_of_them_are_not(circuit: QuantumCircuit):
    assert not is_risky(circuit)


def behind(where: str) -> QuantumCircuit:
    """A circuit with an expression that reads bit 2, while bit 0 alone is measured."""
    circuit = QuantumCircuit(1, 3)
    register = circuit.cregs[0]
    if where == "stored":
        circuit.store(circuit.clbits[1], circuit.clbits[2])
    elif where == "tested":
        with circuit.if_test(expr.less(register, 3)):
            circuit.x(0)
    elif where == "switched on":
        with circuit.switch(expr.bit_not(register)) as case, case(3):
            circuit.x(0)
    elif where == "tested in a loop":
        with circuit.for_loop(range(2)), circuit.while_loop(expr.lift(circuit.clbits[2])):
            circuit.x(0)
    else:
        block = QuantumCircuit(1, 1)
        block.store(block.clbits[0], expr.logic_not(block.clbits[0]))
        circuit.for_loop(range(2), None, block, [0], [2])
    circuit.measure(0, 0)
    return circuit


BEHIND = ["stored", "tested", "switched on", "tested in a loop", "a bit of a block's own"]


@pytest.mark.parametrize("where", BEHIND)
def test_an_expression_of_bits_behind_the_measured_ones_is_risky(where: str):
    circuit = behind(where)
    assert is_risky(circuit)

    circuit.measure(0, 2)
    assert not is_risky(circuit)


def of_matrices() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.append(UCGate([np.eye(2), np.eye(2)]), [0, 1])
    return circuit


def storing_a_number() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.store(circuit.cregs[0], expr.bit_not(circuit.cregs[0]))
    circuit.measure(0, 0)
    return circuit


@pytest.mark.parametrize("circuit", [of_matrices(), storing_a_number()])
def test_multiplexers_and_stores_into_registers_are_risky(circuit: QuantumCircuit):
    assert is_risky(circuit)


def test_a_session_survives_such_an_expression():
    noise = NoiseModel()
    noise.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.2, 0.8]]))

    with qsession.Session(AerSimulator(noise_model=noise)) as session:
        job = session.run_circuits(behind("stored"), shots=40)

        with pytest.raises(WorkerLostError, match="aborted by the simulator"):
            job.result()


def of_ones_own(name: str, kind: type[Gate] = Gate) -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.append(kind(name, 1, []), [0])
    circuit.measure(0, 0)
    return circuit


class Mine(Gate):
    """A user's own kind of gate."""


def in_a_block(circuit: QuantumCircuit) -> QuantumCircuit:
    outer = QuantumCircuit(1, 1)
    outer.for_loop(range(2), None, circuit, [0], [0])
    return outer


@pytest.mark.parametrize("name", ["diagonal", "multiplexer", "roerror", "kraus", "mine"])
def test_a_gate_of_ones_own_is_risky_whatever_it_is_called(name: str):
    assert is_risky(of_ones_own(name))
    assert is_risky(in_a_block(of_ones_own(name)))


def test_so_is_a_subclass():
    assert is_risky(of_ones_own("x", Mine))


def of_qiskit() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.append(DiagonalGate([1, -1]), [0])
    circuit.append(Kraus([np.eye(2) / 2**0.5, np.eye(2) / 2**0.5]).to_instruction(), [0])
    circuit.unitary(np.eye(2), 0)
    circuit.initialize("1", 1)
    circuit.append(depolarizing_error(0.1, 1), [0])
    circuit.save_statevector()
    circuit.measure(0, 0)
    return circuit


def test_what_qiskit_and_aer_define_is_not():
    assert not is_risky(of_qiskit())
    assert not is_risky(in_a_block(bell_on_one()))


def bell_on_one() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    return circuit


def test_odd_work_is_not():
    assert not may_abort(CircuitWork(AerSimulator(), (None,)))


def noisy(names: list[str], qubits: int) -> AerSimulator:
    noise = NoiseModel()
    error = pauli_error([("X" * qubits, 0.2), ("I" * qubits, 0.8)])
    noise.add_all_qubit_quantum_error(error, names, warnings=False)
    return AerSimulator(noise_model=noise)


@pytest.mark.parametrize("name", ["jump", "store", "of one's own"])
def test_an_error_wider_than_what_it_follows_is_risky(name: str):
    backend = noisy(["cx", name], 2)
    assert may_abort(CircuitWork(backend, (bell(),)))
    assert may_abort(CircuitWork(AerSimulator(), (bell(),), {"noise_model": noise_of(backend)}))


def test_an_option_that_is_none_leaves_that_of_the_simulator():
    options = {"noise_model": None, "shot_branching_enable": None}
    assert may_abort(CircuitWork(noisy(["jump"], 2), (bell(),), options))


def noise_of(backend: AerSimulator) -> NoiseModel:
    return backend.options.noise_model


def test_errors_as_wide_as_their_gates_are_not():
    assert not may_abort(CircuitWork(noisy(["cx", "rzz"], 2), (bell(),)))
    assert not may_abort(CircuitWork(noisy(["x", "jump"], 1), (bell(),)))


def test_a_session_survives_an_error_that_is_too_wide():
    with qsession.Session(noisy(["jump"], 2)) as session:
        job = session.run_circuits(switched(), shots=20)
        with pytest.raises(WorkerLostError, match="aborted by the simulator"):
            job.result()


def test_any_error_of_stores_is_risky():
    assert may_abort(CircuitWork(noisy(["store"], 1), (bell(),)))


def test_branching_shots_are_risky():
    assert may_abort(CircuitWork(AerSimulator(shot_branching_enable=True), (bell(),)))
    assert may_abort(CircuitWork(AerSimulator(), (bell(),), {"shot_branching_enable": True}))
    assert not may_abort(CircuitWork(AerSimulator(shot_branching_enable=False), (bell(),)))
