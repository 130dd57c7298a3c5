"""Handles can be handed round: copies are the same session and job, finished jobs pickle."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import pytest
import qiskit_ibm_runtime as ibm
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession import Batch, JobCancelledError, Session, get_backend
from tests.support.circuits import bell, fitted, flipped
from tests.support.gated_backend import GatedBackend

pytestmark = pytest.mark.filterwarnings(
    "ignore:The (SamplerV2|EstimatorV2) class:DeprecationWarning"
)


@pytest.mark.parametrize("kind", [Session, Batch])
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_session_is_the_session(kind: type[Session], copied: Callable[[Any], Any]):
    with kind(AerSimulator()) as session:
        assert copied(session) is session


def test_a_session_says_why_it_cannot_be_pickled():
    with (
        Session(AerSimulator(), name="here") as session,
        pytest.raises(TypeError, match=r"<Session 'here'.*cannot be pickled.*attach\(session_id\)"),
    ):
        pickle.dumps(session)


@dataclass
class Trainer:
    """What holds a session and is taken apart, as settings of trainers are."""

    session: Session
    sampler: Any


def primitives() -> list[Any]:
    from qiskit_ibm_runtime.executor_sampler import Sampler

    return [ibm.SamplerV2, Sampler]


@pytest.mark.parametrize("make", primitives(), ids=["V2", "client-side"])
def test_a_copied_primitive_submits_to_the_same_session(make: Callable[..., Any]):
    with Session(AerSimulator()) as session:
        trainer = Trainer(session, make(mode=session))
        asdict(trainer)["sampler"].run([flipped()], shots=3).result()
        copy.deepcopy(trainer).sampler.run([flipped()], shots=5).result()
        assert [record.shots for record in session.jobs] == [3, 5]


def test_a_finished_job_answers_in_another_process():
    with Session(AerSimulator(), name="there") as session:
        job = session.run(flipped(), shots=4, name="flip")
        job.result()
    assert copy.deepcopy(job) is job
    code = """
import pickle, sys
job = pickle.loads(sys.stdin.buffer.read())
print(job.job_id(), job.session_id, job.status().value, job.backend().name, job.record.name)
print(job.result()[0].data.meas.get_counts(), job.metrics()["usage"]["status"], job.cancel())
print(pickle.loads(pickle.dumps(job)).job_id() == job.job_id())
"""
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-W", "ignore", "-c", code],
        input=pickle.dumps(job),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().splitlines() == [
        f"{job.job_id()} {session.session_id} DONE aer_simulator flip",
        "{'1': 4} complete False",
        "True",
    ]


def test_a_failed_and_a_cancelled_job_pickle_with_what_their_result_raises(gated: GatedBackend):
    with Session(gated) as session:
        running, queued = session.run(flipped()), session.run(flipped())
        queued.cancel()
        with pytest.raises(TypeError, match=r"is (running|queued) and cannot be pickled"):
            pickle.dumps(running)
        gated.open_gate()
        running.result()
    with pytest.raises(JobCancelledError, match="Cancelled by the user"):
        session.job(queued.job_id()).__reduce__()[0](*queued.__reduce__()[1]).result()


def test_a_primitive_takes_a_session_backend_and_its_jobs_are_in_the_open_session():
    backend = get_backend(FakeManilaV2())
    circuit = fitted(bell(), FakeManilaV2())
    sampler = ibm.SamplerV2(mode=backend)
    assert sampler.run([circuit], shots=5).result()[0].data.meas.num_shots == 5
    session = backend.open_session()
    assert sampler.run([circuit], shots=7).result()[0].data.meas.num_shots == 7
    assert [record.shots for record in session.jobs] == [7]
    backend.close_session()


def test_a_session_backend_pickles_without_its_session():
    backend = get_backend("fake_manila")
    backend.open_session()
    assert copy.deepcopy(backend) is copy.copy(backend) is backend
    other = pickle.loads(pickle.dumps(backend))  # noqa: S301 - our own
    assert (other.name, other.session) == ("fake_manila", None)
    backend.close_session()
