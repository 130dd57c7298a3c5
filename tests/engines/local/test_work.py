"""Units of work: picklable, repeatable with other shots, and out of their submitter's reach."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import AnnotatedOperation, ControlModifier
from qiskit.circuit.library import XGate
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
from qiskit_ibm_runtime.quantum_program import QuantumProgram

from qsession.circuits.pubs import read_request
from qsession.engines.local.work import (
    CircuitWork,
    EstimatorWork,
    ExecutorWork,
    SamplerWork,
    Work,
    run_work,
)
from qsession.errors import InvalidInputError, UnknownJobError
from tests.engines.bench import Bench
from tests.support.circuits import bell, flipped, rotation
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.support.gated_backend import GatedBackend

SEED = 11


def sampler_work() -> SamplerWork:
    pub = SamplerPub.coerce(bell(), 50)
    return SamplerWork(AerSimulator(), (pub,), {"seed_simulator": SEED})


def estimator_work() -> EstimatorWork:
    pub = EstimatorPub.coerce((rotation(), "Z", [0.4]))
    return EstimatorWork(AerSimulator(), (pub,), 0.1, {"seed_simulator": SEED})


def executor_work() -> ExecutorWork:
    program = QuantumProgram(shots=50)
    program.append_circuit_item(bell())
    return ExecutorWork(AerSimulator(), program, SimulatorOptions(seed_simulator=SEED))


def circuit_work() -> CircuitWork:
    return CircuitWork(AerSimulator(), (bell(),), {"shots": 50, "seed_simulator": SEED})


def shots_seen(result):
    """How many shots a result of any kind comes from."""
    if hasattr(result, "get_counts"):
        return sum(result.get_counts().values())
    first = result[0]
    if hasattr(first, "metadata") and "target_precision" in first.metadata:
        return math.ceil(1 / first.metadata["target_precision"] ** 2)
    return first.data.meas.num_shots if hasattr(first, "data") else len(first["meas"])


def outcome(result):
    """What a result says, in a form that can be compared."""
    if hasattr(result, "get_counts"):
        return result.get_counts()
    first = result[0]
    if not hasattr(first, "data"):
        return first["meas"].tolist()
    return float(first.data.evs) if "evs" in first.data else first.data.meas.get_bitstrings()


EVERY_KIND = pytest.mark.parametrize(
    "make", [sampler_work, estimator_work, executor_work, circuit_work]
)


@EVERY_KIND
def test_work_travels_and_gives_the_same_result_elsewhere(make: Callable[[], Work]):
    work = make()
    travelled = pickle.loads(pickle.dumps(work))  # noqa: S301 - our own bytes
    assert outcome(run_work(travelled).result) == outcome(run_work(work).result)


@EVERY_KIND
def test_work_knows_its_shots_and_can_have_others(make: Callable[[], Work]):
    work = make()
    more = work.with_shots(400)
    assert (work.shots, more.shots) == (100 if make is estimator_work else 50, 400)
    assert (shots_seen(run_work(work).result), shots_seen(run_work(more).result)) == (
        work.shots,
        400,
    )


@pytest.mark.parametrize("shots", [1, 3, 128, 1000, 1024, 4096, 10_000_000])
def test_an_estimator_takes_exactly_the_shots_asked_for(shots: int):
    assert estimator_work().with_shots(shots).shots == shots


def test_work_whose_pubs_differ_has_no_number_of_shots():
    pubs = (SamplerPub.coerce(bell(), 10), SamplerPub.coerce(bell(), 20))
    assert SamplerWork(AerSimulator(), pubs).shots is None
    assert SamplerWork(AerSimulator(), pubs).with_shots(5).shots == 5


def test_shots_nobody_named_are_those_of_qiskits_primitives():
    sampler = SamplerWork(AerSimulator(), (SamplerPub.coerce(bell()),))
    estimator = EstimatorWork(AerSimulator(), (EstimatorPub.coerce((rotation(), "Z", [0])),))
    assert (sampler.shots, shots_seen(run_work(sampler).result)) == (1024, 1024)
    assert (estimator.shots, shots_seen(run_work(estimator).result)) == (4096, 4096)


# --- once more -----------------------------------------------------------------------------------


def submit_sampler(bench: Bench):
    return bench.engine.run_pubs(read_request(bell(), shots=50, name="work"))


def submit_estimator(bench: Bench):
    return bench.engine.run_pubs(read_request((rotation(), "Z", [0.4]), precision=0.1, name="work"))


def submit_executor(bench: Bench):
    work = executor_work()
    return bench.engine.run_quantum_program(work.program, work.options, dry_run=False)


def submit_circuits(bench: Bench):
    return bench.engine.run_circuits([bell()], {"shots": 50}, "work")


@pytest.mark.parametrize(
    "submit", [submit_sampler, submit_estimator, submit_executor, submit_circuits]
)
def test_a_job_can_run_again_with_the_same_or_other_shots(make_bench, submit):
    bench = make_bench(AerSimulator())
    first = submit(bench)
    again = bench.engine.run_again(first.job_id())
    more = bench.engine.run_again(first.job_id(), shots=400)
    shots = [shots_seen(job.result(PATIENCE_S)) for job in (first, again, more)]
    assert shots == [job.record.shots for job in (first, again, more)]
    assert shots == [shots[0], shots[0], 400]
    assert len({job.job_id() for job in (first, again, more)}) == 3
    assert {record.name for record in bench.records} == {first.record.name}
    assert {record.primitive for record in bench.records} == {first.record.primitive}


def test_a_job_that_is_not_known_cannot_run_again(bench: Bench):
    with pytest.raises(UnknownJobError, match="'elsewhere'"):
        bench.engine.run_again("elsewhere")


# --- what its submitter does afterwards ----------------------------------------------------------


def as_ibms_primitive(bench: Bench, program_id: str, pub: Any):
    coerce = SamplerPub.coerce if program_id == "sampler" else EstimatorPub.coerce
    return bench.engine.run_program(program_id, {"pubs": [coerce(pub)]}, {})


def test_a_circuit_changed_after_submission_does_not_change_a_queued_job(
    bench: Bench, gated: GatedBackend
):
    bench.submit()
    circuit = flipped()
    job = as_ibms_primitive(bench, "sampler", circuit)
    circuit.data.clear()
    gated.open_gate()
    assert job.result(PATIENCE_S)[0].data.meas.get_counts() == {"1": 1024}


def test_values_changed_after_submission_do_not_change_a_queued_job(
    bench: Bench, gated: GatedBackend
):
    bench.submit()
    angles = np.array([np.pi])
    sampled = as_ibms_primitive(bench, "sampler", (rotation(measured=True), angles))
    observable = SparsePauliOp("Z", 1.0)
    estimated = as_ibms_primitive(bench, "estimator", (rotation(), observable, angles))
    angles[:] = 0
    observable.coeffs[:] = 0
    gated.open_gate()
    assert sampled.result(PATIENCE_S)[0].data.meas.get_counts() == {"1": 1024}
    assert estimated.result(PATIENCE_S)[0].data.evs == pytest.approx(-1)


def test_a_program_changed_after_submission_does_not_change_a_queued_job(make_bench, gated):
    bench = make_bench(AerSimulator(), executor=None)
    # Stands at the gate, and so do jobs behind it.
    standing = CircuitWork(gated, (flipped(),), {})
    bench.engine._scheduler.place.start("standing", standing, lambda outcome, error: None)
    program = QuantumProgram(shots=5)
    angles = np.array([np.pi])
    program.append_circuit_item(rotation(measured=True), circuit_arguments=angles)
    options = SimulatorOptions(seed_simulator=1)
    job = bench.engine.run_quantum_program(program, options, dry_run=False)
    program.shots = 50
    angles[:] = 0
    options.seed_simulator = -1  # Aer refuses it
    gated.open_gate()
    assert job.result(PATIENCE_S)[0]["meas"].tolist() == [[True]] * 5


# --- what cannot be run --------------------------------------------------------------------------


def test_a_program_of_another_kind_is_refused(bench: Bench):
    with pytest.raises(InvalidInputError, match="'noise-learner' cannot run on the local backend"):
        bench.engine.run_program("noise-learner", {}, {})
    assert bench.state == "not-started"


def test_a_dry_run_says_that_it_is_none(make_bench):
    bench = make_bench(AerSimulator())
    pubs = {"pubs": [SamplerPub.coerce(bell(), 10)]}
    with pytest.warns(UserWarning, match="dry_run has no effect"):
        bench.engine.run_program("sampler", pubs, {}, dry_run=True).result()
    work = executor_work()
    with pytest.warns(UserWarning, match="dry_run has no effect"):
        bench.engine.run_quantum_program(work.program, work.options, dry_run=True).result()


def test_an_operation_that_is_no_instruction_fails_as_in_ibms_local_mode(make_bench):
    """Aer knows no annotated operations; its words are those that people look for."""
    circuit = QuantumCircuit(2)
    circuit.append(AnnotatedOperation(XGate(), [ControlModifier(1)]), [0, 1])
    circuit.measure_all()
    bench = make_bench(AerSimulator())
    inputs = {"pubs": [SamplerPub.coerce(circuit)]}
    job = bench.engine.run_program("sampler", inputs, {})
    with pytest.raises(Exception, match="AnnotatedOperation"):
        job.result()
