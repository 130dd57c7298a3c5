"""The rule where work runs: in the kernel if it is surely short."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2

from qsession.backend import SessionBackend
from qsession.engines.local.running.placing import (
    MOST_REMEMBERED,
    SURELY_SHORT_S,
    Placing,
    is_simulator,
)
from qsession.engines.local.running.sizing import WorkSize
from qsession.engines.local.work import CircuitWork
from tests.support.circuits import bell, fitted, ghz
from tests.support.gated_backend import GatedBackend

AER, MANILA, BRISBANE = AerSimulator(), FakeManilaV2(), FakeBrisbane()


def is_short(circuit: QuantumCircuit, backend=AER, **options) -> bool:
    placing = Placing()
    size = placing.size(CircuitWork(backend, (circuit,), {"shots": 1024, **options}))
    return placing.is_surely_short(size)


def entangled(qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    for layer in range(5):
        circuit.ry(0.1 + layer, range(qubits))
        for qubit in range(qubits - 1):
            circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return circuit


@pytest.mark.parametrize(
    ("circuit", "backend", "options"),
    [
        (bell(), AER, {}),
        (bell(), MANILA, {"shots": 10_000}),
        (fitted(ghz(5), BRISBANE), BRISBANE, {}),
        (entangled(10), AER, {}),
        (ghz(3), AER, {"method": "density_matrix"}),
    ],
    ids=["bell", "bell with noise", "ghz-5 of 127", "ten qubits", "density matrix"],
)
def test_small_work_is_surely_short(circuit, backend, options):
    assert is_short(circuit, backend, **options)


@pytest.mark.parametrize(
    ("circuit", "backend", "options"),
    [
        (entangled(22), AER, {}),
        (bell(), AER, {"shots": 10_000_000}),
        (fitted(entangled(10), BRISBANE), BRISBANE, {}),
        (ghz(40), AER, {}),
        (bell(), AER, {"method": "tensor_network"}),
    ],
    ids=["22 qubits", "ten million shots", "ten noisy qubits", "40 qubits", "unknown method"],
)
def test_what_may_take_long_is_not(circuit, backend, options):
    assert not is_short(circuit, backend, **options)


def of_qubits(qubits: int) -> WorkSize:
    size = Placing().size(CircuitWork(AER, (ghz(qubits),), {"shots": 1}))
    assert size is not None
    return size


SHORT_S, LONG_S = SURELY_SHORT_S, 2 * SURELY_SHORT_S


@pytest.mark.parametrize(
    ("qubits", "measured_s", "is_surely_short"),
    [
        (2, (), True),
        (2, (LONG_S,), True),
        (2, (LONG_S, LONG_S), False),
        (2, (SHORT_S, LONG_S, LONG_S), False),
        (2, (LONG_S, LONG_S, SHORT_S), True),
        (50, (), False),
        (50, (LONG_S,), False),
        (50, (SHORT_S,), True),
        (50, (SHORT_S, LONG_S), True),
        (50, (SHORT_S, LONG_S, LONG_S), False),
    ],
    ids=str,
)
def test_the_last_two_measurements_count_more_than_the_estimate(
    qubits, measured_s, is_surely_short
):
    placing, size = Placing(), of_qubits(qubits)
    for seconds in measured_s:
        placing.remember(size, seconds)
    assert placing.is_surely_short(size) is is_surely_short


def test_work_without_a_size_is_never_surely_short():
    placing = Placing()
    placing.remember(None, 0.0)
    assert not placing.is_surely_short(None)


def test_only_so_many_sizes_are_remembered():
    placing, first = Placing(), of_qubits(50)
    placing.remember(first, 0.0)
    for shots in range(MOST_REMEMBERED):
        size = WorkSize("aer", is_noisy=False, method=None, runs=first.runs * (shots + 2))
        placing.remember(size, 0.0)
    assert not placing.is_surely_short(first)


class Derived(AerSimulator):
    """A user's own version of a simulator."""


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        (AER, True),
        (MANILA, True),
        (BasicSimulator(), True),
        (GenericBackendV2(2, seed=1), True),
        (Derived(), True),
        (GatedBackend(), False),
        (SessionBackend(AER), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_known_simulators_may_leave_the_process(backend, expected):
    assert is_simulator(backend) is expected
