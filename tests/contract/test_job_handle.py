"""A local job has what IBM's local job has, and the basics of a job in the cloud."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import qiskit_ibm_runtime
from qiskit.primitives import BasePrimitiveJob
from qiskit_ibm_runtime import RuntimeJobV2
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from qiskit_ibm_runtime.fake_provider.local_runtime_job import LocalRuntimeJob

import qsession
from tests.contract.primitives import PRIMITIVES, Primitive

BASICS = {
    "backend", "cancel", "cancelled", "creation_date", "done", "error_message", "errored",
    "in_final_state", "inputs", "job_id", "metrics", "primitive_id", "result", "running",
    "session_id", "status", "tags", "usage", "wait_for_final_state",
}  # fmt: skip
"""What programs ask a job in the cloud."""

EVERY_PRIMITIVE = pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda each: each.id)


def run_in(mode: object, primitive: Primitive) -> Any:
    job = primitive.submit(primitive.make(mode=mode))
    job.result()
    return job


@pytest.fixture
def ours(session) -> Any:
    return run_in(session, PRIMITIVES[0])


@pytest.fixture(scope="module")
def theirs() -> Any:
    return run_in(FakeManilaV2(), PRIMITIVES[0])


def test_a_job_is_one_of_ibms_and_qiskits(ours):
    assert isinstance(ours, LocalRuntimeJob)
    assert isinstance(ours, BasePrimitiveJob)


def test_everything_of_ibms_local_job_is_there(ours, theirs):
    names = [name for name in dir(theirs) if not name.startswith("_")]
    assert len(names) > 15
    for name in names:
        assert callable(getattr(ours, name)) == callable(getattr(theirs, name)), name


def test_the_basics_of_a_job_in_the_cloud_are_there(ours):
    for name in BASICS:
        is_method = callable(inspect.getattr_static(RuntimeJobV2, name))
        assert callable(getattr(ours, name)) == is_method, name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image", ""),
        ("instance", None),
        ("private", False),
        ("usage_estimation", {"quantum_seconds": 0}),
    ],
)
def test_what_a_job_in_the_cloud_says_of_its_service_is_said_of_none(ours, name: str, value: Any):
    assert isinstance(inspect.getattr_static(RuntimeJobV2, name), property)
    assert getattr(ours, name) == value
    assert ours.logs() == ""


@pytest.mark.parametrize("name", ["result", "wait_for_final_state"])
def test_waiting_takes_a_timeout_first_as_in_the_cloud(ours, name: str):
    parameters = list(inspect.signature(getattr(RuntimeJobV2, name)).parameters.values())
    mine = list(inspect.signature(getattr(ours, name)).parameters.values())
    assert (mine[0].name, mine[0].default) == (parameters[1].name, parameters[1].default)


@EVERY_PRIMITIVE
def test_a_finished_job_answers_as_ibms_does(primitive: Primitive):
    backend = FakeManilaV2()
    with qsession.Session(backend) as session:
        mine, other = run_in(session, primitive), run_in(backend, primitive)
    for name in ("status", "done", "running", "cancelled", "in_final_state", "usage"):
        assert getattr(mine, name)() == getattr(other, name)(), name
    assert type(mine.result()) is type(other.result())
    assert type(mine.inputs) is type(other.inputs)
    assert mine.primitive_id == other.primitive_id
    assert mine.backend() is backend
    assert mine.properties() == other.properties()
    assert mine.error_message() == other.error_message() == ""
    assert type(mine.creation_date) is type(other.creation_date)


def test_metrics_have_ibms_times(ours, theirs):
    assert set(ours.metrics()["timestamps"]) == set(theirs.metrics()["timestamps"])
    assert {"timestamps", "usage"} <= set(theirs.metrics())
    assert set(ours.metrics()) == {"timestamps", "usage"}


def test_a_status_reads_as_that_of_the_cloud_and_of_the_local_mode(ours, theirs):
    assert ours.status() == theirs.status()  # Qiskit's enum
    assert ours.status() == "DONE"  # the cloud's word
    assert isinstance(ours.status(), str)


@pytest.mark.parametrize("name", ["SamplerV2", "EstimatorV2"])
def test_the_name_of_the_primitive_is_ibms(session, name: str):
    primitive = next(each for each in PRIMITIVES if each.make is getattr(qiskit_ibm_runtime, name))
    assert run_in(session, primitive).primitive_id == primitive.kind
