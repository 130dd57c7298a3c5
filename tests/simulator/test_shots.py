"""Equal shots are written down once, with what Qiskit's own classes say of them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit.primitives.containers import bit_array as of_qiskit
from qiskit.result import Result, postprocess
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession import Session
from qsession.ledger.result_codec import decode_result, encode_result
from qsession.simulator.shots import CountedBitArray, CountedResult, count_at_once
from tests.support.circuits import bell, fitted

LOCS: tuple[Any, ...] = (None, 0, 1, (0,), (0, 1), (1, -1), (), slice(None), 5, (0, 0, 0), "x")


@st.composite
def bit_arrays(draw: st.DrawFn) -> BitArray:
    """Few different outcomes in random order, with bits before the first one set as well."""
    num_bits = draw(st.integers(1, 70))
    shape = draw(st.sampled_from([(), (2,), (2, 3), (1, 1, 2), (0,)]))
    shots = draw(st.sampled_from([0, 1, 7, 200]))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    width = -(-num_bits // 8)
    outcomes = random.integers(0, 256, (draw(st.integers(1, 40)), width), dtype=np.uint8)
    array = outcomes[random.integers(0, len(outcomes), (*shape, shots))]
    if draw(st.booleans()):
        array = np.asfortranarray(array)
    return BitArray(array, num_bits)


def counted(bits: BitArray) -> CountedBitArray:
    return CountedBitArray(bits.array, bits.num_bits)


def told(method: Any, *args: Any) -> tuple[Any, ...]:
    """What a method gives, with the order of its outcomes and their types, or raises."""
    try:
        items = list(method(*args).items())
    except Exception as error:  # noqa: BLE001 - that is what is compared
        return type(error), str(error)
    return items, [(type(key), type(count)) for key, count in items]


@given(bit_arrays())
def test_counts_are_those_of_qiskit_in_the_same_order(bits: BitArray):
    for loc in LOCS:
        assert told(counted(bits).get_counts, loc) == told(bits.get_counts, loc)
        assert told(counted(bits).get_int_counts, loc) == told(bits.get_int_counts, loc)


def test_a_register_without_bits_is_left_to_qiskit():
    bits = BitArray(np.zeros((3, 0), np.uint8), 0)
    assert told(counted(bits).get_counts) == told(bits.get_counts)
    assert told(counted(bits).get_int_counts) == told(bits.get_int_counts)


def test_shots_are_not_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: Any, **__: Any) -> Any:
        pytest.fail("counted one by one")

    monkeypatch.setattr(of_qiskit.BitArray, "_get_counts", refuse)
    bits = CountedBitArray(np.array([[1, 2], [0, 0], [1, 2]], np.uint8), 9)
    assert bits.get_counts() == {"100000010": 2, "000000000": 1}
    assert bits.get_int_counts() == {258: 2, 0: 1}


def pickled_and_back(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled_and_back])
def test_copies_and_pickles_are_qiskits_own(again: Any):
    bits = CountedBitArray(np.array([[1], [0]], np.uint8), 1)
    bits.note = "mine"
    copied = again(bits)
    assert type(copied) is BitArray
    assert copied == bits
    assert copied.note == "mine"
    assert repr(copied) == repr(bits)


# --- the results of backend.run -------------------------------------------------------------------


def registers() -> QuantumCircuit:
    """Two classical registers, and a bit that is in none of them."""
    circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(2), ClassicalRegister(1))
    circuit.add_bits([Clbit()])
    circuit.h([0, 1, 2])
    circuit.measure([0, 1, 2], [0, 1, 3])
    return circuit


def run(*circuits: QuantumCircuit, **options: Any) -> tuple[CountedResult, Result]:
    """The same result in both classes."""
    of_qiskit = AerSimulator().run(list(circuits), shots=200, seed_simulator=1, **options).result()
    counted = copy.deepcopy(of_qiskit)
    count_at_once(counted)
    assert isinstance(counted, CountedResult)
    return counted, of_qiskit


def memory(result: Result, experiment: Any) -> Any:
    try:
        return result.get_memory(experiment)
    except Exception as error:  # noqa: BLE001 - that is what is compared
        return type(error), str(error)


def test_the_memory_is_that_of_qiskit():
    circuits = [bell(), registers(), bell("another")]
    for options in ({"memory": True}, {"memory": False}):
        counted, of_qiskit = run(*circuits, **options)
        for experiment in (0, 1, 2, "bell", circuits[1], None, 7, "nowhere", 1.5, circuits):
            assert memory(counted, experiment) == memory(of_qiskit, experiment)
        for index in range(3):
            assert counted.get_counts(index) == of_qiskit.get_counts(index)


def test_one_circuit_needs_not_be_named():
    counted, of_qiskit = run(registers(), memory=True)
    assert counted.get_memory() == of_qiskit.get_memory()
    assert len(counted.get_memory()) == 200


@pytest.mark.parametrize("level", [0, 1])
def test_measurements_that_are_not_classified_are_left_to_qiskit(level: int):
    shots = np.zeros((2, 1, 1, 2)[level:], float).tolist()
    plain = {"memory": shots} if level == 0 else {"memory": [[0.5, 1.0], [0.25, 0.0]]}
    entry = {"shots": 2, "success": True, "meas_level": level, "data": plain}
    facts = {"backend_name": "x", "backend_version": "1", "job_id": "1", "success": True}
    of_qiskit = Result.from_dict({**facts, "results": [entry]})
    counted = copy.deepcopy(of_qiskit)
    count_at_once(counted)
    assert np.array_equal(counted.get_memory(0), of_qiskit.get_memory(0))


def test_each_outcome_is_put_into_words_once(monkeypatch: pytest.MonkeyPatch):
    counted, _ = run(bell(), memory=True)
    asked: list[str] = []
    words = postprocess.format_counts_memory

    def noted(shot: str, header: Any = None) -> Any:
        asked.append(shot)
        return words(shot, header)

    monkeypatch.setattr(postprocess, "format_counts_memory", noted)
    assert set(counted.get_memory()) == {"00", "11"}
    assert sorted(asked) == ["0x0", "0x3"]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled_and_back])
def test_copies_and_pickles_of_results_are_qiskits_own(again: Any):
    counted, of_qiskit = run(bell(), memory=True)
    copied = again(counted)
    assert type(copied) is Result
    assert copied.to_dict() == of_qiskit.to_dict()
    assert repr(counted) == repr(of_qiskit)


# --- which results --------------------------------------------------------------------------------


def test_what_is_no_bit_array_of_a_primitive_is_left_alone():
    class Own(BitArray):
        """A user's."""

    class Foreign:
        """Of a program that an executor was given."""

        @property
        def data(self) -> Any:
            pytest.fail("asked for")

    own, values = Own(np.zeros((2, 1), np.uint8), 3), np.zeros(3)
    plain = BitArray(np.zeros((2, 1), np.uint8), 3)
    pubs = [
        SamplerPubResult(DataBin(own=own, plain=plain)),
        PubResult(DataBin(evs=values)),
        "no result of a PUB",
        Foreign(),
    ]
    for other in (None, [plain], {"meas": plain}, PrimitiveResult(pubs)):
        count_at_once(other)
    assert (type(own), type(values), type(plain)) == (Own, np.ndarray, CountedBitArray)


def test_the_ledger_keeps_qiskits_own():
    result = PrimitiveResult([SamplerPubResult(DataBin(meas=BitArray.from_samples(["01", "11"])))])
    content = encode_result(result)
    count_at_once(result)
    assert encode_result(result) == content
    assert content is not None
    assert type(decode_result(content)[0].data.meas) is BitArray
    counted, of_qiskit = run(bell())
    content = encode_result(counted)
    assert content == encode_result(of_qiskit)
    assert content is not None
    assert type(decode_result(content)) is Result


def test_each_primitive_of_a_session_gives_them():
    backend = FakeManilaV2()
    circuit = fitted(bell(), backend)
    with Session(backend) as session:
        jobs = [session.run(circuit), Sampler(mode=session).run([circuit])]
        for job in jobs:
            assert type(job.result()[0].data.meas) is CountedBitArray
        assert type(session.run_circuits(circuit).result()) is CountedResult


def test_so_do_jobs_that_were_pickled():
    with Session(AerSimulator()) as session:
        job = session.run(bell())
        job.wait_for_final_state()
        again = pickled_and_back(job)
    assert type(again.result()[0].data.meas) is CountedBitArray
