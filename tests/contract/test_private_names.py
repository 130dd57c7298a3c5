"""The private and moving names of IBM's client that `qsession.compat.ibm` relies on."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import qiskit_ibm_runtime
from qiskit.primitives.primitive_job import PrimitiveJob
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.accounts import management
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from qiskit_ibm_runtime.fake_provider.executor.broadcast_sample import broadcast_sample
from qiskit_ibm_runtime.fake_provider.executor.run_quantum_program import run_quantum_program

import qsession
from qsession.compat import ibm as ibm_client
from qsession.compat.accounts import saved_accounts_path
from tests.contract.primitives import PRIMITIVES, Primitive, measured


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_the_module_has_what_it_lists():
    for name in ibm_client.__all__:
        assert getattr(ibm_client, name) is not None


def test_accounts_are_saved_where_they_are_looked_for():
    assert str(saved_accounts_path()) == management._DEFAULT_ACCOUNT_CONFIG_JSON_FILE


def test_ibms_session_holds_what_its_primitives_read():
    theirs = qiskit_ibm_runtime.Session(AerSimulator())
    ours = qsession.Session(AerSimulator())
    for name in ("_backend", "_service", "_instance", "_max_time"):
        assert hasattr(theirs, name), name
        assert hasattr(ours, name), name
    assert isinstance(ours._backend, type(theirs._backend))
    assert ours._instance is theirs._instance is None


@pytest.mark.parametrize("name", ["Session", "Batch"])
def test_what_ibms_session_keeps_can_be_read_of_ours(name: str):
    theirs = getattr(qiskit_ibm_runtime, name)(AerSimulator())
    ours = getattr(qsession, name)(AerSimulator())
    assert {each for each in vars(theirs) if not hasattr(ours, each)} == set()
    for each in ("_active", "_session_id", "_max_time", "_instance"):
        assert getattr(ours, each) == getattr(theirs, each)
    with theirs, ours:
        ours.run(measured())
    assert ours._active is theirs._active is False
    assert ours._session_id == ours.session_id


def test_the_local_service_is_called_as_ours_expects():
    service = ibm_client.QiskitRuntimeLocalService
    assert service.is_local is True
    assert parameters(service._run)[:4] == ["self", "program_id", "inputs", "options"]
    expected = ["self", "backend", "options", "inputs", "dry_run"]
    assert parameters(service._run_executor) == expected


def test_our_service_takes_every_argument_of_ibms():
    ours = type(qsession.Session(AerSimulator()).service)
    assert parameters(ours._run_executor) == parameters(
        ibm_client.QiskitRuntimeLocalService._run_executor
    )
    assert parameters(ours._run)[-1] == "extra"  # takes what later releases add


def test_a_local_job_is_built_around_a_future():
    names = parameters(ibm_client.LocalRuntimeJob.__init__)
    expected = ["self", "function", "backend", "primitive", "inputs", "future"]
    assert names[: len(expected)] == expected
    assert issubclass(ibm_client.LocalRuntimeJob, PrimitiveJob)
    # `LocalJob.result` waits for it, and `PrimitiveJob.result` reads it.
    assert "_future" in inspect.getsource(PrimitiveJob.result)


def test_a_quantum_program_is_run_by_keyword():
    names = parameters(inspect.unwrap(run_quantum_program))
    assert set(names) == {"backend", "program", "options"}


def test_a_quantum_program_is_randomized_in_order():
    names = parameters(broadcast_sample)
    assert names[:4] == ["samplex", "samplex_arguments", "shape", "rng"]


def test_the_default_session_can_be_read_and_set():
    session = qiskit_ibm_runtime.Session(AerSimulator())
    assert ibm_client.get_cm_session() is None
    ibm_client.set_cm_session(session)
    assert ibm_client.get_cm_session() is session
    ibm_client.set_cm_session(None)
    assert ibm_client.get_cm_session() is None


def test_a_circuit_that_does_not_fit_is_told_in_words():
    target = FakeManilaV2().target
    circuit = qiskit_circuit()
    assert isinstance(ibm_client.is_isa_circuit(circuit, target), str)
    assert not ibm_client.is_isa_circuit(measured(), target)


def qiskit_circuit() -> Any:
    """A circuit with a gate that no QPU has."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(3)
    circuit.ccx(0, 1, 2)
    return circuit


@pytest.mark.parametrize(
    ("primitive", "role"),
    [(PRIMITIVES[2], "sampler_v2"), (PRIMITIVES[3], "estimator_v2"), (PRIMITIVES[4], None)],
    ids=lambda each: getattr(each, "id", None),
)
def test_client_side_primitives_say_who_made_a_program(
    session, primitive: Primitive, role: str | None
):
    job = primitive.submit(primitive.make(mode=session))
    assert ibm_client.semantic_role(job.inputs) == role


def test_only_backends_of_the_cloud_are_ibms():
    assert not ibm_client.is_ibm_backend(FakeManilaV2())
    assert not ibm_client.is_ibm_backend(AerSimulator())
    assert issubclass(qiskit_ibm_runtime.IBMBackend, object)
    cloud = object.__new__(qiskit_ibm_runtime.IBMBackend)
    assert ibm_client.is_ibm_backend(cloud)
