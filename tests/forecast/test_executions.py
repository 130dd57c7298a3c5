"""The executions that work asks for, and the lengths of its circuits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.forecast.executions import (
    executions_of,
    forecast_of_inputs,
    forecast_of_pubs,
    length_of,
    mean_length_of,
    rep_delay_of,
)
from qsession.forecast.usage import Forecast
from tests.support.circuits import bell, fitted

BACKEND = FakeManilaV2()


def turned(measured: bool = True) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.rx(Parameter("a"), 0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return circuit


def estimator_pub(observables: Any, precision: float | None = 0.1, sweep: int = 1) -> EstimatorPub:
    values = np.zeros((sweep, 1))
    return EstimatorPub.coerce((turned(measured=False), observables, values, precision))


# --- executions -----------------------------------------------------------------------------------


def test_a_sampler_runs_its_shots_for_each_set_of_values():
    assert executions_of(SamplerPub.coerce(bell(), 100)) == 100
    swept = SamplerPub.coerce((turned(), np.zeros((3, 4, 1)), 100))
    assert executions_of(swept) == 1200


def test_what_is_not_asked_for_is_the_primitives_default():
    pub = SamplerPub.coerce(bell())
    assert executions_of(pub) == 4096
    assert executions_of(pub, {"default_shots": 10}) == 10
    free = estimator_pub("ZZ", None)
    assert executions_of(free) == 4096
    assert executions_of(free, {"default_precision": 0.1}) == 100


@pytest.mark.parametrize(
    ("observables", "bases"),
    [
        ("ZZ", 1),
        (SparsePauliOp(["ZZ", "ZI", "IZ"]), 1),
        (SparsePauliOp(["ZZ", "XX"]), 2),
        (["ZZ", "XX", "YY"], 3),
        (SparsePauliOp(["II"]), 1),
        ({"00": 1.0, "0+": 1.0}, 2),
    ],
)
def test_an_estimator_runs_them_for_each_way_to_measure(observables: Any, bases: int):
    pub = EstimatorPub.coerce((turned(measured=False), observables, [0.5], 0.1))
    assert executions_of(pub) == 100 * bases


def test_and_for_each_set_of_values():
    assert executions_of(estimator_pub("ZZ", sweep=7)) == 700


def test_many_terms_are_counted_without_being_grouped():
    circuit = QuantumCircuit(12)
    labels = [f"{number:012b}".translate(str.maketrans("01", "ZX")) for number in range(2500)]
    pub = EstimatorPub.coerce((circuit, SparsePauliOp(labels), None, 0.1))
    assert executions_of(pub) >= 100 * 2000


# --- lengths and pauses ---------------------------------------------------------------------------


def test_the_length_of_a_circuit_is_that_of_its_longest_path():
    length = length_of(fitted(bell(), BACKEND), BACKEND.target)
    readout = BACKEND.target["measure"][(0,)].duration
    assert length is not None
    assert readout < length < readout + 2e-6


def test_a_circuit_that_does_not_fit_or_branches_has_none():
    assert length_of(bell(), BACKEND.target) is None
    branching = QuantumCircuit(1, 1)
    branching.measure(0, 0)
    with branching.if_test((branching.clbits[0], 1)):
        branching.x(0)
    assert length_of(branching, BACKEND.target) is None


def test_circuits_without_length_leave_the_mean_unknown():
    pubs = [SamplerPub.coerce(fitted(bell(), BACKEND)), SamplerPub.coerce(bell())]
    assert mean_length_of(pubs[:1], BACKEND.target) is not None
    assert mean_length_of(pubs, BACKEND.target) is None
    assert mean_length_of([], BACKEND.target) is None


@pytest.mark.parametrize(
    ("options", "delay"),
    [
        ({}, 250e-6),
        ({"execution": {"rep_delay": 100e-6}}, 100e-6),
        ({"rep_delay": 50e-6}, 50e-6),
        ({"rep_delay": None, "execution": {"rep_delay": None}}, 250e-6),
    ],
)
def test_the_pause_is_the_options_or_the_backends(options: dict[str, Any], delay: float):
    assert rep_delay_of(BACKEND, options) == pytest.approx(delay)


def test_a_backend_that_names_none_has_the_usual_one():
    assert rep_delay_of(GenericBackendV2(2), {}) == 250e-6


# --- forecasts ------------------------------------------------------------------------------------


def test_the_forecast_of_circuits_that_fit_is_of_their_length():
    circuit = fitted(bell(), BACKEND)
    forecast = forecast_of_pubs([SamplerPub.coerce(circuit, 1000)], BACKEND, {})
    length = length_of(circuit, BACKEND.target)
    assert length is not None
    assert forecast == Forecast(1000, 250e-6, length)
    assert forecast.qpu_s == pytest.approx(2 + 1000 * (250e-6 + length))
    assert forecast.remarks == ()


def test_the_forecast_of_others_says_what_is_not_known():
    forecast = forecast_of_pubs([estimator_pub("ZZ")], BACKEND, {})
    assert forecast == Forecast(100, 250e-6, None, is_without_mitigation=True)


def test_a_program_that_is_ready_to_be_sent_tells_its_executions():
    """Twirling and mitigation included: each item has the shape of all its randomizations."""
    program = {"shots": 64, "items": [{"shape": [2, 2]}, {"shape": [2]}, {"shape": []}]}
    options = {"rep_delay": None, "execution": {"rep_delay": 200e-6}}
    found = forecast_of_inputs({"quantum_program": program, "options": options}, {}, BACKEND, 3e-6)
    assert found == Forecast(64 * 7, 200e-6, 3e-6)


def test_pubs_that_are_ready_to_be_sent_are_forecast_as_they_are():
    pub = SamplerPub.coerce(fitted(bell(), BACKEND), 500)
    found = forecast_of_inputs({"pubs": [pub], "options": {}}, {}, BACKEND)
    assert found == forecast_of_pubs([pub], BACKEND, {})


@pytest.mark.parametrize(
    "inputs", [{}, {"pubs": []}, {"pubs": ["no pub"]}, {"quantum_program": {"shots": "many"}}]
)
def test_what_cannot_be_read_has_no_forecast(inputs: dict[str, Any]):
    assert forecast_of_inputs(inputs, {}, BACKEND) is None


def test_a_circuit_that_occurs_often_is_measured_once(monkeypatch: pytest.MonkeyPatch):
    measured: list[QuantumCircuit] = []

    def measure(circuit: QuantumCircuit, _target: Any) -> float:
        measured.append(circuit)
        return 1e-6

    monkeypatch.setattr("qsession.forecast.executions.length_of", measure)
    circuit = fitted(bell(), BACKEND)
    forecast = forecast_of_pubs([SamplerPub.coerce(circuit, 10)] * 50, BACKEND, {})
    assert forecast.executions == 500
    assert forecast.circuit_s == pytest.approx(1e-6)
    assert measured == [circuit]


def test_of_many_circuits_the_first_tell_the_length(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("qsession.forecast.executions.MOST_INSTRUCTIONS", 20)
    pubs = [SamplerPub.coerce(fitted(bell(), BACKEND), 10) for _ in range(50)]
    pubs.append(SamplerPub.coerce(bell(), 10))
    forecast = forecast_of_pubs(pubs, BACKEND, {})
    assert forecast.executions == 510
    assert forecast.circuit_s is not None
