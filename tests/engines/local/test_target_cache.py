"""IBM's primitives ask Aer's simulator for its target with each job: it is made once."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from typing import Any

import pytest
import qiskit_ibm_runtime
from qiskit.circuit import Gate
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer import AerSimulator
from qiskit_aer.backends.aerbackend import AerBackend
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession import Session, get_backend
from qsession.engines.local import target_cache
from qsession.engines.local.target_cache import with_kept_target
from qsession.simulator.lru import Bounded
from tests.support.circuits import bell, ghz


def names(backend: Any) -> set[str]:
    return set(backend.target.operation_names)


def noisy() -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["sx"])
    return model


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))  # noqa: S301 - our own bytes


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch) -> None:
    monkeypatch.setattr(target_cache, "_kept", Bounded(2))


@pytest.fixture
def own() -> AerSimulator:
    return AerSimulator()


@pytest.fixture
def seen(own: AerSimulator) -> Any:
    return with_kept_target(own)


def test_the_target_is_made_once(own, seen):
    assert seen.target is seen.target
    assert own.target is not own.target  # else all of this is needless
    assert names(seen) == names(own)


def test_the_next_session_has_it_too_on_whatever_equal_simulator(own, seen):
    assert with_kept_target(own).target is seen.target
    assert with_kept_target(AerSimulator()).target is seen.target


def test_it_is_made_anew_once_somebody_has_added_to_it(seen):
    before = seen.target
    before.add_instruction(Gate("mine", 1, []))
    for simulator in (seen, with_kept_target(AerSimulator())):
        assert simulator.target is not before
        assert "mine" not in names(simulator)


@pytest.mark.parametrize("name", ["dt", "granularity", "min_length", "pulse_alignment"])
def test_what_somebody_has_set_on_it_reaches_no_other_simulator(seen, name):
    usual = getattr(seen.target, name)
    setattr(seen.target, name, 16)
    assert getattr(with_kept_target(AerSimulator()).target, name) == usual


def test_simulators_of_another_size_have_their_own(seen):
    small = AerSimulator()
    small._configuration.n_qubits = 3
    assert with_kept_target(small).target.num_qubits == 3
    assert seen.target.num_qubits == AerSimulator().target.num_qubits > 3


def test_no_simulator_is_kept_for_it():
    seen: Any = with_kept_target(AerSimulator())
    assert seen.target
    gone = weakref.ref(seen.wrapped_backend)
    del seen
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    "options",
    [
        {"method": "stabilizer"},
        {"noise_model": noisy()},
        {"basis_gates": ["cx", "sx"]},
        {"n_qubits": 3},
    ],
    ids=lambda options: next(iter(options)),
)
def test_it_follows_what_is_set_on_the_simulator_later(own, seen, options):
    before = seen.target
    own.set_options(**options)
    assert seen.target is not before
    assert names(seen) == names(own)
    assert seen.target.num_qubits == own.target.num_qubits


@pytest.fixture
def made(monkeypatch) -> list[object]:
    """The targets that Aer's simulators have put together since."""
    made: list[object] = []
    put_together = AerSimulator.target.fget

    def noting(simulator: Any) -> Any:
        made.append(put_together(simulator))
        return made[-1]

    monkeypatch.setattr(AerBackend, "target", property(noting))
    return made


def test_a_session_backend_asks_once_and_so_do_those_who_transpile_to_it(own, made):
    backend = get_backend(own)
    generate_preset_pass_manager(1, backend=backend)
    backend.run([bell(), ghz(3)], shots=10).result()
    assert len(made) == 1


def test_a_session_backend_has_the_target_of_the_simulator_as_it_is_set(own):
    backend = get_backend(own)
    before = backend.target
    backend.set_options(method="stabilizer")
    assert backend.target is not before
    assert names(backend) == names(own)


def test_a_simulator_of_a_device_is_as_it_is():
    own = AerSimulator.from_backend(FakeManilaV2())
    seen = with_kept_target(own)
    assert seen.target is own.target
    assert seen.num_qubits == 5


def test_other_backends_keep_theirs_themselves():
    fake = FakeManilaV2()
    assert with_kept_target(fake) is fake


def test_it_is_the_simulator_in_every_respect(own, seen):
    assert isinstance(seen, AerSimulator)
    assert repr(seen) == repr(own)
    assert seen == own
    assert own == seen
    assert seen != AerSimulator()
    assert {seen: 1}[own] == 1
    seen.set_options(shots=7)
    assert own.options.shots == 7
    assert seen.run(bell()).result().get_counts().shots() == 7


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_a_copy_is_one_of_the_simulator(seen, copied):
    assert type(copied(seen)) is AerSimulator


@pytest.mark.filterwarnings("ignore:The SamplerV2 class is deprecated")
def test_ibms_primitives_see_it_in_sessions(own):
    with Session(own) as session:
        for mode in (session, None):
            sampler = qiskit_ibm_runtime.SamplerV2(mode=mode)
            assert sampler.backend() == own
            assert type(sampler.backend()) is not AerSimulator
            job = sampler.run([bell()])
            assert session.job(job.job_id()) is job
            assert job.result()[0].data.meas.num_shots == 1024


def test_a_session_can_be_opened_on_it(own, seen):
    seed = {"simulator": {"seed_simulator": 1}}
    counts = []
    for backend in (own, seen):
        with Session(backend) as session:
            job = session.run(bell(), options=seed)
            counts.append(job.result()[0].data.meas.get_counts())
            assert job.result()[0].metadata["shots"] == 1024
            assert session.simulation_counts.fallback == 0
    assert counts[0] == counts[1]
