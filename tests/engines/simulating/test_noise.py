"""Noise is made for what is in use, and is what the whole device's model says of it."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import SuperOp
from qiskit_aer.noise import NoiseModel, QuantumError, thermal_relaxation_error
from qiskit_ibm_runtime.fake_provider import FakeBelemV2, FakeBrisbane, FakeManilaV2

from qsession.engines.local.simulating.channels import superoperator
from qsession.engines.local.simulating.devices import PropertiesNoise, TargetNoise
from qsession.engines.local.simulating.noise import ModelNoise, Noise


def by_properties(backend) -> tuple[Noise, NoiseModel]:
    return (
        PropertiesNoise(backend.properties(), backend.dt),
        backend._get_noise_model_from_backend_v2(),
    )


def by_target(backend) -> tuple[Noise, NoiseModel]:
    return TargetNoise(backend), NoiseModel.from_backend(backend)


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


@pytest.mark.parametrize("make", [FakeManilaV2, FakeBelemV2, FakeBrisbane])
@pytest.mark.parametrize("read", [by_properties, by_target])
def test_the_kinds_of_errors_of_a_device_are_told_without_making_all(read, make):
    noise, model = read(make())
    whole = ModelNoise()
    whole.look_at(model)

    def names(source: Noise) -> set[str]:
        found = {each.operation.name for circuit in source.operations() for each in circuit.data}
        # Paulis decide nothing: every method knows them.
        return found - {"id", "x", "y", "z", "pauli"}

    assert names(noise) == names(whole) != set()


@pytest.mark.parametrize("t2", [30.0, 90.0])
def test_superoperators_are_those_of_qiskit(t2):
    one = thermal_relaxation_error(50.0, t2, 5.0, 0.1)
    two = one.expand(thermal_relaxation_error(40.0, t2 / 2, 3.0))
    flipped = QuantumError([([(two.circuits[0].data[0].operation, [0])], 1.0)])
    for error in (one, two, two.compose(one.tensor(one)), flipped):
        np.testing.assert_allclose(superoperator(error), SuperOp(error).data, atol=1e-14)
