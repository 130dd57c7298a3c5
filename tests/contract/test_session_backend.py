"""IBM's primitives take a `SessionBackend` as their mode: their jobs are in its open session."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from qiskit import transpile
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import RuntimeJobV2, SamplerV2
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from qiskit_ibm_runtime.fake_provider.local_runtime_job import LocalRuntimeJob

from qsession import SessionBackend, SessionEndedError, get_backend
from tests.contract.primitives import PRIMITIVES, Primitive
from tests.support.circuits import bell, flipped

EVERY_PRIMITIVE = pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda each: each.id)


@pytest.fixture
def provided(each_backend: Any) -> SessionBackend:
    return get_backend(each_backend)


def check_in_session(backend: SessionBackend, primitive: Primitive, jobs: list[Any]) -> None:
    """Check that these are the jobs of the backend's session."""
    session = backend.session
    assert session is not None
    for job in jobs:
        assert isinstance(job, LocalRuntimeJob | RuntimeJobV2)
        assert len(job.result()) == 1
        assert job.session_id == session.session_id
    assert [record.job_id for record in session.jobs] == [job.job_id() for job in jobs]
    assert {record.primitive for record in session.jobs} == {primitive.kind}


@EVERY_PRIMITIVE
def test_jobs_are_in_the_open_session(provided: SessionBackend, primitive: Primitive):
    with provided.open_session():
        made = primitive.make(mode=provided)
        job = primitive.submit(made)
        check_in_session(provided, primitive, [job])
        assert made.backend().name == provided.name


@EVERY_PRIMITIVE
def test_the_session_is_the_one_that_is_open_when_a_job_is_submitted(
    provided: SessionBackend, primitive: Primitive
):
    made = primitive.make(mode=provided)
    alone = primitive.submit(made)
    assert len(alone.result()) == 1
    assert alone.session_id is None
    with provided.open_session():
        jobs = [primitive.submit(made), primitive.submit(copy.deepcopy(made))]
        check_in_session(provided, primitive, jobs)
    with pytest.raises(SessionEndedError, match="its with block ended"):
        primitive.submit(made)
    provided.close_session()
    assert primitive.submit(made).session_id is None


@pytest.mark.parametrize("wrapped", [AerSimulator(), FakeManilaV2()], ids=lambda each: each.name)
def test_the_calls_of_qiskit_experiments_put_their_jobs_into_the_session(wrapped):
    """What ``BaseExperiment.run(backend)`` of qiskit-experiments 0.14 does, in both its ways."""
    backend = get_backend(wrapped)
    circuits = transpile([bell(), flipped()], backend, optimization_level=0)
    with backend.open_session() as session:
        sampler = SamplerV2(backend)
        sampler.options.execution.meas_type = "classified"
        sampler.options.simulator.seed_simulator = 7
        sampler.options.default_shots = 50
        by_sampler = sampler.run(circuits, shots=50)
        by_backend = backend.run(circuits, shots=50, meas_level=2, seed_simulator=7)
        for job in (by_sampler, by_backend):
            assert job.backend().name == backend.name
        first = by_sampler.result()[0].data.meas.get_counts()
        assert first == by_backend.result().get_counts(0)
    assert [record.job_id for record in session.jobs] == [by_sampler.job_id(), by_backend.job_id()]
    assert [record.primitive for record in session.jobs] == ["sampler", "circuits"]
    assert session.simulation_counts.fallback == 0


def test_the_wrapped_backends_methods_are_not_those_of_ibms_session():
    backend = get_backend(FakeManilaV2())
    assert backend.status().backend_name == "fake_manila"
    for name in ("close", "details", "usage", "from_id"):
        with pytest.raises(AttributeError):
            getattr(backend, name)
