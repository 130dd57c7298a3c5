"""Work that may end its process is known: by its variables, and by gates of somebody's own."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.classical import expr, types
from qiskit.circuit.library import CXGate, DiagonalGate, UCGate, XGate
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.quantum_info import Kraus
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error, pauli_error
from qiskit_aer.noise.noiseerror import NoiseError

import qsession
from qsession.engines.local.work import CircuitWork, EstimatorWork
from qsession.engines.local.workers.isolation import may_abort
from qsession.errors import WorkerLostError
from tests.engines.local.workers.work import aborting
from tests.support.circuits import bell, switched
from tests.support.known_circuits import CIRCUITS


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
    outer = QuantumCircuit(circuit.num_qubits, circuit.num_clbits)
    outer.for_loop(range(2), None, circuit, outer.qubits, outer.clbits)
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


def noise_of(backend: AerSimulator) -> NoiseModel:
    return backend.options.noise_model


def labelled(gate: Gate) -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.append(gate, range(gate.num_qubits))
    circuit.measure(range(2), range(2))
    return circuit


def storing_a_bit() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.store(circuit.clbits[0], True)
    circuit.measure(1, 1)
    return circuit


NARROW = {
    "a gate with the label": labelled(XGate(label="noisy")),
    "one that Aer puts beside it": labelled(CXGate(label="noisy", ctrl_state=0)),
    "one in a block": in_a_block(labelled(XGate(label="noisy"))),
}


@pytest.mark.parametrize("what", NARROW)
def test_an_error_wider_than_what_it_follows_is_risky(what: str):
    backend, circuits = noisy(["cx", "noisy"], 2), (bell(), NARROW[what])
    assert may_abort(CircuitWork(backend, circuits))
    assert may_abort(CircuitWork(AerSimulator(), circuits, {"noise_model": noise_of(backend)}))


def test_so_is_one_with_the_name_of_a_larger_gate():
    assert may_abort(CircuitWork(noisy(["cx"], 2), (labelled(XGate(label="cx")),)))


def test_so_is_one_of_jumps_or_stores():
    assert may_abort(CircuitWork(noisy(["jump"], 2), (switched(),)))
    assert may_abort(CircuitWork(noisy(["mark"], 2), (in_a_block(switched()),)))
    assert may_abort(CircuitWork(noisy(["store"], 1), (storing_a_bit(),)))
    assert may_abort(CircuitWork(noisy(["store"], 1), (in_a_block(storing_a_bit()),)))


def test_so_is_one_of_what_an_estimator_adds():
    pub = EstimatorPub.coerce((labelled(CXGate()).remove_final_measurements(False), "XX"))
    assert may_abort(EstimatorWork(noisy(["measure"], 2), (pub,)))


def test_an_option_that_is_none_leaves_that_of_the_simulator():
    options = {"noise_model": None, "shot_branching_enable": None}
    assert may_abort(CircuitWork(noisy(["jump"], 2), (switched(),), options))


def test_errors_as_wide_as_their_gates_are_not():
    assert not may_abort(CircuitWork(noisy(["cx", "rzz"], 2), (bell(),)))
    assert not may_abort(CircuitWork(noisy(["x", "jump"], 1), (bell(), switched())))
    assert not may_abort(CircuitWork(noisy(["noisy"], 2), (labelled(CXGate(label="noisy")),)))


@pytest.mark.parametrize("name", ["jump", "store", "noisy"])
def test_errors_that_nothing_meets_are_not(name: str):
    assert not may_abort(CircuitWork(noisy(["cx", name], 2), (bell(), labelled(XGate()))))


def test_a_session_survives_an_error_that_is_too_wide():
    with qsession.Session(noisy(["jump"], 2)) as session:
        job = session.run_circuits(switched(), shots=20)
        with pytest.raises(WorkerLostError, match="aborted by the simulator"):
            job.result()


def names_in(circuit: QuantumCircuit) -> set[str]:
    """The names by which Aer may look for an error of what is in a circuit."""
    names = {"jump", "mark", "bfunc", "aer_store"}
    for each in circuit.data:
        names |= {each.name, each.label or each.name}
        for block in getattr(each.operation, "blocks", ()):
            names |= names_in(block)
    return names


def run_what_is_not_risky() -> None:
    """Run all known circuits with errors of all that is in them, if they are said not to abort."""
    for title, circuit in {**NARROW, **{name: make() for name, make in CIRCUITS.items()}}.items():
        for name, qubits in product(sorted(names_in(circuit)), (1, 2)):
            try:
                backend = noisy([name], qubits)
            except NoiseError:  # of a gate whose width Aer knows
                continue
            if not may_abort(CircuitWork(backend, (circuit,))):
                os.write(1, f"{title} {name} {qubits}\n".encode())
                result = backend.run(circuit, shots=5, seed_simulator=1).result()
                assert "error qubits" not in result.status


def test_what_is_not_risky_ends_no_process():
    script = f"from {__name__} import run_what_is_not_risky as run; run()"
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours

    assert ran.returncode == 0, ran.stdout[-100:] + ran.stderr[-1000:]
    assert ran.stdout.count("\n") > 100


@pytest.mark.parametrize("option", [{"shot_branching_enable": True}, {"blocking_qubits": 2}])
def test_branching_shots_and_states_in_blocks_are_risky(option: dict[str, Any]):
    off = {name: type(value)(0) for name, value in option.items()}
    assert may_abort(CircuitWork(AerSimulator(**option), (bell(),)))
    assert may_abort(CircuitWork(AerSimulator(), (bell(),), option))
    assert not may_abort(CircuitWork(AerSimulator(**off), (bell(),)))
