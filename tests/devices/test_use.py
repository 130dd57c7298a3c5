"""The qubits that circuits use are marked."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from qiskit import QuantumCircuit

from qsession import Device, InvalidInputError, Session
from qsession.devices import use
from qsession.devices.use import used_by, used_in


def spread() -> QuantumCircuit:
    """A circuit on five qubits that uses three."""
    circuit = QuantumCircuit(5, 2)
    circuit.x(4)
    circuit.cx(2, 1)
    circuit.delay(100, 0)
    circuit.barrier()
    circuit.measure([1, 2], [0, 1])
    return circuit


def test_gates_and_measurements_use_qubits_and_nothing_else_does() -> None:
    assert used_in(spread()) == use.Use(frozenset({1, 2, 4}), frozenset({(1, 2)}))


def test_a_job_uses_what_its_circuits_use_as_they_ran(manila: Device) -> None:
    bell = QuantumCircuit(2)
    bell.h(0)
    bell.cx(0, 1)
    bell.measure_all()
    with Session("fake_manila") as session:
        job = session.run([bell, spread()])
        marked = manila.mark(job)
        job.result()
    assert {1, 2, 4} <= marked.marked_qubits
    pairs = {each.qubits for each in manila.couplings}
    assert marked.marked_couplings
    assert marked.marked_couplings <= pairs


def test_marks_are_on_a_copy(manila: Device) -> None:
    marked = manila.mark([0, 3])
    assert marked.marked_qubits == {0, 3}
    assert manila.marked_qubits == frozenset()
    assert replace(marked, marked_qubits=frozenset()) == manila


def test_of_very_large_work_the_rest_is_not_looked_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(use, "MOST_INSTRUCTIONS", 1)
    assert used_by([spread(), spread()]) == use.Use(frozenset({4}))


@pytest.mark.parametrize("work", ["0", 7, None, [0.5], [True], [None]])
def test_what_marks_no_qubits_is_refused(manila: Device, work: Any) -> None:
    with pytest.raises(InvalidInputError, match="marks no qubits"):
        manila.mark(work)


@pytest.mark.parametrize("work", [[5], [-1], QuantumCircuit(9)])
def test_qubits_that_are_not_there_are_refused(manila: Device, work: Any) -> None:
    if isinstance(work, QuantumCircuit):
        work.x(8)
    with pytest.raises(InvalidInputError, match="fake_manila has 5 qubits, 0 to 4"):
        manila.mark(work)


def test_a_job_without_circuits_uses_nothing() -> None:
    assert used_in(SimpleNamespace(inputs={"pubs": []})) == use.Use()
