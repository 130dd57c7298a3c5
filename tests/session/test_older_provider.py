"""The older provider's way in: ``backend.open_session()``, as its documentation had it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.primitives import BackendSamplerV2
from qiskit.result import Result
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession import InvalidInputError, InvalidMaxTimeError, Session, get_backend
from tests.support.circuits import bell, fitted, flipped
from tests.support.waiting import NewThreads

if TYPE_CHECKING:
    from tests.support.gated_backend import GatedBackend


def test_the_documented_example_works_as_written():
    circ = bell()
    backend = get_backend("aer_simulator")
    backend.open_session()
    job = backend.run(circ)
    job.job_id()
    job.result()
    backend.cancel_session()
    with backend.open_session() as session:
        job = backend.run(circ)
        assert job.job_id() == session.session_id


def test_a_result_is_qiskits_with_counts():
    job = get_backend("aer_simulator").run([flipped(), bell()], shots=40)
    result = job.result()
    assert isinstance(result, Result)
    assert result.success
    assert result.get_counts(0) == {"1": 40}
    assert sum(result.get_counts(1).values()) == 40


@pytest.mark.parametrize(
    ("end", "state"), [("cancel_session", "cancelled"), ("close_session", "closed")]
)
def test_the_session_is_there_between_open_and_the_end(end: str, state: str):
    assert get_backend().session is None
    backend = get_backend()
    session = backend.open_session("30m")
    assert (backend.session, session.max_time) == (session, 1800)
    assert session.backend() == "aer_simulator"
    getattr(backend, end)()
    assert (backend.session, session.state) == (None, state)
    getattr(backend, end)()  # there is nothing to end, and that is no error


def test_after_with_the_ended_session_is_still_there_and_refuses_jobs():
    backend = get_backend()
    with backend.open_session() as session:
        job = backend.run(flipped())
    assert backend.session is session
    with pytest.raises(RuntimeError, match=f"The session {job.job_id()} is closed") as caught:
        backend.run(flipped())
    assert "its with block ended" in str(caught.value)
    backend.close_session()
    assert backend.run(flipped()).result().get_counts()


def test_without_a_session_jobs_run_alone(new_threads: NewThreads):
    backend = get_backend()
    jobs = [backend.run(flipped(), shots=5), backend.run(flipped(), shots=6)]
    assert [job.result().get_counts() for job in jobs] == [{"1": 5}, {"1": 6}]
    assert [job.session_id for job in jobs] == [None, None]
    assert jobs[0].status() == "DONE"
    assert "qsession-timekeeper" not in new_threads.names


def test_opening_again_closes_the_earlier_session(gated: GatedBackend):
    backend = get_backend(gated)
    earlier = backend.open_session()
    job = backend.run(flipped())
    later = backend.open_session()
    assert (backend.session, earlier.state) == (later, "closing")
    gated.open_gate()
    job.result()
    assert earlier.state == "closed"
    assert later.active


def test_a_bad_max_time_keeps_the_earlier_session():
    backend = get_backend()
    earlier = backend.open_session()
    with pytest.raises(InvalidMaxTimeError):
        backend.open_session(1)
    assert backend.session is earlier
    assert earlier.active


def test_circuits_are_transpiled_to_the_backend():
    backend = get_backend("fake_manila")
    circuit = QuantumCircuit(3)
    circuit.ccx(0, 1, 2)
    circuit.measure_all()
    assert backend.run(circuit, shots=10).result().success


def test_qiskits_transpiler_takes_the_backend():
    backend = get_backend("fake_manila")
    circuit = transpile(bell(), backend, seed_transpiler=1)
    assert circuit.num_qubits == 5
    assert set(circuit.count_ops()) <= {*FakeManilaV2().operation_names, "barrier"}


def test_its_target_is_the_wrapped_backends():
    backend = get_backend("fake_manila")
    assert backend.target is backend.wrapped_backend.target


@pytest.mark.parametrize("wrapped", [FakeManilaV2(), AerSimulator()])
def test_everything_else_is_the_wrapped_backends(wrapped):
    backend = get_backend(wrapped)
    assert backend.wrapped_backend is wrapped
    assert backend.options is wrapped.options
    for name in ("name", "num_qubits", "operation_names", "description", "max_circuits", "dt"):
        assert getattr(backend, name) == getattr(wrapped, name)
    assert backend.configuration().backend_name == wrapped.name
    with pytest.raises(AttributeError, match="no_such_thing"):
        backend.no_such_thing  # noqa: B018


def test_options_are_set_on_the_wrapped_backend():
    backend = get_backend(AerSimulator())
    backend.set_options(shots=12)
    assert backend.wrapped_backend.options.shots == 12
    assert backend.run(flipped()).result().get_counts() == {"1": 12}


def test_run_options_go_to_the_wrapped_backend():
    backend = get_backend()

    def counts(seed: int) -> dict[str, int]:
        result = backend.run(bell(), shots=500, seed_simulator=seed).result()
        return result.get_counts()  # type: ignore[no-any-return]

    assert counts(3) == counts(3) != counts(4)


@pytest.mark.parametrize("in_session", [True, False])
@pytest.mark.parametrize(
    ("work", "options"),
    [
        (None, {}),
        ([], {}),
        ([7], {}),
        (QuantumCircuit(1), {}),
        (bell(), {"shots": 0}),
        (bell(), {"shots": "ten"}),
        (bell(), {"name": ""}),
    ],
)
def test_what_cannot_be_run_is_refused(work, options, in_session: bool):
    backend = get_backend()
    if in_session:
        backend.open_session()
    with pytest.raises(InvalidInputError):
        backend.run(work, **options)


def test_primitives_take_the_backend_and_its_session(clock):
    backend = get_backend("fake_manila")
    circuit = fitted(bell(), backend)
    sampled = BackendSamplerV2(backend=backend).run([circuit], shots=20).result()
    assert sampled[0].data.meas.num_shots == 20
    with Session(backend) as session:
        assert session._backend is backend.wrapped_backend
        result = Sampler(mode=session).run([circuit], shots=20).result()
    assert result[0].data.meas.num_shots == 20
    assert [record.primitive for record in session.jobs] == ["sampler"]


def test_a_backend_that_is_wrapped_already_is_not_wrapped_again():
    backend = get_backend("fake_manila")
    assert get_backend(backend).wrapped_backend is backend.wrapped_backend


def test_it_can_be_copied_and_shows_itself():
    backend = get_backend("fake_manila")
    assert repr(backend) == "<SessionBackend fake_manila>"
    session = backend.open_session(300)
    assert repr(backend) == f"<SessionBackend fake_manila, {session!r}>"
    assert copy.copy(backend).session is session
