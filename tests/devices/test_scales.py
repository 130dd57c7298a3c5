"""Values get shades by how good they are among those of their device."""

from __future__ import annotations

import pytest

from qsession import Device
from qsession.devices.facts import Coupling, DeviceFacts, Qubit, TwoQubitGate
from qsession.devices.scales import MEASURES, STEPS, scale_of_couplings, scale_of_qubits


def device_with(*qubits: Qubit) -> DeviceFacts:
    return DeviceFacts("device", qubits)


def test_small_errors_are_best_and_long_times_are() -> None:
    facts = device_with(Qubit(0, 1e-4, readout_error=0.01), Qubit(1, 2e-4, readout_error=0.02))
    errors, times = scale_of_qubits(facts, "readout_error"), scale_of_qubits(facts, "t1_s")
    assert errors is not None
    assert times is not None
    assert (errors.best, errors.worst, errors.steps) == (0.01, 0.02, (0, STEPS - 1))
    assert (times.best, times.worst, times.steps) == (2e-4, 1e-4, (STEPS - 1, 0))


def test_errors_that_are_far_apart_are_told_by_their_ratio() -> None:
    errors = [0.001, 0.01, 0.1]
    facts = device_with(*(Qubit(at, readout_error=each) for at, each in enumerate(errors)))
    scale = scale_of_qubits(facts, "readout_error")
    assert scale is not None
    assert scale.steps == (0, STEPS // 2, STEPS - 1)


def test_an_error_of_zero_is_the_best_of_all() -> None:
    facts = device_with(*(Qubit(at, gate_error=each) for at, each in enumerate([0.0, 0.1, 0.4])))
    scale = scale_of_qubits(facts, "gate_error")
    assert scale is not None
    assert scale.best == 0
    assert scale.steps[0] == 0
    assert scale.steps[2] == STEPS - 1


def test_values_that_are_all_alike_are_all_good() -> None:
    scale = scale_of_qubits(device_with(Qubit(0, t1_s=1e-4), Qubit(1, t1_s=1e-4)), "t1_s")
    assert scale is not None
    assert scale.steps == (0, 0)


def test_what_is_not_known_or_not_in_service_has_no_shade() -> None:
    out = Qubit(2, readout_error=1.0, is_usable=False)
    facts = device_with(Qubit(0, readout_error=0.01), Qubit(1), out)
    scale = scale_of_qubits(facts, "readout_error")
    assert scale is not None
    assert scale.steps == (0, None, None)
    assert scale.worst == 0.01
    assert scale_of_qubits(facts, "t2_s") is None
    assert scale_of_couplings(facts) is None


def test_couplings_are_told_by_their_best_gate() -> None:
    gates = [TwoQubitGate("cz", (0, 1), 0.01), TwoQubitGate("cx", (0, 1), 0.5)]
    facts = DeviceFacts(
        "device",
        (Qubit(0), Qubit(1)),
        (Coupling((0, 1), tuple(gates)), Coupling((0, 2), (gates[1],))),
    )
    scale = scale_of_couplings(facts)
    assert scale is not None
    assert (scale.best, scale.worst, scale.steps) == (0.01, 0.5, (0, STEPS - 1))


@pytest.mark.parametrize("measure", MEASURES)
def test_a_real_device_uses_most_shades(fez: Device, measure: str) -> None:
    scale = scale_of_qubits(fez, measure)  # type: ignore[arg-type]
    assert scale is not None
    used = {step for step in scale.steps if step is not None}
    assert {0, STEPS - 1} <= used
    assert len(used) >= STEPS - 1
