"""``session.run`` and its relatives: circuits, PUBs and programs in, jobs out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import PrimitiveResult
from qiskit.quantum_info import SparsePauliOp

from qsession import InvalidInputError, Session, SessionEndedError, UnknownJobError
from qsession.session.registry import core_of
from tests.support.circuits import bell, flipped, ghz, rotation
from tests.support.gated_backend import GatedBackend
from tests.support.patience import PATIENCE_S

SEED = {"simulator": {"seed_simulator": 7}}


@pytest.fixture(scope="module")
def manila() -> Iterator[Session]:
    """One session on a noisy backend, whose noise model takes its time."""
    with Session("fake_manila") as session:
        yield session


def counts(job, pub: int = 0) -> dict[str, int]:
    data = job.result(PATIENCE_S)[pub].data
    return data.meas.get_counts()  # type: ignore[no-any-return]


def test_a_circuit_is_sampled(manila: Session):
    job = manila.run(bell(), shots=200, options=SEED)
    assert isinstance(job.result(PATIENCE_S), PrimitiveResult)
    seen = counts(job)
    assert sum(seen.values()) == 200
    assert seen["00"] + seen["11"] > 150  # it is noisy, and the register is the circuit's own
    record = manila.jobs[-1]
    assert (record.job_id, record.primitive, record.shots) == (job.job_id(), "sampler", 200)
    assert record.name == "bell"


def test_several_circuits_make_one_job(manila: Session):
    job = manila.run([bell(), flipped()], shots=100, options=SEED)
    assert set(counts(job, 1)) <= {"0", "1"}
    assert counts(job, 1)["1"] > 80
    assert manila.jobs[-1].name == "bell +1"


def undone() -> QuantumCircuit:
    """A circuit whose gates cancel out, which only an optimizing level notices."""
    circuit = QuantumCircuit(1, name="undone")
    circuit.h(0)
    circuit.h(0)
    circuit.measure_all()
    return circuit


def size_of_run(session: Session, level: int | None) -> int:
    (pub,) = session.run(undone(), shots=10, optimization_level=level).inputs["pubs"]
    return int(pub.circuit.size())


def test_the_level_says_how_much_circuits_are_optimized(manila: Session):
    sizes = {level: size_of_run(manila, level) for level in (0, 1, 2, 3, None)}
    assert sizes[0] > sizes[3] == sizes[2] == sizes[None]


def test_a_program_keeps_its_level(manila: Session):
    manila.add_program(undone(), name="as it is", shots=10, optimization_level=0)
    (pub,) = manila.run_program("as it is", shots=20).inputs["pubs"]
    assert pub.circuit.size() == size_of_run(manila, 0)


def test_circuits_of_backend_run_have_a_level_too(manila: Session):
    sizes = []
    for level in (0, 3):
        job = manila.run_circuits(undone(), shots=10, optimization_level=level)
        (circuit,) = job.inputs["circuits"]
        sizes.append(circuit.size())
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize("level", [-1, 4, 1.0, True, "2"])
@pytest.mark.parametrize("way", ["run", "run_circuits", "add_program", "estimate"])
def test_a_level_that_there_is_not_is_refused(manila: Session, way: str, level: object):
    before = len(manila.jobs)
    with pytest.raises(InvalidInputError, match=r"optimization_level=.* Expected 0 .*, 1, 2 or 3"):
        getattr(manila, way)(undone(), optimization_level=level)
    assert len(manila.jobs) == before


def test_pubs_carry_values_and_shots(manila: Session):
    circuit = rotation(measured=True)
    job = manila.run([(circuit, [0.0], 30), (circuit, [[0.0], [np.pi]])], shots=50, options=SEED)
    result = job.result(PATIENCE_S)
    assert result[0].data.meas.num_shots == 30
    assert result[1].data.meas.shape == (2,)
    assert result[1].data.meas.num_shots == 50
    assert result[1].data.meas.get_counts(1)["1"] > 40
    assert manila.jobs[-1].shots is None  # they differ


@pytest.mark.parametrize("observable", ["Z", SparsePauliOp("Z"), {"Z": 1.0}])
def test_observables_make_an_estimator_job(manila: Session, observable):
    job = manila.run((rotation(), observable, [np.pi]), precision=0.1, options=SEED)
    assert float(job.result(PATIENCE_S)[0].data.evs) < -0.7
    record = manila.jobs[-1]
    assert (record.primitive, record.shots) == ("estimator", 100)


def test_parameters_and_observables_broadcast(manila: Session):
    angles = np.array([[0.0], [np.pi]])
    job = manila.run((rotation(), [["Z"], ["X"]], angles), precision=0.1)
    assert job.result(PATIENCE_S)[0].data.evs.shape == (2, 2)


def test_observables_follow_the_circuit_onto_the_backend(manila: Session):
    circuit = QuantumCircuit(3)
    circuit.x(2)
    job = manila.run((circuit, ["ZII", "IIZ"]), precision=0.05, options=SEED)
    last, first = job.result(PATIENCE_S)[0].data.evs
    assert last < -0.7
    assert first > 0.7


def test_the_name_is_the_callers(manila: Session):
    assert manila.run(bell(), name="my bell").record.name == "my bell"


def test_equal_seeds_give_equal_bits(manila: Session):
    def bits(seed: int) -> list[str]:
        job = manila.run(bell(), shots=100, options={"simulator": {"seed_simulator": seed}})
        return job.result()[0].data.meas.get_bitstrings()  # type: ignore[no-any-return]

    assert bits(1) == bits(1) != bits(2)


def test_a_circuit_is_transpiled_once_and_its_edited_form_again(manila: Session):
    cache = core_of(manila).submissions.transpiled
    circuit = bell()
    manila.run(circuit)
    before = (cache.hits, cache.misses)
    manila.run(circuit)
    circuit.x(0)
    manila.run(circuit)
    assert (cache.hits - before[0], cache.misses - before[1]) == (1, 1)


@pytest.mark.parametrize(
    ("work", "keywords", "words"),
    [
        (None, {}, "cannot be run"),
        ("bell", {}, "cannot be run"),
        ([], {}, "the list is empty"),
        ([bell(), 7], {}, "Item 1 is 7"),
        (QuantumCircuit(1), {}, "measures nothing"),
        ([(rotation(), "Z", [0]), bell()], {}, "one job runs one primitive"),
        ((rotation(), "ZZ", [0]), {}, "not a valid estimator PUB"),
        (bell(), {"shots": 0}, "out of bounds"),
        (bell(), {"shots": 1.5}, "not a whole number"),
        (bell(), {"precision": 0.1}, "does not apply"),
        ((rotation(), "Z", [0]), {"shots": 10}, "does not apply"),
        ((rotation(), "Z", [0]), {"precision": -1}, "not a positive number"),
        (QuantumCircuit(6, 6), {}, "measures nothing"),
        (bell(), {"name": ""}, "cannot be used"),
        (bell(), {"options": ["shots"]}, "options="),
    ],
)
def test_work_that_cannot_be_run_is_refused_and_nothing_is_submitted(
    manila: Session, work, keywords, words
):
    before = len(manila.jobs)
    with pytest.raises(InvalidInputError, match=words):
        manila.run(work, **keywords)
    assert len(manila.jobs) == before


def test_a_circuit_too_large_for_the_backend_is_refused(manila: Session):
    with pytest.raises(InvalidInputError, match="has 6 qubits, but fake_manila has 5"):
        manila.run(ghz(6))


@pytest.mark.parametrize(
    "change", [lambda circuit, angles: circuit.data.clear(), lambda circuit, angles: angles.fill(0)]
)
def test_what_is_changed_after_submission_does_not_change_a_queued_job(
    make_session, gated: GatedBackend, change: Callable[[QuantumCircuit, np.ndarray], None]
):
    session = make_session(gated)
    circuit, angles = rotation(measured=True), np.array([np.pi])
    session.run(flipped())
    sampled = session.run((circuit, angles), shots=20)
    program = session.add_program((circuit, angles), name="kept", shots=10)
    change(circuit, angles)
    kept = session.run_program(program.name)
    gated.open_gate()
    assert counts(sampled) == {"1": 20}
    assert counts(kept) == {"1": 10}


def test_an_observable_changed_after_submission_does_not_change_a_queued_job(
    make_session, gated: GatedBackend
):
    session = make_session(gated)
    session.run(flipped())
    observable = SparsePauliOp("Z", 1.0)
    job = session.run((rotation(), observable, [np.pi]))
    observable.coeffs[:] = 0
    gated.open_gate()
    assert float(job.result(PATIENCE_S)[0].data.evs) == pytest.approx(-1)


# --- circuits for the backend itself -------------------------------------------------------------


def test_circuits_run_as_the_backend_runs_them(manila: Session):
    job = manila.run_circuits([bell(), flipped()], shots=60, name="both")
    result = job.result()
    assert [sum(result.get_counts(index).values()) for index in (0, 1)] == [60, 60]
    record = manila.jobs[-1]
    assert (record.primitive, record.name, record.shots) == ("circuits", "both", 60)


@pytest.mark.parametrize("work", [None, "bell", [], (bell(), [0.1]), [7], QuantumCircuit(1)])
def test_what_is_no_circuit_is_not_run_by_the_backend(manila: Session, work):
    before = len(manila.jobs)
    with pytest.raises(InvalidInputError):
        manila.run_circuits(work)
    assert len(manila.jobs) == before


# --- programs, and once more ---------------------------------------------------------------------


def test_a_program_can_be_run_by_name_any_number_of_times(make_session, gated: GatedBackend):
    gated.open_gate()
    session = make_session(gated)
    session.add_program(flipped(), name="flip", shots=10)
    session.add_program((rotation(), "Z", [np.pi]), name="turn", precision=0.1)
    assert list(session.programs) == ["flip", "turn"]
    assert session.state == "not-started"
    assert counts(session.run_program("flip")) == {"1": 10}
    assert counts(session.run_program("flip", shots=30)) == {"1": 30}
    assert float(session.run_program("turn").result(PATIENCE_S)[0].data.evs) == -1
    assert [record.name for record in session.jobs] == ["flip", "flip", "turn"]


def test_a_program_is_called_as_its_circuit_unless_it_has_a_name(make_session):
    session = make_session()
    assert session.add_program(bell("ansatz")).name == "ansatz"
    assert session.add_program(flipped(), name="ansatz").name == "ansatz"
    assert len(session.programs) == 1
    assert session.programs["ansatz"].request.pubs[0].circuit.num_qubits == 1


def test_a_program_that_nobody_added_is_refused_with_those_there_are(make_session):
    session = make_session()
    with pytest.raises(InvalidInputError, match="Programs of this session: none yet"):
        session.run_program("bell")
    session.add_program(bell())
    with pytest.raises(InvalidInputError, match="Programs of this session: 'bell'"):
        session.run_program("ball")


def test_shots_do_not_fit_an_estimator_program(make_session):
    session = make_session()
    session.add_program((rotation(), "Z", [0]), name="turn")
    with pytest.raises(InvalidInputError, match="does not apply"):
        session.run_program("turn", shots=5)


def test_the_last_work_runs_again_unless_another_is_named(make_session, gated: GatedBackend):
    gated.open_gate()
    session = make_session(gated)
    with pytest.raises(UnknownJobError, match="Nothing ran in this session yet"):
        session.run_again()
    first = session.run(flipped("first"), shots=10)
    session.run(bell("second"))
    assert session.run_again(shots=20).record.name == "second"
    again = session.run_again(first.job_id(), shots=30)
    assert (again.record.name, counts(again)) == ("first", {"1": 30})
    for shots in (0, True, "ten"):
        with pytest.raises(InvalidInputError, match="shots="):
            session.run_again(shots=shots)
    with pytest.raises(UnknownJobError, match="'elsewhere'"):
        session.run_again("elsewhere")


def test_jobs_are_found_and_cancelled_by_id(make_session, gated: GatedBackend):
    session = make_session(gated)
    running, queued = session.run(flipped()), session.run(flipped())
    gated.wait_for_runs(1)
    assert session.job(queued.job_id()) is queued
    assert session.cancel_job(queued.job_id()) is True
    assert session.cancel_job(running.job_id()) is False
    assert queued.status() == "CANCELLED"
    for ask in (session.job, session.cancel_job):
        with pytest.raises(UnknownJobError, match="'elsewhere'"):
            ask("elsewhere")


@pytest.mark.parametrize("end", ["close", "cancel"])
@pytest.mark.parametrize(
    "submit",
    [
        lambda session, first: session.run(flipped()),
        lambda session, first: session.run_circuits(flipped()),
        lambda session, first: session.run_program("flipped"),
        lambda session, first: session.run_again(),
        lambda session, first: session.run_again(first.job_id(), shots=5),
    ],
)
def test_an_ended_session_refuses_all_work(make_session, gated: GatedBackend, submit, end: str):
    gated.open_gate()
    session = make_session(gated)
    session.add_program(flipped())
    first = session.run(flipped())
    first.result(PATIENCE_S)
    getattr(session, end)(reason="because")
    with pytest.raises(SessionEndedError, match=r"is closed: .* \(because\)\. Open a new one"):
        submit(session, first)
    assert len(session.jobs) == 1


def test_an_ended_session_says_so_before_it_looks_at_the_circuits(make_session):
    session = make_session("fake_manila")
    session.close()
    for run in (session.run, session.run_circuits):
        with pytest.raises(SessionEndedError):
            run(ghz(6))


def test_circuits_without_a_name_go_by_what_was_handed_in_whichever_way(manila: Session):
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    manila.run(circuit, shots=5)
    manila.run_circuits(circuit, shots=5)
    manila.run_circuits([circuit, circuit], shots=5)
    assert [job.name for job in manila.jobs[-3:]] == [
        "2 qubits, depth 3",
        "2 qubits, depth 3",
        "2 qubits, depth 3 +1",
    ]
