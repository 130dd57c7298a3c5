"""Noise is made for what is in use, and is what the whole device's model says of it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Delay
from qiskit.quantum_info import Kraus, SuperOp, random_unitary
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    LocalNoisePass,
    NoiseModel,
    PauliError,
    PauliLindbladError,
    QuantumError,
    ReadoutError,
    RelaxationNoisePass,
    amplitude_damping_error,
    coherent_unitary_error,
    mixed_unitary_error,
    pauli_error,
    thermal_relaxation_error,
)
from qiskit_ibm_runtime.fake_provider import FakeBelemV2, FakeBrisbane, FakeManilaV2

from qsession.engines.local.work import CircuitWork, run_work
from qsession.simulator.aer_noise_models import content_of
from qsession.simulator.devices import PropertiesNoise, TargetContent, TargetNoise
from qsession.simulator.noise import ModelNoise, Noise
from qsession.simulator.noise_cache import Noises
from qsession.simulator.superoperators import superoperator


def by_properties(backend) -> tuple[Noise, NoiseModel]:
    return (
        PropertiesNoise(backend.properties(), backend.dt),
        backend._get_noise_model_from_backend_v2(),
    )


def by_target(backend) -> tuple[Noise, NoiseModel]:
    return TargetNoise(TargetContent.of(backend)), NoiseModel.from_backend(backend)


@pytest.mark.parametrize("make", [FakeManilaV2, FakeBelemV2])
@pytest.mark.parametrize("read", [by_properties, by_target])
def test_each_error_is_that_of_the_whole_model(read, make):
    noise, model = read(make())
    names = {*model._local_quantum_errors, "rz", "measure", "delay"}
    places = [(0,), (1,), (4,), (0, 1), (1, 0), (3, 4), (0, 4)]
    for use in ((name, qubits) for name in sorted(names) for qubits in places):
        theirs = model._local_quantum_errors.get(use[0], {}).get(use[1])
        ours = noise.error(use)
        assert (ours is None) == (theirs is None), use
        if ours is not None:
            np.testing.assert_array_equal(SuperOp(ours).data, SuperOp(theirs).data)
            assert ours.probabilities == theirs.probabilities
    for qubit in range(5):
        theirs = model._local_readout_errors[qubit,].probabilities
        np.testing.assert_array_equal(noise.readout(qubit), theirs)


@pytest.mark.parametrize(
    "make", [FakeManilaV2, FakeBelemV2, pytest.param(FakeBrisbane, marks=pytest.mark.extended)]
)
@pytest.mark.parametrize("read", [by_properties, by_target])
def test_the_kinds_of_errors_of_a_device_are_told_without_making_all(read, make):
    noise, model = read(make())
    whole = ModelNoise(content_of(model))
    # Paulis decide nothing: every method knows them.
    paulis = {"id", "x", "y", "z", "pauli"}
    assert noise.operations.keys() - paulis == whole.operations.keys() - paulis != set()
    assert noise.has_errors


@pytest.mark.parametrize("t2", [30.0, 90.0])
def test_superoperators_are_those_of_qiskit(t2):
    one = thermal_relaxation_error(50.0, t2, 5.0, 0.1)
    two = one.expand(thermal_relaxation_error(40.0, t2 / 2, 3.0))
    flipped = QuantumError([([(two.circuits[0].data[0].operation, [0])], 1.0)])
    for error in (one, two, two.compose(one.tensor(one)), flipped):
        np.testing.assert_allclose(superoperator(error), SuperOp(error).data, atol=1e-14)


def test_superoperators_of_several_matrices_are_those_of_qiskit():
    first, second = (random_unitary(2, seed=seed) for seed in (1, 2))
    coherent = coherent_unitary_error(first).compose(coherent_unitary_error(second))
    mixed = mixed_unitary_error([(first, 0.25), (second, 0.75)])
    kraus = QuantumError(Kraus(amplitude_damping_error(0.3)))
    composed = kraus.compose(QuantumError(Kraus(amplitude_damping_error(0.5))))
    for error in (coherent, mixed, coherent.expand(mixed), mixed.compose(kraus), composed):
        np.testing.assert_allclose(superoperator(error), SuperOp(error).data, atol=1e-14)


# --- noise never changes -------------------------------------------------------------------------

FLIP = pauli_error([("X", 1.0)])


def test_a_model_that_is_edited_has_another_noise():
    noises, model = Noises(), NoiseModel()
    model.add_all_qubit_quantum_error(FLIP, "x")
    before = noises.of_model(model)
    assert noises.of_model(model) is before
    model.add_quantum_error(FLIP, "id", [0])
    after = noises.of_model(model)
    assert before is not None
    assert after is not None
    assert (before.error(("id", (0,))), after.error(("id", (0,)))) == (None, FLIP)


def test_copies_of_a_model_have_one_noise():
    noises = Noises()
    model = FakeManilaV2()._get_noise_model_from_backend_v2()
    assert noises.of_model(copy.deepcopy(model)) is noises.of_model(model)


def test_equal_devices_have_one_noise_and_others_their_own():
    first, second, edited = FakeManilaV2(), FakeManilaV2(), FakeManilaV2()
    noise = Noises().of_properties(first)
    assert Noises().of_properties(second) is noise
    _ = edited.target  # which reads the properties
    edited._props_dict = copy.deepcopy(edited._props_dict)
    edited._props_dict["gates"][0]["parameters"][0]["value"] *= 2
    other = Noises().of_properties(edited)
    assert other is not noise
    assert Noises().of_properties(FakeBelemV2()) not in (noise, other)


def test_properties_that_cannot_be_written_down_have_a_noise_of_their_own():
    backend = FakeManilaV2()
    _ = backend.target
    backend._props_dict = {**backend._props_dict, "own": lambda: None}
    noises = Noises()
    noise = noises.of_properties(backend)
    assert noise is noises.of_properties(backend)
    assert noise is not Noises().of_properties(FakeManilaV2())


def test_a_target_that_is_edited_has_another_noise():
    backend, noises, use = FakeManilaV2(), Noises(), ("sx", (0,))
    before = noises.of_target(backend)
    assert noises.of_target(backend) is before
    backend.target["sx"][0,].error = 0.5
    after = noises.of_target(backend)
    assert after is not before
    assert SuperOp(before.error(use)) != SuperOp(after.error(use))


@pytest.mark.parametrize("edit", ["rates", "probabilities", "readout"])
def test_an_error_whose_numbers_are_changed_in_place_is_seen(edit: str):
    model, backend = NoiseModel(), AerSimulator()
    rates, probabilities = [0.0001], [0.0001, 0.9999]
    errors: dict[str, Any] = {
        "rates": PauliLindbladError(["X"], rates),
        "probabilities": PauliError(["X", "I"], probabilities),
        "readout": ReadoutError([[0.9999, 0.0001], [0.5, 0.5]]),
    }
    for name in ("rates", "probabilities"):
        gate = {"rates": "id", "probabilities": "z"}[name]
        model.add_all_qubit_quantum_error(errors[name], gate)
    model.add_all_qubit_readout_error(errors["readout"])
    circuit = QuantumCircuit(1, 1)
    circuit.id(0)
    circuit.z(0)
    circuit.measure(0, 0)
    options = {"shots": 200, "seed_simulator": 3, "noise_model": model}

    def counts() -> Any:
        outcome: Any = run_work(CircuitWork(backend, (circuit,), options))
        return outcome.fallback, outcome.result.get_counts()

    assert counts() == (None, {"0": 200})
    if edit == "rates":
        errors[edit].rates[0] = 0.4
    elif edit == "probabilities":
        errors[edit].probabilities[:] = 0.5
    else:
        errors[edit].probabilities[0] = 0.5
    theirs = AerSimulator().run(circuit, **options).result().get_counts()
    assert set(theirs) == {"0", "1"}
    assert counts() == ("an error of the noise model was changed in place", theirs)
    assert counts() == (None, theirs)


@pytest.mark.filterwarnings("ignore:Instruction duration not found")
@pytest.mark.parametrize(
    "noise_pass",
    [
        LocalNoisePass(lambda *_: FLIP, op_types=Delay),
        RelaxationNoisePass([1e-6], [1e-6], dt=1e-9),
    ],
)
def test_a_pass_that_is_not_known_to_add_errors_to_delays_alone_is_left_to_aer(noise_pass):
    model, circuit = NoiseModel(), QuantumCircuit(1, 1)
    model._custom_noise_passes.append(noise_pass)
    circuit.delay(5, 0, "ns")
    circuit.measure(0, 0)
    work = CircuitWork(AerSimulator(), (circuit,), {"shots": 5, "noise_model": model})
    assert run_work(work).fallback == "the noise model has a pass of its own"
