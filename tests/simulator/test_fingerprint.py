"""Circuits are read once where it is said that nobody changes them, and anew everywhere else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from qiskit import QuantumCircuit

from qsession.simulator import fingerprint
from qsession.simulator.fingerprint import (
    MOST_READ_AHEAD,
    each_read_once,
    read,
    read_ahead,
    read_plain,
)
from tests.support.circuits import bell, switched


def test_a_circuit_is_read_anew_each_time():
    circuit = bell()
    before = read(circuit)
    circuit.x(0)
    assert read(circuit).key != before.key


def test_a_circuit_is_read_once_within():
    circuit, other = bell(), switched()
    with each_read_once():
        assert read(circuit) is read(circuit) is read_plain(circuit)
        assert read_plain(other) is None
        assert read_plain(other) is None
    circuit.x(0)
    with each_read_once():
        assert read(circuit) == read(circuit.copy())


def test_circuits_that_are_gone_do_not_give_others_their_readings():
    with each_read_once():
        for turns in range(20):
            circuit = QuantumCircuit(1)
            for _ in range(turns):
                circuit.x(0)
            assert len(read(circuit).steps or ()) == turns
            del circuit


def test_a_long_circuit_is_not_read_ahead():
    circuit = QuantumCircuit(1)
    for _ in range(MOST_READ_AHEAD):
        circuit.x(0)
    assert read_ahead(circuit) == read_plain(circuit)
    circuit.x(0)
    assert read_ahead(circuit) is None
    assert read_plain(circuit) is not None


def test_only_so_much_is_kept(monkeypatch: pytest.MonkeyPatch):
    circuits = [bell() for _ in range(3)]
    monkeypatch.setattr(fingerprint, "MOST_KEPT", 2 * len(circuits[0].data))
    with each_read_once():
        first, second = [[read(circuit) for circuit in circuits] for _ in range(2)]
    assert first == second
    kept = [before is after for before, after in zip(first, second, strict=True)]
    assert kept == [True, True, False]


def test_blocks_within_each_other_keep_their_own():
    circuit = bell()
    with each_read_once():
        before = read(circuit)
        with each_read_once():
            assert read(circuit) is not before
        assert read(circuit) is before


def test_other_threads_read_anew():
    circuit = bell()
    with each_read_once(), ThreadPoolExecutor(1) as executor:
        here = read(circuit)
        there = executor.submit(read, circuit).result()
        assert here == there
        assert here is not there
