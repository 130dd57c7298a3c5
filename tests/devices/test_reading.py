"""What is read of a backend is what the backend says, in SI units."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median
from typing import Any

import pytest
from qiskit.circuit import Measure
from qiskit.circuit.library import CXGate, CZGate, RZGate
from qiskit.providers import QubitProperties
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap, InstructionProperties, Target
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeFez, FakeManilaV2

from qsession import BackendNotFoundError, Device, InvalidInputError, device
from qsession.devices.facts import Coupling, TwoQubitGate
from qsession.devices.reading import read_device
from qsession.engines.recovered import RecoveredBackend


class OtherBackend(GenericBackendV2):
    """A backend with a target of its own."""

    def __init__(self, target: Target) -> None:
        super().__init__(max(target.num_qubits, 2))
        self._target = target


def target_with(**gates: dict[tuple[int, int], InstructionProperties | None]) -> Target:
    """A target of three qubits with these gates on two."""
    target = Target(num_qubits=3)
    kinds = {"cx": CXGate(), "cz": CZGate()}
    for name, places in gates.items():
        target.add_instruction(kinds[name], places)
    return target


def test_a_fake_backend_gives_the_numbers_of_its_target(manila: Device) -> None:
    target = FakeManilaV2().target
    for qubit, life in zip(manila.qubits, target.qubit_properties, strict=True):
        assert (qubit.t1_s, qubit.t2_s) == pytest.approx((life.t1, life.t2))
        assert qubit.frequency_hz == pytest.approx(life.frequency)
        measure = target["measure"][qubit.index,]
        assert qubit.readout_error == measure.error
        assert qubit.readout_length_s == pytest.approx(measure.duration)
        assert qubit.gate_error == target["sx"][qubit.index,].error
    for coupling in manila.couplings:
        for gate in coupling.gates:
            assert gate.error == target["cx"][gate.qubits].error
            assert gate.duration_s == pytest.approx(target["cx"][gate.qubits].duration)


@pytest.mark.parametrize("backend", [FakeBrisbane(), FakeFez()], ids=lambda each: each.name)
def test_a_large_one_does_too(backend: Any) -> None:
    target = backend.target
    [name] = {"ecr", "cz"} & set(target.operation_names)
    found = {gate.qubits: gate.error for each in device(backend).couplings for gate in each.gates}
    assert {place: values.error for place, values in target[name].items()} == found
    assert len(device(backend).qubits) == backend.num_qubits


def test_times_and_limits_come_with_it(manila: Device) -> None:
    assert manila.processor == "Falcon r5.11"
    assert manila.basis_gates == ("cx", "id", "rz", "sx", "x")
    assert manila.dt_s == pytest.approx(2.222e-10, rel=1e-3)
    assert manila.rep_delay_range_s == pytest.approx((0, 500e-6))
    assert manila.default_rep_delay_s == pytest.approx(250e-6)
    assert manila.calibrated == datetime(2024, 5, 27, 18, 27, 23, tzinfo=UTC)
    assert manila.status is None, "a snapshot is never out of service"
    assert not manila.is_remote


def test_medians_are_those_of_the_best_gate_of_each_coupling(brisbane: Device) -> None:
    best = [min(gate.error or 0 for gate in each.gates) for each in brisbane.couplings]
    usable = [error for error in best if error < 1]
    assert brisbane.median_two_qubit_error == median(usable)


def test_a_gate_that_always_fails_is_not_in_service(fez: Device) -> None:
    out = [each for each in fez.couplings if not each.is_usable]
    assert out
    assert {each.error for each in out} == {1.0}
    known = [each.error for each in fez.couplings if each.is_usable and each.error is not None]
    assert fez.median_two_qubit_error == median(known)


def test_makers_say_where_their_qubits_are(fez: Device) -> None:
    assert [fez.positions[at] for at in (0, 15, 16)] == [(0, 0), (15, 0), (3, 1)]


def test_a_backend_is_found_by_its_name() -> None:
    assert device("fake_manila") == device(FakeManilaV2())
    assert device().name == "aer_simulator"
    with pytest.raises(BackendNotFoundError, match="fake_manilla"):
        device("fake_manilla")
    with pytest.raises(InvalidInputError, match="5 is not a backend"):
        device(5)


# ---- Any target


def test_any_target_is_read() -> None:
    backend = GenericBackendV2(4, coupling_map=CouplingMap.from_line(4), seed=1)
    found = device(backend)
    assert [each.qubits for each in found.couplings] == [(0, 1), (1, 2), (2, 3)]
    for qubit in found.qubits:
        assert qubit.t1_s == backend.target.qubit_properties[qubit.index].t1
        assert qubit.readout_error == backend.target["measure"][qubit.index,].error
    assert found.dt_s == backend.dt


def test_one_without_properties_has_couplings_all_the_same() -> None:
    found = device(GenericBackendV2(3, noise_info=False))
    assert not found.has_properties
    assert [each.qubits for each in found.couplings] == [(0, 1), (0, 2), (1, 2)]
    assert {each.error for each in found.couplings} == {None}
    assert not found.is_all_to_all


def test_a_plain_simulator_is_all_to_all() -> None:
    found = device(AerSimulator())
    assert found.is_all_to_all
    assert found.couplings == ()
    assert not found.has_properties


def test_a_simulator_of_a_device_has_that_ones_couplings(manila: Device) -> None:
    found = device(AerSimulator.from_backend(FakeManilaV2()))
    assert not found.is_all_to_all
    assert [each.error for each in found.couplings] == [each.error for each in manila.couplings]


def test_one_qubit_is_a_device() -> None:
    found = device(GenericBackendV2(1, basis_gates=["x", "sx", "rz"], seed=1))
    assert found.num_qubits == 1
    assert found.couplings == ()
    assert not found.is_all_to_all


def test_several_gates_of_two_qubits_are_one_coupling_with_the_error_of_the_best() -> None:
    target = target_with(
        cx={(0, 1): InstructionProperties(error=0.02, duration=3e-7), (2, 1): None},
        cz={(1, 0): InstructionProperties(error=0.01, duration=1e-7)},
    )
    [first, second] = device(OtherBackend(target)).couplings
    assert first == Coupling(
        (0, 1), (TwoQubitGate("cz", (1, 0), 0.01, 1e-7), TwoQubitGate("cx", (0, 1), 0.02, 3e-7))
    )
    assert first.error == 0.01
    assert second == Coupling((1, 2), (TwoQubitGate("cx", (2, 1)),))
    assert second.error is None


def test_a_gate_whose_error_is_not_known_is_not_the_best_one() -> None:
    target = target_with(cx={(0, 1): None}, cz={(0, 1): InstructionProperties(error=0.01)})
    [coupling] = device(OtherBackend(target)).couplings
    assert [gate.name for gate in coupling.gates] == ["cz", "cx"]
    assert coupling.error == 0.01


def test_a_qubit_that_is_always_misread_is_not_in_service() -> None:
    target = Target(num_qubits=2)
    errors = {0: 1.0, 1: 0.01}
    target.add_instruction(
        Measure(), {(at,): InstructionProperties(error=error) for at, error in errors.items()}
    )
    found = device(OtherBackend(target))
    assert [each.is_usable for each in found.qubits] == [False, True]
    assert found.median_readout_error == 0.01


def test_what_is_missing_of_some_qubits_is_none() -> None:
    target = Target(num_qubits=2, qubit_properties=[QubitProperties(t1=1e-4), QubitProperties()])
    target.add_instruction(RZGate(0.1), {(0,): None, (1,): InstructionProperties(error=1e-3)})
    found = device(OtherBackend(target))
    assert [each.t1_s for each in found.qubits] == [1e-4, None]
    assert [each.gate_error for each in found.qubits] == [None, 1e-3]
    assert found.median_t1_s == 1e-4


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), "much", None])
def test_what_is_no_number_is_none(nonsense: Any) -> None:
    class Properties:
        error = nonsense
        duration = nonsense

    class StrangeTarget:
        num_qubits = 2
        qubit_properties = None
        operation_names = ("cx",)

        def __getitem__(self, name: str) -> Any:
            return {(0, 1): Properties()}

    backend = GenericBackendV2(2, seed=1)
    backend._target = StrangeTarget()
    [coupling] = read_device(backend).couplings
    assert (coupling.error, coupling.gates[0].duration_s) == (None, None)


def test_a_backend_that_fails_is_shown_with_its_failure() -> None:
    class Broken(GenericBackendV2):
        @property
        def target(self) -> Target:
            raise ConnectionError("the token 'abc' has expired")

    broken = object.__new__(Broken)
    broken.name = "broken"
    found = device(broken)
    assert found.num_qubits == 0
    assert found.problem is not None
    assert "ConnectionError" in found.problem
    assert "broken" in found.to_html()


def test_of_a_backend_whose_process_has_ended_nothing_is_known() -> None:
    found = device(RecoveredBackend("fake_fez"))
    assert (found.num_qubits, found.is_all_to_all) == (0, False)
    assert "Nothing is known of this device." in str(found)


def test_qubits_without_any_gate_are_not_all_to_all() -> None:
    found = device(OtherBackend(Target(num_qubits=3)))
    assert (found.num_qubits, found.is_all_to_all) == (3, False)
    assert len(set(found.positions)) == 3


# ---- Faulty parts, as IBM reports them


def test_a_faulty_qubit_and_its_couplings_are_not_in_service() -> None:
    backend = FakeManilaV2()
    properties = backend.properties()
    operational = type(properties).is_qubit_operational
    properties.is_qubit_operational = lambda qubit: qubit != 2 and operational(properties, qubit)
    found = read_device(backend, properties)
    assert [each.index for each in found.qubits if not each.is_usable] == [2]
    assert [each.qubits for each in found.couplings if not each.is_usable] == [(1, 2), (2, 3)]
    sound = [each.t1_s for each in found.qubits if each.is_usable]
    assert found.median_t1_s == median(time for time in sound if time is not None)


def test_a_faulty_gate_leaves_its_qubits_in_service() -> None:
    backend = FakeManilaV2()
    properties = backend.properties()
    properties.is_gate_operational = lambda gate, qubits: (gate, sorted(qubits)) != ("cx", [0, 1])
    found = read_device(backend, properties)
    assert all(each.is_usable for each in found.qubits)
    assert [each.qubits for each in found.couplings if not each.is_usable] == [(0, 1)]


def test_what_is_known_of_a_device_cannot_be_changed(manila: Device) -> None:
    with pytest.raises(AttributeError):
        manila.name = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        manila.qubits[0].t1_s = 1  # type: ignore[misc]
