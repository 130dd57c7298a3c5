"""IBM's primitives, old and new, run in our sessions as in IBM's."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
import qiskit_ibm_runtime
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import RuntimeJobV2
from qiskit_ibm_runtime.exceptions import IBMRuntimeError
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from qiskit_ibm_runtime.fake_provider.local_runtime_job import LocalRuntimeJob

import qsession
from qsession.errors import InvalidInputError
from qsession.session.registry import core_of
from tests.contract.primitives import PRIMITIVES, Primitive, measured, observed
from tests.support.circuits import bell, rotation
from tests.support.waiting import until

EVERY_PRIMITIVE = pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda each: each.id)
MODES = pytest.mark.parametrize("mode", [qsession.Session, qsession.Batch])


def check_job(session: qsession.Session, primitive: Primitive, job: Any) -> None:
    """Check that the job ran in the session and that the session says so."""
    assert isinstance(job, LocalRuntimeJob | RuntimeJobV2)
    assert len(job.result()) == 1
    until(core_of(session).journal, lambda: session.jobs[0].status == "DONE")
    (record,) = session.jobs
    assert record.job_id == job.job_id()
    assert job.session_id == session.session_id
    if isinstance(job, LocalRuntimeJob):
        assert job.job_id() == session.session_id
    assert record.primitive == primitive.kind
    if primitive.shots is not None:
        assert record.shots == primitive.shots


@MODES
@EVERY_PRIMITIVE
def test_a_primitive_takes_the_session_as_its_mode(each_backend, primitive: Primitive, mode):
    with mode(each_backend) as session:
        made = primitive.make(mode=session)
        assert made.mode is session
        check_job(session, primitive, primitive.submit(made))


@EVERY_PRIMITIVE
def test_a_primitive_runs_on_a_noisy_backend(primitive: Primitive):
    with qsession.Session(FakeManilaV2()) as session:
        check_job(session, primitive, primitive.submit(primitive.make(mode=session)))


@MODES
@EVERY_PRIMITIVE
def test_a_primitive_finds_the_session_around_it(each_backend, primitive: Primitive, mode):
    with mode(each_backend) as session:
        made = primitive.make()
        assert made.mode is session
        check_job(session, primitive, primitive.submit(made))


@EVERY_PRIMITIVE
def test_a_primitive_outside_runs_without_the_session(each_session, primitive: Primitive):
    with each_session as session:
        job = primitive.submit(primitive.make(mode=AerSimulator()))
        assert len(job.result()) == 1
    assert session.jobs == []


@pytest.mark.parametrize("end", ["close", "cancel"])
@EVERY_PRIMITIVE
def test_an_ended_session_refuses_every_primitive(each_session, primitive: Primitive, end: str):
    session = each_session
    made = primitive.make(mode=session)
    getattr(session, end)()
    with pytest.raises(IBMRuntimeError, match="is closed") as caught:
        primitive.submit(made)
    assert isinstance(caught.value, qsession.SessionEndedError)
    assert isinstance(caught.value, RuntimeError)
    assert session.jobs == []


def test_an_ended_session_says_so_before_it_looks_at_the_work(each_session):
    each_session.close()
    with pytest.raises(IBMRuntimeError, match="is closed"):
        each_session._run(program_id="no such program", inputs={})


@pytest.mark.parametrize("primitive", PRIMITIVES[:2], ids=lambda each: each.id)
def test_tags_of_a_primitive_are_its_jobs(each_session, primitive: Primitive):
    session = each_session
    made = primitive.make(mode=session)
    made.options.environment.job_tags = ["mine", "yours"]
    job = primitive.submit(made)
    assert session.jobs[0].tags == ("mine", "yours")
    assert job.tags == ["mine", "yours"]


@pytest.mark.parametrize(
    "primitive",
    # The client-side estimator makes circuits of its own, which have no names of people's.
    [each for each in PRIMITIVES if each.id != "client-side Estimator"],
    ids=lambda each: each.id,
)
def test_a_job_is_named_after_its_circuit(session, primitive: Primitive):
    primitive.submit(primitive.make(mode=session))
    assert session.jobs[0].name.startswith("bell")


@EVERY_PRIMITIVE
def test_a_job_can_run_again(each_session, primitive: Primitive):
    session = each_session
    first = primitive.submit(primitive.make(mode=session))
    again = session.run_again(first.job_id(), shots=128)
    assert type(again.result()) is type(first.result())
    assert [record.primitive for record in session.jobs] == [primitive.kind] * 2
    assert session.jobs[-1].shots == 128


@EVERY_PRIMITIVE
def test_a_dry_run_is_taken_and_said_to_be_none(session, primitive: Primitive):
    with pytest.warns(UserWarning, match="dry_run has no effect"):
        result = primitive.submit(primitive.make(mode=session), dry_run=True).result()
    assert len(result) == 1


def test_options_without_effect_are_warned_of_as_ibm_does(session):
    for mode in (session, qiskit_ibm_runtime.Session(FakeManilaV2())):
        sampler = qiskit_ibm_runtime.SamplerV2(mode=mode)
        sampler.options.dynamical_decoupling.enable = True
        with pytest.warns(UserWarning, match="'dynamical_decoupling'.* have no effect"):
            sampler.run([measured()]).result()


def test_a_resilience_level_is_warned_of_as_ibm_does(session):
    for mode in (session, qiskit_ibm_runtime.Session(FakeManilaV2())):
        estimator = qiskit_ibm_runtime.EstimatorV2(mode=mode)
        estimator.options.resilience_level = 1
        with pytest.warns(UserWarning, match="resilience_level"):
            estimator.run([observed()], precision=0.5).result()


@pytest.mark.parametrize("precision", [math.inf, math.nan])
def test_a_precision_that_ibms_estimator_takes_and_cannot_use_is_refused(session, precision: float):
    estimator = qiskit_ibm_runtime.EstimatorV2(session)
    with pytest.raises(InvalidInputError, match=r"PUB 0: precision=.* is not a positive number"):
        estimator.run([(rotation(), "Z", [0.1])], precision=precision)
    assert session.jobs == []


def test_so_are_angles_and_shots_of_its_sampler(session):
    sampler = qiskit_ibm_runtime.SamplerV2(session)
    circuit = rotation(measured=True)
    with pytest.raises(InvalidInputError, match="PUB 1 gives a value for theta that is not"):
        sampler.run([(circuit, [0.1]), (circuit, [math.nan])])
    with pytest.raises(InvalidInputError, match=r"PUB 0: shots=.* is out of bounds"):
        sampler.run([bell()], shots=10**9)
    assert session.jobs == []


def test_parameters_changed_after_submission_do_not_matter():
    angles = np.array([[0.0], [np.pi]])
    sampler = qiskit_ibm_runtime.SamplerV2(mode=qsession.Session())
    job = sampler.run([(rotation(measured=True), angles)], shots=10)
    angles[:] = 0
    assert job.result()[0].data.meas.get_counts(1) == {"1": 10}


TUTORIAL = """
from qiskit.circuit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import SamplerV2 as Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from {package} import {mode}

backend = FakeManilaV2()
bell = QuantumCircuit(2)
bell.h(0)
bell.cx(0, 1)
bell.measure_all()
pm = generate_preset_pass_manager(backend=backend, optimization_level=1)
isa_circuit = pm.run(bell)

with {mode}(backend=backend) as session:
    sampler = Sampler(mode=session)
    job = sampler.run([isa_circuit])
    pub_result = job.result()[0]
    counts = pub_result.data.meas.get_counts()

with {mode}(backend=backend, max_time="25m"):
    sampler = Sampler()
    sampler.options.default_shots = 100
    jobs = [sampler.run([isa_circuit]) for _ in range(3)]
shots = [sum(job.result()[0].data.meas.get_counts().values()) for job in jobs]
"""


@pytest.mark.parametrize("mode", ["Session", "Batch"])
@pytest.mark.parametrize("package", ["qiskit_ibm_runtime", "qsession"])
def test_ibms_tutorial_works_with_another_import(package: str, mode: str):
    names: dict[str, Any] = {}
    exec(TUTORIAL.format(package=package, mode=mode), names)  # noqa: S102 - our own text
    assert sum(names["counts"].values()) == 1024
    assert names["shots"] == [100, 100, 100]


def test_our_own_calls_cause_no_warning(each_session):
    session = each_session
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session.run(bell()).result()
        session.run((rotation(), "Z", [0.1])).result()
        session.run_circuits(bell()).result()


def test_an_aer_backend_with_a_method_of_its_own_is_taken_as_it_is():
    backend = AerSimulator(method="stabilizer")
    with qsession.Session(backend) as session:
        result = session.run_circuits(bell(), shots=10).result()
    assert result.results[0].metadata["method"] == "stabilizer"
