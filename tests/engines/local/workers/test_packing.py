"""Work is packed so that backends and noise models travel once."""

from __future__ import annotations

import gc

import pytest
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession.circuits.pubs import read_request
from qsession.engines.local.work import CircuitWork, SamplerWork
from qsession.engines.local.workers import packing, protocol
from qsession.engines.local.workers.packing import Parcel, pack
from qsession.engines.local.workers.protocol import (
    MOST_PARTS,
    CannotSendError,
    Reply,
    Task,
    carry_out,
    read_reply,
    this_process,
)
from tests.support.circuits import bell, flipped, switched
from tests.support.gated_backend import GatedBackend


def work(backend=None, circuit=None, **options) -> CircuitWork:
    return CircuitWork(backend or AerSimulator(), (circuit or flipped(),), {"shots": 5, **options})


def task(parcel: Parcel, *, parts: object = None, home: str = "elsewhere") -> Task:
    sent = parcel.parts if parts is None else parts
    return Task("job", parcel.work, sent, home)  # type: ignore[arg-type]


def noisy() -> NoiseModel:
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["x"])
    return noise


def test_what_is_packed_runs_as_it_would_have_here():
    outcome = read_reply(carry_out(task(pack(work()))))
    assert outcome.result.get_counts() == {"1": 5}  # type: ignore[attr-defined]


def test_the_default_case_of_a_switch_is_known_on_the_other_side():
    outcome = read_reply(carry_out(task(pack(work(circuit=switched())))))
    assert outcome.result.get_counts() == {"11": 5}  # type: ignore[attr-defined]


def test_the_work_itself_is_small():
    parcel = pack(work(FakeManilaV2()))
    assert len(parcel.work) < 2500
    assert len(parcel.parts) == 1


def test_an_unchanged_backend_keeps_its_token_and_a_changed_one_gets_another():
    backend = AerSimulator()
    before = pack(work(backend)).parts.keys()
    assert pack(work(backend, bell())).parts.keys() == before
    backend.set_options(seed_simulator=5)
    assert pack(work(backend)).parts.keys() != before


def test_a_process_that_lacks_a_part_says_which():
    parcel = pack(work(AerSimulator(fusion_max_qubit=3)))
    (token,) = parcel.parts
    assert carry_out(task(parcel, parts={})).missing == (token,)
    assert carry_out(task(parcel)).ending
    assert carry_out(task(parcel, parts={})).ending


def test_a_part_is_one_object_for_all_the_work_that_refers_to_it(monkeypatch):
    seen = []
    monkeypatch.setattr(protocol, "run_work", lambda work: seen.append(work.backend))
    parcel = pack(work(AerSimulator(fusion_max_qubit=4)))
    carry_out(task(parcel))
    carry_out(task(parcel))
    assert seen[0] is seen[1]


def test_only_so_many_parts_are_kept():
    first = pack(work(AerSimulator(seed_simulator=1000)))
    carry_out(task(first))
    for seed in range(MOST_PARTS):
        carry_out(task(pack(work(AerSimulator(seed_simulator=seed)))))
    assert carry_out(task(first, parts={})).missing


def test_a_noise_model_travels_apart_from_the_backend_and_from_options():
    noise = noisy()
    of_backend = pack(work(AerSimulator(noise_model=noise)))
    of_options = pack(work(noise_model=noise))
    assert len(of_backend.parts) == len(of_options.parts) == 2
    assert len(of_backend.parts.keys() & of_options.parts.keys()) == 1
    outcome = read_reply(carry_out(task(of_backend)))
    assert sum(outcome.result.get_counts().values()) == 5  # type: ignore[attr-defined]


def test_a_noise_model_is_pickled_once_until_it_changes(monkeypatch):
    noise = noisy()
    first = pack(work(noise_model=noise)).parts.keys()
    pickled = []

    def pickle_it(noise_model: NoiseModel) -> bytes:
        pickled.append(noise_model)
        return b""

    monkeypatch.setattr(packing, "pickled_noise", pickle_it)
    assert pack(work(noise_model=noise)).parts.keys() == first
    assert pickled == []
    noise.add_all_qubit_quantum_error(depolarizing_error(0.2, 1), ["x"])
    assert pack(work(noise_model=noise)).parts.keys() != first
    assert len(pickled) == 1


def test_a_noise_model_that_is_gone_is_forgotten():
    noise = noisy()
    pack(work(noise_model=noise))
    held = len(packing._packed_noise._packed)
    del noise
    gc.collect()
    assert len(packing._packed_noise._packed) < held


def test_sampler_work_with_a_noise_model_among_its_options_can_be_packed():
    request = read_request(bell(), shots=5)
    packed = pack(
        SamplerWork(AerSimulator(), request.sampler_pubs, {"run_options": {"noise_model": noisy()}})
    )
    outcome = read_reply(carry_out(task(packed)))
    assert outcome.result[0].data.meas.num_shots == 5  # type: ignore[index]


def test_what_cannot_be_pickled_is_not_packed():
    with pytest.raises(TypeError, match="cannot pickle"):
        pack(work(GatedBackend()))


def test_what_cannot_be_unpacked_there_does_not_run():
    parcel = Parcel(b"\x80\x05cno_such_module\nNothing\n.", {})
    reply = carry_out(task(parcel))
    assert reply.unreadable == "ModuleNotFoundError: No module named 'no_such_module'"
    with pytest.raises(CannotSendError, match=r"no_such_module.*; what a notebook defines"):
        read_reply(reply)


def test_a_reply_says_where_the_work_has_run():
    assert carry_out(task(pack(work()))).process == this_process()
    assert isinstance(carry_out(task(pack(work()))), Reply)
