"""Works as bytes and back: nothing that is read runs anything."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import PauliLindbladMap
from qiskit_aer.library import SaveStatevector
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession import InvalidInputError, Session
from qsession.engines.local.work import (
    CircuitWork,
    EstimatorWork,
    ExecutorWork,
    SamplerWork,
    Work,
    run_work,
)
from qsession.ledger import pending_work
from qsession.ledger.pending_work import decode_work, encode_work
from tests.contract.primitives import PRIMITIVES, Primitive
from tests.ledger.test_result_codec import require_same
from tests.support.circuits import bell, fitted, rotation, switched

BACKEND = FakeManilaV2()


def again(work: Any) -> Any:
    """The work as it is read."""
    found = encode_work(work)
    assert found is not None
    return decode_work("j", *found, work.backend)


def outcome(work: Work) -> object:
    return run_work(work).result


def sampler_work(*pubs: Any, **options: Any) -> SamplerWork:
    coerced = (SamplerPub.coerce(pub) for pub in pubs)
    return SamplerWork(BACKEND, tuple(coerced), {"seed_simulator": 7, **options})


def estimator_work(*pubs: Any, precision: float | None = 0.1) -> EstimatorWork:
    coerced = (EstimatorPub.coerce(pub) for pub in pubs)
    return EstimatorWork(BACKEND, tuple(coerced), precision, {"seed_simulator": 7})


def conditional() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(0)
    circuit.measure(0, 0)
    return circuit


def with_gate() -> QuantumCircuit:
    inner = QuantumCircuit(2, name="inner")
    inner.h(0)
    inner.cx(0, 1)
    circuit = QuantumCircuit(2, metadata={"run": 5, "tags": ["a"]}, global_phase=0.5)
    circuit.append(inner.to_gate(), [0, 1])
    circuit.unitary(np.eye(2), 0)
    circuit.measure_all()
    return circuit


def swept() -> QuantumCircuit:
    a, b = Parameter("ä"), Parameter("b[0]")
    circuit = QuantumCircuit(1)
    circuit.rx(a + 2 * b, 0)
    circuit.measure_all()
    return circuit


SAMPLED: list[Callable[[], Any]] = [
    lambda: sampler_work(fitted(bell(), BACKEND)),
    lambda: sampler_work((bell(), None, 100), (bell(),)),
    lambda: sampler_work((swept(), np.arange(12.0).reshape(2, 3, 2))),
    lambda: sampler_work((rotation(measured=True), {"theta": [0.1, 0.2]})),
    lambda: sampler_work(conditional(), default_shots=77),
    lambda: sampler_work(bell(), run_options={"meas_level": 2}),
]

ESTIMATED: list[Callable[[], Any]] = [
    lambda: estimator_work((rotation(), "Z", [0.3])),
    lambda: estimator_work((rotation(), ["Z", {"X": 0.1, "Y": -2.5}], [[[0.1]], [[0.2]]])),
    lambda: estimator_work((bell().remove_final_measurements(inplace=False), "ZX"), precision=None),
]


@pytest.mark.parametrize("make", [*SAMPLED, *ESTIMATED])
def test_a_work_that_comes_back_gives_the_same_bits(
    make: Callable[[], SamplerWork | EstimatorWork],
):
    work = make()
    found = again(work)
    assert type(found) is type(work)
    assert found.options == work.options
    assert [each.circuit for each in found.pubs] == [each.circuit for each in work.pubs]
    require_same(outcome(found), outcome(work))


def test_the_layout_of_a_transpiled_circuit_comes_back():
    circuit = fitted(bell(), BACKEND)
    (found,) = again(sampler_work(circuit)).circuits
    assert found.layout.final_index_layout() == circuit.layout.final_index_layout()


def test_observables_come_back_term_by_term():
    observables = ObservablesArray([["ZZ", {"XI": 0.1, "01": 3.0}], ["II", {"rl": -1e-7}]])
    pub = EstimatorPub(QuantumCircuit(2), observables, None, 0.1)
    (found,) = again(EstimatorWork(BACKEND, (pub,), 0.1)).pubs
    assert found.observables.shape == (2, 2)
    assert found.observables.tolist() == observables.tolist()


def test_no_observables_come_back_as_none():
    pub = EstimatorPub(QuantumCircuit(2), ObservablesArray([], num_qubits=2), None, 0.1)
    (found,) = again(EstimatorWork(BACKEND, (pub,), 0.1)).pubs
    assert (found.observables.shape, found.observables.num_qubits) == ((0,), 2)


def drawn(work: ExecutorWork) -> list[dict[str, bytes]]:
    """What each item of a program is drawn from, and what is from the same random numbers."""
    found = []
    for item in work.program.items:
        samplex, arguments = getattr(item, "samplex", None), getattr(item, "samplex_arguments", {})
        sample = samplex.sample(num_randomizations=3, rng=5) if samplex and not arguments else {}
        arrays = {**arguments, **sample}
        found.append({name: np.asarray(array).tobytes() for name, array in arrays.items()})
    return found


def measured(work: Work) -> list[dict[str, bytes]]:
    """The bits of a program; beside them stand times."""
    items: Any = outcome(work)
    return [{name: array.tobytes() for name, array in item.items()} for item in items]


@pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda primitive: primitive.id)
@pytest.mark.filterwarnings("ignore:.*deprecated.*:DeprecationWarning")
def test_works_of_ibm_s_primitives_come_back(primitive: Primitive):
    with Session(BACKEND) as session:
        made = primitive.make(mode=session)
        if primitive.kind == "sampler" and "client" in primitive.id:
            made.options.twirling.enable_gates = True
        job = primitive.submit(made)
        job.result()
    found = again(job.work)
    assert (found.primitive, found.shots) == (job.work.primitive, job.work.shots)
    assert found.circuits == job.work.circuits
    assert type(outcome(found)) is type(outcome(job.work))
    if isinstance(found, ExecutorWork):
        assert found.options == job.work.options
        require_same(found.program.passthrough_data, job.work.program.passthrough_data)
        assert found.program._semantic_role == job.work.program._semantic_role
        assert drawn(found) == drawn(job.work)


def test_a_seeded_program_of_a_primitive_gives_the_same_bits():
    primitive = next(each for each in PRIMITIVES if each.id == "client-side Sampler")
    with Session(BACKEND) as session:
        made = primitive.make(mode=session)
        made.options.simulator.seed_simulator = 11
        job = primitive.submit(made)
        job.result()
    assert measured(again(job.work)) == measured(job.work)


def test_noise_of_a_program_comes_back():
    noise = PauliLindbladMap.from_list([("XI", 0.1), ("ZZ", 1e-5)])
    work = ExecutorWork(BACKEND, {"noise": noise}, None)
    assert again(work).program == {"noise": noise}


def test_gates_that_were_made_of_circuits_and_metadata_come_back():
    work = CircuitWork(BACKEND, (with_gate(),))
    (found,) = again(work).circuit_list
    assert found == with_gate()
    assert found.metadata == {"run": 5, "tags": ["a"]}


def test_the_default_case_of_a_switch_comes_back():
    (found,) = again(CircuitWork(BACKEND, (switched(),))).circuit_list
    assert found == switched()


def test_circuits_of_backend_run_come_back():
    work = CircuitWork(BACKEND, (bell(), conditional()), {"shots": 50, "seed_simulator": 3})
    found = again(work)
    assert found.circuit_list == work.circuit_list
    assert outcome(found).get_counts() == outcome(work).get_counts()  # type: ignore[attr-defined]


def test_a_circuit_that_many_pubs_share_is_written_once():
    circuit = fitted(bell(), BACKEND)
    one, many = (encode_work(sampler_work(*[circuit] * number)) for number in (1, 50))
    assert one is not None
    assert many is not None
    assert many[1].count(b"QISKIT") == one[1].count(b"QISKIT") == 1


# --- what is not kept -----------------------------------------------------------------------------


class Own(Gate):
    """Somebody's gate."""

    def __init__(self) -> None:
        super().__init__("own", 1, [])


def with_own() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.append(Own(), [0])
    return circuit


class Defined(Own):
    """One that says what it does."""

    def _define(self) -> None:
        self.definition = QuantumCircuit(1)
        self.definition.h(0)


def with_defined() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    with circuit.for_loop(range(2)):
        circuit.append(Defined(), [0])
    return circuit


def with_save() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.append(SaveStatevector(1), [0])
    return circuit


@pytest.mark.parametrize(
    "work",
    [
        SamplerWork(BACKEND, (SamplerPub(with_own()),)),
        CircuitWork(BACKEND, (with_save(),)),
        CircuitWork(BACKEND, (with_defined(),)),
        SamplerWork(BACKEND, (), {"run_options": {"noise_model": NoiseModel()}}),
        SamplerWork(BACKEND, (), {"hook": print}),
        CircuitWork(BACKEND, (QuantumCircuit(1, metadata={"of": object()}),)),
        ExecutorWork(BACKEND, object(), None),
        object(),
    ],
)
def test_what_cannot_be_written_exactly_is_not_kept(work: Any):
    assert encode_work(work) is None


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pending_work, "MOST_WORK_BYTES", 100)
    assert encode_work(sampler_work(bell())) is None


# --- what is not read -----------------------------------------------------------------------------


class Evil:
    """Runs something when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Path.touch, (self._path,)


@pytest.fixture
def made_by() -> str:
    found = encode_work(sampler_work(bell()))
    assert found is not None
    return found[0]


@pytest.fixture
def content() -> bytes:
    found = encode_work(sampler_work(bell()))
    assert found is not None
    return found[1]


def test_a_pickle_is_not_read(tmp_path: Path, made_by: str):
    """Earlier releases kept works so, and a file from elsewhere may hold one."""
    content = pickle.dumps(Evil(tmp_path / "ran"))
    with pytest.raises(InvalidInputError, match=r"Job|What job j was .* earlier release.* again"):
        decode_work("j", made_by, content, BACKEND)
    assert not (tmp_path / "ran").exists()


def test_a_file_makes_no_class_that_is_not_named_here(made_by: str, content: bytes):
    evil = content.replace(
        b'"qiskit.primitives.containers.bindings_array.BindingsArray"',
        b'"qiskit.primitives.containers.bindings_array.ShapedMixin12"',
    )
    assert evil != content
    with pytest.raises(InvalidInputError, match=r"cannot be read \(KeyError"):
        decode_work("j", made_by, evil, BACKEND)


def test_a_circuit_in_an_old_form_is_not_read(made_by: str, content: bytes):
    begin = content.index(b"QISKIT") + 6
    evil = content[:begin] + b"\x0a" + content[begin + 1 :]
    with pytest.raises(InvalidInputError, match="version 10 of QPY"):
        decode_work("j", made_by, evil, BACKEND)


def test_works_of_other_releases_are_refused_in_words(content: bytes):
    with pytest.raises(InvalidInputError, match=r"submitted with Python 2\.7, and this is Python"):
        decode_work("j", "Python 2.7", content, BACKEND)


@pytest.mark.parametrize("keep", [0, 5, 20, 30, 200])
def test_bytes_that_were_cut_are_refused(made_by: str, content: bytes, keep: int):
    with pytest.raises(InvalidInputError):
        decode_work("j", made_by, content[:keep], BACKEND)
