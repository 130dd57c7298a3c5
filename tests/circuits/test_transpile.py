"""What the transpile cache takes for the same circuit, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Gate, Parameter
from qiskit.circuit.library import HGate
from qiskit.providers import BackendV2, Options
from qiskit.quantum_info import Operator, Statevector
from qiskit.transpiler import Target
from qiskit_aer import AerSimulator
from qiskit_aer.library import SaveStatevector
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.circuits import transpile as transpiling
from qsession.circuits.pubs import read_request
from qsession.circuits.transpile import TranspileCache
from qsession.errors import InvalidInputError
from tests.support.circuits import bell, fitted

MANILA = FakeManilaV2()


@pytest.fixture
def cache() -> TranspileCache:
    return TranspileCache(MANILA)


def angled(angle: Any = 0.5, name: str = "angled") -> QuantumCircuit:
    """A small circuit that Manila's gates must be found for."""
    circuit = QuantumCircuit(2, name=name)
    circuit.h(0)
    circuit.cry(angle, 0, 1)
    circuit.measure_all()
    return circuit


def tried(cache: TranspileCache) -> tuple[int, int]:
    return cache.hits, cache.misses


# --- what comes back ------------------------------------------------------------------------------


def test_a_circuit_is_made_to_fit(cache):
    fit = cache.fit(angled())
    assert fit.num_qubits == 5
    assert {item.operation.name for item in fit.data} <= set(MANILA.operation_names) | {"barrier"}
    assert fit.layout is not None


def test_equal_circuits_get_one_layout_in_every_session():
    assert TranspileCache(MANILA).fit(angled()) == TranspileCache(MANILA).fit(angled())


def test_it_keeps_its_name_and_metadata(cache):
    circuit = angled(name="mine")
    circuit.metadata = {"run": 7}
    for _ in range(2):
        fit = cache.fit(circuit)
        assert (fit.name, fit.metadata) == ("mine", {"run": 7})


def test_the_circuit_that_was_given_is_left_alone(cache):
    circuit = angled()
    cache.fit(circuit)
    assert circuit == angled()
    assert circuit.layout is None


def test_what_comes_back_is_the_callers_own(cache):
    circuit = angled()
    circuit.metadata = {"tags": ["a"]}
    untouched = cache.fit(circuit)
    for _ in range(2):  # a miss before, hits now
        fit = cache.fit(circuit)
        fit.x(0)
        fit.name = "spoilt"
        fit.metadata["tags"].append("spoilt")
    assert cache.fit(circuit) == untouched
    assert cache.fit(circuit).metadata == circuit.metadata == {"tags": ["a"]}


def test_the_first_result_is_the_callers_own_too(cache):
    first = cache.fit(angled())
    first.x(0)
    assert cache.fit(angled()) != first


def test_a_circuit_that_fits_comes_back_unchanged(cache):
    circuit = fitted(bell(), MANILA)
    again = cache.fit(circuit)
    assert again == circuit
    assert again.layout == circuit.layout
    assert again.name == circuit.name
    assert tried(cache) == (0, 0)


def test_a_circuit_that_fits_comes_back_as_a_copy(cache):
    circuit = fitted(bell(), MANILA)
    cache.fit(circuit).x(0)
    assert cache.fit(circuit) == circuit


def test_a_backend_of_any_size_takes_circuits_as_they_are():
    class Boundless(BackendV2):
        target = Target(num_qubits=None)
        target.add_instruction(HGate(), None)
        max_circuits = None

        @classmethod
        def _default_options(cls) -> Options:
            return Options()

        def run(self, run_input: Any, **options: Any) -> None:
            """Not used."""

    cache = TranspileCache(Boundless())
    assert cache.fit(angled()) == angled()
    assert tried(cache) == (0, 0)


# --- what is the same circuit ---------------------------------------------------------------------


def renamed() -> QuantumCircuit:
    return angled(name="another")


def described() -> QuantumCircuit:
    circuit = angled()
    circuit.metadata = {"run": 8}
    return circuit


@pytest.mark.parametrize("same", [angled, renamed, described])
def test_a_circuit_of_equal_content_is_a_hit(cache, same: Callable[[], QuantumCircuit]):
    fit = cache.fit(angled())
    again = cache.fit(same())
    assert tried(cache) == (1, 1)
    assert again == fit
    assert again.layout == fit.layout
    assert (again.name, again.metadata) == (same().name, same().metadata)


def test_the_same_object_is_a_hit(cache):
    circuit = angled()
    cache.fit(circuit)
    cache.fit(circuit)
    assert tried(cache) == (1, 1)


def with_global_phase() -> QuantumCircuit:
    circuit = angled()
    circuit.global_phase = 1.0
    return circuit


def with_other_register_names() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2, name="angled")
    circuit.h(0)
    circuit.cry(0.5, 0, 1)
    circuit.barrier()
    circuit.measure([0, 1], [0, 1])
    return circuit


@pytest.mark.parametrize(
    "other",
    [
        lambda: angled(0.5000001),
        lambda: angled(-0.5),
        lambda: angled().reverse_bits(),
        with_global_phase,
        with_other_register_names,
    ],
)
def test_a_circuit_of_other_content_is_a_miss(cache, other: Callable[[], QuantumCircuit]):
    cache.fit(angled())
    fit = cache.fit(other())
    assert tried(cache) == (0, 2)
    assert fit == TranspileCache(MANILA).fit(other())


def test_gates_that_the_backend_has_since_are_used():
    noise = NoiseModel(["rz", "sx", "cx"])
    backend = AerSimulator(noise_model=noise)
    cache = TranspileCache(backend)
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.ecr(0, 1)
    assert "ecr" not in cache.fit(circuit).count_ops()

    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), "ecr")
    backend.set_options(noise_model=noise)
    assert "ecr" in cache.fit(circuit).count_ops()


def test_a_target_that_is_made_anew_each_time_is_the_same_one():
    cache = TranspileCache(AerSimulator(noise_model=NoiseModel(["rz", "sx", "cx"])))
    for _ in range(3):
        cache.fit(angled())
    assert tried(cache) == (2, 1)


def test_an_edit_in_place_is_a_miss(cache):
    circuit = angled()
    before = cache.fit(circuit)
    circuit.data[1] = circuit.data[1].replace(params=[0.7])
    after = cache.fit(circuit)
    assert tried(cache) == (0, 2)
    assert len(circuit.data) == len(angled().data)
    assert before == TranspileCache(MANILA).fit(angled(0.5))
    assert after != before
    assert after == TranspileCache(MANILA).fit(angled(0.7))


def test_each_level_has_its_own_transpiled_circuit(cache):
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.h(0)
    circuit.measure_all()
    sizes = [cache.fit(circuit, level).size() for level in (0, 3, 0, 3)]
    assert sizes[0] > sizes[1]
    assert sizes[2:] == sizes[:2]
    assert tried(cache) == (2, 2)
    assert cache.fitted_before(circuit, 0).size() == sizes[0]
    assert cache.fitted_before(circuit) is None


def test_the_default_level_is_the_same_as_its_number(cache):
    assert cache.fit(angled()) == cache.fit(angled(), 2)
    assert tried(cache) == (1, 1)


def test_an_edit_that_is_taken_back_is_a_hit(cache):
    circuit = angled()
    cache.fit(circuit)
    circuit.x(0)
    cache.fit(circuit)
    circuit.data.pop()
    cache.fit(circuit)
    assert tried(cache) == (1, 2)


def test_parameters_of_equal_names_are_not_the_same(cache):
    one, other = Parameter("theta"), Parameter("theta")
    for parameter in (one, other):
        assert list(cache.fit(angled(parameter)).parameters) == [parameter]
    assert tried(cache) == (0, 2)
    assert list(cache.fit(angled(one)).parameters) == [one]
    assert tried(cache) == (1, 2)


def test_a_parametrised_circuit_can_be_bound_after_a_hit(cache):
    theta = Parameter("theta")
    for _ in range(2):
        fit = cache.fit(angled(theta)).assign_parameters({theta: 0.5})
        assert not fit.parameters


def test_the_same_gates_with_another_layout_are_a_miss(cache):
    # Qiskit's == knows no layout; observables would follow the wrong one.
    circuit = QuantumCircuit(5)
    circuit.h(0)
    fits = [transpile(circuit, initial_layout=order) for order in (range(5), [0, 2, 1, 4, 3])]
    for fit in fits:
        cache.fit(fit)
    assert fits[0] == fits[1]
    assert tried(cache) == (0, 2)


# --- instructions of other people -----------------------------------------------------------------


class Turn(Gate):
    """A gate whose angle is known to its definition only."""

    def __init__(self, angle: float) -> None:
        super().__init__("turn", 1, [])
        self.angle = angle

    def _define(self) -> None:
        self.definition = QuantumCircuit(1)
        self.definition.rx(self.angle, 0)


def test_other_peoples_gates_are_not_taken_for_one_another(cache):
    for angle in (0.5, 1.5):
        circuit = QuantumCircuit(1)
        circuit.append(Turn(angle), [0])
        turned = cache.fit(circuit)
        expected = QuantumCircuit(5)
        expected.rx(angle, turned.layout.final_index_layout()[0])
        assert Operator(turned).equiv(Operator(expected))
    assert tried(cache) == (0, 2)


def unfitting() -> QuantumCircuit:
    """One qubit with a gate that even a simulator has to look up."""
    inner = QuantumCircuit(1, name="superpose")
    inner.h(0)
    circuit = QuantumCircuit(1, 1, name="saving")
    circuit.append(inner.to_gate(), [0])
    return circuit


def saving(*, pershot: bool) -> QuantumCircuit:
    circuit = unfitting()
    circuit.append(SaveStatevector(1, pershot=pershot), [0])
    circuit.measure(0, 0)
    return circuit


def saving_in_a_block(*, pershot: bool) -> QuantumCircuit:
    circuit = unfitting()
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.append(SaveStatevector(1, pershot=pershot), [0])
    return circuit


def saving_in_an_instruction(*, pershot: bool) -> QuantumCircuit:
    inner = QuantumCircuit(1, name="inner")
    inner.append(SaveStatevector(1, pershot=pershot), [0])
    circuit = unfitting()
    circuit.append(inner.to_instruction(), [0])
    circuit.measure(0, 0)
    return circuit


@pytest.mark.parametrize("circuit", [saving, saving_in_a_block, saving_in_an_instruction])
def test_aers_instructions_are_never_recognised(circuit: Callable[..., QuantumCircuit]):
    cache = TranspileCache(AerSimulator())
    for pershot in (False, True, True):
        fit = cache.fit(circuit(pershot=pershot))
        blocks = [fit, *(block for item in fit.data for block in blocks_of(item.operation))]
        (saved,) = (
            item.operation
            for block in blocks
            for item in block.data
            if isinstance(item.operation, SaveStatevector)
        )
        assert saved._subtype == ("list" if pershot else "single")
    assert tried(cache) == (0, 3)


def blocks_of(operation: Any) -> tuple[QuantumCircuit, ...]:
    return getattr(operation, "blocks", ())


@pytest.mark.parametrize("made", [QuantumCircuit.to_gate, QuantumCircuit.to_instruction])
def test_qiskits_own_composites_are_recognised(cache, made: Callable[[QuantumCircuit], Any]):
    for _ in range(2):
        inner = QuantumCircuit(1, name="inner")
        inner.h(0)
        circuit = QuantumCircuit(2, 1, name="outer")
        circuit.append(made(inner), [0])
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.h(1)
        cache.fit(circuit)
    assert tried(cache) == (1, 1)


# --- what cannot be made to fit -------------------------------------------------------------------


def test_a_circuit_that_is_too_wide_is_refused_with_both_sizes(cache):
    wide = QuantumCircuit(6, name="wide")
    wide.measure_all()
    with pytest.raises(InvalidInputError) as caught:
        cache.fit(wide)
    assert str(caught.value) == (
        "Circuit 'wide' has 6 qubits, but fake_manila has 5. Use a smaller circuit or a larger "
        "backend."
    )


def test_a_circuit_that_cannot_be_transpiled_is_refused_by_name(cache):
    circuit = saving(pershot=False)
    with pytest.raises(InvalidInputError, match=r"^Circuit 'saving' could not be"):
        cache.fit(circuit)


def test_for_a_run_only_what_the_device_cannot_do_is_refused(cache):
    # Aer would run the Hadamard, but without the noise that its own gates have.
    saved = QuantumCircuit(1, name="saved")
    saved.sx(0)
    saved.save_density_matrix()
    fitting = cache.fit_for_run(saved)
    assert fitting == saved
    assert fitting is not saved
    with pytest.raises(InvalidInputError, match=r"^Circuit 'saving' could not be"):
        cache.fit_for_run(saving(pershot=False))
    assert cache.fit_for_run(angled()) == cache.fit(angled())


def test_so_is_what_it_cannot_do_in_a_block():
    circuit = QuantumCircuit(1, 1, name="boxed")
    with circuit.if_test((circuit.clbits[0], 1)), circuit.box():
        circuit.h(0)
    circuit.measure(0, 0)
    with pytest.raises(InvalidInputError, match=r"^Circuit 'boxed' could not be"):
        TranspileCache(AerSimulator(method="statevector")).fit_for_run(circuit)


def test_after_a_refusal_the_cache_goes_on(cache):
    with pytest.raises(InvalidInputError):
        cache.fit(saving(pershot=False))
    assert cache.fit(angled()) == TranspileCache(MANILA).fit(angled())


# --- the bound ------------------------------------------------------------------------------------


def test_the_least_recently_used_circuit_is_forgotten_first(cache, monkeypatch):
    monkeypatch.setattr(transpiling, "MOST_CIRCUITS", 2)
    one, two, three = angled(0.1), angled(0.2), angled(0.3)
    for circuit in (one, two, one, three):
        cache.fit(circuit)
    assert tried(cache) == (1, 3)
    cache.fit(one)
    cache.fit(three)
    assert tried(cache) == (3, 3)
    cache.fit(two)
    assert tried(cache) == (3, 4)


def test_a_loop_of_new_circuits_does_not_fill_the_memory(cache, monkeypatch):
    monkeypatch.setattr(transpiling, "MOST_CIRCUITS", 5)
    for angle in np.linspace(0.1, 1, 12):
        cache.fit(angled(angle))
    assert cache._fits is not None
    assert len(cache._fits.circuits) == 5


# --- PUBs -----------------------------------------------------------------------------------------


def test_a_sampler_pub_keeps_its_values_and_shots(cache):
    theta = Parameter("theta")
    request = read_request((angled(theta), [[0.1], [0.2]], 50), name="a", options={"x": 1})
    fit = cache.fit_request(request)
    (pub,) = fit.sampler_pubs
    assert pub.circuit == cache.fit(angled(theta))
    assert (pub.shape, pub.shots) == ((2,), 50)
    assert pub.parameter_values.as_array(["theta"]).tolist() == [[0.1], [0.2]]
    assert (fit.program, fit.name, fit.options) == ("sampler", "a", {"x": 1})


def test_an_estimator_pub_keeps_its_values_and_precision(cache):
    theta = Parameter("theta")
    circuit = angled(theta).remove_final_measurements(inplace=False)
    request = read_request((circuit, ["ZZ", "XX"], [[0.1]], 0.25))
    (pub,) = cache.fit_request(request).estimator_pubs
    assert (pub.shape, pub.precision) == ((2,), 0.25)
    assert pub.parameter_values.as_array(["theta"]).tolist() == [[0.1]]


def test_values_changed_while_a_job_waits_do_not_reach_it(cache):
    values = np.array([[0.1], [0.2]])
    fit = cache.fit_request(read_request((angled(Parameter("theta")), values)))
    values[:] = 9
    (pub,) = fit.sampler_pubs
    assert pub.parameter_values.as_array(["theta"]).tolist() == [[0.1], [0.2]]


def uneven() -> QuantumCircuit:
    """Three qubits, each in a state of its own."""
    circuit = QuantumCircuit(3)
    for qubit, angle in enumerate((0.3, 1.1, 2.5)):
        circuit.ry(angle, qubit)
    circuit.cx(0, 2)
    circuit.cx(2, 1)
    return circuit


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("label", ["ZII", "IZI", "IIZ", "XZI", "ZXY"])
def test_observables_follow_their_qubits(cache, label, times):
    for _ in range(times):
        (pub,) = cache.fit_request(read_request((uneven(), label))).estimator_pubs
    ((laid_out, coefficient),) = pub.observables[()].items()
    assert len(laid_out) == 5
    before = Statevector(uneven()).expectation_value(Operator.from_label(label))
    after = Statevector(pub.circuit).expectation_value(Operator.from_label(laid_out))
    assert coefficient * after == pytest.approx(before)


def test_observables_of_a_circuit_that_fits_stay_as_they_are(cache):
    circuit = fitted(uneven(), MANILA)
    (pub,) = cache.fit_request(read_request((circuit, "ZIXIY"))).estimator_pubs
    assert pub.observables[()] == {"ZIXIY": 1.0}


def test_pubs_of_one_circuit_transpile_it_once(cache):
    circuit = uneven()
    cache.fit_request(read_request([(circuit, "ZII"), (circuit, "IZI"), (circuit, "IIZ")]))
    assert tried(cache) == (2, 1)


# --- threads --------------------------------------------------------------------------------------


def test_threads_may_share_a_cache(cache):
    circuits = [angled(angle, f"c{i}") for i, angle in enumerate(np.linspace(0.1, 1, 16))]
    alone = TranspileCache(MANILA)
    expected = [alone.fit(circuit) for circuit in circuits]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(2):
            fits = list(threads.map(cache.fit, circuits))
            assert fits == expected
            assert [fit.name for fit in fits] == [circuit.name for circuit in circuits]
    assert tried(cache) == (16, 16)


def test_threads_may_share_a_circuit(cache):
    circuit = angled()
    with ThreadPoolExecutor(8) as threads:
        fits = list(threads.map(cache.fit, [circuit] * 32))
    assert len({id(fit) for fit in fits}) == 32
    assert all(fit == fits[0] for fit in fits)
    assert cache.hits + cache.misses == 32
