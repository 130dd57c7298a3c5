"""Options of a run: those of real devices change nothing, and all that Aer has are known."""

from __future__ import annotations

from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.engines.local.work import CircuitWork, SamplerWork, run_work
from qsession.simulator.errors import FastPathError
from qsession.simulator.options import are_usual, known_options
from tests.support.circuits import bell, fitted

OF_DEVICES = {
    "meas_level": 2,
    "meas_return": "single",
    "init_qubits": True,
    "rep_delay": 250e-6,
    "rep_times": None,
    "use_measure_esp": False,
    "dynamic": True,
    "job_tags": ["t1"],
    "header": {"backend_name": "other"},
}
"""What IBM's programs and qiskit-experiments pass to whatever backend they have."""


@pytest.mark.parametrize("make", [AerSimulator, FakeManilaV2])
@pytest.mark.parametrize("name", [*OF_DEVICES, None])
def test_options_of_devices_change_no_shot_and_no_speed(make: Any, name: str | None):
    of_device = OF_DEVICES if name is None else {name: OF_DEVICES[name]}
    options = {"shots": 50, "seed_simulator": 3, "memory": True, **of_device}
    circuit = fitted(bell(), make())
    outcome: Any = run_work(CircuitWork(make(), (circuit,), options))
    assert outcome.fallback is None
    theirs = make().run(circuit, **options).result()
    assert outcome.result.get_memory() == theirs.get_memory()


def test_measurements_that_are_not_classified_are_counts_to_aer():
    options = {"shots": 50, "seed_simulator": 3, "meas_level": 1, "meas_return": "avg"}
    outcome: Any = run_work(CircuitWork(AerSimulator(), (bell(),), options))
    assert outcome.fallback is None
    theirs = AerSimulator().run(bell(), **options).result()
    assert outcome.result.get_counts() == theirs.get_counts()


def test_samplers_take_them_as_run_options():
    pub = SamplerPub.coerce((bell(), None, 50))
    options = {"seed_simulator": 3, "run_options": OF_DEVICES}
    ours: Any = run_work(SamplerWork(AerSimulator(), (pub,), options))
    theirs: Any = SamplerWork(AerSimulator(), (pub,), options).run()
    assert ours.fallback is None
    assert ours.result[0].data.meas == theirs[0].data.meas


def test_all_options_of_this_aer_are_known_and_usual_by_default():
    # A new one is to be looked at before it is added to the list.
    options = {**AerSimulator().options}
    assert known_options(options) == options
    assert are_usual(options)


@pytest.mark.parametrize("name", ["_parallel_shots", "memory_slots", "sunshine", "meas_map"])
def test_other_options_are_left_to_aer(name: str):
    with pytest.raises(FastPathError, match="not one whose effect is known"):
        known_options({name: 1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chop_threshold", 0.1),
        ("precision", "single"),
        ("shot_branching_enable", True),
        ("statevector_sample_measure_opt", 2),
        ("zero_threshold", 0.1),
    ],
)
@pytest.mark.parametrize("make", [AerSimulator, FakeManilaV2])
def test_options_with_an_effect_have_it(name: str, value: Any, make: Any):
    assert not are_usual({name: value})
    circuit = QuantumCircuit(1, 1)
    circuit.ry(0.5, 0)  # one outcome in sixteen: less than the thresholds
    circuit.measure(0, 0)
    pub = SamplerPub.coerce((fitted(circuit, make()), None, 60))
    options = {"seed_simulator": 3, "run_options": {name: value}}
    ours: Any = run_work(SamplerWork(make(), (pub,), options))
    theirs: Any = SamplerWork(make(), (pub,), options).run()
    assert ours.fallback is None
    assert ours.result[0].data.c == theirs[0].data.c
