"""The rule where work runs: in the kernel if it is surely short."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2

from qsession.engines.local.work import CircuitWork
from qsession.engines.local.workers.cost_estimate import WorkSize
from qsession.engines.local.workers.costs import USUAL, Costs
from qsession.engines.local.workers.placement import (
    DOUBT,
    MOST_REMEMBERED,
    PROBABLY_SHORT_S,
    SURELY_SHORT_S,
    Placing,
    is_simulator,
)
from qsession.provider import SessionBackend
from tests.support.circuits import bell, fitted, ghz
from tests.support.gated_backend import GatedBackend

AER, MANILA, BRISBANE = AerSimulator(), FakeManilaV2(), FakeBrisbane()


def is_short(circuit: QuantumCircuit, backend=AER, **options) -> bool:
    placing = Placing(lambda: USUAL)
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
        (ghz(40), AER, {"shots": 100}),
    ],
    ids=["bell", "bell with noise", "ghz-5 of 127", "ten qubits", "density matrix", "Clifford"],
)
def test_small_work_is_surely_short(circuit, backend, options):
    assert is_short(circuit, backend, **options)


@pytest.mark.parametrize(
    ("circuit", "backend", "options"),
    [
        (entangled(22), AER, {}),
        (bell(), AER, {"shots": 10_000_000}),
        (fitted(entangled(10), BRISBANE), BRISBANE, {}),
        (entangled(40), AER, {}),
        (bell(), AER, {"method": "tensor_network"}),
    ],
    ids=["22 qubits", "ten million shots", "ten noisy qubits", "40 qubits", "unknown method"],
)
def test_what_may_take_long_is_not(circuit, backend, options):
    assert not is_short(circuit, backend, **options)


def of_qubits(qubits: int) -> WorkSize:
    size = Placing(lambda: USUAL).size(CircuitWork(AER, (entangled(qubits),), {"shots": 1}))
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
    placing, size = Placing(lambda: USUAL), of_qubits(qubits)
    for seconds in measured_s:
        placing.remember(size, seconds)
    assert placing.is_surely_short(size) is is_surely_short


class FixedSize(WorkSize):
    """Takes as long as is said, on a machine of usual speed."""

    seconds: float

    def __init__(self, seconds: float) -> None:
        super().__init__("aer", is_noisy=False, method=None, runs=())
        object.__setattr__(self, "seconds", seconds)  # the rest of it is frozen

    def estimate_s(self, costs: Costs = USUAL, *, is_first: bool = True) -> float:
        return self.seconds * costs.run_s / USUAL.run_s


@pytest.mark.parametrize("limit_s", [SURELY_SHORT_S, PROBABLY_SHORT_S])
@pytest.mark.parametrize(
    ("times_limit", "times_slower", "is_within"),
    [
        (0.9, 1, True),
        (0.9, 1.2, False),
        (1.1, 1, False),
        (1.1, 0.8, True),
        (0.9 / DOUBT, None, True),
        (1.1 * DOUBT, None, False),
    ],
)
def test_a_doubtful_estimate_is_made_with_the_costs_of_this_machine_and_no_other(
    limit_s, times_limit, times_slower, is_within
):
    def costs_here() -> Costs:
        assert times_slower is not None, "nothing needs to be tried"
        return USUAL.scaled(times_slower, times_slower, times_slower)

    placing = Placing(costs_here)
    is_short = {
        SURELY_SHORT_S: placing.is_surely_short,
        PROBABLY_SHORT_S: placing.is_probably_short,
    }[limit_s]
    assert is_short(FixedSize(times_limit * limit_s)) is is_within


def test_errors_are_counted_until_something_has_run():
    placing = Placing(lambda: USUAL)
    first = placing.size(CircuitWork(MANILA, (fitted(ghz(5), MANILA),), {"shots": 96_000}))
    assert not placing.is_surely_short(first)
    other = placing.size(CircuitWork(MANILA, (bell(),), {}))
    placing.remember(other, SHORT_S)
    assert placing.is_surely_short(first)


def test_work_without_a_size_is_never_surely_short():
    placing = Placing(lambda: USUAL)
    placing.remember(None, 0.0)
    assert not placing.is_surely_short(None)


def test_only_so_many_sizes_are_remembered():
    placing, first = Placing(lambda: USUAL), of_qubits(50)
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
